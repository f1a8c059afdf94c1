"""What two alike texts say differently: a figure, a negation, a stance, who did it to whom. Such a pair is no repeat."""

from __future__ import annotations

import re
from itertools import pairwise

from rapidfuzz import fuzz

Sentence = tuple[str, ...]

_ALIKE = 62.0
"""Two sentences with this token_sort_ratio are about the same; in less alike ones a difference means nothing."""
_SHORT = 30
"""In a text of so few words each figure is news; in a longer one only a figure that stands where another stood."""

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"  # noqa: E501
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPELLED = {word: str(n) for n, word in enumerate(_ONES.split())}
_SPELLED |= {word: str(10 * n) for n, word in enumerate(_TENS.split(), start=2)}
_DIGITS = re.compile(r"\d")

_NEGATIONS = frozenset(
    "no not never none nobody nothing neither nor without cannot can't won't didn't doesn't don't isn't aren't wasn't weren't hasn't "  # noqa: E501
    "haven't hadn't wouldn't couldn't shouldn't fake false hoax untrue debunked unfounded "
    "non pas jamais sin nunca kein keine nicht nie не ни нет нема без nao não nem لا لم لن ليس ليست غير نه نیست نبود "
    "نہیں نہ نشته नहीं न değil yok".split()
)
_STANCES = {
    "deny": "deny denies denied denying denial reject rejects rejected rejecting refute refutes refuted dismiss dismisses dismissed "  # noqa: E501
    "niega niegan desmiente dément nie bestreitet dementiert отрицает опроверг отверг نفى ينفي تنفي نفت تکذیب رد تردید खंडन",
    "dispute": "dispute disputes disputed disputing contest contests contested question questions questioned doubt doubts doubted",
    "confirm": "confirm confirms confirmed confirming admit admits admitted acknowledge acknowledges acknowledged concede concedes "  # noqa: E501
    "conceded confirma confirme bestätigt подтвердил подтверждает أكد يؤكد أكدت تأكيد تایید تصدیق पुष्टि",
    "retract": "retract retracts retracted withdraw withdraws withdrew withdrawn correct corrects corrected correction kill rescinds "  # noqa: E501
    "rescinded",
    "accuse": "accuse accuses accused accusing blame blames blamed blaming",
}
_STANCE = {word: stance for stance, words in _STANCES.items() for word in words.split()}
_SPEAKS = frozenset(
    "say says said claim claims claimed tell tells told report reports reported announce announces announced state states "
    "stated insist insists insisted according".split()
)


def sentences(words: str) -> list[Sentence]:
    """The sentences of a signature's words."""
    return [tuple(line.split()) for line in words.split("\n") if line]


def difference(new: list[Sentence], old: list[Sentence]) -> str:
    """What the new text changes of what the old one says, in words for people; empty if nothing."""
    told = {number for sentence in old for number in numbers(sentence)}
    if sum(map(len, new)) <= _SHORT and (added := _added(new, told)):
        return f"another figure: {added}"
    for sentence in new:
        twin = max(old, key=lambda s: _alike(sentence, s), default=())
        if _alike(sentence, twin) >= _ALIKE and (found := _changed(sentence, twin, told)):
            return found
    return ""


def numbers(sentence: Sentence) -> dict[str, int]:
    """The figures of a sentence in digits, and where each stands first."""
    found: dict[str, int] = {}
    for place, word in enumerate(sentence):
        if _DIGITS.match(word) or word in _SPELLED:
            found.setdefault(_SPELLED.get(word, word), place)
    # "a" and "one" are the same figure in too many sentences to tell them apart.
    found.pop("1", None)
    return found


def _added(new: list[Sentence], told: set[str]) -> str:
    return next((n for sentence in new for n in numbers(sentence) if n not in told), "")


def _alike(a: Sentence, b: Sentence) -> float:
    return fuzz.token_sort_ratio(" ".join(a), " ".join(b))


def _changed(new: Sentence, old: Sentence, told: set[str]) -> str:
    if figure := _other_figure(new, old, told):
        return f"another figure: {figure}"
    if _NEGATIONS.isdisjoint(new) != _NEGATIONS.isdisjoint(old):
        return "one of them negates it"
    if stances := _stances(new) ^ _stances(old):
        return f"another stance: {', '.join(sorted(stances))}"
    if speaker := _other_speaker(new, old):
        return f"another voice: {speaker}"
    return "the roles are exchanged" if _exchanged(new, old) else ""


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
    return {_STANCE[word] for word in sentence if word in _STANCE}


def _other_speaker(new: Sentence, old: Sentence) -> str:
    """The word before "says" if the other text has another one there, and not this one at all."""
    mine, theirs = _speakers(new), _speakers(old)
    return next((s for s in mine if s not in old), "") if mine and theirs and mine.isdisjoint(theirs) else ""


def _speakers(sentence: Sentence) -> set[str]:
    return {before for before, word in pairwise(sentence) if word in _SPEAKS}


def _exchanged(new: Sentence, old: Sentence) -> bool:
    """A stood before and B after some word, and now it is the other way round; "by" (a passive) exchanges them too."""
    if ("by" in new) != ("by" in old):
        return False
    shared = [word for word in new if len(word) > 3 and old.count(word) == 1 and new.count(word) == 1]
    where = {word: old.index(word) for word in shared}
    return any(
        where[a] > where[verb] > where[b]
        for i, verb in enumerate(shared)
        for a in shared[max(0, i - 2) : i]
        for b in shared[i + 1 : i + 3]
    )
