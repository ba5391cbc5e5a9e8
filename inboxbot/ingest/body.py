"""A mail's text taken apart: what was written now, what is quoted, what is signature.

In: the body as plain text. Out: `Parts`. Linear time whatever the text; where it is doubtful whose words a line holds,
they count as new: an ask that is lost is worse than a quote that is kept.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inboxbot.ingest import disclaimers, reply_headers, signature
from inboxbot.ingest.lines import sender as known_sender

_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts of a body; disclaimers and banners go with the signature."""

    new_text: str
    quoted_text: str = ""
    signature: str = ""


def split(text: str, sender: str = "", address: str = "") -> Parts:
    """The parts of `text`; the sender's name and address help to know his signature."""
    lines = text.split("\n")
    who = known_sender(sender, address)
    quoted = _quoted(lines, who.names)
    new = [line for line, old in zip(lines, quoted, strict=True) if not old]
    new, banners = disclaimers.without_banners(new)
    new, signed = signature.cut(new, who)
    return Parts(
        new_text=_joined(new),
        quoted_text=_joined([line for line, old in zip(lines, quoted, strict=True) if old]),
        signature=_joined([*banners, *signed]),
    )


def _joined(lines: Sequence[str]) -> str:
    return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _quoted(lines: Sequence[str], names: Collection[str] = ()) -> list[bool]:
    """Which lines are quoted history or a forwarded mail; `names` are the words of the sender's name."""
    quoted = _marked(lines)
    marked_next = _next_is_marked(lines, quoted)
    written = False  # whether anything stands above that nobody quoted
    for index, line in enumerate(lines):
        if written and reply_headers.is_reply_line(line):
            return quoted[:index] + [True] * (len(lines) - index)
        if reply_headers.is_arrow_attribution(line) and not marked_next[index]:
            return quoted[:index] + [True] * (len(lines) - index)
        if quoted[index] or not line.strip():
            continue
        first, after = _announcement(lines, index, names, quote_follows=marked_next[index])
        if after <= index:
            written = written or any(map(str.isalnum, line))
            continue
        if not marked_next[after - 1]:
            # Nothing below is marked as quoted, so all of it is.
            return quoted[:first] + [True] * (len(lines) - first)
        quoted[first:after] = [True] * (after - first)
    return quoted


def _marked(lines: Sequence[str]) -> list[bool]:
    """Which lines carry a mark of quotation: '>', or '|' below an attribution."""
    quoted = [reply_headers.is_quoted(line) for line in lines]
    if not any(map(reply_headers.is_bar, lines)):
        return quoted
    above = below_attribution = False
    for index, line in enumerate(lines):
        if reply_headers.is_bar(line):
            below_attribution = below_attribution or above
            quoted[index] = quoted[index] or below_attribution
        elif line.strip():
            above = reply_headers.attribution(lines, index, quote_follows=True) >= 0
    return quoted


def _next_is_marked(lines: Sequence[str], quoted: Sequence[bool]) -> list[bool]:
    """For every line: whether the next line that is not blank carries a '>'."""
    answer = [False] * len(lines)
    marked = False
    for index in range(len(lines) - 1, -1, -1):
        answer[index] = marked
        if lines[index].strip():
            marked = quoted[index]
    return answer


def _announcement(lines: Sequence[str], index: int, names: Collection[str], *, quote_follows: bool) -> tuple[int, int]:
    """(first, after) of the lines around `index` that announce history; (0, 0) when none do."""
    if reply_headers.is_separator(lines[index]) or reply_headers.unknown_block(lines, index):
        return index, reply_headers.header_block(lines, _skip_blank(lines, index + 1), names) or index + 1
    begin = reply_headers.attribution(lines, index, quote_follows=quote_follows)
    if begin >= 0:
        return begin, index + 1
    after = reply_headers.header_block(lines, index, names) or reply_headers.foreign_block(lines, index, names)
    if after or reply_headers.notes_block(lines, index):
        return _rule_above(lines, index), after or index + 1
    return 0, 0


def _rule_above(lines: Sequence[str], index: int) -> int:
    """Where a rule drawn above line `index` stands, with no more than blank lines between; else `index`."""
    for above in range(index - 1, max(index - 4, -1), -1):
        if reply_headers.is_rule(lines[above]):
            return above
        if lines[above].strip():
            break
    return index


def _skip_blank(lines: Sequence[str], index: int) -> int:
    """The next line that is not blank, at most two further on; the last line at the end of the text."""
    for _ in range(2):
        if index < len(lines) - 1 and not lines[index].strip():
            index += 1
    return min(index, len(lines) - 1)
