"""Addresses in one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.text import canonical_url


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("http://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/News/", "https://example.com/News"),
        ("http://example.com:80/a//", "https://example.com/a"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a?utm_source=rss&utm_medium=feed&id=7", "https://example.com/a?id=7"),
        ("https://example.com/a?at_medium=RSS&fbclid=xyz&CMP=share", "https://example.com/a"),
        ("https://example.com/a?ref=rss&page=2", "https://example.com/a?page=2"),
        ("https://example.com/a?ref=main", "https://example.com/a?ref=main"),
        ("https://example.com/a#comments", "https://example.com/a"),
        ("https://example.com/#!/a", "https://example.com/#!/a"),
        ("https://m.example.co.uk/a", "https://www.example.co.uk/a"),
        ("https://mobile.example.com/a", "https://www.example.com/a"),
        ("https://m.me/a", "https://m.me/a"),
        ("https://amp.dev/a", "https://amp.dev/a"),
        ("https://example.com/a/amp/", "https://example.com/a"),
        ("https://example.com/a?amp=1", "https://example.com/a"),
        ("https://www.google.com/amp/s/example.com/a", "https://example.com/a"),
        ("https://example-com.cdn.ampproject.org/c/s/example.com/a/amp", "https://example.com/a"),
        ("https://reader:secret@example.com/a", "https://example.com/a"),
        ("https://example.com/caf\u00e9", "https://example.com/caf%C3%A9"),
        ("https://example.com/%7euser/%e2%82%ac", "https://example.com/~user/%E2%82%AC"),
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("tag:example.com,2026:7", "tag:example.com,2026:7"),
        ("https://example.com:notaport/a", "https://example.com:notaport/a"),
        ("", ""),
    ],
)
def test_spellings_of_one_address(spelled, canonical):
    assert canonical_url(spelled) == canonical


_SPELLINGS = (
    "http https :// example .com m. amp. www. / amp ? & = utm_source id # ! % %2 %41 %e9 :80 : @ [ ] + ; .html é 中 "
    "cdn.ampproject.org/c/s/"
)
_pieces = st.sampled_from([" ", *_SPELLINGS.split()])


@given(
    st.one_of(
        st.text(), st.lists(_pieces).map("".join), st.lists(_pieces).map(lambda p: "https://example.com/" + "".join(p))
    )
)
def test_idempotent_and_never_raises(url):
    once = canonical_url(url)
    assert canonical_url(once) == once
