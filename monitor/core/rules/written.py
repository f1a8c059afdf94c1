"""The long form as YAML that people can read and that loads to the same rules."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_WIDTH = 110
_WRAP = textwrap.TextWrapper(_WIDTH, break_on_hyphens=False, break_long_words=False, expand_tabs=False)


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
    line = str(text).strip()[1:-1]
    return json.dumps(plain(value), ensure_ascii=False) if "\n" in line else line


def _entry(key: str, value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any value of a rule file
    if isinstance(value, str) and _is_block(value):
        yield f"{indent}{key}: |"
        yield from (f"{indent}  {line}" if line else "" for line in value.split("\n"))
        return
    line = f"{indent}{key}: {_flow(value)}"
    if not isinstance(value, (list, dict)) or not value or (len(line) <= _WIDTH and not _wants_lines(value)):
        yield line
    elif isinstance(value, list) and not _wants_lines(value):
        yield f"{indent}{key}:"
        words = _WRAP.wrap(f"[{', '.join(map(_flow, value))}]")
        yield from (f"{indent}  {line}" for line in words)
    else:
        yield f"{indent}{key}:"
        yield from _block(value, indent + "  ")


def _is_block(text: str) -> bool:
    """Whether a text of several lines may stand as it is; the line break that a block ends with is not the value's."""
    lines = text.split("\n")
    framed = len(lines) > 1 and lines[0][:1].strip() and lines[-1]
    return bool(framed) and all(line.isprintable() and (line.strip() or not line) for line in lines)


def _wants_lines(value: Any) -> bool:  # noqa: ANN401 - any value of a rule file
    """Lists of blocks and blocks of blocks read better one below the other; so does a text of several lines."""
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(v, dict) or (isinstance(v, str) and "\n" in v) for v in inner)


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
