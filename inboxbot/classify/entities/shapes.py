"""Numbers by their shape: `INV-#####` as a tolerant pattern, and back into the ledger's own form.

In: shapes ('#' for a digit). Out: `Shape`, which finds such numbers however spaced, hyphened or cased.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

_RUN = re.compile(r"#+|[A-Za-z]+|[^A-Za-z#]+")


@dataclass(frozen=True)
class Shape:
    """One form of number, e.g. `IE/####/##`."""

    text: str

    @property
    def digits(self) -> int:
        """How many digits such a number has."""
        return self.text.count("#")

    @cached_property
    def prefix(self) -> str:
        """What stands before the first digit, e.g. `INV-`."""
        return self.text.partition("#")[0]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds it; group `prefix` is None when only the part from the first digit on was written."""
        core = _tolerant(self.text[len(self.prefix) :])
        lead = rf"(?:(?P<prefix>{_tolerant(self.prefix)}[ \-#:./]{{0,2}}))?" if re.search("[A-Za-z]", self.prefix) else "(?P<prefix>)"
        return re.compile(rf"(?<![A-Za-z0-9]){lead}(?<!\d)(?P<core>{core})(?![A-Za-z0-9])", re.IGNORECASE)

    def fill(self, written: str) -> str:
        """The ledger's form of a number, from the text that `core` matched; the number of digits must be the shape's."""
        digits = iter(re.sub(r"\D", "", written))
        return "".join(next(digits) if char == "#" else char for char in self.text)


@lru_cache(maxsize=4096)
def shape(text: str) -> Shape:
    """The shape of that text; compiled once."""
    return Shape(text)


def shapes_of(numbers: Iterable[str]) -> list[Shape]:
    """The shapes that some numbers have, each once, in order."""
    return [shape(text) for text in dict.fromkeys(re.sub(r"\d", "#", number) for number in numbers if number)]


def _tolerant(text: str) -> str:
    return r"[ \-/.]?".join(_part(run) for run in _RUN.findall(text) if run[0] == "#" or run[0].isalpha())


def _part(run: str) -> str:
    return rf"\d{{{len(run)}}}" if run[0] == "#" else re.escape(run)
