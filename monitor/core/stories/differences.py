"""What two alike texts say differently: a figure, a negation, a stance, a role. Such a pair is no repeat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from importlib import resources
from itertools import chain, pairwise

import msgspec
from rapidfuzz import fuzz, process

from monitor.core.text import normalise

Sentence = tuple[str, ...]

_ALIKE = 70.0
"""Two sentences with this token_sort_ratio are about the same; in less alike ones another figure means nothing."""
_OTHERWISE = 0.25
"""Two sentences are the same but for a word or two if at most this share of their longer words differs."""
_LOOSELY = 0.6
"""The same for two short texts, of which one negates."""
_SHORT, _SHORT_BARE = 60, 30
"""In a text of so few words, with or without a headline, each figure, stance and negation counts; in a longer one what
stands for another."""

_STEM = 4
"""Words that begin with the same letters, so many, are forms of one; shorter ones turn nothing."""
_AT_HAND = 64
"""Sentences whose figures are kept: each is looked at with every text that is like it."""
_DIGITS = re.compile(r"\d")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_TENS = frozenset(str(tens) for tens in range(20, 100, 10))


@dataclass(frozen=True)
class _Cues:
    """The words of `cues.json`, in the form that `text.tokens` gives them."""

    negations: frozenset[str]
    stances: dict[str, frozenset[str]]
    speech: frozenset[str]
    helpers: frozenset[str]
    """Words before a verb of speech that are no speaker."""
    bounds: frozenset[str]
    """Words after "no" and "not" that make it a bound."""
    undone: frozenset[str]
    """Words that negate before "to" ("has yet to", "failed to")."""
    times: frozenset[str]
    """Words after a figure that make it a date or a duration."""
    spelled: dict[str, str]
    scales: dict[str, int]
    """Words after a figure that multiply it."""

    @cached_property
    def stance_of(self) -> dict[str, str]:
        """The stance that a word takes."""
        return {word: stance for stance, words in self.stances.items() for word in words}

    @cached_property
    def negating(self) -> frozenset[str]:
        """The words that may negate."""
        return self.negations | self.undone

    def all(self) -> frozenset[str]:
        """The words by which two texts may differ and still be the same sentence."""
        return self.negations.union(self.speech, self.undone, *self.stances.values())


@cache
def _cues() -> _Cues:
    # All of the file at once: what it is made of besides words is in that form already.
    data = resources.files(__package__).joinpath("cues.json").read_text("utf-8")
    return msgspec.json.decode(normalise(data), type=_Cues)


@cache
def _words_that_turn() -> frozenset[str]:
    return _cues().all()


def sentences(words: str) -> list[Sentence]:
    """The sentences of a signature's words."""
    return [tuple(line.split()) for line in words.split("\n") if line]


def difference(new: list[Sentence], old: list[Sentence], *, headed: bool = True) -> str:
    """What the new text changes of what the old one says, in words for people; empty if nothing.

    The first sentence of a `headed` text is its headline: what that adds is the news.
    """
    told = {number for sentence in old for number in numbers(sentence)}
    whole = sum(map(len, new)) <= (_SHORT if headed else _SHORT_BARE)
    if (headed or whole) and (found := _added(new if whole else new[:1], old, told, headed=headed)):
        return found
    lines = [" ".join(sentence) for sentence in old]
    for place, sentence in enumerate(new):
        if sentence in old or not old:
            continue
        _, alike, twin = process.extractOne(" ".join(sentence), lines, scorer=fuzz.token_sort_ratio)
        if found := _changed(new[place : place + 2], old[twin : twin + 2], told, alike):
            return found
    return _other_word(new[0], old[0]) if headed and new and old else ""


@lru_cache(_AT_HAND)
def numbers(sentence: Sentence) -> dict[str, int]:
    """The figures of a sentence in digits, and where each stands first."""
    found = dict[str, int]()
    for place, number in _figures(sentence):
        found.setdefault(number, place)
    # "a", "one" and no figure at all are the same in too many sentences to tell them apart.
    return {number: place for number, place in found.items() if number not in {"0", "1"}}


def _figures(sentence: Sentence) -> Iterator[tuple[int, str]]:
    """Place and digits of each figure; "thirty five" is one, and stands where its last word stands."""
    spelled, tens = _cues().spelled, 0
    for place, (word, after) in enumerate(zip(sentence, (*sentence[1:], ""), strict=True)):
        if number := spelled.get(word, word if _DIGITS.match(word) else ""):
            unit = len(spelled.get(after, "")) == 1
            if word in spelled and number in _TENS and unit:
                tens = int(number)
                continue
            yield _scaled(place, str(tens + int(number)) if tens else number, after)
        tens = 0


def _scaled(place: int, number: str, after: str) -> tuple[int, str]:
    """The figure and where it stands, with the "million" after it."""
    scale = _cues().scales.get(after)
    if not scale or not _DECIMAL.fullmatch(number):
        return place, number
    return place + 1, f"{(scale * Decimal(number)).normalize():f}"


def _added(new: list[Sentence], old: list[Sentence], told: set[str], *, headed: bool) -> str:
    if added := next((n for sentence in new for n in _counts(sentence) if n not in told), ""):
        return f"another figure: {added}"
    mine, theirs = tuple(chain(*new)), tuple(chain(*old))
    if stances := _taken(mine, theirs):
        return f"another stance: {', '.join(sorted(stances))}"
    negates = _negates(mine) and not _negates(theirs)
    return "it negates" if negates and (headed or _differ(mine, theirs) <= _LOOSELY) else ""


