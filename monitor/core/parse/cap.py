"""Common Alerting Protocol 1.1 and 1.2: bare alerts, wrapped in EDXL-DE, or inside the entries of a feed.

Update and Cancel are new versions of the alert that they refer to (`Entry.replaces`), so that they close or
replace it. An alert with a formal fault is still an alert: it is an error only without what tells it from others and
from a test. OASIS, Common Alerting Protocol Version 1.2, 2010.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from lxml import etree

from monitor.core.parse import dates, lang, signature
from monitor.core.parse.clean import one_line
from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.core.parse.split import local
from monitor.errors import ParseError

_NAMESPACE = "urn:oasis:names:tc:emergency:cap:"
_REQUIRED = ("identifier", "sender", "sent", "status", "msgType")
_LANGUAGE = "en-US"
"""What an alert is in that names no language (CAP 1.2, 3.2.2)."""
_UNDATED = dt.datetime.min.replace(tzinfo=dt.UTC)
NOT_ACTUAL = frozenset({"Test", "Exercise", "Draft", "System"})
"""Values of status under which nothing happens (CAP 1.2, 3.2.1)."""
_MAX_AREAS = 40
_MAX_REFERENCES = 100


def is_cap(root: etree._Element) -> bool:
    """Whether a document is an alert, or an envelope around alerts."""
    return local(root) in {"alert", "edxldistribution"}


def read(root: etree._Element, job: Job) -> Document:
    """Read alerts; raises ParseError if there is none with all that CAP requires."""
    alerts = list(_alerts(root))
    complete = [alert for alert in alerts if not _missing(alert)]
    if not complete:
        raise ParseError("garbage", _fault(alerts))
    found = [_found(alert, job) for alert in complete[:MAX_ENTRIES]]
    marks = ("incomplete_alert",) if len(complete) < len(alerts) else ()
    return Document(kind="cap", entries=build(found, job), title=one_line(_text(complete[0], "sender")), marks=marks)


def embedded(root: etree._Element, job: Job) -> dict[str, Found]:
    """Alerts inside the entries of a feed, by the id of their entry."""
    found = {}
    for alert in _alerts(root):
        entry = next((e for e in alert.iterancestors("{*}entry", "{*}item")), None)
        if entry is not None and not _missing(alert):
            found[_text(entry, "id") or _text(entry, "guid")] = _found(alert, job)
    return found


def _alerts(root: etree._Element) -> Iterator[etree._Element]:
    return (e for e in root.iter("{*}alert") if str(e.tag).startswith(f"{{{_NAMESPACE}"))


def _missing(alert: etree._Element) -> list[str]:
    present = {local(child) for child in alert if (child.text or "").strip()}
    return [name for name in _REQUIRED if name.lower() not in present]


def _fault(alerts: Sequence[etree._Element]) -> str:
    if not alerts:
        return f"no CAP alert: no <alert> in a namespace {_NAMESPACE}1.x"
    return f"a CAP alert without {', '.join(_missing(alerts[0]))}"


def _found(alert: etree._Element, job: Job) -> Found:
    info = _info(alert, lang.primary(job.language) or "en")
    signed = signature.state(alert)
    before = "Signature invalid: " if signed == "signature_invalid" else ""
    before += "Cancelled: " if _text(alert, "msgtype") == "Cancel" else ""
    event = _text(info, "event")
    headline = _text(info, "headline") or event or _text(alert, "note") or _text(alert, "identifier")
    parts = (_text(info, "description"), _text(info, "instruction"), _areas(info), _text(alert, "note"))
    return Found(
        guid=_text(alert, "identifier"),
        link=_text(info, "web"),
        title=before + headline,
        content="\n".join(filter(None, parts)),
        published=_text(alert, "sent") or None,
        byline=_text(info, "sendername") or _text(alert, "sender"),
        lang=_text(info, "language") or _LANGUAGE,
        marks=(*_marks(alert, info, job.at), f"cap:{signed}"),
        replaces=_references(alert, job.at),
    )


def _info(alert: etree._Element, language: str) -> etree._Element:
    """The block in the source's language, else the English one, else the first; the alert itself if there is none."""
    infos = [child for child in alert if local(child) == "info"]
    spoken = [lang.primary(_text(info, "language") or _LANGUAGE) for info in infos]
    wanted = next((tag for tag in (language, "en") if tag in spoken), None)
    return infos[spoken.index(wanted)] if wanted else (infos or [alert])[0]


def _marks(alert: etree._Element, info: etree._Element, at: dt.datetime) -> tuple[str, ...]:
    words = [_text(alert, "status"), _text(alert, "msgtype")]
    words += [f"{name}={value}" for name in ("severity", "urgency", "certainty") if (value := _text(info, name))]
    expires = dates.parse(_text(info, "expires"), at)
    words += ["expired"] if expires and expires < at else []
    return tuple(f"cap:{word}" for word in words if word)


def _references(alert: etree._Element, at: dt.datetime) -> tuple[str, ...]:
    """Identifiers out of `sender,identifier,sent sender,identifier,sent …`, the earliest first."""
    triples = [reference.split(",") for reference in _text(alert, "references").split()[:_MAX_REFERENCES]]
    named = [(dates.parse(t[2], at) if len(t) > 2 else None, t[1]) for t in triples if len(t) > 1]
    return tuple(identifier for _, identifier in sorted(named, key=lambda pair: pair[0] or _UNDATED))


def _areas(info: etree._Element) -> str:
    areas = [_text(area, "areadesc") for area in info if local(area) == "area"]
    return "Area: " + "; ".join(areas[:_MAX_AREAS]) if any(areas) else ""


def _text(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if local(child) == name), "")
