"""Words of a watch → the forms under which they are looked for.

Brace forms expand (`shell{ed,ing}`), inflections follow by themselves ("air strikes" finds "air strike" and
"airstrikes"), and every form is a run of normalised tokens, as `page.folded` makes them of an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

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
_SIBILANT_PLURAL = re.compile(r"(?:ss|x|z|ch|sh)es\Z")
_NO_PLURAL = re.compile(r"(?:ss|us|is)\Z")
_CONSONANT_Y = re.compile(rf"[^{_VOWELS}]y\Z")
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)\Z")
_DERIVED = re.compile(r"(?:ed|ing|ion|ment|ness|ity|er|or|ist|ism|al|ly)\Z")
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
    if _ARABIC.match(word):
        return {word} | {p + word for p in _ARABIC_PREFIXES}
    if not word.isascii() or len(word) < 3 or not word.isalpha():
        return {word}
    if word in _FAMILIES:
        return set(_FAMILIES[word])
    singulars = _singulars(word)
    found = {word} | singulars | {_plural(s) for s in singulars or {word}}
    if written.islower() and " " not in written.strip():
        found |= {form for base in _bases(word, singulars) for form in _tenses(base)}
    return found


def _singulars(word: str) -> set[str]:
    if word.endswith("ies") and len(word) > 4:
        return {word[:-3] + "y"}
    if _SIBILANT_PLURAL.search(word):
        return {word[:-2]}
    if word.endswith("s") and not _NO_PLURAL.search(word):
        return {word[:-1]}
    return set()


def _plural(word: str) -> str:
    if _CONSONANT_Y.search(word):
        return word[:-1] + "ies"
    return word + ("es" if _SIBILANT.search(word) else "s")


def _bases(word: str, singulars: set[str]) -> set[str]:
    """What the tenses are made of; nothing for words that are already a tense or an -ism of sorts."""
    if _DERIVED.search(word):
        return set()
    return singulars or {word}


@cache
def _tenses(base: str) -> frozenset[str]:
    if base.endswith("e"):
        return frozenset({base + "d", base[:-1] + "ing"})
    if _CONSONANT_Y.search(base):
        return frozenset({base[:-1] + "ied", base + "ing"})
    if _DOUBLING.search(base) and len(base) <= 5:
        return frozenset({base + base[-1] + "ed", base + base[-1] + "ing"})
    return frozenset({base + "ed", base + "ing"})
