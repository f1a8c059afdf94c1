"""Which entries of a poll are news: new items, new versions of known ones, or nothing.

Identity is guid → canonical address → title and date, each a *key*. A store keeps one `Seen` per item and
finds it by any of its keys:

    keys = intake.keys(document, source)
    seen = view.find(SEEN, "key", keys)
    result = intake.sort(document, seen, source, now=now, first=state.contacted is None)
    # commit result.items to the inbox, result.seen to SEEN and the validators in one transaction
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from rapidfuzz import fuzz

from monitor.core.parse import lang
from monitor.core.parse.document import Document
from monitor.core.text import normalise
from monitor.core.view import Table
from monitor.model import Entry, Item, ItemId, Source, SourceId

REMEMBER = dt.timedelta(days=90)
"""How long an item is remembered after it was last in its feed."""
FLOOD = 200
"""More new items at once than this are a site's re-import, not news."""
MAX_VERSIONS = 24
"""A text that changes more often than this contains a clock or a counter."""
_TOUCH = dt.timedelta(days=1)
_OLD = dt.timedelta(hours=48)
_MAX_KEYS = 12
_SAME_TITLE = 55.0
"""Token-set similarity (0–100) from which a title is an edit of another, given that an id or address agrees."""
_ALERT = "a"
"""What keys of alerts start with: an index may use an alert's identifier as the id of its entry, or not."""
_NOT_REAL = frozenset({"cap:Test", "cap:Exercise", "cap:Draft", "cap:System", "cap:Ack", "cap:Error"})
_NO_CHANGE = frozenset(
    {"cap:expired", "cap:unsigned", "cap:signed", "cap:signature_invalid", "cap:signature_unchecked"}
)
"""Marks that change without the alert saying anything else."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of one item so that it is never taken for new again."""

    item: ItemId
    source: SourceId
    keys: tuple[str, ...]
    """Every identity it was met under; each starts with the source's id."""
    title: str
    url: str
    digest: str
    """Of title and text: another digest is another version."""
    version: int
    first: dt.datetime
    last: dt.datetime
    """When it was last met in its feed, to the day; forget it `REMEMBER` after that."""
    published: dt.datetime | None = None


