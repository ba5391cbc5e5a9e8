"""The plain-text page that HTML is written on.

In: words, line breaks, rows, quote depths, in reading order. Out: the text, with white space only where it shows.
"""

import re
from dataclasses import dataclass, field

RULE = "_" * 32
_MAX_QUOTES = 5
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Row:
    """A table row: the count of lines begun before it, and the count up to which its latest cell is one line."""

    start: int
    limit: int


@dataclass(slots=True)
class Page:
    """The text as it grows; white space is held back until something follows it."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    breaks: int = 0
    space: bool = False
    quotes: int = 0
    separator: bool = False
    prefix: int = 0  # the quote depth at which the current line was begun
    hidden: bool = False
    begun: int = 0  # how many lines were begun
    fresh: bool = False  # a cell was begun and nothing is in it yet

    def write(self, text: str, *, pre: bool = False) -> None:
        """Adds inline text; runs of white space count once."""
        if pre:
            for number, piece in enumerate(text.split("\n")):
                if number:
                    self.end_line(1)
                self._put(piece)
            return
        body = _SPACES.sub(" ", text.replace("\u00a0", " "))
        words = body.strip(" ")
        self.space = self.space or body.startswith(" ")
        if words:
            self._put(words)
            self.space = body.endswith(" ")

    def _put(self, words: str) -> None:
        if not words:
            return
        self._flush()
        if self.separator and self.line:
            self.line.append(" | ")
        elif self.space and self.line:
            self.line.append(" ")
        self.space = self.separator = self.fresh = False
        if not self.line:
            self.prefix = min(self.quotes, _MAX_QUOTES)
            self.begun += 1
        self.line.append(words)

    def _flush(self) -> None:
        if self.breaks:
            if self.line:
                self.lines.append("> " * self.prefix + "".join(self.line))
                self.line = []
            # A blank line belongs to the shallower of the two sides, so that answers stand free of the quote.
            blank = "> " * min(self.prefix, self.quotes)
            self.lines.extend([blank.rstrip()] * (self.breaks - 1 if self.lines else 0))
        self.breaks = 0

    def end_line(self, count: int) -> None:
        """Ends the line; `count` - 1 blank lines follow, at least."""
        if not self.separator:  # the first paragraph of a further cell stays on the row's line
            self.breaks = max(self.breaks, 1 if self.fresh else count)
        self.space = False

    def br(self) -> None:
        """A line break the writer typed: every one counts, up to a blank line."""
        if not self.separator:
            self.breaks = min(self.breaks + 1, 3)
        self.space = False

    def next_cell(self, row: "Row") -> None:
        """Begins a cell: on the row's line, unless the cell before it had several lines of its own."""
        if row.start < self.begun <= row.limit:
            self.breaks, self.separator = 0, True
            row.limit = self.begun
        else:
            self.end_line(1)
            row.limit = self.begun + 1
        self.fresh = True

    def rule(self) -> None:
        """The line that plain-text mail draws above quoted history."""
        self.end_line(2)
        self._put(RULE)
        self.end_line(1)

    def text(self) -> str:
        """Everything written so far."""
        self.end_line(1)
        self._flush()
        return "\n".join(line.rstrip() for line in self.lines).strip("\n")
