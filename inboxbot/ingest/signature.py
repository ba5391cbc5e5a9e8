"""Signatures and disclaimers: what stands below a writer's words.

In: the lines a writer wrote, and what is known of his name. Out: the lines to keep (the closing formula among them) and the
lines of signature and disclaimer. A line that might ask for something is kept: a signature read as text costs a question to
staff, an ask read as signature is lost.
"""

# ruff: noqa: RUF001  the punctuation of other languages is meant

import re
from collections.abc import Sequence

from inboxbot.ingest import disclaimers, inline, line_tagger, phrases
from inboxbot.ingest.line_tagger import KEPT, Weights
from inboxbot.ingest.lines import Sender

_MAX_LINE = 200  # characters
_MOBILE_WORDS = 6  # behind the words that tell a telephone
_DELIMITER = re.compile(r"(?:-- ?|––|—|-{2,3})")
_MOBILE = re.compile(rf"\W{{0,3}}(?:{phrases.MOBILE})", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+")
_LONE_NUMBER = re.compile(r"(?<![\d-])(?!(?:19|20)\d\d\b)\d{4,}")

Split = tuple[list[str], list[str]]


def cut(lines: Sequence[str], who: Sender, weights: Weights | None = None) -> Split:
    """(lines to keep, lines of signatures and disclaimers)."""
    weights = weights or line_tagger.shipped()
    tags = line_tagger.tag(lines, who, weights)
    kept: list[str] = []
    out: list[str] = []
    last = -1  # of the kept lines, the last that is not blank
    signed = False  # whether a signature stands below it
    for index, line in enumerate(lines):
        tag = _by_rule(line, written=last >= 0) or tags.get(index, "text")
        if not line.strip() or tag in KEPT:
            kept.append(line)
            last, signed = (len(kept) - 1, False) if line.strip() else (last, signed)
        else:
            out.append(line)
            signed = signed or tag == "signature"
    if last >= 0:
        text, more = _cut_inside(kept[last].strip(), who, weights, signed=signed)
        kept[last], out = text, [*more, *out]
    return kept, out


def _by_rule(line: str, *, written: bool) -> str:
    """The tag of a line that a program wrote: a telephone's "Sent from", the delimiter "-- " (RFC 3676, 4.3); else ''."""
    words = line.strip()
    delimiter = written and _DELIMITER.fullmatch(words) is not None
    return "signature" if delimiter or _is_mobile(words) else ""


def _is_mobile(line: str) -> bool:
    """Whether the line is what a telephone's mail program adds by itself."""
    found = _MOBILE.match(line[:_MAX_LINE])
    return (
        found is not None
        and len(line[found.end() :].split()) <= _MOBILE_WORDS
        and "?" not in _WEB.sub("", line)
        and not _LONE_NUMBER.search(line)
    )


def _cut_inside(text: str, who: Sender, weights: Weights, *, signed: bool) -> tuple[str, list[str]]:
    """(text, [disclaimer or name behind it]) of the last line of text."""
    place = disclaimers.start(text)
    legal = [text[place:]] if place < len(text) else []
    text = text[:place].rstrip()
    place = inline.cut(text, who, signed_below=signed, weights=weights.inline)
    name = [text[place:]] if place < len(text) else []
    return text[:place].rstrip(), [*name, *legal]
