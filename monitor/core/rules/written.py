"""The long form as YAML that people can read and that loads to the same rules."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_WIDTH = 110


def written(long: Mapping[str, Any]) -> str:
    """The YAML of a long form: what fits on a line stands on one, blocks otherwise."""
    lines: list[str] = []
    for key, value in long.items():
        if isinstance(value, (list, dict)) and lines:
            lines.append("")
        lines += _entry(_flow(key), plain(value), "")
    return "\n".join(lines) + "\n"


def plain(value: Any) -> Any:  # noqa: ANN401 - any value of a rule file
    """The same without places: str, int, float, bool, list, dict."""
    if isinstance(value, Mapping):
        return {str(k) if isinstance(k, str) else k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return str(value) if isinstance(value, str) else value


def _flow(value: Any) -> str:  # noqa: ANN401 - any value of a rule file
    """The value on one line, quoted where YAML needs it."""
    text = yaml.safe_dump(
        [plain(value)], default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return str(text).strip()[1:-1]


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any value of a rule file
    line = f"{indent}{key}: {_flow(value)}"
    if not isinstance(value, (list, dict)) or not value or (len(line) <= _WIDTH and not _wants_lines(value)):
        yield line
    elif isinstance(value, list) and not _wants_lines(value):
        yield f"{indent}{key}:"
        words = textwrap.wrap(f"[{', '.join(map(_flow, value))}]", _WIDTH, break_on_hyphens=False)
        yield from (f"{indent}  {line}" for line in words)
    else:
        yield f"{indent}{key}:"
        yield from _block(value, indent + "  ")


def _wants_lines(value: Any) -> bool:  # noqa: ANN401 - any value of a rule file
    """Lists of blocks and blocks of blocks read better one below the other."""
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(v, dict) for v in inner)


def _block(value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any value of a rule file
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(_flow(key), inner, indent)
        return
    for item in value:
        line = f"{indent}- {_flow(item)}"
        if not isinstance(item, dict) or (len(line) <= _WIDTH and not _wants_lines(item)):
            yield line
        else:
            first, *rest = _block(item, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
