"""The words that attribute: verbs in all their forms with what kind of saying they are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from monitor.core.claims.lexicons import lexicon, words


class Verb(NamedTuple):
    """One form of a cue verb. `form`: base, s, past or ing."""

    lemma: str
    kind: str
    form: str


@cache
def verbs(lang: str = "en") -> dict[str, Verb]:
    """Every form of every cue verb."""
    data = lexicon("attribution", lang)
    irregular: dict[str, str] = data["irregular"]
    found: dict[str, Verb] = {}
    for kind, lemmas in data["verbs"].items():
        for lemma in lemmas.split():
            for form, name in forms(lemma, irregular.get(lemma, "")):
                found.setdefault(form, Verb(lemma, kind, name))
    return found


@cache
def nouns(lang: str = "en") -> dict[str, str]:
    """As in Noun → kind of saying."""
    return {noun: kind for kind, row in lexicon("attribution", lang)["nouns"].items() for noun in row.split()}


def forms(lemma: str, irregular: str) -> Iterator[tuple[str, str]]:
    """Every form of a verb with its name (base, s, past, ing); `irregular` lists those that no rule makes."""
    yield lemma, "past" if lemma in irregular.split() else "base"
    if irregular:
        for form in irregular.split():
            yield form, _name(form, lemma)
        return
    stem = lemma + lemma[-1] if lemma in words("attribution", "doubling") else lemma
    yield third_person(lemma), "s"
    yield past(stem), "past"
    yield gerund(stem), "ing"


def _name(form: str, lemma: str) -> str:
    if form.endswith("ing"):
        return "ing"
    return "s" if form.endswith("s") and form[:3] == lemma[:3] and not form.endswith("ss") else "past"


def third_person(lemma: str) -> str:
    """As deny → denies, stress → stresses, say → says."""
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def past(lemma: str) -> str:
    """As in deny → denied, note → noted, vow → vowed."""
    if lemma.endswith("y") and lemma[-2] not in "aeiou":
        return lemma[:-1] + "ied"
    return lemma + ("d" if lemma.endswith("e") else "ed")


def gerund(lemma: str) -> str:
    """As in note → noting, agree → agreeing, vow → vowing."""
    return (lemma[:-1] if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) else lemma) + "ing"
