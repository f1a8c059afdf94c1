"""A backtest as a picture: a row of bars for each rule, a column for each day. Self-contained SVG, light and dark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from html import escape

_ROW, _HEIGHT, _NARROW, _TOP = 46, 30, 22, 34
_STYLE = (
    "text{fill:#222;font:11px sans-serif}.n{font-size:9px}.d{fill:#666}.line{stroke:#bbb}"
    ".now{fill:#4477aa}.before{fill:none;stroke:#cc3311;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#eee}.d{fill:#aaa}.line{stroke:#555}.now{fill:#77aadd}"
    ".before{stroke:#ee7733}}"
)

Key = tuple[str, str]
"""A day and a rule."""
Counts = Mapping[Key, int]
Place = tuple[int, int, int]
"""Left edge, floor and width of a column, in pixels."""


def svg(now: Counts, before: Counts | None) -> str:
    """Alerts per day and rule as bars; those of the compared rules as outlines. Days are ISO dates, "" is all."""
    keys = {*now, *(before or {})}
    rules = sorted({rule for _, rule in keys})
    columns = days({day for day, _ in keys})
    left = 20 + max([7 * len(r) for r in rules], default=60)
    column = max([_NARROW, *(6 * len(_label(now.get(k, 0), _before(k, before))) + 4 for k in keys)])
    width, height = max(340, left + column * len(columns) + 30), _TOP + _ROW * max(len(rules), 1) + 24
    legend = "Alerts a day" + ("; outlined: the rules compared with" if before is not None else "")
    rows = "".join(
        _row((left, _TOP + _ROW * n + _HEIGHT, column), rule, columns, now, before) for n, rule in enumerate(rules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<style>{_STYLE}</style><title>{legend}</title>"
        f'<text x="10" y="18">{legend}</text>{rows}{"".join(_dates(columns, left, column, height - 10))}</svg>\n'
    )


def days(told: set[str]) -> list[str]:
    """Every day from the first to the last, as ISO dates."""
    if not told:
        return []
    first, last = (dt.date.fromisoformat(day) for day in (min(told), max(told)))
    return [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _before(key: Key, before: Counts | None) -> int | None:
    return None if before is None else before.get(key, 0)


def _label(count: int, before: int | None) -> str:
    """What stands above a bar, as in the table."""
    return f"{count}" if before in {None, count} else f"{count} ({before})"


def _row(place: Place, rule: str, columns: list[str], now: Counts, before: Counts | None) -> str:
    left, floor, column = place
    top = max([n for day in columns for n in (now.get((day, rule), 0), _before((day, rule), before) or 0)], default=1)
    bars = "".join(
        _bar((left + column * n, floor, column), (day, rule), max(top, 1), now.get((day, rule), 0), before)
        for n, day in enumerate(columns)
    )
    return (
        f'<text x="10" y="{floor - 4}">{escape(rule) or "all alerts"}</text>'
        f'<line class="line" x1="{left}" y1="{floor}" x2="{left + column * len(columns)}" y2="{floor}"/>{bars}'
    )


def _bar(place: Place, key: Key, top: int, count: int, before: Counts | None) -> str:
    x, floor, column = place
    was = _before(key, before)
    if not count and not was:
        return ""
    told = f"{escape(key[1]) or 'all'}, {key[0]}: {count}" + ("" if was is None else f", before {was}")
    boxes = "".join(
        f'<rect class="{kind}" x="{x + 2}" y="{floor - _HEIGHT * n / top:.1f}" width="{column - 4}" '
        f'height="{_HEIGHT * n / top:.1f}"><title>{told}</title></rect>'
        for kind, n in (("now", count), ("before", was or 0))
        if n
    )
    above = floor - _HEIGHT * max(count, was or 0) / top - 3
    label = f'<text class="n" x="{x + column / 2:g}" y="{above:.1f}" text-anchor="middle">{_label(count, was)}</text>'
    return boxes + label


def _dates(columns: list[str], left: int, column: int, y: int) -> Iterator[str]:
    step = max(1, round(len(columns) / 12), -(-36 // column))
    for n, day in enumerate(columns):
        if n % step == 0:
            yield f'<text class="n d" x="{left + column * n}" y="{y}">{day[5:]}</text>'
