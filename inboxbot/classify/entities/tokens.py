"""A text as words and numbers, read once and used by every finder.

In: folded text. Out: `Tokens`: runs of letters and runs of digits, lower case, with their places. What stands between two
tokens is a gap: finders look at it only where the words around it matter.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_WIDEST_GAP = 4  # characters; what stands further apart is not one phrase
_PLAIN = {" ": " ", "": "", "'": "'", "-": " ", ".": ".", ". ": ".", "/": "/", "\n": " ", "  ": " ", " - ": " "}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text; the lists run side by side."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    numbers: list[int]  # which of them are digits

    def __len__(self) -> int:
        return len(self.words)

    def gap(self, i: int) -> str:
        """What stands between token i and the one after it (to the end of the text, after the last)."""
        return self.text[self.ends[i] : self.starts[i + 1]] if i + 1 < len(self.words) else self.text[self.ends[i] :]

    def gap_kind(self, i: int) -> str | None:
        """The gap after token i made plain: a blank (also a hyphen or a line end), "'", ".", "/" or nothing; None for any other."""
        if i + 1 >= len(self.words) or self.starts[i + 1] - self.ends[i] > _WIDEST_GAP:
            return None
        gap = self.text[self.ends[i] : self.starts[i + 1]]
        kind = _PLAIN.get(gap)
        return " " if kind is None and gap.isspace() else kind


def tokenise(text: str) -> Tokens:
    """The words and numbers of a text."""
    low = lower(text)
    spans = [match.span() for match in _TOKEN.finditer(low)]
    words = [low[start:end] for start, end in spans]
    numbers = [i for i, word in enumerate(words) if word[0] <= "9" or word[0].isdecimal()]
    return Tokens(text, words, [start for start, _ in spans], [end for _, end in spans], numbers)


def lower(text: str) -> str:
    """The text in lower case, each character in its old place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(one if len(one) == 1 else char for char in text for one in (char.lower(),))
