"""Which language an entry is in, where feeds declare a wrong one."""

from __future__ import annotations

import re

_ARABIC = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_IN_ARABIC_SCRIPT = frozenset({"ar", "fa", "prs", "ps", "ur", "ckb", "ug", "sd", "pnb", "bal", "azb"})
_NOT_LATIN = _IN_ARABIC_SCRIPT | frozenset(
    {"ru", "uk", "bg", "be", "mk", "kk", "ky", "tg", "hi", "bn", "mr", "ne", "pa", "zh", "ja", "ko", "th", "el"}
)
# Letters that only one of these languages writes.
_TELLING = (("ps", re.compile("[ټډړږښځڅڼۍې]")), ("ur", re.compile("[ٹڈڑےں]")), ("fa", re.compile("[پچژگ]")))


def primary(tag: str) -> str:
    """The primary subtag of a language tag, lower case: `en-US` → `en`; Dari is written `prs`."""
    tag = tag.strip().lower().replace("_", "-")
    if tag in {"fa-af", "prs-af"}:
        return "prs"
    head = tag.split("-")[0]
    return head if head.isalpha() and 2 <= len(head) <= 3 else ""


def settle(text: str, *declared: str) -> str:
    """The first declared language that can be written in the text's script, else a guess; empty if nothing tells.

    Web software declares `en-US` until somebody changes it, so a declaration is only believed if the script agrees.
    """
    script = _script(text[:2000])
    for tag in map(primary, declared):
        if tag and _agrees(tag, script):
            return tag
    if script == "arabic":
        return next((tag for tag, letters in _TELLING if letters.search(text[:2000])), "ar")
    return ""


def _script(text: str) -> str:
    if text.isascii():
        return "latin" if _LATIN.search(text) else ""
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    if not arabic and not latin:
        return ""
    return "arabic" if arabic > latin else "latin"


def _agrees(tag: str, script: str) -> bool:
    if script == "arabic":
        return tag in _IN_ARABIC_SCRIPT
    return script != "latin" or tag not in _NOT_LATIN