def _counts(sentence: Sentence) -> list[str]:
    """The figures that are neither a date nor a time of day nor how long something took."""
    after = (*sentence[1:], "")
    return [number for number, place in numbers(sentence).items() if after[place] not in _cues().times]


def _changed(mine: list[Sentence], theirs: list[Sentence], told: set[str], alike: float) -> str:
    """What the first sentence changes of its twin; the sentences after them tell what was merely cut in two."""
    new, old = mine[0], theirs[0]
    if alike >= _ALIKE and (figure := _other_figure(new, old, told)):
        return f"another figure: {figure}"
    if not _same_otherwise(new, old):
        return ""
    if speaker := _other_speaker(new, old):
        return f"another voice: {speaker}"
    return _turned(mine, theirs) or ("the roles are exchanged" if _exchanged(new, old) else "")


def _turned(mine: list[Sentence], theirs: list[Sentence]) -> str:
    new, old = mine[0], theirs[0]
    if stances := _taken(new, tuple(chain(*theirs))) | _taken(old, tuple(chain(*mine))):
        return f"another stance: {', '.join(sorted(stances))}"
    return "one of them negates it" if _negates(new) != _negates(old) else ""


def _taken(new: Sentence, old: Sentence) -> set[str]:
    """The stances that only the first text takes; who said it before, and confirms it now, says the same."""
    stances = _stances(new) - _stances(old)
    confirming = {before for before, word in pairwise(new) if word in _cues().stances["confirm"]}
    return stances - {"confirm"} if confirming and confirming <= _speakers(old) else stances


def _negates(sentence: Sentence) -> bool:
    """Whether it has a negation that is not part of a bound ("no fewer than 40"), or says what failed to be."""
    cues, after = _cues(), (*sentence[1:], "")
    return not cues.negating.isdisjoint(sentence) and any(
        (word in cues.negations and then not in cues.bounds) or (then == "to" and word in cues.undone)
        for word, then in zip(sentence, after, strict=True)
    )


def _same_otherwise(new: Sentence, old: Sentence) -> bool:
    return _differ(new, old) <= _OTHERWISE


def _differ(new: Sentence, old: Sentence) -> float:
    """The share of the longer words, cues apart, that only one of the two has."""
    mine, theirs = ({w for w in s if len(w) > 3 and w not in _words_that_turn()} for s in (new, old))
    return len(mine ^ theirs) / len(mine | theirs) if mine and theirs else 1.0


def _other_figure(new: Sentence, old: Sentence, told: set[str]) -> str:
    """A figure beside the same word as another figure before."""
    mine, theirs = numbers(new), numbers(old)
    gone = {word for n, place in theirs.items() if n not in mine for word in _beside(old, place)}
    for number, place in mine.items():
        if number not in told and not gone.isdisjoint(_beside(new, place)):
            return number
    return ""


def _beside(sentence: Sentence, place: int) -> list[str]:
    around = (*sentence[max(0, place - 2) : place], *sentence[place + 1 : place + 3])
    return [word for word in around if len(word) > 3]


def _stances(sentence: Sentence) -> set[str]:
    stances = _cues().stance_of
    return {stances[word] for word in filter(stances.__contains__, sentence)}


def _other_word(new: Sentence, old: Sentence) -> str:
    """The word of a headline that stands where another one stood, if all others are the same.

    Who is acquitted was not convicted, whichever words those are. What says how somebody speaks is looked at before.
    """
    if len(new) != len(old):
        return ""
    other = [(mine, theirs) for mine, theirs in zip(new, old, strict=True) if mine[:_STEM] != theirs[:_STEM]]
    if len(other) != 1 or min(map(len, other[0])) < _STEM or _words_that_turn().issuperset(other[0]):
        return ""
    return "{} where that has {}".format(*other[0])


def _other_speaker(new: Sentence, old: Sentence) -> str:
    """The word before "says", if each text has one there that the other has nowhere."""
    mine, theirs = _speakers(new), _speakers(old)
    return next(iter(mine - set(old)), "") if theirs - set(new) else ""


def _speakers(sentence: Sentence) -> set[str]:
    return {before for before, word in pairwise(sentence) if word in _cues().speech} - _cues().helpers


def _exchanged(new: Sentence, old: Sentence) -> bool:
    """Who stood before a word stands after it, and the other way round; "by" (a passive) exchanges them rightly."""
    if ("by" in new) != ("by" in old) or _differ(new, old) > _OTHERWISE / 2:
        return False
    mine = [w for w in new if len(w) > 2 and w != "and" and new.count(w) == old.count(w) == 1]
    theirs = sorted(mine, key=old.index)
    return mine != theirs and (
        _transposed(mine, theirs) or any(_around(mine, i, theirs) for i in range(1, len(mine) - 1))
    )


def _transposed(mine: list[str], theirs: list[str]) -> bool:
    """Two words have changed places, more than one place apart: side by side they are a list ("A and B")."""
    moved = [i for i, (a, b) in enumerate(zip(mine, theirs, strict=True)) if a != b]
    return len(moved) == 2 and moved[1] - moved[0] > 1


def _around(mine: list[str], pivot: int, theirs: list[str]) -> bool:
    place = theirs.index(mine[pivot])
    before, after = mine[max(0, pivot - 2) : pivot], mine[pivot + 1 : pivot + 3]
    return all(theirs.index(w) > place for w in before) and all(theirs.index(w) < place for w in after)
