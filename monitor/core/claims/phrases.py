"""Noun phrases to the left and right of a word, found from the closed word classes alone.

No tagger: a phrase ends where a word stands that can't be part of one. Good enough to name who speaks;
where it errs it errs towards the words next to the verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from monitor.core.claims.cues import Verb, nouns, verbs
from monitor.core.claims.document import Token
from monitor.core.claims.lexicons import words

_LONGEST = 16
"""Tokens of a speaker's name with all its modifiers."""

_MARKS = frozenset(',;:"()[]–—-!?…*•|') | {"''", "--"}


class Phrase(NamedTuple):
    """Tokens `first` up to and without `last`."""

    first: int
    last: int


def of(kind: str) -> frozenset[str]:
    """A closed class of the grammar."""
    return words("grammar", kind)


def verbal(token: Token) -> bool:
    """Whether a word is certainly or very likely a finite verb or participle."""
    lower = token.lower
    if lower in of("auxiliaries"):
        return True
    if token.text[0].isupper():
        return False
    if lower in of("pasts"):
        return True
    cue = verbs().get(lower)
    return (cue is not None and cue.form == "past") or (len(lower) > 4 and lower.endswith("ed") and "-" not in lower)


def before(tokens: Sequence[Token], last: int) -> Phrase | None:
    """The noun phrase whose final token is `last`."""
    if last < 0:
        return None
    if tokens[last].text == ")":
        last = _opening(tokens, last) - 1
    if last < 0 or not _final(tokens[last]):
        return None
    if tokens[last].lower in of("pronouns") and not _nominal_before(tokens, last):
        return Phrase(last, last + 1)
    first = last
    while first > 0 and last - first < _LONGEST and _inner(tokens, first - 1):
        if _opens_relative(tokens, first):
            break
        first -= 1
    first = _without_lead(tokens, first, last)
    if first == 1 and tokens[0].lower in of("outer") and tokens[first].lower not in of("determiners"):
        first = _last_start(tokens, first, last)
    return Phrase(first, last + 1) if first <= last else None


def after(tokens: Sequence[Token], first: int, end: int | None = None) -> Phrase | None:
    """The noun phrase that begins at token `first`."""
    stop = len(tokens) if end is None else end
    if first >= stop or not _initial(tokens[first]):
        return None
    if tokens[first].lower in of("personal"):
        return Phrase(first, first + 1)
    last = first + 1
    while last < stop and last - first < _LONGEST and _follows(tokens, last):
        last += 1
    while last > first + 1 and tokens[last - 1].lower in of("prepositions") | of("conjunctions") | of("determiners"):
        last -= 1
    return Phrase(first, last)


def around(tokens: Sequence[Token], index: int) -> Phrase | None:
    """The noun phrase with its head at `index`, with what follows it: "the director *of the main hospital*"."""
    left = before(tokens, index)
    return after(tokens, left.first) if left else None


def bare(tokens: Sequence[Token], phrase: Phrase) -> Phrase:
    """The phrase without a leading article."""
    first = phrase.first
    while first < phrase.last - 1 and tokens[first].lower in {"the", "a", "an"}:
        first += 1
    return Phrase(first, phrase.last)


def chars(tokens: Sequence[Token], phrase: Phrase) -> tuple[int, int]:
    """The phrase's characters in its field."""
    return tokens[phrase.first].start, tokens[phrase.last - 1].end


def is_name(tokens: Sequence[Token], index: int) -> bool:
    """A capital inside a sentence of ordinary case: "the United States" states nothing."""
    word = tokens[index].text
    if index == 0 or tokens[index - 1].text in _MARKS or not word[0].isupper() or (word.isupper() and len(word) > 4):
        return False
    cased = [t.text for t in tokens if t.text[0].isalpha()]
    return sum(w[0].isupper() for w in cased) < 0.6 * len(cased)


def _opening(tokens: Sequence[Token], last: int) -> int:
    while last > 0 and tokens[last].text != "(":
        last -= 1
    return last


