"""The data that make a language: one folder of YAML files each, read once.

A language is data, not code: what is looked for stands in `lexicon/<lang>/<name>.yaml`.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def lexicon(name: str, lang: str = "en") -> dict[str, Any]:
    """The mapping in `lexicon/<lang>/<name>.yaml`; with `lang` empty, `lexicon/<name>.yaml`."""
    folder = resources.files("monitor.core.claims") / "lexicon"
    text = (folder / lang / f"{name}.yaml" if lang else folder / f"{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (it is a safe loader)
    return loaded


@cache
def words(name: str, key: str, lang: str = "en") -> frozenset[str]:
    """The words listed, separated by spaces, under `key` of a lexicon."""
    return frozenset(str(lexicon(name, lang)[key]).split())
