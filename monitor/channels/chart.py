"""Claimed figures through time as a picture that a phone shows well: a line a claimant, never a sum.

Needs Pillow (the extra `charts`); without it messages go out without pictures.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from monitor.core.markup import cut
from monitor.core.standing import Series

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 1080, 760
_LEFT, _RIGHT, _TOP, _BOTTOM = 110, 60, 90, 80
_LINES = 5
_ROW = 46
_INK, _FAINT, _PAPER = "#202124", "#dadce0", "#ffffff"
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00")
"""Okabe and Ito's colours, told apart also by the colour-blind (https://jfly.uni-koeln.de/color/)."""
_MARKS = 4
_DASHES = {0x2010 + n: "-" for n in range(6)}
_PUNCTUATION = "‘’“”…•"


def available() -> bool:
    """Whether pictures can be drawn here."""
    return find_spec("PIL") is not None


def draw(series: Sequence[Series], title: str, note: str) -> bytes | None:
    """A PNG of the first claimants' figures; None if there is nothing to compare or no Pillow."""
    shown = [s for s in series if s.points][:_LINES]
    if sum(len(s.points) for s in shown) < 2 or not available():
        return None
    from PIL import Image, ImageDraw

    height = HEIGHT + _ROW * len(shown)
    image = Image.new("RGB", (WIDTH, height), _PAPER)
    canvas = _Canvas(ImageDraw.Draw(image), shown)
    canvas.head(title, note)
    canvas.axes()
    for number, one in enumerate(shown):
        canvas.line(one, _COLOURS[number])
        canvas.legend(one, _COLOURS[number], HEIGHT + _ROW * number - 14)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Canvas:
    """The plane of time and figures, and what is drawn on it."""

    def __init__(self, pen: ImageDraw, series: Sequence[Series]) -> None:
        self._pen = pen
        points = [p for s in series for p in s.points]
        self._first, self._last = min(p[0] for p in points), max(p[0] for p in points)
        # The last figure still stands "now": a twentieth more of time shows it as a line, not only a dot.
        self._end = self._last + max((self._last - self._first) * 0.05, 600.0)
        self._step = _nice(max(p[2] for p in points) / _MARKS)
        self._most = self._step * math.ceil(max(p[2] for p in points) / self._step + 0.01)

    def head(self, title: str, note: str) -> None:
        self._write(_LEFT - 80, 18, cut(title, 60), 36)
        self._write(_LEFT - 80, 60, cut(note, 90), 22)

    def axes(self) -> None:
        """Lines for round figures, and the first and last moment."""
        for n in range(int(self._most / self._step) + 1):
            y = self._y(n * self._step)
            self._pen.line((_LEFT, y, WIDTH - _RIGHT, y), _FAINT, 2)
            self._write(_LEFT - 14, y - 14, f"{n * self._step:,g}", 24, anchor="ra")
        for at, anchor in ((self._first, "la"), (self._last, "ra")):
            moment = dt.datetime.fromtimestamp(at, dt.UTC)
            self._write(self._x(at), HEIGHT - _BOTTOM + 12, f"{moment.day} {moment:%b %H:%M} UTC", 24, anchor=anchor)

    def line(self, one: Series, colour: str) -> None:
        """A figure stands until its claimant gives another one; a range is a bar."""
        ends = [*(p[0] for p in one.points[1:]), self._end]
        before: float | None = None
        for (at, low, high), until in zip(one.points, ends, strict=True):
            x, y = self._x(at), self._y(high)
            if before is not None:
                self._pen.line((x, before, x, y), colour, 3)
            self._pen.line((x, y, self._x(until), y), colour, 6)
            if low < high:
                self._pen.rectangle((x - 5, y, x + 5, self._y(low)), colour)
            self._pen.ellipse((x - 9, y - 9, x + 9, y + 9), colour)
            before = y

    def legend(self, one: Series, colour: str, y: float) -> None:
        """Who, and the present figure."""
        _, low, high = one.points[-1]
        figure = one.present or (f"{low:,g}" if low == high else f"{low:,g}–{high:,g}")
        self._pen.rectangle((_LEFT - 80, y + 6, _LEFT - 50, y + 26), colour)
        self._write(_LEFT - 36, y, f"{cut(one.claimant, 44)}: {figure}", 28)

    def _x(self, at: float) -> float:
        return _LEFT + (at - self._first) / (self._end - self._first) * (WIDTH - _LEFT - _RIGHT)

    def _y(self, figure: float) -> float:
        return HEIGHT - _BOTTOM - figure / self._most * (HEIGHT - _TOP - _BOTTOM - 20)

    def _write(self, x: float, y: float, text: str, size: int, *, anchor: str = "la") -> None:
        from PIL import ImageFont

        self._pen.text((x, y), drawable(text), fill=_INK, font=ImageFont.load_default(size), anchor=anchor)


def drawable(text: str) -> str:
    """The text in characters that the built-in font has: Latin, with plain dashes; others become dots."""
    return "".join(c if c < "\u0250" or c in _PUNCTUATION else "·" for c in text.translate(_DASHES))


def _nice(step: float) -> float:
    """The next round number: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(step, 1e-9)))
    return max(1.0, next(n * power for n in (1, 2, 5, 10) if n * power >= step))
