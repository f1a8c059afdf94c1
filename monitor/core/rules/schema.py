"""The grammar of rule files as JSON Schema, for editors that complete and check while typing."""

from __future__ import annotations

import json
from typing import Any

from monitor.core.rules.form import FILES, MATCH, TERM
from monitor.core.rules.grammar import Schema

_DIALECT = "http://json-schema.org/draft-07/schema#"
"""What the YAML language server reads."""


def schema(kind: str) -> Schema:
    """The schema of a kind of file: one of `form.FILES`. Each record stands once, under `$defs`."""
    shared: dict[str, Schema] = {}
    root = {k: _shared(v, shared) for k, v in FILES[kind].schema().items()}
    if '"#/$defs/term"' in json.dumps([root, shared]):
        shared["term"] = _shared(TERM.schema(), shared)
    if '"#/$defs/match"' in json.dumps([root, shared]):
        shared["match"] = _shared(MATCH.schema(), shared, itself=True)
    return {"$schema": _DIALECT, **root, "$defs": dict(sorted(shared.items()))}


def _shared(node: Any, shared: dict[str, Schema], *, itself: bool = False) -> Any:  # noqa: ANN401 - any JSON
    """The node with every record in it replaced by a reference to its place in `shared`."""
    if isinstance(node, list):
        return [_shared(n, shared) for n in node]
    if not isinstance(node, dict):
        return node
    inner = {k: _shared(v, shared) for k, v in node.items()}
    if itself or "properties" not in node or "title" not in node:
        return inner
    name = node["title"].removeprefix("a ").removeprefix("an ").replace(" ", "-")
    shared[name] = inner
    described = {"description": node["description"]} if "description" in node else {}
    return {"$ref": f"#/$defs/{name}"} if not described else {"allOf": [{"$ref": f"#/$defs/{name}"}], **described}