SEEN: Table[Seen] = Table(
    "seen", Seen, key=lambda r: r.item, time=lambda r: r.last.timestamp(), indexes={"key": lambda r: r.keys}
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one document changes, oldest first. Everything in it is committed together."""

    items: tuple[Item, ...] = ()
    """New items (version 1) and new versions of known ones, in the order in which they enter the inbox."""
    seen: tuple[Seen, ...] = ()
    """Records to write."""
    refused: tuple[tuple[str, str], ...] = ()
    """Entry id and reason of what is no item: a CAP test, a text that changes all the time."""
    baseline: bool = False
    rekeyed: int = 0
    """Items that came back under other ids."""
    gap: bool = False
    """The window rolled over since the last poll: entries in between may have been missed."""
    flood: bool = False
    """More new items at once than one source publishes: they are marked `flood`, one notice tells of them."""

    @property
    def new(self) -> int:
        """The number of new items."""
        return sum(item.version == 1 for item in self.items)


def keys(document: Document, source: Source) -> tuple[str, ...]:
    """Every key under which an entry of the document may be known."""
    found = (key for entry in document.entries for key in _Keys.of(entry, source).all)
    return tuple(dict.fromkeys(found))


def sort(document: Document, seen: Sequence[Seen], source: Source, *, now: dt.datetime, first: bool) -> Intake:
    """Sort the entries of a document into news and known; `seen` holds the records found by `keys`.

    On first contact every item is a baseline: learned from, never alerted on. An entry that is like a known one only
    in part is a new item: what is new is decided on claims, and a lost item can't be decided on at all.
    """
    known = _Known(seen, source)
    real = _unreplaced([e for e in _unrepeated(document.entries) if is_real(e.marks)], known)
    rekeyed = not first and not document.known and _is_rekeyed(real, known)
    matches = _matches(real, (known.by_id, known.by_address, known.by_title if rekeyed else known.by_copy))
    return _Sorting(source, now, first, known).result(
        document, _in_turn(_oldest_first(real, now)), matches, rekeyed=rekeyed
    )


def is_real(marks: Iterable[str]) -> bool:
    """Whether an entry with these marks is about something that happens: no test, exercise or draft of an alert."""
    return _NOT_REAL.isdisjoint(marks)


# --- the alerts behind a CAP index ----------------------------------------------------------


def alert_keys(alerts: Iterable[Entry | None], source: Source) -> tuple[str, ...]:
    """Every key under which one of the alerts, or one that it replaces, may be known."""
    return tuple(_alert_key(name, source) for alert in alerts if alert for name in (alert.id, *alert.replaces))


def with_alerts(taken: Intake, alerts: Mapping[ItemId, Entry | None], seen: Sequence[Seen], source: Source) -> Intake:
    """A poll of a CAP index with the alerts that its entries point to; `seen` holds the records found by `alert_keys`.

    An Update or Cancel becomes the next version of the item whose alert it refers to; what is not real is refused. An
    entry whose alert could not be read yet (None) is left out, so that the next poll finds it new again; one that
    has no alert (not in `alerts`) is learned from and never alerted on: whether it is a test is not known.
    """
    indexed = _Indexed(source, {record.item: record for record in (*seen, *taken.seen)})
    items, refused = [], list(taken.refused)
    for item in _as_sent(taken.items, alerts):
        alert = alerts.get(item.id)
        if alert is None and item.id in alerts:
            indexed.forget(item)
        elif alert is None:
            items.append(item if is_alert(item) else replace(item, baseline=True, marks=(*item.marks, "no_alert")))
        elif not is_real(alert.marks):
            refused.append((alert.id, "not real: " + ", ".join(alert.marks)))
        elif (version := indexed.version(item, alert)) is not None:
            items.append(version)
    before = {record.item: record for record in seen}
    changed = tuple(r for r in indexed.records.values() if r != before.get(r.item))
    return replace(taken, items=tuple(items), seen=changed, refused=tuple(refused))


def _as_sent(items: Sequence[Item], alerts: Mapping[ItemId, Entry | None]) -> list[Item]:
    """Items in the order in which their alerts were sent, an index having no dates or others; first what has none."""
    found = [(item, alert) for item in items if (alert := alerts.get(item.id))]
    found.sort(key=lambda pair: pair[1].published or pair[0].seen)
    turn = {alert.id: place for place, alert in enumerate(_in_turn([alert for _, alert in found]))}
    found.sort(key=lambda pair: turn[pair[1].id])
    return [*(item for item in items if not alerts.get(item.id)), *(item for item, _ in found)]


def is_alert(item: Item) -> bool:
    """Whether an item was read from a CAP alert itself."""
    return any(mark.startswith("cap:") for mark in item.marks)


class _Indexed:
    """The records of an index's items, by the identifiers of their alerts too."""

    def __init__(self, source: Source, records: dict[ItemId, Seen]) -> None:
        self._source, self.records = source, records
        self._by_alert = {key: r.item for r in records.values() for key in r.keys if key.startswith(_ALERT)}

    def forget(self, item: Item) -> None:
        """Drop what an entry brought."""
        self.records.pop(item.id, None)

    def version(self, item: Item, alert: Entry) -> Item | None:
        """The alert as a version of its own item or of the one that it refers to; None if it is known already."""
        own = _alert_key(alert.id, self._source)
        known = self._by_alert.get(own)
        if known not in (None, item.id):
            return None
        # The references stand earliest first.
        replaced = (self._by_alert.get(_alert_key(name, self._source)) for name in reversed(alert.replaces))
        target = known or next(filter(None, replaced), item.id)
        record = self.records[target]
        number = record.version + (target != item.id)
        self.records[target] = replace(record, version=number, keys=_with_alert(record.keys, own))
        self._by_alert[own] = target
        return replace(_as_alert(item, alert), id=target, version=number)


def _alert_key(name: str, source: Source) -> str:
    return _ALERT + blake2b(f"{source.id}\n{name}".encode(), digest_size=10).hexdigest()


def _with_alert(keys: Sequence[str], own: str) -> tuple[str, ...]:
    """The keys of entries, then those of alerts, the newest first."""
    entries = [key for key in keys if not key.startswith(_ALERT)]
    alerts = [key for key in keys if key.startswith(_ALERT) and key != own]
    return (*entries[: _MAX_KEYS - 4], own, *alerts)[:_MAX_KEYS]


def _as_alert(item: Item, alert: Entry) -> Item:
    return replace(
        item,
        title=alert.title,
        text=alert.text,
        published=alert.published or item.published,
        lang=alert.lang or item.lang,
        marks=(*item.marks, *alert.marks),
    )


# --- identity ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of one entry: its id, its address, its title, and the ids that it replaces."""

    id: str
    url: str
    title: str
    replaces: tuple[str, ...]

    @classmethod
    def of(cls, entry: Entry, source: Source) -> _Keys:
        def key(kind: str, value: str) -> str:
            return kind + blake2b(f"{source.id}\n{value}".encode(), digest_size=10).hexdigest() if value else ""

        replaces = tuple(key("i", other) for other in entry.replaces)
        return cls(key("i", entry.id), key("u", entry.url), key("t", normalise(entry.title)), replaces)

    @property
    def own(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.id, self.url, self.title)))

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.own, *self.replaces)


