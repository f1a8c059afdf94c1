"""Texts and addresses in one form, so that the same thing written differently compares equal.

`normalise` is for comparing, never for showing: it folds case, accents, digits and the letter variants of
Arabic script. `tokens` splits into words, and into character n-grams where a script has no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit
from zlib import crc32

T = TypeVar("T")

# --- addresses ---------------------------------------------------------------------------

_TRACKING = re.compile(
    r"""(?: (?: utm | pk | mtm | matomo | hsa | wt | vero | guce )[_.]\w+ | _hs\w+ | __?s | trk\w* | mc_[ce]id | mkt_tok
        | at_(?: medium | campaign | custom\d | link\w* | format | ptr\w* | bbc\w* )
        | ns_(?: mchannel | source | campaign | linkname | fee ) | oly_\w+_id | (?: s_kw | ef | cm | i )?cid_?source
        | (?: fb | g | gb | dc | tw | y | ms )clid | (?: gb | wb )raid | igsh(?:id)? | ef_id | s_kwcid | usqp | spm
        | scm | cmp(?:id)? | [ino]cid | intcid | smid | smtyp | ito | xtor
        | maca | taid | traffic_source | sref | guccounter
        | rss(?:id)? | partner | feed(?: name | type ) | ftag | ftcamp | __twitter_impression | share(?: d | _id )?
        | _?amp | outputtype )(?: = | \Z ) | (?: ref | source | src | from | via )=(?: rss | feeds? | atom | xml )\Z""",
    re.VERBOSE | re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_MOBILE = re.compile(r"(?:m|mobile|amp)\.(?=(?:[^.]+\.(?:[^.]{2,3}\.[a-z]{2}|[a-z]{2,}))\Z)")
_AMP_CACHE = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[cv]|www\.google\.\w+(?:\.\w+)?/amp)/(s/)?(?=[\w.-]+\.)"
)
_AMP_PATH = re.compile(r"(?:/amp(?:\.html)?)+/*\Z|/amp(?=/\d{4}/)")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def canonical_url(url: str) -> str:
    """One address for all spellings of it: https, no tracking, no fragment, no mobile or AMP variant.

    Idempotent. Never raises: what is no http address comes back stripped. The rules are those of RFC 3986 section 6
    plus what publishers add (campaign parameters, `m.` hosts, AMP paths and caches).
    """
    text = "".join(url.split())
    text = _AMP_CACHE.sub(lambda m: "https://" if m[1] else "http://", text)
    try:
        parts = urlsplit(text)
        host = _host(parts)
    except ValueError:
        return text
    if parts.scheme.lower() not in _DEFAULT_PORT or not host:
        return text
    return urlunsplit(("https", host, _path(parts.path), _query(parts.query), _fragment(parts.fragment)))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else _MOBILE.sub("www.", host)
    plain = parts.port is None or parts.port in _DEFAULT_PORT.values()
    return host if plain or not host else f"{host}:{parts.port}"


def _path(path: str) -> str:
    path = _escaped(path, "/:@!$&'()*+,;=")
    return _AMP_PATH.sub("", path.rstrip("/")).rstrip("/") or "/"


def _query(query: str) -> str:
    kept = [p for p in query.split("&") if p and not _TRACKING.match(p)]
    return _escaped("&".join(kept), "/:@!$&'()*+,;=?[]")


def _fragment(fragment: str) -> str:
    """Only `#!…` names another page; every other fragment is a place in the same one."""
    return _escaped(fragment, "/:@!$&'()*+,;=?") if fragment.startswith("!") else ""


def _escaped(part: str, safe: str) -> str:
    """Each character either plain, if unreserved or in `safe`, or as one upper-case escape of its UTF-8 bytes."""
    part = quote(_STRAY_PERCENT.sub("%25", part), safe=f"%{safe}", errors="replace")
    return _ESCAPE.sub(_plain_if_unreserved, part)


def _plain_if_unreserved(escape: re.Match[str]) -> str:
    char = chr(int(escape[0][1:], 16))
    return char if char in _UNRESERVED else escape[0].upper()


# --- words -------------------------------------------------------------------------------

_LETTERS = {
    # Arabic, Persian, Urdu and Pashto keyboards write one letter with different code points.
    **dict.fromkeys("يىېۍئےۓ", "ی"),
    "ك": "ک",
    "ګ": "گ",
    **dict.fromkeys("ةۀەۂہھۃ", "ه"),
    **dict.fromkeys("أإآٱ", "ا"),
    "ؤ": "و",
    "ء": "",
    "ё": "е",
    # Latin letters without a decomposition.
    "ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th",
    # Quotation marks and dashes.
    **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
    # Tatweel, joiners, soft hyphen, directional marks: invisible in print.
    **dict.fromkeys("ـ\u200b\u200c\u200d\u00ad\ufeff\u200e\u200f\u061c", ""),
    **dict.fromkeys("\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e", ""),
}  # fmt: skip
_FOLD = str.maketrans(_LETTERS)
# Vowel marks of Arabic and Hebrew, the Devanagari nukta, and accents on Latin and Greek letters.
_MARKS = re.compile(
    "[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c]+"
    "|(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+"
)
_DIGIT = re.compile(r"[^\W\D]")
_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """The text for comparing: case, accents, digits, quotes, spaces and Arabic letter variants folded.

    Idempotent. Dotted and dotless i are one letter, so that Turkish names match their English spelling.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_FOLD).casefold().translate(_FOLD)
        text = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
        text = _DIGIT.sub(lambda m: str(unicodedata.decimal(m[0], m[0])), text).translate(_FOLD)
    return _SPACE.sub(" ", text.casefold()).strip()


