"""Whom an entry credits: the agency of a dateline, a credit line, a byline or a source element.

Only credits count. "a spokesman told AFP" names an agency as a listener, not as the origin of the text.
"""

from __future__ import annotations

import re

# Canonical name → what credits call it. Abbreviations are matched in capitals only.
_AGENCIES: dict[str, tuple[str, ...]] = {
    "Reuters": (
        "Reuters",
        "Thomson Reuters",
        "Reuters Breakingviews",
        "رويترز",
        "رویترز",
        "روئٹرز",
        "رائٹرز",
        "Рейтер",
    ),
    "AFP": ("AFP", "Agence France-Presse", "Agence France Presse", "أ ف ب", "فرانس برس", "اے ایف پی"),
    "AP": ("AP", "Associated Press", "The Associated Press", "أسوشيتد برس", "اے پی"),
    "dpa": ("dpa", "DPA", "Deutsche Presse-Agentur", "د ب أ"),
    "EFE": ("EFE",),
    "ANSA": ("ANSA",),
    "PA": ("PA Media", "Press Association"),
    "UPI": ("UPI", "United Press International"),
    "Bloomberg": ("Bloomberg",),
    "Xinhua": ("Xinhua", "Xinhua News Agency", "شينخوا"),
    "TASS": ("TASS", "ITAR-TASS", "ТАСС"),
    "RIA Novosti": ("RIA Novosti", "RIA", "РИА Новости"),
    "Interfax": ("Interfax", "Интерфакс"),
    "Kyodo": ("Kyodo", "Kyodo News"),
    "Yonhap": ("Yonhap", "Yonhap News Agency"),
    "Anadolu": ("Anadolu", "Anadolu Agency", "AA", "الأناضول"),
    "PTI": ("PTI", "Press Trust of India"),
    "ANI": ("ANI", "Asian News International"),
    "IANS": ("IANS",),
    "UNI": ("UNI",),
    "APP": ("APP", "Associated Press of Pakistan", "اے پی پی"),
    "PPI": ("PPI", "Pakistan Press International"),
    "INP": ("INP",),
    "NNI": ("NNI",),
    "Online": ("Online News Agency",),
    "Pajhwok": ("Pajhwok", "PAN", "Pajhwok Afghan News", "پژواک"),
    "Bakhtar": ("BNA", "Bakhtar", "Bakhtar News Agency", "باختر"),
    "IRNA": ("IRNA", "Islamic Republic News Agency", "ایرنا"),
    "Mehr": ("MNA", "Mehr News Agency"),
    "Fars": ("FNA", "Fars News Agency", "Fars"),
    "Tasnim": ("Tasnim", "Tasnim News Agency", "تسنیم"),
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
    "Ukrinform": ("Ukrinform", "Укрінформ"),
    "RFE/RL": ("RFE/RL", "Radio Free Europe/Radio Liberty"),
    "VOA": ("VOA", "Voice of America"),
}
_NAMES = {name: agency for agency, names in _AGENCIES.items() for name in names}
_FOLDED = {name.casefold(): agency for name, agency in _NAMES.items()}
_BY_LENGTH = sorted(_NAMES, key=len, reverse=True)
_ANY = "|".join(map(re.escape, _BY_LENGTH))
_LONG = "|".join(re.escape(name) for name in _BY_LENGTH if len(name) > 3)
# Bylines shout: REUTERS, ASSOCIATED PRESS. Of abbreviations, only capitals are no ordinary words or names.
_IN_BYLINE = rf"(?:{_ANY}|(?i:{_LONG}))"
_DASH = r"[-–—―:]"
_HEAD = tuple(
    re.compile(pattern)
    for pattern in (
        # KABUL, Feb 27 (Reuters) - …   ISLAMABAD (AFP): …   KABUL, Afghanistan (AP) — …
        rf"\A[^\n()]{{0,80}}\((?P<name>{_ANY})(?:/[\w ]+)?\)\s*(?:{_DASH}|\n)",
        # KABUL (AFP) The …
        rf"\A[A-Z][A-Z .]{{2,40}}(?:,[^\n()]{{0,30}})?\((?P<name>{_ANY})\)\s",
        # AFP — …   Reuters - …   PESHAWAR – APP – …
        rf"\A(?:[A-Z][A-Z .,]{{2,40}}\s*{_DASH}\s*)?(?P<name>{_ANY})\s*{_DASH}\s",
        # TEHRAN, Aug. 12, MNA – …
        rf"\A[A-Z][A-Z .]{{2,40}},[^\n()]{{0,20}}\b(?P<name>{_ANY})\s*[-–—]{{1,2}}\s",
    )
)
_TAIL = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        # … said. (Reuters)   … said. – With input from AFP [PTI]
        rf"(?:[.!?۔؟\"”’»)]\s*|^\s*)[(\[](?i:with inputs? from |via |source: )?(?P<name>{_ANY})(?:/[\w ]+)?[)\]]\s*\Z",
        # … said. – AFP   … said —Reuters   … said./APP
        rf"(?:[.!?\"”’]\s*[-–—/|]+\s*|\s[-–—]{{1,2}} ?|—)(?P<name>{_ANY})\.?\s*\Z",
        rf"^\W*(?i:source|credit|courtesy|via|by|inputs? from)\s*[:\-–]?\s*(?:the\s+)?(?P<name>{_ANY})\W*\Z",
    )
)
_REUTERS_CREDITS = re.compile(
    r"\((?:Additional r|R)eporting by [^()]{3,300}; ?(?:[Ww]riting|[Ee]diting) by [^()]{3,100}\)\s*\Z"
)
_BYLINE = re.compile(
    rf"(?:\A|[,/;|&(–—-]|\b(?i:by|and|via|for)\b)\s*(?i:the\s+)?(?P<name>{_IN_BYLINE})(?i:\s+staff)?\s*(?:\Z|[,/;|&)–—-]|\band\b)"
)
# "(AP)" at the end of a title may be anything, a province for instance; "- AP" may not.
_TITLE_TAIL = re.compile(rf"(?:(?:\s[-–—|]\s|\b[Vv]ia\s)(?P<name>{_ANY})|\s\((?P<long>{_LONG})\))\s*\Z")


def credited(title: str, text: str, byline: str = "", source: str = "") -> str | None:
    """The agency that an entry credits, by one canonical name; None if it credits nobody.

    `byline` is its author or dc:creator, `source` the title of its source element.
    """
    return _in_text(text) or named(source) or _in_byline(byline) or _in_title(title)


def named(name: str) -> str | None:
    """The agency of this name ("The Associated Press"), or None."""
    return _FOLDED.get(" ".join(name.split()).casefold())


def _in_text(text: str) -> str | None:
    for patterns, part in ((_HEAD, text[:300]), (_TAIL, text[-300:])):
        for pattern in patterns:
            if match := pattern.search(part):
                return _NAMES[match["name"]]
    return "Reuters" if _REUTERS_CREDITS.search(text[-500:]) else None


def _in_byline(byline: str) -> str | None:
    match = _BYLINE.search(byline[:300])
    return _FOLDED[match["name"].casefold()] if match else None


def _in_title(title: str) -> str | None:
    match = _TITLE_TAIL.search(title)
    return _NAMES[match["name"] or match["long"]] if match else None
