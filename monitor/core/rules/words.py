"""Words of a watch → the forms under which they are looked for.

Brace forms expand (`shell{ed,ing}`), inflections follow by themselves ("air strikes" finds "air strike" and
"airstrikes"), and every form is a run of normalised tokens, as `page.folded` makes them of an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.rules.page import words_of

_BRACES = re.compile(r"\{([^{}]*)\}")
_MOST_FORMS = 200
_VOWELS = "aeiou"
_IRREGULAR = """
    strike strikes striking struck stricken / fight fights fighting fought / shoot shoots shooting shot
    die dies dying died / lie lies lying lay / man men / woman women / child children / person people persons
    flee flees fleeing fled / burn burns burning burned burnt / spread spreads spreading / hit hits hitting
    blow blows blowing blew blown / sink sinks sinking sank sunk / shake shakes shaking shook shaken
    crisis crises / ceasefire ceasefires / say says saying said
"""
_FAMILIES = {word: tuple(f.split()) for f in re.split(r"[/\n]", _IRREGULAR) for word in f.split()}
_FIRST_PARTS = tuple(
    "air cease gun war fire sea mine flash wild rain snow thunder land mud out earth blood bomb".split()  # noqa: SIM905
)
"""First halves of English compounds that are written in one word and in two."""
_SIBILANT = ("s", "x", "z", "ch", "sh")
_SIBILANT_PLURAL = ("sses", "xes", "zes", "ches", "shes")
_NO_PLURAL = ("ss", "us", "is")
_DERIVED = ("ed", "ing", "ion", "ment", "ness", "ity", "er", "or", "ist", "ism", "al", "ly")
_DOUBLING = re.compile(rf"(?:\A|[^{_VOWELS}])[{_VOWELS}][bdgmnprt]\Z")
_ARABIC = re.compile(r"[\u0600-\u06ff]+\Z")
_ARABIC_PREFIXES = ("ال", "و", "وال", "ب", "بال", "لل", "ل", "ف")


class BadBraces(ValueError):
    """Braces that don't pair, nest, or expand beyond reason."""


def expand_braces(term: str) -> list[str]:
    """`air{, }strike{,s}` → the four spellings. Raises BadBraces."""
    if "{" not in term and "}" not in term:
        return [term]
    if re.search(r"\{[^{}]*\{", term):
        raise BadBraces("braces inside braces")
    found = [term]
    while any("{" in t for t in found):
        found = [t for one in found for t in _first_brace(one)]
        if len(found) > _MOST_FORMS:
            raise BadBraces(f"more than {_MOST_FORMS} forms")
    if any("}" in t for t in found):
        raise BadBraces("a closing brace without an opening one")
    return found


def _first_brace(term: str) -> list[str]:
    match = _BRACES.search(term)
    if not match:
        if "{" in term:
            raise BadBraces("an opening brace without a closing one")
        return [term]
    return [term[: match.start()] + part + term[match.end() :] for part in match[1].split(",")]


def forms(phrase: str, *, inflect: bool = True) -> frozenset[str]:
    """The token runs, joined by single spaces, under which a phrase is found. Empty if it has no word in it.

    >>> sorted(forms("outposts"))
    ['outpost', 'outposts']
    """
    words = words_of(phrase)
    if not words:
        return frozenset()
    plain = " ".join(words)
    if not inflect:
        return frozenset([plain])
    before = plain[: len(plain) - len(words[-1])]
    runs = {before + last for last in _inflected(words[-1], phrase)}
    if len(words) <= 2 and words[0].startswith(_FIRST_PARTS):
        runs |= {form for run in runs for form in _compounds(run)}
    return frozenset(runs)


def _compounds(run: str) -> Iterator[str]:
    """The closed form of two words, the open form of one."""
    first, space, second = run.partition(" ")
    if space:
        if first in _FIRST_PARTS:
            yield first + second
        return
    yield from (f"{p} {first[len(p) :]}" for p in _FIRST_PARTS if first.startswith(p) and len(first) >= len(p) + 4)


def _inflected(word: str, written: str) -> set[str]:
    """Number for every word; tenses for a single word in small letters (a name has none)."""
    if not word.isascii():
        return {word, *(p + word for p in _ARABIC_PREFIXES)} if _ARABIC.match(word) else {word}
    if len(word) < 3 or not word.isalpha():
        return {word}
    if word in _FAMILIES:
        return set(_FAMILIES[word])
    base = _singular(word)
    found = {word, base, _plural(base)}
    # Words that are a tense already, or an -ism of sorts, have no tenses.
    if not word.endswith(_DERIVED) and written.islower() and " " not in written.strip():
        found.update(_tenses(base))
    return found


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(_NO_PLURAL):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT_PLURAL) else word[:-1]


def _plural(word: str) -> str:
    if _ends_in_consonant_and_y(word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(_SIBILANT) else "s")


def _tenses(base: str) -> tuple[str, str]:
    if base.endswith("e"):
        return base + "d", base[:-1] + "ing"
    if _ends_in_consonant_and_y(base):
        return base[:-1] + "ied", base + "ing"
    if len(base) <= 5 and _DOUBLING.search(base):
        return base + base[-1] + "ed", base + base[-1] + "ing"
    return base + "ed", base + "ing"


def _ends_in_consonant_and_y(word: str) -> bool:
    return word.endswith("y") and word[-2:-1] not in _VOWELS
