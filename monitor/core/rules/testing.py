"""The tests that stand in a watch, run by `tocsin check`: a fake clock, given items, expected alerts.

Items go through the whole decision, as they would live. An expectation names only what matters to it; `nothing_else`
makes a test strict. A failed one is told by the fields that differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from monitor.core.rules.faults import TOP, Mark
from monitor.core.rules.form import seconds
from monitor.core.rules.grammar import place_of
from monitor.core.rules.ruleset import Ruleset
from monitor.core.rules.watch import Watch
from monitor.core.view import Draft, Put, View
from monitor.model import (
    Alert,
    ChatId,
    Development,
    Item,
    ItemId,
    Message,
    MessageId,
    Outcome,
    Severity,
    SourceId,
    Subscriber,
)

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
"""Time zero of every test: a Monday noon."""

_WITHHELD = {Outcome.THROTTLED, Outcome.MUTED, Outcome.INHIBITED}


class Memory(View, Protocol):
    """Tables that a test fills and throws away."""

    def apply(self, puts: Iterable[Put[Any]]) -> None:
        """Write what a draft holds."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """How one test of a watch ended: `problems` is empty if it holds."""

    watch: Watch
    name: str
    at: Mark
    problems: tuple[str, ...]


def run(ruleset: Ruleset, watch: Watch, memory: Callable[[], Memory]) -> Iterator[Result]:
    """The result of each test of a watch. `memory` makes empty tables."""
    for test in watch.tests:
        alerts = _played(test, ruleset, watch, memory())
        problems = tuple(_Checking(test, alerts, ruleset).problems())
        yield Result(watch, str(test["name"]), place_of(test, TOP), problems)


def _played(test: Mapping[str, Any], ruleset: Ruleset, watch: Watch, view: Memory) -> list[Alert]:
    from monitor.core.decide import decide

    alerts: list[Alert] = []
    versions: dict[str, int] = {}
    for item in _items(test, versions):
        draft = Draft(view)
        decision = decide(item, draft, ruleset)
        view.apply(draft.changes())
        alerts += [a for a in decision.alerts if a.watch == watch.id]
    return alerts


def _items(test: Mapping[str, Any], versions: dict[str, int]) -> Iterator[Item]:
    history = [(START - dt.timedelta(seconds=seconds(g["at"])), g, True) for g in test.get("history", ())]
    given = [(START + dt.timedelta(seconds=seconds(g["at"])), g, False) for g in test["given"]]
    for number, (at, entry, learned) in enumerate([*sorted(history, key=lambda h: h[0]), *given]):
        name = str(entry.get("id", f"item-{number}"))
        versions[name] = versions.get(name, 0) + 1
        yield Item(
            ItemId(name),
            SourceId(str(entry.get("source", f"outlet-{number}"))),
            at,
            str(entry.get("title", "")),
            str(entry.get("text", "")),
            url=f"https://example.org/{name}",
            published=at,
            lang=str(entry.get("lang", "en")),
            origin=str(entry["origin"]) if "origin" in entry else None,
            version=versions[name],
            baseline=learned,
            marks=tuple(map(str, entry.get("marks", ()))),
        )


@dataclass(frozen=True)
class _Checking:
    """What one test expected, against the alerts that came of its items."""

    test: Mapping[str, Any]
    alerts: Sequence[Alert]
    ruleset: Ruleset

    def problems(self) -> Iterator[str]:
        sent = [a for a in self.alerts if a.outcome in (Outcome.SENT, Outcome.TRIAL)]
        held = [a for a in self.alerts if a.outcome is Outcome.HELD]
        withheld = [a for a in self.alerts if a.outcome in _WITHHELD]
        yield from self._unmet("expected", "expect", sent)
        yield from self._unmet("expected to be held", "held", held)
        yield from self._unmet("expected to be suppressed", "suppressed", withheld)
        for rule in self.test.get("never", ()):
            for alert in sent:
                if any(r.rule == rule for r in alert.reasons):
                    yield f"never {rule}, but it fired: {_told(alert)}"
        if self.test.get("nothing_else"):
            yield from self._unasked(a for a in sent if a.outcome is Outcome.SENT)

    def _unasked(self, sent: Iterable[Alert]) -> Iterator[str]:
        for alert in sent:
            if not any(self._misses(e, alert) == [] for e in self.test.get("expect", ())):
                yield f"nothing else, but: {_told(alert)}"

    def _unmet(self, what: str, key: str, alerts: Sequence[Alert]) -> Iterator[str]:
        for expectation in self.test.get(key, ()):
            misses = [(self._misses(expectation, a), a) for a in alerts]
            if any(not m for m, _ in misses):
                continue
            words = ", ".join(f"{k} {_plain(v)}" for k, v in expectation.items())
            if not misses:
                yield f"{what}: {words}; {self._instead(alerts)}"
                continue
            nearest, alert = min(misses, key=lambda m: len(m[0]))
            yield f"{what}: {words}; the nearest differs in {'; '.join(nearest)} ({_told(alert)})"

    def _instead(self, alerts: Sequence[Alert]) -> str:
        """What came where nothing of the kind did: alerts of another outcome, with their reasons."""
        others = [a for a in self.alerts if a not in alerts]
        return f"instead: {'; '.join(map(_told, others))}" if others else "nothing came"

    def _misses(self, wanted: Mapping[str, Any], alert: Alert) -> list[str]:
        found = _misses(wanted, alert)
        if "message_has" in wanted:
            text = _read(alert, self.ruleset)
            found += [
                f"message_has: {t!r} is not in {text!r}" for t in map(str, wanted["message_has"]) if t not in text
            ]
        return found


def _read(alert: Alert, ruleset: Ruleset) -> str:
    """What a subscriber reads of an alert, without markup."""
    from monitor.core import render
    from monitor.core.wording import names

    chat = Subscriber(ChatId(0))
    message = Message(MessageId(""), chat.chat, "alert", (alert.id,), alert.at)
    return render.message(message, [alert], chat, names(ruleset)).plain


def _plain(value: Any) -> str:  # noqa: ANN401 - a value of a test
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {v}" for k, v in value.items()) + "}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _misses(wanted: Mapping[str, Any], alert: Alert) -> list[str]:
    """The fields in which an alert differs from an expectation, as `severity: low instead of high`."""
    found: list[str] = []
    after = (alert.at - START).total_seconds()
    if "at" in wanted and after != seconds(wanted["at"]):
        found.append(f"at: {after / 60:g}m instead of {wanted['at']}")
    rules = {r.rule: r for r in alert.reasons}
    if "rule" in wanted and wanted["rule"] not in rules:
        found.append(f"rule: {', '.join(rules)} instead of {wanted['rule']}")
    severity = rules[wanted["rule"]].severity if wanted.get("rule") in rules else alert.severity
    if "severity" in wanted and severity != Severity(wanted["severity"]):
        found.append(f"severity: {severity} instead of {wanted['severity']}")
    if "why" in wanted and wanted["why"].lower() not in f"{alert.why} {' '.join(r.why for r in alert.reasons)}".lower():
        found.append(f"why: {alert.why!r} instead of {str(wanted['why'])!r}")
    nearest = min((_development_misses(wanted, d) for d in alert.developments), key=len, default=["developments: none"])
    return found + nearest


def _development_misses(wanted: Mapping[str, Any], development: Development) -> list[str]:
    found = []
    if "kind" in wanted and wanted["kind"] != development.kind:
        found.append(f"kind: {development.kind} instead of {wanted['kind']}")
    known = fields_of(development)
    for name, value in wanted.get("where", {}).items():
        if not _same(name, str(value).lower() if isinstance(value, bool) else str(value), known.get(name, ())):
            shown = " / ".join(known.get(name, ())) or "nothing"
            found.append(f"{name}: {shown} instead of {value}")
    quote = development.span.quote if development.span else ""
    found += [f"text_has: {t!r} is not in {quote!r}" for t in map(str, wanted.get("text_has", ())) if t not in quote]
    return found


def fields_of(development: Development) -> dict[str, tuple[str, ...]]:
    """What `where` may ask a development for; a party by its words or its id."""
    quantity, previous = development.quantity, development.previous
    numbers = {"low": quantity.low, "high": quantity.high, "previous": previous.low if previous else None}
    parties = {"claimant": development.claimant, "via": development.via, "other": development.other}
    words = {
        "metric": development.metric,
        "object": development.object,
        "object_class": development.object_class,
        "side": development.side,
        "rung": development.rung,
        "place": development.place.text if development.place else None,
    }
    return {
        **{k: (f"{v:.12g}",) for k, v in numbers.items() if v is not None},
        **{k: (p.text, *([p.actor] if p.actor else [])) for k, p in parties.items() if p},
        **{k: (str(v),) for k, v in words.items() if v is not None},
        "claimants": (str(development.counts.claimants),),
        "hedged": (str(development.hedged).lower(),),
        "official": (str(development.official).lower(),),
        "total": (str(quantity.total).lower(),),
    }


def _same(name: str, wanted: str, known: Sequence[str]) -> bool:
    if name in {"low", "high", "previous"}:
        return any(wanted.replace(",", "") == k for k in known)
    return any(wanted.lower() in k.lower() for k in known)


def _told(alert: Alert) -> str:
    kinds = ", ".join(f"{d.kind} {d.metric or d.rung or ''}".strip() for d in alert.developments)
    at = (alert.at - START).total_seconds() / 60
    return f"at {at:g}m, {alert.severity}, {alert.outcome}: {kinds}: {alert.why}"
