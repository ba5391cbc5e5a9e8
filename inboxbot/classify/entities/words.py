"""Where the words of many lists stand in a text, found in one pass over its tokens.

In: the word lists (`entities_*.toml`), tokens. Out: `Hits`: for each list the places of its words, asked "does one stand
right before here?" and "is one between here and there?" in time that does not grow with the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from inboxbot.classify.entities.lexicon import tables
from inboxbot.classify.entities.tokens import Tokens, tokenise

_LONGEST = 60  # characters of a phrase
_STEM = 3  # letters by which stems are looked up
_MONEY = ("paying", "less", "deducting", "left", "limit", "price", "to_come", "claim")
_NUMBERS = ("invoice", "receivables", "purchase_order", "order_itself", "other_role", "no_role", "chapter")
_Entry = tuple[str, tuple[str, ...], tuple[str | None, ...], bool, str, str]  # list, words, gaps, last is a stem, what follows and precedes


class Lexicon:
    """Several word lists as a dictionary of first words. A blank stands for any white space, a trailing * for the rest of a word."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        """`lists`: names with their words."""
        single: dict[str, list[str]] = {}
        phrases: dict[str, list[_Entry]] = {}
        stems: dict[str, list[tuple[str, str]]] = {}
        for name, words in lists.items():
            for word in words:
                bare = word.lower().removesuffix("*")
                tokens = tokenise(bare)
                if not tokens.words:
                    continue
                gaps = tuple(tokens.gap_kind(i) for i in range(len(tokens) - 1))
                tail, lead = bare[tokens.ends[-1] :], bare[: tokens.starts[0]]
                if word.endswith("*") and len(tokens) == 1 and len(bare) >= _STEM:
                    stems.setdefault(bare[:_STEM], []).append((bare, name))
                elif gaps or tail or lead or word.endswith("*"):
                    phrases.setdefault(tokens.words[0], []).append((name, tuple(tokens.words[1:]), gaps, word.endswith("*"), tail, lead))
                else:
                    single.setdefault(tokens.words[0], []).append(name)
        self._single = {word: tuple(names) for word, names in single.items()}
        self._phrases = {word: tuple(entries) for word, entries in phrases.items()}
        self._stems = {word: tuple(entries) for word, entries in stems.items()}

    def find(self, tokens: Tokens) -> "Hits":
        """Every word of every list in the text."""
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        single, phrases, stems = self._single, self._phrases, self._stems
        for i, word in enumerate(tokens.words):
            if word in single:
                place = (tokens.starts[i], tokens.ends[i])
                for name in single[word]:
                    found[name].append(place)
            if word in phrases:
                for entry in phrases[word]:
                    if end := _end(tokens, i, entry):
                        found[entry[0]].append((tokens.starts[i], end))
            beginning = word[:_STEM]
            if beginning in stems:
                for stem, name in stems[beginning]:
                    if word.startswith(stem):
                        found[name].append((tokens.starts[i], tokens.ends[i]))
        return Hits(tokens.text, found)


def _end(tokens: Tokens, i: int, entry: _Entry) -> int:
    """Where the phrase that begins at token i ends; 0 where it does not stand there."""
    _, further, gaps, stem, tail, lead = entry
    last = i + len(further)
    if further:
        if tokens.words[i + 1 : last + 1] != list(further) and not (
            stem and last < len(tokens) and tokens.words[i + 1 : last] == list(further[:-1]) and tokens.words[last].startswith(further[-1])
        ):
            return 0
        if any(tokens.gap_kind(i + k) != gap for k, gap in enumerate(gaps)):
            return 0
    end = tokens.ends[last]
    if lead and not tokens.text.endswith(lead, 0, tokens.starts[i]):
        return 0
    if tail:
        return end + len(tail) if tokens.text.startswith(tail, end) else 0
    return end


class Hits:
    """The places of listed words in one text."""

    def __init__(self, text: str, found: Mapping[str, list[tuple[int, int]]]) -> None:
        self._text = text
        self._starts = {name: [start for start, _ in places] for name, places in found.items()}
        self._ends = {name: [end for _, end in places] for name, places in found.items()}

    def has(self, name: str) -> bool:
        """Whether a word of the list stands anywhere."""
        return name in self._starts

    def first(self, name: str) -> tuple[int, int] | None:
        """Where the first word of the list stands (start, end)."""
        return (self._starts[name][0], self._ends[name][0]) if name in self._starts else None

    def within(self, name: str, start: int, end: int) -> bool:
        """Whether a word of the list begins between the two places."""
        starts = self._starts.get(name)
        if not starts:
            return False
        at = bisect_left(starts, start)
        return at < len(starts) and starts[at] < end

    def inside(self, name: str, start: int, end: int, *, but: str = "", barred: tuple[int, int] = (0, 0)) -> bool:
        """Whether a word of the list lies between the two places: none that shares a character with one of `but`, or with `barred`."""
        starts = self._starts.get(name)
        if not starts:
            return False
        ends = self._ends[name]
        for at in range(bisect_left(starts, start), len(starts)):
            first, last = starts[at], ends[at]
            if first >= end:
                return False
            if last <= end and not (first < barred[1] and barred[0] < last) and not (but and self._overlaps(but, first, last, start, end)):
                return True
        return False

    def _overlaps(self, name: str, first: int, last: int, start: int, end: int) -> bool:
        starts, ends = self._starts.get(name, []), self._ends.get(name, [])
        low = bisect_left(starts, max(start, first - _LONGEST))
        high = bisect_left(starts, last)
        return any(ends[at] > first and ends[at] <= end for at in range(low, high))

    def before(self, name: str, position: int, gap: re.Pattern[str], reach: int) -> bool:
        """Whether a word of the list stands before the place with nothing but `gap` between, at most `reach` characters of it."""
        ends = self._ends.get(name)
        if not ends:
            return False
        at = bisect_right(ends, position)
        while at and ends[at - 1] >= position - reach:
            if gap.fullmatch(self._text, ends[at - 1], position):
                return True
            at -= 1
        return False


@cache
def entity_words() -> Lexicon:
    """The lists of money, numbers and payments."""
    money, numbers, payments = tables("money"), tables("numbers"), tables("payments")
    lists = {f"money.{name}": money["words"][name] for name in _MONEY}
    lists |= {f"numbers.{name}": numbers[name] for name in _NUMBERS}
    for table in ("method", "lead"):
        lists |= {f"{table}.{name}": words for name, words in payments[table].items()}
    return Lexicon(lists)


@cache
def promise_words() -> Lexicon:
    """The lists that tell a promise."""
    return Lexicon(tables("promises"))
