"""Claims in words: who says it, how many of what, on whose side. Never more than the claimant said."""

from __future__ import annotations

from monitor.core.markup import clean
from monitor.core.texts import say
from monitor.model import Development, DevelopmentKind, Metric, Party, Quantity

NAME = 80
OBJECT = 60
_OF_OTHERS = {DevelopmentKind.DENIED, DevelopmentKind.DISPUTED, DevelopmentKind.RETRACTED}
"""What these count is another's claim: whether that gave a number is not theirs to say."""
_FLOORS = {24, 40, 200, 2000, 200000}


def number(value: float) -> str:
    """`1,500`, `6.2`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def quantity(figure: Quantity, lang: str = "en") -> str:
    """`at least 70`, `about 25`, `10 to 12`, `dozens`; empty if no figure was given."""
    low, high = figure.low, figure.high
    if low is None:
        return "" if high is None else say("up-to", lang, n=number(high))
    if _in_words(figure):
        return say(f"vague-{low:.0f}", lang)
    if high is None:
        return say("at-least", lang, n=number(low))
    if low != high:
        return say("between", lang, low=number(low), high=number(high))
    return say("about" if figure.approx else "exactly", lang, n=number(low))


def _in_words(figure: Quantity) -> bool:
    return figure.vague and figure.low in _FLOORS


def counted(figure: Quantity, what: str | None, metric: Metric | None, lang: str = "en", *, noted: bool = True) -> str:
    """`at least 70 fighters killed`, `magnitude 6.2`; without a figure `civilians killed (number not given)`.

    `noted`: say that there is no number.
    """
    many, things = quantity(figure, lang), clean(what or "", OBJECT)
    if metric is Metric.MAGNITUDE:
        return f"{say(metric, lang)} {many}".strip()
    if things and _in_words(figure):
        things, many = say("vague-of", lang, many=many, object=things), ""
    words = " ".join(filter(None, (many, things, say(metric, lang) if metric else "")))
    if figure == Quantity():
        return f"{words} ({say('no-number', lang)})" if words and noted else words
    return say("in-total", lang, figure=words) if figure.total else words


def loss(development: Development, lang: str = "en") -> str:
    """What a development counts, hedged where its claimant hedged."""
    noted = development.kind not in _OF_OTHERS
    text = counted(development.quantity, development.object, development.metric, lang, noted=noted)
    return say("reportedly", lang, figure=text) if text and development.hedged else text


def step(development: Development, lang: str = "en") -> str:
    """The rung of the ladder that is told of, and where: `strike on the capital (Kabul)`."""
    rung = development.rung or ""
    try:
        name = say(f"rung-{rung}", lang)
    except KeyError:
        name = clean(rung.replace("-", " ").replace("_", " "), NAME) or say("the-rung", lang)
    where = place(development)
    return f"{name} ({where})" if where else name


def place(development: Development) -> str:
    """Where it is said to have happened, in the words of the text."""
    return clean(development.place.text, NAME).rstrip(" .,;:") if development.place else ""


def earlier(development: Development, lang: str = "en") -> str:
    """What it answers: the figure that it revises, rivals, denies or confirms."""
    if development.previous is None:
        return ""
    what = development.previous_object or development.object
    return counted(development.previous, what, development.metric, lang)


def who(development: Development, publisher: str, lang: str = "en") -> str:
    """The claimant in the text's own words and through whom; the publisher where the text names nobody."""
    if development.claimant is None:
        return say("claimant-none", lang, publisher=clean(publisher, OBJECT))
    name = party(development.claimant)
    if development.via and development.via.text != development.claimant.text:
        return say("claimant-via", lang, claimant=name, via=party(development.via))
    return name


def party(someone: Party) -> str:
    """A party in the words of the text."""
    return clean(someone.text, NAME)