def _final(token: Token) -> bool:
    lower = token.lower
    if not (lower[0].isalnum() or lower in {"'s", "."}):
        return False
    return not (
        lower in of("prepositions")
        or lower in of("conjunctions")
        or lower in of("determiners") - of("pronouns")
        or lower in of("auxiliaries")
        or lower in of("subordinators")
        or (lower in verbs() and verbs()[lower].form == "past" and token.text[0].islower())
    )


def _nominal_before(tokens: Sequence[Token], last: int) -> bool:
    return (
        last > 0
        and tokens[last].lower not in of("personal")
        and tokens[last - 1].text[0].isalnum()
        and _final(tokens[last - 1])
        and not verbal(tokens[last - 1])
    )


def _inner(tokens: Sequence[Token], index: int) -> bool:
    """Whether the token can stand inside a noun phrase."""
    token = tokens[index]
    lower = token.lower
    if token.text in _MARKS or lower in of("subordinators") or lower in of("relative"):
        return False
    if verbal(token):
        return _reduced(tokens, index) or _attributive(tokens, index)
    return _inner_word(tokens, index)


def _inner_word(tokens: Sequence[Token], index: int) -> bool:
    """The same for what is neither a mark nor a participle."""
    token = tokens[index]
    lower = token.lower
    if lower in of("personal") or (token.text == "." and len(tokens[index - 1].text) > 5):
        return False
    if lower in of("prepositions"):
        reached_by = lower == "by" and index > 1 and _reduced(tokens, index - 1)
        return reached_by or (lower != "according" and lower not in of("outer"))
    if lower in of("conjunctions"):
        return _joins(tokens, index)
    cue = verbs().get(lower)
    if cue is None or token.text[0].isupper() or (cue.form == "s" and lower in nouns()):
        return True
    return not (cue.form == "ing" or _surely_verb(cue))


def _opens_relative(tokens: Sequence[Token], index: int) -> bool:
    """Whether a clause without "that" begins there: "figures *Islamabad* disputes", "a toll *the army* calls false"."""
    here, left = tokens[index], tokens[index - 1]
    named = here.text[0].isupper() and left.text[0].islower()
    return (
        left.lower in of("nouns") | {"something"}
        and (named or here.lower in of("determiners"))
        and _led(tokens, index - 1)
    )


def _led(tokens: Sequence[Token], index: int) -> bool:
    """Whether a noun stands for itself: behind a mark or an article, so that it is no modifier or verb."""
    left = tokens[index - 1] if index else None
    return left is not None and (left.text in _MARKS or left.lower in of("determiners"))


def _surely_verb(cue: Verb) -> bool:
    """A base or s form that is hardly ever a noun: "reject" is one, "report" is not."""
    return cue.form in {"base", "s"} and cue.lemma not in words("attribution", "nouny")


def _reduced(tokens: Sequence[Token], index: int) -> bool:
    """A participle inside a phrase: "one diplomat *based* in the capital"."""
    lower = tokens[index].lower
    return (
        0 < index < len(tokens) - 1
        and lower.endswith("ed")
        and tokens[index + 1].lower in of("prepositions")
        and tokens[index - 1].text[0].isalpha()
        and _final(tokens[index - 1])
        and not verbal(tokens[index - 1])
    )


def _attributive(tokens: Sequence[Token], index: int) -> bool:
    """A participle before its noun: "a *revised* estimate"."""
    return index > 0 and tokens[index].lower.endswith("ed") and tokens[index - 1].lower in of("determiners") | {"'s"}


def _joins(tokens: Sequence[Token], index: int) -> bool:
    """Whether "and" joins two names or two plain nouns, not two sentences."""
    left, right = tokens[index - 1], tokens[index + 1]
    if index == 0 or left.text in _MARKS:
        return False
    same_case = left.text[0].isupper() == right.text[0].isupper()
    return right.lower not in of("personal") and (same_case or right.lower in of("determiners"))


