"""Coverage-guided fuzzing of `parse`, over all formats; needs `pip install atheris==3.0.0`.

    python benchmarks/fuzz.py CORPUS_DIR -max_total_time=600 -timeout=10 -rss_limit_mb=1024 -max_len=20000

The first byte of an input chooses the format, the rest is the body. The corpus directory is filled with documents of
the tests first, and grows by what reaches new code; libFuzzer's options follow it. Anything but a document that keeps
every promise of tests/parse/test_hostile.py, or a ParseError, is a crash: libFuzzer leaves the input in the working
directory, and it becomes an `@example` there. So is one that takes over ten seconds, or a gigabyte.
"""

import pathlib
import sys
import tempfile

import atheris

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))

# Whatever is imported in here tells the fuzzer which of its branches an input took.
with atheris.instrument_imports(include=["monitor", "feedparser", "trafilatura"]):
    import feedparser  # noqa: F401
    import trafilatura  # noqa: F401

    from monitor.core.parse import article, cap, feeds, jsonfeed, page, signature, sitemap  # noqa: F401
    from tests.parse.test_formats import CHANNEL, PAGE
    from tests.parse.test_hostile import SEEDS, check, keeps_the_short_way
    from tests.parse.test_signature import sign
    from tests.parse.writing import atom
    from tests.parse.writing import cap as alert

FORMS = ("feed", "page", "channel", "cap", "article", "sitemap")
WORDS = (
    *("<rss version='2.0'>", "<channel>", "<item>", "</item>", "<entry>", "</entry>", "<guid>", "<link>", "<pubDate>"),
    *(
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml version='1.0' encoding='",
        "<!DOCTYPE",
        "<!ENTITY",
        "&#x202e;",
        "&amp;",
    ),
    *(
        "xml:base='",
        "xml:lang='",
        "xmlns='",
        "type='xhtml'",
        "type='html'",
        "http://www.w3.org/2005/Atom",
        "javascript:",
    ),
    *(
        "urn:oasis:names:tc:emergency:cap:1.2",
        "<alert",
        "<info>",
        "<references>",
        "<msgType>",
        "<status>",
        "<areaDesc>",
    ),
    *(
        "<urlset>",
        "<news:title>",
        '"items"',
        '"content_html"',
        '"date_published"',
        "datetime='",
        "href='",
        "data-post='",
    ),
    *("Fri, 27 Feb 2026 12:38:00 +0500", "2026-02-27T12:38:00Z", "(Reuters)", "AFP - ", "\x00", "\ufeff", "\u202e"),
)


def one(data: bytes) -> None:
    """One execution."""
    form = FORMS[data[0] % len(FORMS)] if data else "feed"
    check(data[1:], form)
    keeps_the_short_way(data[1:])


def seed(corpus: pathlib.Path) -> None:
    """Documents to begin with, each under every format that may read it."""
    corpus.mkdir(parents=True, exist_ok=True)
    signed = sign(alert())
    wrapped = atom(f"<entry><id>x</id><title>T</title><content type='text/xml'>{signed}</content></entry>")
    bodies = [
        *((0, body) for body in (*SEEDS, signed.encode(), wrapped)),
        (1, PAGE.encode()),
        (2, CHANNEL.encode()),
        (4, PAGE.encode()),
    ]
    for number, (form, body) in enumerate(bodies):
        (corpus / f"seed{number}").write_bytes(bytes([form]) + body)


def main() -> None:
    corpus, *options = sys.argv[1:]
    seed(pathlib.Path(corpus))
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        words.writelines('"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"\n' for word in WORDS)
        words.flush()
        atheris.Setup([sys.argv[0], corpus, f"-dict={words.name}", *options], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
