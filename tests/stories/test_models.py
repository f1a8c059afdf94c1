"""Trees are read all at once; the answer is that of walking through each of them."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.stories.models import Trees, _Forest

NUMBERS = st.sampled_from([-2.0, -0.5, 0.0, 0.25, 0.5, 1.0, 3.0])
LEAVES = st.floats(-1, 1)
TREES = st.recursive(LEAVES, lambda t: st.tuples(st.integers(0, 3), NUMBERS, t, t).map(list), max_leaves=20)


def _walked(tree, values):
    while isinstance(tree, list):
        tree = tree[2] if values[tree[0]] <= tree[1] else tree[3]
    return tree


@given(st.lists(TREES, max_size=6), st.lists(NUMBERS, min_size=4, max_size=4))
def test_all_at_once_is_one_by_one(trees, values):
    assert _Forest(trees).sum(values) == sum(_walked(tree, values) for tree in trees)


def test_a_probability_is_the_logistic_of_the_sum():
    trees = Trees(("a",), 0.0, ([0, 1.0, -4.0, 4.0], [0, 2.0, 0.5, -0.5]), 0.5)
    assert round(trees.probability([1.0]), 4) == 0.0293
    assert round(trees.probability([1.5]), 4) == 0.989
