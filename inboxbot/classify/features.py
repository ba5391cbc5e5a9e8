"""The features of the intent model, the same for training and for prediction.

In: the words of a clause and what else is known of it. Out: feature names. A word counts by itself, in pairs with the
next, and by its letter groups, so that inflections and typos still say something. Two concepts in one clause count
together, wherever they stand: who does what, and whether it is denied, is rarely said by one word or by neighbours. What
stands in the clauses before and after counts too, apart: "yes please, both" means nothing alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

_LETTERS = (3, 5)
BEFORE, AFTER, PLACE = "<", ">", "|"
OPENING, ASKED = "^", "?"
_MOST_COUNTED = 4  # clauses; more than that are "many"
_MOST_TOGETHER = 24  # names of a clause that are paired with each other


@dataclass(frozen=True)
class ClauseWords:
    """A clause as the model sees it: its words, and the names of the concepts, entities and head words in it."""

    words: Sequence[str]
    names: Sequence[str]

    @cached_property
    def combined(self) -> list[str]:
        """Neighbouring words; names that stand in one clause, two by two; the opening words; what a question is about."""
        single = sorted({name for name in self.names if " " not in name})
        found = [f"{left} {right}" for left, right in pairwise(self.words)]
        found += [f"{left}&{right}" for left, right in combinations(single[:_MOST_TOGETHER], 2)]
        found += [OPENING + " ".join(self.words[:count]) for count in (2, 3)]
        if "?" in self.words:
            found += [ASKED + name for name in (*self.words, *single)]
        return found


def letter_groups(word: str) -> Iterator[str]:
    """Runs of three and of five letters of a word, its ends marked; a mark or a placeholder has none."""
    if word.isalpha():
        padded = f"_{word}_"
        for size in _LETTERS:
            for start in range(len(padded) - size + 1):
                yield f"~{padded[start : start + size]}"


def own_features(clause: ClauseWords) -> Iterator[str]:
    """Every feature of the clause itself, as often as it occurs."""
    yield from clause.words
    yield from clause.names
    yield from clause.combined
    for word in clause.words:
        yield from letter_groups(word)


def context_names(clauses: Sequence[ClauseWords], index: int) -> Iterator[str]:
    """What the neighbours of a clause say, and where it stands."""
    if index:
        yield from _prefixed(BEFORE, clauses[index - 1])
    if index + 1 < len(clauses):
        yield from _prefixed(AFTER, clauses[index + 1])
    yield from place_names(index, len(clauses))


def place_names(index: int, count: int) -> tuple[str, str]:
    """Where a clause stands among so many."""
    place = "first" if index == 0 else "last" if index == count - 1 else "middle"
    return f"{PLACE}{place}", f"{PLACE}{min(count, _MOST_COUNTED)}"


def _prefixed(prefix: str, clause: ClauseWords) -> Iterator[str]:
    yield from (prefix + word for word in clause.words)
    yield from (prefix + name for name in clause.names)


def document(clauses: Iterable[ClauseWords]) -> Iterator[str]:
    """Every feature of a whole mail."""
    for clause in clauses:
        yield from own_features(clause)
