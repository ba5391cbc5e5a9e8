"""The intent model: how probable each intent is, from the whole text and from each of its clauses.

In: the clauses of a mail. Out: probabilities by label. Two linear models (see `artifact`): one learned from whole
mails, one from clauses and their neighbours, which also knows courtesy and harmless context; `verdict` makes one
probability an intent from what both say.

A text is the sum of its features, each weighted by how rare it is, divided by a length that is a sum over features too.
So what a word contributes can be computed once and kept: reading a mail is a lookup a word and one addition.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from inboxbot.classify.artifact import Array, Artifact, LinearModel
from inboxbot.classify.features import ClauseWords, context_names, letter_groups
from inboxbot.classify.gate import Gate
from inboxbot.classify.signals import Pieces, Signals
from inboxbot.classify.verdict import Verdict
from inboxbot.classify.view import ANSWERABLE, ReadSentence, View
from inboxbot.understanding import Intent

CONTEXT_SHARE = 0.5  # length of the part of a clause's features that its neighbours give; its own part has length 1
_MOST_KEPT = 200_000  # words and names whose contribution is remembered
_FIRST_ROWS = 4096  # of what they contribute; doubled when they are full


class IntentModel:
    """Predicts with a loaded artefact."""

    def __init__(self, artifact: Artifact) -> None:
        """Keeps the artefact; what words contribute is computed when they are first seen."""
        self.version = artifact.version
        self.card = artifact.card
        self.gate = Gate(artifact.forest, artifact.line)
        self.reasons = artifact.reasons
        self._known = artifact.document.vocabulary
        self._verdict = Verdict(artifact.verdict)
        self._document = Contributions(artifact.document)
        self._clause = Contributions(artifact.clause)

    def view(self, signals: Signals) -> View:
        """What both models say of a mail, and the verdict."""
        words = signals.clauses.words
        document = self._document.probabilities([own_features_of(words)])[0]
        clauses, sentences = (self._read(pieces, signals.body_start) for pieces in (signals.clauses, signals.sentences))
        verdict = self._verdict.probabilities(document, clauses, sentences)
        unknown, count = self._unfamiliar(words)
        scores = {intent: verdict[intent] for intent in Intent}
        return View(document, clauses, sentences, scores, verdict[ANSWERABLE], unknown, count)

    def _read(self, pieces: Pieces, body_start: int) -> list[ReadSentence]:
        own = [own_features_of([words]) for words in pieces.words]
        context = [list(context_names(pieces.words, index)) for index in range(len(own))]
        labels = self._clause.probabilities(own, context) if own else []
        return [ReadSentence(one, label, one.start < body_start) for one, label in zip(pieces.places, labels, strict=True)]

    def _unfamiliar(self, clauses: Iterable[ClauseWords]) -> tuple[float, int]:
        """The share of a text's words (0..1) that training never saw (a language or trade it does not know), and the words."""
        words = [word for clause in clauses for word in clause.words if len(word) > 1 and word.isalpha()]
        unknown = sum(word not in self._known for word in words)
        return (unknown / len(words) if words else 0.0), len(words)


def own_features_of(clauses: Sequence[ClauseWords]) -> tuple[list[str], list[str]]:
    """(words, other features) of clauses; words bring their letter groups with them."""
    words = [word for clause in clauses for word in clause.words]
    return words, [name for clause in clauses for name in clause.others]


class Contributions:
    """What every word and name adds to the scores of a linear model, computed once each."""

    def __init__(self, model: LinearModel) -> None:
        """Nothing is computed yet."""
        self.labels = model.labels
        self._model = model
        self._words: dict[str, int] = {}  # the row of each; a word and a name that is written the same are two things
        self._names: dict[str, int] = {}
        self._rows: Array = np.zeros((_FIRST_ROWS, len(model.labels) + 1))  # scores, and the square of the length
        self._filled = 1  # rows in use: the first stays empty

    def probabilities(
        self, own: Sequence[tuple[Sequence[str], Sequence[str]]], context: Sequence[Sequence[str]] | None = None
    ) -> list[dict[str, float]]:
        """Label probabilities of texts, each given as its words and other names, and perhaps its neighbours' names."""
        if len(self._words) + len(self._names) >= _MOST_KEPT:  # here, where no text holds rows yet
            self._words.clear()
            self._names.clear()
            self._filled = 1
        scores = self._scores([self._indexes(words, names) for words, names in own], 1.0)
        if context is not None:
            scores = scores + self._scores([self._indexes((), names) for names in context], CONTEXT_SHARE)
        probabilities = 1.0 / (1.0 + np.exp(-(scores + self._model.intercepts)))
        return [dict(zip(self.labels, row, strict=True)) for row in probabilities.tolist()]

    def _scores(self, texts: Sequence[Sequence[int]], length: float) -> Array:
        """One row of scores a text, scaled to that length; a text always has one index at least."""
        flat = np.fromiter((place for text in texts for place in text), dtype=np.int64)
        starts = np.cumsum([0, *(len(text) for text in texts[:-1])])
        sums = np.add.reduceat(self._rows[flat], starts, axis=0)
        return sums[:, :-1] * (length / np.sqrt(np.maximum(sums[:, -1:], 1e-9)))

    def _indexes(self, words: Iterable[str], names: Iterable[str]) -> list[int]:
        found = [0]  # the empty row: no text is without any
        for table, group in ((self._words, words), (self._names, names)):
            for name in group:
                row = table.get(name)
                found.append(self._add(name, table) if row is None else row)
        return found

    def _add(self, name: str, table: dict[str, int]) -> int:
        vocabulary, model = self._model.vocabulary, self._model
        features = [name, *letter_groups(name)] if table is self._words else [name]
        known = [vocabulary[feature] for feature in features if feature in vocabulary]
        row = 0
        if known:
            idf = model.idf[known]
            row = self._filled
            if row == len(self._rows):
                self._rows = np.vstack([self._rows, np.zeros_like(self._rows)])
            self._rows[row] = np.append(idf @ model.weights[known], idf @ idf)
            self._filled += 1
        table[name] = row
        return row


def probabilities(model: LinearModel, clauses: Sequence[ClauseWords]) -> Mapping[str, float]:
    """What a linear model says of a whole text, without neighbours."""
    return Contributions(model).probabilities([own_features_of(clauses)])[0]
