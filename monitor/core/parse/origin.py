"""Whom an entry credits: the agency of a dateline, a credit line, a byline or a source element.

Only credits count. "a spokesman told AFP" names an agency as a listener, not as the origin of the text.
"""

from __future__ import annotations

import re

# Canonical name → what credits call it. Abbreviations are matched in capitals only.
_AGENCIES: dict[str, tuple[str, ...]] = {
    "Reuters": ("Reuters", "Thomson Reuters"),
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "AP": ("AP", "Associated Press", "The Associated Press"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur"),
    "EFE": ("EFE",),
    "ANSA": ("ANSA",),
    "PA": ("PA Media", "Press Association"),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg",),
    "Xinhua": ("Xinhua", "Xinhua News Agency"),
    "TASS": ("TASS", "ITAR-TASS"),
    "RIA Novosti": ("RIA Novosti", "RIA"),
    "Interfax": ("Interfax",),
    "Kyodo": ("Kyodo", "Kyodo News"),
    "Yonhap": ("Yonhap", "Yonhap News Agency"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "AA"),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI", "Asian News International"),
    "IANS": ("IANS",),
    "UNI": ("UNI",),
    "APP": ("APP", "Associated Press of Pakistan"),
    "PPI": ("PPI", "Pakistan Press International"),
    "INP": ("INP",),
    "NNI": ("NNI",),
    "Online": ("Online News Agency",),
    "Pajhwok": ("Pajhwok", "PAN", "Pajhwok Afghan News"),
    "Bakhtar": ("BNA", "Bakhtar", "Bakhtar News Agency"),
    "IRNA": ("IRNA", "Islamic Republic News Agency"),
    "Mehr": ("MNA", "Mehr News Agency"),
    "Fars": ("FNA", "Fars News Agency", "Fars"),
    "Tasnim": ("Tasnim", "Tasnim News Agency"),
    "ISNA": ("ISNA",),
    "KUNA": ("KUNA",),
    "SPA": ("SPA", "Saudi Press Agency"),
    "WAM": ("WAM",),
    "QNA": ("QNA", "Qatar News Agency"),
    "WAFA": ("WAFA",),
    "SANA": ("SANA",),
    "MENA": ("MENA",),
    "Bernama": ("Bernama", "BERNAMA"),
    "Antara": ("Antara", "ANTARA"),
    "Ukrinform": ("Ukrinform",),
    "RFE/RL": ("RFE/RL", "Radio Free Europe/Radio Liberty"),
    "VOA": ("VOA", "Voice of America"),
}
_NAMES = {name: agency for agency, names in _AGENCIES.items() for name in names}
_FOLDED = {name.casefold(): agency for name, agency in _NAMES.items()}
_ANY = "|".join(map(re.escape, sorted(_NAMES, key=len, reverse=True)))
_DASH = r"[-–—―:]"
_PATTERNS = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # KABUL, Feb 27 (Reuters) - …   ISLAMABAD (AFP): …   KABUL, Afghanistan (AP) — …
        rf"\A[^\n()]{{0,80}}\((?P<name>{_ANY})(?:/[\w ]+)?\)\s*(?:{_DASH}|\s)",
        # AFP — …   Reuters - …   PESHAWAR – APP – …
        rf"\A(?:[A-Z][A-Z .,]{{2,40}}\s*{_DASH}\s*)?(?P<name>{_ANY})\s*{_DASH}\s",
        # TEHRAN, Aug. 12, MNA – …
        rf"\A[A-Z][A-Z .]{{2,40}},[^\n()]{{0,20}}\b(?P<name>{_ANY})\s*[-–—]{{1,2}}\s",
        # … (Reuters)   … – AFP   … [AP]   at the end of a paragraph near the end
        rf"[(\[](?:with (?:additional )?inputs? from |via |source: )?(?P<name>{_ANY})(?:/[\w ]+)?[)\]]\s*\Z",
        rf"(?:[.!?\"”’]\s*[-–—/|]+\s*|[-–—]{{1,2}} ?|/)(?P<name>{_ANY})\.?\s*\Z",
        rf"^\W*(?i:source|credit|courtesy|via|by|inputs? from)\s*[:\-–]?\s*(?:the\s+)?(?P<name>{_ANY})\W*\Z",
        r"\((?i:reporting by)[^()]{3,200}\)\s*\Z(?P<name>)",
    )
)
_BYLINE = re.compile(
    rf"(?:\A|[,/;|&(–—-]|\bby\b|\band\b|\bvia\b|\bfor\b)\s*(?:the\s+)?(?P<name>{_ANY})(?:\s+staff)?\s*(?:\Z|[,/;|&)–—-])",
    re.IGNORECASE,
)
_TITLE_TAIL = re.compile(rf"(?:\s[-–—|]\s|\s\(|\bvia\s)(?P<name>{_ANY})\)?\s*\Z")


def credited(title: str, text: str, byline: str = "", source: str = "") -> str | None:
    """The agency that an entry credits, by one canonical name; None if it credits nobody.

    `byline` is its author or dc:creator, `source` the title of its source element.
    """
    return _in_text(text) or named(source) or _in_byline(byline) or _in_title(title)


def named(name: str) -> str | None:
    """The agency of this name ("The Associated Press"), or None."""
    return _FOLDED.get(" ".join(name.split()).casefold())


def _in_text(text: str) -> str | None:
    head, tail = text[:300], text[-300:]
    for number, pattern in enumerate(_PATTERNS):
        if match := pattern.search(head if number < 3 else tail):
            # "(Reporting by …; Editing by …)" is the closing line of one agency only.
            return _NAMES.get(match["name"], "Reuters")
    return None


def _in_byline(byline: str) -> str | None:
    match = _BYLINE.search(byline[:300])
    return _FOLDED.get(match["name"].casefold()) if match else None


def _in_title(title: str) -> str | None:
    match = _TITLE_TAIL.search(title)
    return _NAMES[match["name"]] if match else None
