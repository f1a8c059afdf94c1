"""Every word that subscribers read, in one Fluent catalogue a language (https://projectfluent.org)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

DEFAULT = "en"


def say(key: str, lang: str = DEFAULT, **values: str | float) -> str:
    """The text `key` with its values; a language or text that is missing falls back to English.

    Raises KeyError for a text that no catalogue has, and ValueError if a value is missing.
    """
    for bundle in (_bundle(lang), _bundle(DEFAULT)):
        if bundle is not None and bundle.has_message(key):
            return _formatted(bundle, key, values)
    raise KeyError(key)


def keys(lang: str = DEFAULT) -> frozenset[str]:
    """The names of all texts of a catalogue."""
    from fluent.syntax import parse
    from fluent.syntax.ast import Message

    body = parse(_source(lang)).body
    return frozenset(entry.id.name for entry in body if isinstance(entry, Message))


def _formatted(bundle: FluentBundle, key: str, values: dict[str, str | float]) -> str:
    pattern = bundle.get_message(key).value
    if pattern is None:
        raise KeyError(key)
    text, errors = bundle.format_pattern(pattern, values)
    if errors:
        raise ValueError(f"text {key}: {errors[0]}")
    return str(text)


@cache
def _bundle(lang: str) -> FluentBundle | None:
    from fluent.runtime import FluentBundle, FluentResource

    if not (lang.isalpha() and (files(__name__) / f"{lang}.ftl").is_file()):
        return None
    # Isolating marks are bidi controls; the texts around feed text are made safe by `markup.clean` instead.
    bundle = FluentBundle([lang], use_isolating=False)
    bundle.add_resource(FluentResource(_source(lang)))
    return bundle


def _source(lang: str) -> str:
    return (files(__name__) / f"{lang}.ftl").read_text(encoding="utf-8")
