"""What the rules of `date_grammar` share: phrases at a token, what stands beside it, a day as a `Reading`.

In: tokens, the words that days are named with, the `Setting`. Out: `Scan`, one for each text.
"""

from datetime import date
from functools import cache

from inboxbot.classify.entities.date_numbers import Reading, Setting
from inboxbot.classify.entities.date_words import DayWords
from inboxbot.classify.entities.tokens import Tokens

SEPARATORS = frozenset({" ", "., ", "  ", ", ", ",", ". ", " (", "(", "\n", " - ", ",\n", "."})  # between a weekday and its day
_BESIDE = frozenset({" ", ""})
_YEAR = 4  # digits


@cache
def _kinds(table: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names)


class Scan:
    """One text, looked at token by token."""

    def __init__(self, tokens: Tokens, words: DayWords, setting: Setting) -> None:
        self.tokens, self.words, self.setting = tokens, words, setting

    @property
    def today(self) -> date:
        """The mail's own day."""
        return self.setting.today

    def word(self, i: int) -> str:
        """The token, or '' outside of the text."""
        return self.tokens.words[i] if 0 <= i < len(self.tokens) else ""

    def phrase(self, i: int, kind: str) -> tuple[int | str, int] | None:
        """The longest phrase of a kind at token i: its value, and the token after it."""
        return self.words.phrases.at(self.tokens, i, kind)

    def first_of(self, i: int, table: str, names: tuple[str, ...]) -> tuple[str, int] | None:
        """The longest phrase at token i among some lists of a table: the list's name, and the token after it."""
        found = self.words.phrases.first_of(self.tokens, i, _kinds(table, names))
        return (found[0].partition(".")[2], found[1]) if found else None

    def near(self, j: int, kinds: frozenset[str] = _BESIDE) -> bool:
        """Whether token j stands right after the one before it."""
        return 0 < j < len(self.tokens) and self.tokens.gap_kind(j - 1) in kinds

    def day(self, day: date | None, j: int, *, exact: bool = False) -> Reading | None:
        """A day whose words end before token j; None for none. `exact`: a calendar day is named."""
        return Reading(day, j, self.tokens.ends[j - 1], exact) if day else None

    def nothing(self, j: int) -> Reading:
        """What looks like a day and is none: passed over."""
        return Reading(date.min, j, self.tokens.ends[j - 1], none=True)

    def year(self, j: int) -> int | None:
        """The year that token j names right after the one before it."""
        word = self.tokens.words[j] if self.near(j) else ""
        return int(word) if len(word) == _YEAR and word.startswith("20") and word.isdecimal() else None
