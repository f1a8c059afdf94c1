"""Telegram's HTML → text and entities, with its refusals; and the entities it finds in plain text by itself."""

import re
from dataclasses import dataclass
from html import unescape

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
MAX_ENTITIES = 100


class BadRequest(Exception):
    """A refusal in Telegram's words (without `Bad Request: `)."""


@dataclass(frozen=True)
class Open:
    name: str
    start: int
    attributes: dict
    byte: int


def units(text):
    """UTF-16 code units, in which entity offsets count."""
    return len(text.encode("utf-16-le")) // 2


def parse(source, mode):
    """(text, entities) as the receiver gets them; raises BadRequest where Telegram does."""
    if mode in {None, ""}:
        text, entities = source, []
    elif mode.upper() == "HTML":
        text, entities = _html(source)
    else:
        raise BadRequest("unsupported parse_mode")
    shown = text.strip()
    lead = units(text[: len(text) - len(text.lstrip())])
    entities = [e | {"offset": e["offset"] - lead} for e in entities if e["offset"] >= lead]
    inert = [e for e in entities if e["type"] in {"text_link", "code", "pre", "custom_emoji"}]
    found = [e for e in detect(shown) if not any(_overlap(e, other) for other in inert)]
    ordered = sorted(entities + found, key=lambda e: (e["offset"], -e["length"]))
    return shown, ordered[:MAX_ENTITIES]


_TOKEN = re.compile(r"<(/?)([^\s<>/]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")


def _html(source):
    text, entities, stack, at = "", [], [], 0
    while at < len(source):
        if source[at] == "<":
            token = _TOKEN.match(source, at)
            byte = len(source[:at].encode())
            if token is None:
                raise BadRequest(f"can't parse entities: Unclosed start tag at byte offset {byte}")
            closing, name, rest = token.groups()
            name = name.lower()
            if closing:
                _close(stack, name, text, entities, byte)
            elif name not in TAGS:
                raise BadRequest(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {byte}')
            else:
                stack.append(Open(name, units(text), _attributes(rest), byte))
            at = token.end()
        elif source[at] == "&":
            piece = re.match(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});", source[at:])
            text += unescape(piece.group()) if piece else "&"
            at += piece.end() if piece else 1
        else:
            text += source[at]
            at += 1
    if stack:
        name = stack[-1].name
        raise BadRequest(f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\"")
    return text, entities


def _attributes(rest):
    pairs = re.findall(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", rest)
    return {name.lower(): unescape(a or b or c) for name, a, b, c in pairs}


def _close(stack, name, text, entities, byte):
    if not stack:
        raise BadRequest(f"can't parse entities: Unexpected end tag at byte offset {byte}")
    tag = stack.pop()
    if name not in {"", tag.name}:
        what = f'expected "</{tag.name}>", found "</{name}>"'
        raise BadRequest(f"can't parse entities: Unmatched end tag at byte offset {byte}, {what}")
    length = units(text) - tag.start
    if length:
        entity = {"type": TAGS[tag.name], "offset": tag.start, "length": length} | _details(tag, text)
        if entity["type"] != "text_link" or entity.get("url"):
            entities.append(entity)


def _details(tag, text):
    if tag.name == "a":
        return {"url": tag.attributes.get("href", "")}
    if tag.name == "blockquote" and "expandable" in tag.attributes:
        return {"type": "expandable_blockquote"}
    if tag.name == "tg-time":
        if not tag.attributes.get("unix", "").isdigit():
            raise BadRequest(f'can\'t parse entities: Invalid "unix" attribute at byte offset {tag.byte}')
        form = tag.attributes.get("format", "")
        if not re.fullmatch(r"(?:[tT]|[dD]|[wW]){0,3}|r", form):
            raise BadRequest(f'can\'t parse entities: Invalid "format" attribute at byte offset {tag.byte}')
        return {"unix_time": int(tag.attributes["unix"]), "date_time_format": form}
    return {}


_FOUND = [
    ("mention", re.compile(r"(?<![\w@])@\w{2,32}")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>])")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])")),
    ("email", re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")),
    ("url", re.compile(r"(?:https?|ftp|tg|ton|tonsite)://[^\s⁠<>\"]+", re.IGNORECASE)),
    ("url", re.compile(r"(?<![\w@.])(?:[\w-]+\.)+[^\W\d_]{2,}(?:[:/?#][^\s⁠<>\"]*)?")),
    ("url", re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")),
]


def detect(text):
    """What Telegram makes active by itself; a generous reading, so that a test on it is a strict one."""
    found = []
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            entity = {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
            if not any(_overlap(entity, other) for other in found):
                found.append(entity)
    return found


def _overlap(one, other):
    return one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]