def _without_lead(tokens: Sequence[Token], first: int, last: int) -> int:
    """Skip what stands before the phrase proper: "On Monday the ministry" → "the ministry"."""
    while first <= last:
        lower = tokens[first].lower
        if lower in of("prepositions"):
            first = _behind_place(tokens, first, last) or _last_start(tokens, first + 1, last)
        elif (
            lower in of("conjunctions")
            or lower in of("times")
            or lower in of("adverbs")
            or lower in {"'s", "least", "than"}
            or tokens[first].text == "."
            or (lower.endswith("ly") and first < last)
            or (lower[0].isdigit() and first < last and tokens[first + 1].lower in of("times"))
        ):
            first += 1
        else:
            break
    return first


def _behind_place(tokens: Sequence[Token], first: int, last: int) -> int | None:
    """Where a phrase of common nouns begins behind the place that opens a sentence: "In Rakhine *relief teams*"."""
    names = first + 1
    while names <= last and tokens[names].text[0].isupper():
        names += 1
    common = all(t.text[0].islower() and t.lower not in of("prepositions") for t in tokens[names : last + 1])
    return names if first == 0 and first + 1 < names < last and common and tokens[0].lower == "in" else None


def _last_start(tokens: Sequence[Token], first: int, last: int) -> int:
    """Where the last phrase begins among a preposition's object and what follows it."""
    for index in range(last, first, -1):
        here, left = tokens[index], tokens[index - 1]
        if left.lower in of("prepositions"):
            continue
        if here.lower in of("determiners") or (
            here.text[0].isupper()
            and not left.text[0].isupper()
            and left.text != "'s"
            and left.lower not in of("determiners")
            and not _titled(left)
        ):
            return index
    return first


def _titled(token: Token) -> bool:
    return token.lower in of("speakers") or token.text in {".", "-"}


def _initial(token: Token) -> bool:
    lower = token.lower
    if lower in of("determiners") or lower in of("pronouns"):
        return True
    return token.text[0].isalpha() and not (
        lower in of("prepositions")
        or lower in of("conjunctions")
        or lower in of("auxiliaries")
        or lower in of("subordinators")
        or lower in of("adverbs")
        or lower in of("times")
    )


def _follows(tokens: Sequence[Token], index: int) -> bool:
    """Whether the token still belongs to the noun phrase that stands before it."""
    token = tokens[index]
    lower = token.lower
    if _stops(tokens, index):
        return False
    if token.text == ".":
        return index + 1 < len(tokens) and len(tokens[index - 1].text) <= 4 and tokens[index - 1].text[0].isupper()
    if lower in of("prepositions"):
        return lower in of("bridging") and not _time_or_statement(tokens, index)
    if lower in of("conjunctions"):
        return index + 1 < len(tokens) and _joins(tokens, index)
    if lower in of("determiners") and not lower[0].isdigit():
        return tokens[index - 1].lower in of("prepositions") | of("conjunctions")
    cue = verbs().get(lower)
    return not (cue and cue.form in {"ing", "s"} and token.text[0].islower())


_STOPPING = ("subordinators", "relative", "personal", "times", "adverbs")


def _stops(tokens: Sequence[Token], index: int) -> bool:
    """What can't stand inside a noun phrase at all."""
    token = tokens[index]
    if token.text in _MARKS or any(token.lower in of(kind) for kind in _STOPPING):
        return True
    return verbal(token) and not _attributive(tokens, index)


def _time_or_statement(tokens: Sequence[Token], index: int) -> bool:
    """As in "in a statement", "at a news conference", "in an interview" belong to the saying, not to who says it."""
    ahead = [t.lower for t in tokens[index + 1 : index + 4]]
    return any(
        w in of("occasions") or w in of("times")
        for w in ahead[: 3 if ahead[:1] and ahead[0] in {"a", "an", "the"} else 1]
    )


class Group(NamedTuple):
    """A verb with its auxiliaries: "has not yet been reported"."""

    start: int
    auxiliary: str
    """The one next to the verb, `to` for an infinitive; empty if there is none."""
    negated: bool

    @property
    def passive(self) -> bool:
        """Whether the auxiliary makes a participle passive."""
        return self.auxiliary in BE


