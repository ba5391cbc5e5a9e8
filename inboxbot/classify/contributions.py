"""What words add to the scores of linear models, computed once each and kept.

In: the words of clauses. Out: scores by label. A text is the sum of its features, each weighted by how rare it is, divided by
a length that is a sum over features too. So what a word contributes can be computed once: reading a mail is a look-up a word
and one addition, for all models and for a clause's neighbours together.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from inboxbot.classify.artifact import Array, LinearModel
from inboxbot.classify.features import ClauseWords, letter_groups

_MOST_KEPT = 100_000  # words and names whose contribution is remembered
_FIRST_ROWS = 4096  # of what they contribute; doubled when they are full


@dataclass(frozen=True)
class Share:
    """What a clause adds to a model: its own features; or, behind a prefix, what it tells its neighbours."""

    model: LinearModel
    prefix: str = ""

    @property
    def columns(self) -> int:
        """A score a label, and the square of the length."""
        return len(self.model.labels) + 1

    def of_word(self, word: str) -> Array:
        """What a word adds: itself with its letter groups, to its own clause; itself alone, to the neighbours."""
        return self._row([self.prefix + word] if self.prefix else [word, *letter_groups(word)])

    def of_name(self, name: str) -> Array:
        """What a concept, an entity or a head word adds."""
        return self._row([self.prefix + name])

    def of_other(self, name: str) -> Array:
        """What pairs, and names that stand together, add: the neighbours hear nothing of them."""
        return self._row([] if self.prefix else [name])

    def _row(self, features: Sequence[str]) -> Array:
        model = self.model
        known = [row for feature in features if (row := model.vocabulary.get(feature)) is not None]
        idf = model.idf[known]
        return np.append((idf * model.steps[known]) @ model.weights[known], idf @ idf)


class Contributions:
    """The sums of what clauses add, in several shares."""

    def __init__(self, *shares: Share) -> None:
        """Nothing is computed yet."""
        self._shares = shares
        self._ends = np.cumsum([share.columns for share in shares]).tolist()
        # The row of each, and what gives it; a word and a name that is written the same are two things.
        self._words, self._names, self._others = self._tables = (_Table(Share.of_word), _Table(Share.of_name), _Table(Share.of_other))
        self._rows: Array = np.zeros((_FIRST_ROWS, self._ends[-1]))
        self._filled = 1  # rows in use: the first stays empty

    def sums(self, clauses: Sequence[ClauseWords]) -> list[Array]:
        """By share: a row a clause, a column a label, and last the square of the length."""
        if sum(len(table.rows) for table in self._tables) >= _MOST_KEPT:  # here, where no text holds rows yet
            for table in self._tables:
                table.rows.clear()
            self._filled = 1
        found = [self._indexes(clause) for clause in clauses]
        if not found:
            return [np.zeros((0, share.columns)) for share in self._shares]
        flat = np.fromiter((row for rows in found for row in rows), dtype=np.int64)
        starts = np.cumsum([0, *(len(rows) for rows in found[:-1])])
        return np.split(np.add.reduceat(self._rows[flat], starts, axis=0), self._ends[:-1], axis=1)

    def named(self, name: str, share: int) -> Array:
        """What one name by itself adds to one share."""
        row = self._row(name, self._others)
        begin = self._ends[share] - self._shares[share].columns
        found: Array = self._rows[row, begin : self._ends[share]]
        return found

    def _indexes(self, clause: ClauseWords) -> list[int]:
        found = [0]  # the empty row: no clause is without any
        for table, names in ((self._words, clause.words), (self._names, clause.names), (self._others, clause.combined)):
            known = table.rows.get
            found += [self._row(name, table) if (row := known(name)) is None else row for name in names]
        return found

    def _row(self, name: str, table: "_Table") -> int:
        if name in table.rows:
            return table.rows[name]
        parts = [table.adds(share, name) for share in self._shares]
        row = 0
        if any(part.any() for part in parts):
            row = self._filled
            if row == len(self._rows):
                self._rows = np.vstack([self._rows, np.zeros_like(self._rows)])
            self._rows[row] = np.concatenate(parts)
            self._filled += 1
        table.rows[name] = row
        return row


@dataclass(frozen=True)
class _Table:
    """Rows by name, and what a name adds to a share."""

    adds: Callable[[Share, str], Array]
    rows: dict[str, int] = field(default_factory=dict)


def scores(sums: Array) -> Array:
    """A row of scores a text, for a text of length 1."""
    scaled: Array = sums[:, :-1] / np.sqrt(np.maximum(sums[:, -1:], 1e-9))
    return scaled


def label_probabilities(model: LinearModel, found: Array) -> list[dict[str, float]]:
    """Probabilities by label, a text each."""
    rows = (1.0 / (1.0 + np.exp(-(found + model.intercepts)))).tolist()
    return [dict(zip(model.labels, row, strict=True)) for row in rows]


def text_probabilities(contributions: Contributions, model: LinearModel, clauses: Sequence[ClauseWords]) -> dict[str, float]:
    """What a model says of clauses as one text; it is the first of the shares."""
    return label_probabilities(model, scores(contributions.sums(clauses)[0].sum(axis=0, keepdims=True)))[0]
