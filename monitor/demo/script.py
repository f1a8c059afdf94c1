"""The demo's script: which example outlet publishes what, and when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from monitor.model import SourceKind


@dataclass(frozen=True, slots=True)
class Outlet:
    """An example outlet and the format in which it publishes: `rss`, `atom`, `rdf` or `json`."""

    id: str
    publisher: str
    owner: str
    kind: SourceKind
    format: str
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """One entry of one outlet from `at` on."""

    id: str
    outlet: str
    at: dt.datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Script:
    """Who publishes what between `start` and `end`."""

    start: dt.datetime
    end: dt.datetime
    outlets: tuple[Outlet, ...]
    publications: tuple[Publication, ...]

    def published(self, outlet: str, now: dt.datetime) -> list[Publication]:
        """What the feed of `outlet` shows at `now`, newest first."""
        shown = [p for p in self.publications if p.outlet == outlet and p.at <= now]
        return sorted(shown, key=lambda p: p.at, reverse=True)


def load() -> Script:
    """The script that ships with the package."""
    raw: dict[str, Any] = yaml.safe_load(files("monitor.demo").joinpath("script.yaml").read_text("utf-8"))
    return Script(
        start=raw["start"],
        end=raw["end"],
        outlets=tuple(Outlet(**row | {"kind": SourceKind(row["kind"])}) for row in raw["outlets"]),
        publications=tuple(Publication(**row) for row in raw["items"]),
    )
