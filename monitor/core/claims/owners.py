"""Whose an office is that the text names without its owner: "the army's media wing", "its military"."""

from __future__ import annotations

import re
from functools import cached_property

from monitor.core.claims import phrases
from monitor.core.claims.actors import Mention, Registry, is_force, office_in
from monitor.core.claims.document import Document, Sentence
from monitor.core.claims.phrases import Phrase
from monitor.model import ActorId, ActorKind, Party

_DATELINE = re.compile(
    r"""\(?([A-Z][\w'.]*(?:\ [A-Z][\w'.]*){0,3})    # ADDIS ABABA
        (?:,\ [^\n—–-]{1,30})?\ ?                    # , Ethiopia
        (?:\([^)\n]{1,30}\))?\ ?                     # (Agency)
        (?:--|[-—–])\ """,
    re.VERBOSE,
)
_OWNING = frozenset({ActorKind.STATE, ActorKind.GOVERNMENT})


class Owners:
    """Answers for one document: the party of its feed (`home`), of its dateline, or of a force named before."""

    def __init__(self, document: Document, registry: Registry, home: ActorId | None = None) -> None:
        self._document, self._registry, self._home = document, registry, home

    def party(self, sentence: Sentence, phrase: Phrase) -> Party:
        """Who is named by a phrase: its words, and the actor they resolve to."""
        start, end = phrases.chars(sentence.tokens, phrase)
        text = sentence.field.text[start:end]
        actor = self._registry.resolve(text)
        if actor is None:
            owned = sentence.tokens[phrase.first].lower in {"its", "their"}
            owner = self.of(sentence, start, text, owned=owned)
            actor = self._registry.office(owner, text) if owner else None
        return Party(text, actor)

    def of(self, sentence: Sentence, start: int, text: str, *, owned: bool) -> ActorId | None:
        """The owner of the office `text` at character `start`; `owned`: by "its", so by who was named just before."""
        office = office_in(text)
        if office is None:
            return None
        before = [m for m in self._mentions if m.start < start] if sentence.where == "text" else []
        if owned:
            named = [m for m in before if m.start >= sentence.start]
            return self._registry.party(named[-1].actor) if named else None
        if self._home or self._dateline:
            return self._home or self._dateline
        if not is_force(office):
            return None
        force = next((m for m in reversed(before) if self._has_office(m)), None)
        return self._registry.party(force.actor) if force else None

    @cached_property
    def _mentions(self) -> list[Mention]:
        return self._registry.find(self._document.text.plain)

    @cached_property
    def _dateline(self) -> ActorId | None:
        opening = _DATELINE.match(self._document.text.plain)
        named = self._registry.find(opening[1].title() if opening[1].isupper() else opening[1]) if opening else []
        return named[0].actor if named and named[0].capital else None

    def _has_office(self, mention: Mention) -> bool:
        """Whether a state's name stands before one of its offices: "Pakistani air force raids"."""
        if self._registry.get(mention.actor).kind not in _OWNING:
            return False
        following = " ".join(self._document.text.plain[mention.end : mention.end + 40].split()[:3])
        return self._registry.office(mention.actor, following) is not None
