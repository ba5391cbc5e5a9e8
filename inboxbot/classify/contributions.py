"""What words add to the scores of linear models, computed once each and kept.

In: the words of clauses. Out: scores by label. A text is the sum of its features, each weighted by how rare it is, divided by
a length that is a sum over features too. So what a word contributes can be computed once: reading a mail is a look-up a word
and one addition, for all models and for a clause's neighbours together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
        known = [model.vocabulary[feature] for feature in features if feature in model.vocabulary]
        idf = model.idf[known]
        return np.append(idf @ model.weights[known], idf @ idf)


class Contributions:
    """The sums of what clauses add, in several shares."""

    def __init__(self, *shares: Share) -> None:
        """Nothing is computed yet."""
        self._shares = shares
        self._ends = np.cumsum([share.columns for share in shares]).tolist()
        self._words: dict[str, int] = {}  # the row of each; a word and a name that is written the same are two things
        self._names: dict[str, int] = {}
        self._others: dict[str, int] = {}
        self._rows: Array = np.zeros((_FIRST_ROWS, self._ends[-1]))
        self._filled = 1  # rows in use: the first stays empty

    def sums(self, clauses: Sequence[ClauseWords]) -> list[Array]:
        """By share: a row a clause, a column a label, and last the square of the length."""
        if len(self._words) + len(self._names) + len(self._others) >= _MOST_KEPT:  # here, where no text holds rows yet
            for table in (self._words, self._names, self._others):
                table.clear()
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
            known = table.get
            found += [self._row(name, table) if (row := known(name)) is None else row for name in names]
        return found

    def _row(self, name: str, table: dict[str, int]) -> int:
        if name in table:
            return table[name]
        parts = [self._of(share, name, table) for share in self._shares]
        row = 0
        if any(part.any() for part in parts):
            row = self._filled
            if row == len(self._rows):
                self._rows = np.vstack([self._rows, np.zeros_like(self._rows)])
            self._rows[row] = np.concatenate(parts)
            self._filled += 1
        table[name] = row
        return row

    def _of(self, share: Share, name: str, table: dict[str, int]) -> Array:
        return share.of_word(name) if table is self._words else share.of_name(name) if table is self._names else share.of_other(name)


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