_CJK = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_INDIC = "\u0300-\u036f\u0900-\u0dff"  # vowel signs are no \w of Python's
_TOKEN = re.compile(
    # Nearly all words are plain; what follows them finds the same ones, in four steps a letter.
    rf"(?P<plain>[a-z]{{2,}}(?![\w'{_INDIC}]))"
    rf"|(?P<number>\d+(?:[.,]\d+)*)|(?P<initials>(?:\b[a-z]\.){{2,}})|(?P<cjk>[{_CJK}]+)|(?P<run>[{_SPACELESS}]+)"
    rf"|(?P<word>(?:(?![\d_{_CJK}{_SPACELESS}])[\w{_INDIC}])+(?:\d+|'(?!s\b)\w+)?)"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")


def tokens(text: str) -> list[str]:
    """The words of a text, normalised; numbers without thousands separators; English possessives cut off.

    Chinese, Japanese and Korean runs become character pairs, Thai, Lao, Khmer and Burmese ones triples.
    """
    found = list[str]()
    for match in _TOKEN.finditer(normalise(text)):
        if match.lastgroup == "plain":
            found.append(match[0])
        else:
            found += _parts(match)
    return found


def _parts(match: re.Match[str]) -> Iterator[str]:
    word = match[0]
    if match.lastgroup == "number":
        yield word.replace(",", "") if _THOUSANDS.match(word) else word
    elif match.lastgroup == "initials":
        yield word.replace(".", "")
    elif match.lastgroup == "cjk":
        yield from _grams(word, 2)
    elif match.lastgroup == "run":
        yield from _grams(word, 3)
    elif word != "s":
        yield word


def _grams(run: str, size: int) -> Iterator[str]:
    return (run[i : i + size] for i in range(max(1, len(run) - size + 1)))


# --- the same words ----------------------------------------------------------------------

_SHINGLE = 4
_WINDOW = 4
_MOST = 64


def hash32(term: str) -> int:
    """A number in [0, 2**32) for a term, the same in every process."""
    return crc32(term.encode("utf-8", "surrogatepass"))


def fingerprint(words: Sequence[str]) -> tuple[int, ...]:
    """Marks of a text by which copies of it, or of its beginning, are found: sorted, at most 64 of 32 bits.

    Winnowing (Schleimer, Wilkerson, Aiken: Local Algorithms for Document Fingerprinting, 2003) over runs of
    four words: two texts that share seven words in a row share a mark. A text of under four words has one mark.
    """
    hashes = [hash32(" ".join(run)) for run in _runs(words, _SHINGLE)]
    marks = dict.fromkeys(map(min, _runs(hashes, _WINDOW)))
    return tuple(sorted(islice(marks, _MOST)))


def _runs(things: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """Every `size` things in a row; all of them if there are no more."""
    return zip(*(things[i:] for i in range(size)), strict=False) if len(things) > size else (things,)


def containment(part: Sequence[int], whole: Sequence[int]) -> float:
    """The share of `part`'s marks that `whole` has too: 1.0 for a shortened copy, 0.0 for empty marks."""
    return len(set(part).intersection(whole)) / len(part) if part else 0.0