class _Known:
    """What is remembered of a source, asked by entry."""

    def __init__(self, seen: Iterable[Seen], source: Source) -> None:
        self._source = source
        self._by_key: Mapping[str, list[Seen]] = defaultdict(list)
        for record in seen:
            for key in record.keys:
                self._by_key[key].append(record)

    def by_id(self, entry: Entry) -> Seen | None:
        """The item that was delivered under the entry's id, or that the entry replaces."""
        keys = _Keys.of(entry, self._source)
        replaced = (self._best(entry, key, lambda *_: True) for key in keys.replaces)
        return self._best(entry, keys.id, _same_story) or next(filter(None, replaced), None)

    def by_address(self, entry: Entry) -> Seen | None:
        """The item at the same address, under a title that may be an edit of the other."""
        return self._best(entry, _Keys.of(entry, self._source).url, _same_title)

    def by_copy(self, entry: Entry) -> Seen | None:
        """The item that was published at the same time with the same words under another id and address."""
        return self._best(entry, _Keys.of(entry, self._source).title, _is_copy)

    def by_title(self, entry: Entry) -> Seen | None:
        """The item with the same title, for a source that has given everything other ids."""
        return self._best(entry, _Keys.of(entry, self._source).title, lambda *_: True)

    def has_id(self, entry: Entry) -> bool:
        """Whether anything is known under the entry's id."""
        return bool(self._by_key.get(_Keys.of(entry, self._source).id))

    def resembles(self, entry: Entry) -> bool:
        """Whether anything is known under the entry's address or title."""
        keys = _Keys.of(entry, self._source)
        return bool(self._by_key.get(keys.url) or self._by_key.get(keys.title))

    def _best(self, entry: Entry, key: str, like: Callable[[Entry, Seen], bool]) -> Seen | None:
        """The newest record under a key that the entry is like."""
        records = (r for r in self._by_key.get(key, ()) if like(entry, r))
        return max(records, key=lambda r: (r.last, r.item), default=None)


def _matches(entries: Sequence[Entry], ways: Sequence[Callable[[Entry], Seen | None]]) -> dict[str, Seen | None]:
    """What each entry is a delivery of, surest way first; no item is delivered by two entries of one document."""
    matches: dict[str, Seen | None] = dict.fromkeys(entry.id for entry in entries)
    taken: set[ItemId] = set()
    for way in ways:
        for entry in entries:
            match = None if matches[entry.id] else way(entry)
            if match and match.item not in taken:
                matches[entry.id] = match
                taken.add(match.item)
    return matches


def _is_copy(entry: Entry, seen: Seen) -> bool:
    return entry.published is not None and entry.published == seen.published and _digest(entry) == seen.digest


def _same_story(entry: Entry, seen: Seen) -> bool:
    """Whether an id still means the same story: publishers re-use ids for others."""
    same_url = bool(entry.url) and entry.url == seen.url
    same_time = entry.published is not None and entry.published == seen.published
    return same_url or same_time or _same_title(entry, seen)


def _same_title(entry: Entry, seen: Seen) -> bool:
    return fuzz.token_set_ratio(normalise(entry.title), normalise(seen.title)) >= _SAME_TITLE


def _is_rekeyed(entries: Sequence[Entry], known: _Known) -> bool:
    """No id is known, but at least half of the entries are by address or title."""
    if not entries or any(map(known.has_id, entries)):
        return False
    return 2 * sum(map(known.resembles, entries)) >= len(entries)


def _unrepeated(entries: Iterable[Entry]) -> list[Entry]:
    """Entries without exact repetitions under another id in the same document."""
    once: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        once.setdefault((entry.url or entry.id, _digest(entry)), entry)
    return list(once.values())


def _oldest_first(entries: Sequence[Entry], now: dt.datetime) -> list[Entry]:
    """By time; entries without one count as just published, in the document's order from its end."""
    newest_last = list(reversed(entries))
    return sorted(newest_last, key=lambda e: e.published or now)


def _unreplaced(entries: Sequence[Entry], known: _Known) -> list[Entry]:
    """Entries without those that a known one replaces, if only by way of others, and without known ones that any does.

    They have gone on as a later version, or do so now.
    """
    named = {e.id: e for e in entries if e.replaces}
    if not named:
        return list(entries)
    old, todo = set[str](), [name for e in named.values() if known.has_id(e) for name in e.replaces]
    while todo:
        name = todo.pop()
        todo += named[name].replaces if name in named and name not in old else ()
        old.add(name)
    replaced = {name for e in named.values() for name in e.replaces}
    return [e for e in entries if e.id not in old and (e.id not in replaced or not known.has_id(e))]


