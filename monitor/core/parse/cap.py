"""Common Alerting Protocol 1.1 and 1.2: bare alerts, wrapped in EDXL-DE, or inside the entries of a feed.

Update and Cancel are new versions of the alert that they refer to (`Entry.replaces`), so that they close or
replace it. OASIS, Common Alerting Protocol Version 1.2, 2010.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lxml import etree

from monitor.core.parse import dates
from monitor.core.parse.clean import one_line
from monitor.core.parse.document import Document, Job
from monitor.core.parse.entries import MAX_ENTRIES, Found, build
from monitor.core.parse.split import local
from monitor.errors import ParseError

_NAMESPACE = "urn:oasis:names:tc:emergency:cap:"
_REQUIRED = ("identifier", "sender", "sent", "status", "msgtype")
_MAX_AREAS = 40
_MAX_REFERENCES = 100


def is_cap(root: etree._Element) -> bool:
    """Whether a document is an alert, or an envelope around alerts."""
    return local(root) in {"alert", "edxldistribution"}


def read(root: etree._Element, job: Job) -> Document:
    """Read alerts; raises ParseError if there is none with all that CAP requires."""
    alerts = [alert for alert in _alerts(root) if _complete(alert)]
    if not alerts:
        raise ParseError("garbage", f"no CAP alert with {', '.join(_REQUIRED)}")
    found = [_found(alert, job.at) for alert in alerts[:MAX_ENTRIES]]
    return Document(kind="cap", entries=build(found, job), title=one_line(_text(alerts[0], "sender")))


def embedded(root: etree._Element, at: dt.datetime) -> dict[str, Found]:
    """Alerts inside the entries of a feed, by the id of their entry."""
    found = {}
    for alert in _alerts(root):
        entry = next((e for e in alert.iterancestors("{*}entry", "{*}item")), None)
        if entry is not None and _complete(alert):
            found[_text(entry, "id") or _text(entry, "guid")] = _found(alert, at)
    return found


def _alerts(root: etree._Element) -> Iterator[etree._Element]:
    return (e for e in root.iter("{*}alert") if str(e.tag).startswith(f"{{{_NAMESPACE}"))


def _complete(alert: etree._Element) -> bool:
    present = {local(child) for child in alert if (child.text or "").strip()}
    return present.issuperset(_REQUIRED)


def _found(alert: etree._Element, at: dt.datetime) -> Found:
    info = _info(alert)
    kind, event = _text(alert, "msgtype"), _text(info, "event")
    headline = _text(info, "headline") or event or _text(alert, "note") or _text(alert, "identifier")
    parts = (_text(info, "description"), _text(info, "instruction"), _areas(info), _text(alert, "note"))
    return Found(
        guid=_text(alert, "identifier"),
        link=_text(info, "web"),
        title=f"Cancelled: {headline}" if kind == "Cancel" else headline,
        content="\n".join(filter(None, parts)),
        published=_text(alert, "sent") or None,
        byline=_text(info, "sendername") or _text(alert, "sender"),
        lang=_text(info, "language"),
        marks=_marks(alert, info, at),
        replaces=_references(alert),
    )


def _info(alert: etree._Element) -> etree._Element:
    """The English block if there are several languages, else the first; the alert itself if there is none."""
    infos = [child for child in alert if local(child) == "info"]
    english = [info for info in infos if (_text(info, "language") or "en").lower().startswith("en")]
    return (english or infos or [alert])[0]


def _marks(alert: etree._Element, info: etree._Element, at: dt.datetime) -> tuple[str, ...]:
    words = [_text(alert, "status"), _text(alert, "msgtype")]
    words += [f"{name}={value}" for name in ("severity", "urgency", "certainty") if (value := _text(info, name))]
    expires = dates.parse(_text(info, "expires"), at)
    words += ["expired"] if expires and expires < at else []
    return tuple(f"cap:{word}" for word in words if word)


def _references(alert: etree._Element) -> tuple[str, ...]:
    """Identifiers out of `sender,identifier,sent sender,identifier,sent …`, the earliest first."""
    triples = (reference.split(",") for reference in _text(alert, "references").split()[:_MAX_REFERENCES])
    dated = sorted((t[2], t[1]) for t in triples if len(t) == 3)
    return tuple(identifier for _, identifier in dated)


def _areas(info: etree._Element) -> str:
    areas = [_text(area, "areadesc") for area in info if local(area) == "area"]
    return "Area: " + "; ".join(areas[:_MAX_AREAS]) if any(areas) else ""


def _text(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if local(child) == name), "")
