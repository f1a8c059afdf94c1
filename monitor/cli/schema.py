"""JSON Schema of the rule files, for editors: watch, sources, actors, lists, overlay.

The shipped files name theirs in the first line, where editors with the YAML language server look for it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

KINDS = ("watch", "sources", "actors", "lists", "overlay")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", nargs="?", choices=KINDS, default="watch", help="kind of file (default: watch)")
    parser.add_argument("--write", type=Path, metavar="DIR", help="write all of them into a directory as KIND.json")


def run(args: argparse.Namespace) -> int:
    """Print one, or write all."""
    if args.write is None:
        print(text(args.kind), end="")
        return 0
    args.write.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (args.write / f"{kind}.json").write_text(text(kind), "utf-8")
    print(f"tocsin: {len(KINDS)} schemas in {args.write}", file=sys.stderr)
    return 0


def text(kind: str) -> str:
    """The schema of a kind of file, as it is written."""
    from monitor.core.rules.schema import schema

    return json.dumps(schema(kind), indent=1, ensure_ascii=False) + "\n"