def _in_turn(entries: Sequence[Entry]) -> list[Entry]:
    """Entries in this order, but none before one that it replaces."""
    named, placed = {e.id: e for e in entries}, dict[str, Entry]()

    def place(entry: Entry, *above: str) -> None:
        for name in entry.replaces:
            if name in named and name not in placed and name not in above and name != entry.id:
                place(named[name], entry.id, *above)
        placed.setdefault(entry.id, entry)

    for entry in entries:
        if entry.id not in placed:
            place(entry)
    return list(placed.values())


def _digest(entry: Entry) -> str:
    text = " ".join(f"{entry.title}\n{entry.text}".split())
    marks = " ".join(m for m in entry.marks if m.startswith("cap:") and m not in _NO_CHANGE)
    return blake2b(f"{text}\n{marks}".encode("utf-8", "replace"), digest_size=12).hexdigest()


# --- what it amounts to ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sorting:
    """One document's sorting: turns entries and their matches into items and records."""

    source: Source
    now: dt.datetime
    first: bool
    known: _Known

    def result(
        self, document: Document, entries: Sequence[Entry], matches: Mapping[str, Seen | None], *, rekeyed: bool
    ) -> Intake:
        flood = not self.first and sum(matches[e.id] is None for e in entries) > FLOOD
        items: list[Item] = []
        records: dict[ItemId, Seen] = {}
        refused = [(e.id, "not real: " + ", ".join(e.marks)) for e in document.entries if not is_real(e.marks)]
        for entry in entries:
            match = matches[entry.id] or self._replaced(entry, records.values())
            record = self._record(entry, match)
            if match is None or record.version > match.version:
                items.append(self._item(entry, record, flood=flood))
            elif record.digest != match.digest:
                refused.append((entry.id, f"changed more than {MAX_VERSIONS} times"))
            if record != match:
                records[record.item] = record
        return Intake(
            items=tuple(items),
            seen=tuple(records.values()),
            refused=tuple(refused),
            baseline=self.first,
            rekeyed=sum(m is not None for m in matches.values()) if rekeyed else 0,
            gap=not self.first and bool(entries) and not document.known and not any(matches.values()),
            flood=flood,
        )

    def _replaced(self, entry: Entry, records: Iterable[Seen]) -> Seen | None:
        """What this very document has brought of the alert that an entry replaces."""
        replaced = set(_Keys.of(entry, self.source).replaces) if entry.replaces else set()
        return next((r for r in records if not replaced.isdisjoint(r.keys)), None) if replaced else None

    def _record(self, entry: Entry, match: Seen | None) -> Seen:
        keys, digest = _Keys.of(entry, self.source).own, _digest(entry)
        if match is None:
            return Seen(
                item=self._new_id(entry),
                source=self.source.id,
                keys=keys,
                title=entry.title,
                url=entry.url,
                digest=digest,
                version=1,
                first=self.now,
                last=self.now,
                published=entry.published,
            )
        changed = digest != match.digest
        merged = tuple(dict.fromkeys((*keys, *match.keys)))[:_MAX_KEYS]
        # The next alert of a chain is no text that changes all the time.
        most = match.version + 1 if entry.replaces and keys[0] not in match.keys else MAX_VERSIONS
        touched = changed or not set(keys).issubset(match.keys) or self.now - match.last >= _TOUCH
        return replace(
            match,
            keys=match.keys if set(keys).issubset(match.keys) else merged,
            title=entry.title,
            url=entry.url,
            digest=digest,
            version=max(match.version, min(match.version + changed, most)),
            last=self.now if touched else match.last,
        )

    def _new_id(self, entry: Entry) -> ItemId:
        """An id out of the entry's own; with address and title where that id is taken by another story."""
        identity = f"{entry.id}\n{entry.url}\n{entry.title}" if self.known.has_id(entry) else entry.id
        return ItemId(f"{self.source.id}:{blake2b(identity.encode(), digest_size=8).hexdigest()}")

    def _item(self, entry: Entry, record: Seen, *, flood: bool) -> Item:
        odd = ["flood"] if flood else []
        odd += ["old"] if entry.published and self.now - entry.published > _OLD else []
        return Item(
            id=record.item,
            source=self.source.id,
            seen=self.now,
            title=entry.title,
            text=entry.text,
            url=entry.url,
            published=entry.published,
            updated=entry.updated,
            lang=self._language(entry),
            origin=entry.origin,
            version=record.version,
            baseline=self.first,
            marks=(*entry.marks, *odd),
        )

    def _language(self, entry: Entry) -> str:
        """The operator knows better than the `en` that web software declares until somebody changes it."""
        own = self.source.language
        declared = (entry.lang, own) if lang.primary(own) == "en" else (own, entry.lang)
        return lang.settle(f"{entry.title}\n{entry.text}", *declared) or own
