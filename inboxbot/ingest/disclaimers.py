"""Words that no writer wrote: legal disclaimers at the end, "external e-mail" banners at the top.

In: lines of text. Out: the lines that are left and the lines taken out. A line is taken out only where it says by
itself what it is; what follows it in the same paragraph goes with it.
"""

import re
from collections.abc import Sequence

from inboxbot.ingest import phrases
from inboxbot.ingest.line_words import WORD_CLASSES

_MAX_LINE = 600  # characters of a line that are looked at
_TOP_LINES = 8

_BANNER = re.compile(rf"\W*(?:{phrases.BANNERS})", re.IGNORECASE)
_BANNER_MORE = re.compile(rf"\W*(?:{phrases.BANNERS_ON})", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!]*[.!]+\s*")

_DISCLAIMER = re.compile(phrases.DISCLAIMERS, re.IGNORECASE)
_SECRECY = re.compile(
    r"confiden|privileg|vertraul|riservat|vertrouwelijk|poufn|fortrolig|luottamuk|důvěrn|bizalmas|gizli|intended (?:only|solely|for)|virus"
    r"|print|imprim|druck|stampar|environ|umwelt|ambiente|milieu|liabil",
    re.IGNORECASE,
)
_ASK = re.compile(r"\?|\bp\.?\s?s\.?[:\s]", re.IGNORECASE)

Split = tuple[list[str], list[str]]


def without_banners(lines: Sequence[str]) -> Split:
    """(what is left, what was taken out) of the top of a mail."""
    left, out, seen, told = [], [], 0, False
    for index, line in enumerate(lines):
        if not line.strip():
            left.append(line)
            continue
        seen += 1
        if seen > _TOP_LINES:
            left.extend(lines[index:])
            break
        words = line[:_MAX_LINE]
        if _BANNER.match(words) or (told and _BANNER_MORE.search(words)):
            told = True
            rest = _after_banner(line)
            out.append(line[: len(line) - len(rest)].rstrip())
            left.extend([rest] if rest else [])
        else:
            left.append(line)
    return left, out


def _after_banner(line: str) -> str:
    """What follows the banner's own sentences on its line: a writer's text may run straight on."""
    position = 0
    while found := _SENTENCE.match(line, position):
        sentence = found[0][:_MAX_LINE]
        if position and not (_BANNER.match(sentence) or _BANNER_MORE.search(sentence)):
            return line[position:]
        position = found.end()
    rest = line[position:] if position else ""
    return "" if _BANNER_MORE.search(rest[:_MAX_LINE]) else rest


def start(line: str) -> int:
    """Where a disclaimer begins that stands behind a writer's own sentences on the line; the line's length when none does."""
    if not any("notice" in WORD_CLASSES.get(word.strip(".,;:!"), ()) for word in line.casefold().split()):
        return len(line)
    found = _DISCLAIMER.search(line[:_MAX_LINE])
    begin = _sentence_start(line, found.start()) if found else 0
    if not _SECRECY.search(line[begin:]):
        return len(line)  # "please do not reply" is what a machine has to say, not a disclaimer
    return begin if begin and not _ASK.search(line[begin:]) else len(line)


def is_about_secrecy(text: str) -> bool:
    """Whether a text speaks of what disclaimers speak of, and asks nothing."""
    return bool(_SECRECY.search(text[:_MAX_LINE])) and not _ASK.search(text)


def _sentence_start(line: str, position: int) -> int:
    """Where the sentence around `position` begins: a writer's own words may stand before it on the line."""
    return max(line.rfind(mark, 0, position) + len(mark) if mark in line[:position] else 0 for mark in (". ", "! ", "? "))
