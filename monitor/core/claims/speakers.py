"""Whom a speaker's words name: names, offices, and pronouns as the reading goes on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.core.claims import phrases
from monitor.core.claims.actors import Registry
from monitor.core.claims.document import Sentence, Token
from monitor.core.claims.owners import Owners
from monitor.core.claims.phrases import Phrase, of
from monitor.model import ActorKind, Party


class Speakers:
    """Resolves names and pronouns as the reading goes on."""

    def __init__(self, registry: Registry, owners: Owners) -> None:
        self._registry = registry
        self._owners = owners
        self._last: dict[str, Party] = {}
        self._unread: list[Sentence] = []

    def remember(self, sentence: Sentence) -> None:
        """Later sentences' pronouns may mean the subject of this one, or a person in it."""
        if sentence.where == "text":
            self._unread.append(sentence)

    def _catch_up(self) -> None:
        """Read the names of the sentences so far: put off until a pronoun asks for them."""
        for sentence in self._unread:
            tokens = sentence.tokens
            roles = [i for i, t in enumerate(tokens) if t.lower in of("people")]
            subject = phrases.main_subject(tokens, len(tokens))
            for phrase in [subject, *(phrases.around(tokens, i) for i in reversed(roles))]:
                if phrase and tokens[phrase.last - 1].lower not in of("pronouns"):
                    self._keep(self.party(sentence, phrases.bare(tokens, phrase)), over=False)
        self._unread.clear()

    def party(self, sentence: Sentence, phrase: Phrase) -> Party:
        """Who is named by a phrase, taken by itself."""
        start, end = phrases.chars(sentence.tokens, phrase)
        text = sentence.field.text[start:end]
        actor = self._registry.resolve(text)
        if actor is None:
            owner = self._owners.of(
                sentence, start, text, owned=sentence.tokens[phrase.first].lower in {"its", "their"}
            )
            actor = self._registry.office(owner, text) if owner else None
        return Party(text, actor)

    def vouches(self, party: Party) -> bool:
        """Whether somebody gives what others told him as his own: a body that is known, but no outlet."""
        outlet = not of("outlets").isdisjoint(party.text.lower().split())
        return not outlet and (party.actor is not None or bool(self._registry.find(party.text)))

    def resolved(self, sentence: Sentence, phrase: Phrase, *, heard: bool = True) -> Party:
        """Who is named, with a pronoun replaced by whom it stands for; remembered for the pronouns to come.

        `heard`: they speak here themselves, rather than in somebody else's words ("rejects the rebels' claim that …").
        """
        party = self.party(sentence, phrase)
        lower = party.text.lower()
        if lower in of("relative"):
            antecedent = _antecedent(sentence.tokens, phrase)
            party = self.party(sentence, antecedent) if antecedent else party
        elif lower in of("personal") or lower in _CLASS or lower == "their":
            return self._meant(sentence, phrase, _CLASS.get(lower, "any")) or party
        self._keep(party, over=heard)
        return party

    def _meant(self, sentence: Sentence, pronoun: Phrase, kind: str) -> Party | None:
        """Whom a pronoun stands for: the subject of the same sentence if it can be, else who was named last."""
        subject = phrases.main_subject(sentence.tokens, pronoun.first) if pronoun.first > 3 else None
        if subject and kind != "any":
            party = self.party(sentence, phrases.bare(sentence.tokens, subject))
            if self._class(party) == kind and (party.actor or kind == "body"):
                return party
        self._catch_up()
        return self._last.get(kind)

    def _keep(self, party: Party, *, over: bool) -> None:
        """Remember a party for the pronouns that can mean it; subjects that say nothing don't replace speakers."""
        kinds = ["any", self._class(party)]
        self._last |= {k: party for k in kinds if over or k not in self._last}

    def _class(self, party: Party) -> str:
        read = re.findall(r"\w+", party.text.lower())
        inside = set(read)
        head = next((i for i, w in enumerate(read) if i and w in of("prepositions")), len(read))
        if read and read[head - 1] in of("bodies") - of("people"):
            return "body"
        if inside & of("people"):
            return "person"
        if party.actor:
            return "person" if self._registry.get(party.actor).kind is ActorKind.PERSON else "body"
        if inside & of("bodies"):
            return "body"
        names = party.text.split()
        return "person" if len(names) <= 4 and all(n[0].isupper() for n in names) else "any"


_CLASS = {"he": "person", "she": "person", "his": "person", "her": "person", "it": "body", "its": "body"}


def _antecedent(tokens: Sequence[Token], relative: Phrase) -> Phrase | None:
    """Whom "who" stands for."""
    last = relative.first - 1
    if last > 0 and tokens[last].text == ",":
        last -= 1
    phrase = phrases.before(tokens, last)
    return phrases.bare(tokens, phrase) if phrase else None
