"""A chat as its member sees it, as an HTML page."""

import base64
from html import escape

_STYLE = """
body { background:#b8c9d6; font:16px/1.35 system-ui,sans-serif; margin:0; padding:12px; }
main { max-width:520px; margin:auto; } h1 { font-size:17px; }
.m { background:#fff; border-radius:12px; padding:8px 12px; margin:8px 0 2px; }
.m { white-space:pre-wrap; overflow-wrap:anywhere; }
.me { background:#e1ffc7; margin-left:72px; } .meta { color:#78909c; font-size:12px; text-align:right; }
.reply { border-left:3px solid #3390ec; padding-left:8px; color:#3390ec; font-size:13px; }
.reply { white-space:nowrap; overflow:hidden; }
blockquote { border-left:3px solid #3390ec; background:#eef5fc; margin:4px 0; padding:4px 8px; }
.k { display:flex; gap:4px; }
.k span { flex:1; background:#ffffffaa; border-radius:8px; padding:6px; text-align:center; font-size:14px; }
a { color:#3390ec; } time { text-decoration:underline dotted; } img { max-width:100%; border-radius:8px; }
"""
_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "date_time": "time",
}


def page(world, chat):
    """The whole page."""
    body = "".join(_message(world, chat, m) for m in chat.messages.values() if not m.deleted)
    return (
        f"<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(chat.title)}</title><style>{_STYLE}</style><main><h1>{escape(chat.title)}</h1>{body}</main>"
    )


def _message(world, chat, sent):
    mine = "" if sent.by == world.me else " me"
    parent = chat.messages.get(sent.reply_to)
    reply = f"<div class=reply>{escape(parent.text.splitlines()[0][:80])}</div>" if parent and parent.text else ""
    photo = ""
    if sent.photo is not None:
        photo = f'<img src="data:image/png;base64,{base64.b64encode(sent.photo).decode()}">'
    marks = f"{'🔕 ' if sent.silent else ''}{'edited ' if sent.edits else ''}#{sent.id}"
    keyboard = (sent.markup or {}).get("inline_keyboard", [])
    rows = "".join(f"<div class=k>{''.join(map(_button, row))}</div>" for row in keyboard)
    words = marked(sent.text, sent.entities)
    return f"<div class='m{mine}'>{reply}{photo}{words}<div class=meta>{marks}</div></div>{rows}"


def _button(button):
    return f"<span>{escape(button['text'])}</span>"


def marked(text, entities):
    """Text with its entities as HTML, by UTF-16 offsets."""
    raw = text.encode("utf-16-le")
    opening, closing = {}, {}
    for entity in entities:
        tag = _TAGS.get(entity["type"], "a" if entity["type"] in {"text_link", "url"} else None)
        if tag is None:
            continue
        href = f' href="{escape(entity.get("url", ""))}"' if tag == "a" else ""
        opening.setdefault(entity["offset"], []).append(f"<{tag}{href}>")
        closing.setdefault(entity["offset"] + entity["length"], []).insert(0, f"</{tag}>")
    out, at = "", 0
    for place in sorted({*opening, *closing, len(raw) // 2}):
        out += escape(raw[at * 2 : place * 2].decode("utf-16-le")) + "".join(closing.get(place, ()))
        out += "".join(opening.get(place, ()))
        at = place
    return out
