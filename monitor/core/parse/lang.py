"""Which language an entry is in, where feeds declare a wrong one."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")
_SCRIPTS = (
    ("greek", 0x0370, 0x03FF),
    ("cyrillic", 0x0400, 0x052F),
    ("hebrew", 0x0590, 0x05FF),
    ("arabic", 0x0600, 0x08FF),
    ("devanagari", 0x0900, 0x097F),
    ("bengali", 0x0980, 0x09FF),
    ("gurmukhi", 0x0A00, 0x0A7F),
    ("tamil", 0x0B80, 0x0BFF),
    ("thai", 0x0E00, 0x0E7F),
    ("georgian", 0x10A0, 0x10FF),
    ("ethiopic", 0x1200, 0x139F),
    ("kana", 0x3040, 0x30FF),
    ("han", 0x3400, 0x9FFF),
    ("hangul", 0xAC00, 0xD7AF),
    ("arabic", 0xFB50, 0xFEFF),
)
"""Script, and its first and last code point (https://www.unicode.org/Public/UCD/latest/ucd/Blocks.txt)."""
_STARTS = [first for _, first, _ in _SCRIPTS]
_WRITTEN_IN = {
    "greek": ("el",),
    "cyrillic": ("", "ru", "uk", "bg", "be", "mk", "sr", "kk", "ky", "tg", "mn"),
    "hebrew": ("he", "yi", "iw"),
    "arabic": ("ar", "fa", "prs", "ps", "ur", "ckb", "ug", "sd", "pnb", "bal", "azb", "ks"),
    "devanagari": ("hi", "mr", "ne"),
    "bengali": ("bn", "as"),
    "gurmukhi": ("pa",),
    "tamil": ("ta",),
    "thai": ("th",),
    "georgian": ("ka",),
    "ethiopic": ("am", "ti"),
    "kana": ("ja",),
    "han": ("zh", "ja"),
    "hangul": ("ko",),
}
"""Script → the languages that it may be; the first is the guess where none is declared."""
_NOT_LATIN = frozenset(tag for tags in _WRITTEN_IN.values() for tag in tags) - {"sr", "ug", "ks", ""}
# Letters that only one of these languages writes.
_TELLING = {
    "arabic": (("ps", re.compile("[ټډړږښځڅڼۍې]")), ("ur", re.compile("[ٹڈڑےں]")), ("fa", re.compile("[پچژگ]"))),
    "cyrillic": (("uk", re.compile("[іїєґІЇЄҐ]")), ("ru", re.compile("[ыэЫЭ]"))),
}
_LOOKED_AT = 2000
_TWO_LETTERS = {
    "ara": "ar",
    "ben": "bn",
    "chi": "zh",
    "deu": "de",
    "ell": "el",
    "eng": "en",
    "fas": "fa",
    "fra": "fr",
    "fre": "fr",
    "ger": "de",
    "heb": "he",
    "hin": "hi",
    "ita": "it",
    "jpn": "ja",
    "kor": "ko",
    "nep": "ne",
    "pan": "pa",
    "per": "fa",
    "pol": "pl",
    "por": "pt",
    "pus": "ps",
    "rus": "ru",
    "spa": "es",
    "tam": "ta",
    "tha": "th",
    "tur": "tr",
    "ukr": "uk",
    "urd": "ur",
    "zho": "zh",
}
"""News sitemaps may name languages by three letters (ISO 639-2)."""


def primary(tag: str) -> str:
    """The primary subtag of a language tag, lower case: `en-US` → `en`; Dari is written `prs`."""
    tag = tag.strip().lower().replace("_", "-")
    if tag in {"fa-af", "prs-af"}:
        return "prs"
    head = _TWO_LETTERS.get(tag.split("-")[0], tag.split("-")[0])
    return head if head.isalpha() and 2 <= len(head) <= 3 else ""


def settle(text: str, *declared: str) -> str:
    """The first declared language that can be written in the text's script, else a guess; empty if nothing tells.

    Web software declares `en-US` until somebody changes it, so a declaration is only believed if the script agrees.
    """
    text = text[:_LOOKED_AT]
    script = _script(text)
    for tag in map(primary, declared):
        if tag and _agrees(tag, script):
            return tag
    if script not in _WRITTEN_IN:
        return ""
    return next((tag for tag, letters in _TELLING.get(script, ()) if letters.search(text)), _WRITTEN_IN[script][0])


def _script(text: str) -> str:
    """The script that a text is written in; empty if it has no letters.

    Names and abbreviations stand in Latin letters everywhere, so a quarter as many others outweigh them.
    """
    others = [] if text.isascii() else _OTHER.findall(text)
    latin = len(_LATIN.findall(text)) if others else bool(_LATIN.search(text))
    if 4 * len(others) <= latin:
        return "latin" if latin else ""
    scripts = Counter(map(_script_of, others))
    # Japanese mixes both, Chinese never does.
    return "kana" if scripts["kana"] and scripts["han"] else scripts.most_common(1)[0][0]


def _script_of(letter: str) -> str:
    at = bisect_right(_STARTS, ord(letter)) - 1
    name, _, last = _SCRIPTS[at]
    return name if at >= 0 and ord(letter) <= last else "other"


def _agrees(tag: str, script: str) -> bool:
    if script in _WRITTEN_IN:
        return tag in _WRITTEN_IN[script]
    return script != "latin" or tag not in _NOT_LATIN