BE = frozenset({"was", "were", "is", "are", "been", "be", "being", "am", "'s", "'re", "got"})


def group(tokens: Sequence[Token], index: int) -> Group:
    """The group of the verb at `index`."""
    start, negated, auxiliary = index, False, ""
    while start > 0:
        lower = tokens[start - 1].lower
        if lower in of("auxiliaries"):
            auxiliary = auxiliary or lower
        elif not (lower in of("adverbs") or (lower.endswith("ly") and len(lower) > 4)):
            break
        negated = negated or lower in of("negations")
        start -= 1
    infinitive = start > 0 and tokens[start - 1].lower == "to"
    return Group(start, "to" if infinitive else auxiliary, negated)


def before_time(tokens: Sequence[Token], last: int) -> int:
    """Skip a time between subject and verb, going left from `last`: "the army on the night of 2-3 May denied"."""
    end, timed = last, False
    while end > 0:
        lower = tokens[end].lower
        if lower in of("times"):
            timed = True
        elif not (timed and _around_time(tokens, end)):
            break
        end -= 1
    return end if timed else last


def _around_time(tokens: Sequence[Token], index: int) -> bool:
    """What stands in a time besides its own words: figures, dashes, articles, prepositions."""
    token = tokens[index]
    return (
        token.text[0].isdigit()
        or token.text in {"-", "–"}
        or token.lower in {"the", "of", "on", "in", "at", "a.m.", "p.m."}
    )


def subject(tokens: Sequence[Token], start: int) -> Phrase | None:
    """The noun phrase that the verb group at `start` belongs to, across an apposition; None if none stands there."""
    last = before_time(tokens, start - 1)
    if last < 0:
        return None
    if tokens[last].lower in of("relative"):
        return Phrase(last, last + 1)
    phrase = _apposed(tokens, last) if tokens[last].text == "," else before(tokens, last)
    return _described(tokens, phrase) if phrase else None


_LONGEST_RELATIVE = 12
"""Tokens of "that was struck by a drone"."""


def _described(tokens: Sequence[Token], phrase: Phrase) -> Phrase:
    """The noun of whose relative clause the phrase is a part: "*the mayor* of the town that was hit by a drone"."""
    at = phrase.first - 1
    while at > 0 and phrase.first - at <= _LONGEST_RELATIVE and tokens[at].text not in _MARKS:
        if tokens[at].lower in {"who", "which", "that"}:
            noun = before(tokens, at - 1)
            own_verb = any(verbal(t) for t in tokens[at + 1 : phrase.first])
            return noun if noun and own_verb and not verbal(tokens[at - 1]) else phrase
        at -= 1
    return phrase


def main_subject(tokens: Sequence[Token], end: int) -> Phrase | None:
    """The subject of the first verb before `end`."""
    for index in range(1, end):
        if verbal(tokens[index]) and tokens[index - 1].text != ",":
            phrase = before(tokens, before_time(tokens, index - 1))
            if phrase:
                return phrase
    phrase = after(tokens, 0)
    return phrase if phrase and phrase.last < end else None


def _apposed(tokens: Sequence[Token], last: int) -> Phrase | None:
    """The name whose apposition ends with the comma at `last`: "Lind, the mayor, who was there, said"."""
    comma = _earlier_comma(tokens, last)
    phrase = before(tokens, comma - 1) if comma else None
    while phrase and phrase.first > 1 and tokens[phrase.first - 1].text == "," and _adds(tokens[phrase.first]):
        name = before(tokens, phrase.first - 2)
        if name is None or not tokens[name.last - 1].text[0].isupper():
            break
        phrase = name
    return phrase


def _adds(token: Token) -> bool:
    """How an apposition begins, and a name does not."""
    return token.text[0].islower() or token.text[0].isdigit()


def _earlier_comma(tokens: Sequence[Token], last: int) -> int | None:
    """The comma that opens the apposition closed at `last`."""
    for index in range(last - 1, max(0, last - 25), -1):
        if tokens[index].text in {'"', "''", ";", ":"}:
            return None
        if tokens[index].text == ",":
            return index
    return None
