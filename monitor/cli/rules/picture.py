"""A backtest as a picture: a row of bars for each rule, a column for each day. Self-contained SVG, light and dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from html import escape

_ROW, _HEIGHT, _COLUMN, _TOP = 46, 30, 22, 34
_STYLE = (
    "text{fill:#222;font:11px sans-serif}.n{font-size:9px}.d{fill:#666}.line{stroke:#bbb}"
    ".now{fill:#4477aa}.before{fill:none;stroke:#cc3311;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.d{fill:#aaa}.line{stroke:#555}.now{fill:#77aadd}"
    ".before{stroke:#ee7733}}"
)

Counts = Mapping[tuple[str, str], int]


def svg(now: Counts, before: Counts | None) -> str:
    """Alerts per day and rule as bars; those of the compared rules as outlines. Days are ISO dates, "" is all."""
    keys = {*now, *(before or {})}
    rules = sorted({rule for _, rule in keys})
    days = list(_days({day for day, _ in keys}))
    left = 20 + max([7 * len(r) for r in rules], default=60)
    width, height = max(340, left + _COLUMN * len(days) + 20), _TOP + _ROW * max(len(rules), 1) + 24
    legend = "Alerts a day" + ("; outlined: the rules compared with" if before is not None else "")
    rows = "".join(_row(n, rule, days, now, before, left) for n, rule in enumerate(rules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<style>{_STYLE}</style><title>{legend}</title>"
        f'<text x="10" y="18">{legend}</text>{rows}{"".join(_dates(days, left, height - 10))}</svg>\n'
    )


def _days(told: set[str]) -> Iterator[str]:
    """Every day from the first to the last."""
    if told:
        first, last = (dt.date.fromisoformat(day) for day in (min(told), max(told)))
        yield from ((first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1))


def _row(number: int, rule: str, days: list[str], now: Counts, before: Counts | None, left: int) -> str:  # noqa: PLR0917
    floor = _TOP + _ROW * number + _HEIGHT
    top = max([max(now.get((d, rule), 0), (before or {}).get((d, rule), 0)) for d in days], default=1) or 1
    bars = "".join(_bar(left + _COLUMN * n, floor, day, rule, top, now, before) for n, day in enumerate(days))
    end = left + _COLUMN * len(days)
    return (
        f'<text x="10" y="{floor - 4}">{escape(rule) or "all alerts"}</text>'
        f'<line class="line" x1="{left}" y1="{floor}" x2="{end}" y2="{floor}"/>{bars}'
    )


def _bar(  # noqa: PLR0917
    x: int, floor: int, day: str, rule: str, top: int, now: Counts, before: Counts | None
) -> str:
    count, other = now.get((day, rule), 0), (before or {}).get((day, rule), 0)
    was = f", before {other}" if before is not None else ""
    out = ""
    if count:
        tall = _HEIGHT * count / top
        out += (
            f'<rect class="now" x="{x + 2}" y="{floor - tall:.1f}" width="{_COLUMN - 4}" height="{tall:.1f}">'
            f"<title>{escape(rule) or 'all'}, {day}: {count}{was}</title></rect>"
            f'<text class="n" x="{x + _COLUMN // 2}" y="{floor - tall - 2:.1f}" text-anchor="middle">{count}</text>'
        )
    if other:
        tall = _HEIGHT * other / top
        place = f'x="{x + 2}" y="{floor - tall:.1f}" width="{_COLUMN - 4}" height="{tall:.1f}"'
        out += f'<rect class="before" {place}><title>{day}: {count}{was}</title></rect>'
    return out


def _dates(days: list[str], left: int, y: int) -> Iterator[str]:
    step = max(1, round(len(days) / 12), 2)
    for n, day in enumerate(days):
        if n % step == 0:
            yield f'<text class="n d" x="{left + _COLUMN * n}" y="{y}">{day[5:]}</text>'
