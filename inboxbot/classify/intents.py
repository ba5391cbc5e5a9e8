"""The intent model: how probable each intent is, from the whole text and from each of its clauses.

In: normalised texts with their signals. Out: probabilities by label. Two linear models (see `artifact`): one saw
whole mails, one saw single clauses, which also knows courtesy and harmless context.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from inboxbot.classify.artifact import Array, Artifact, LinearModel
from inboxbot.classify.features import features
from inboxbot.understanding import Intent

DOCUMENT_SHARE = 0.5  # of the document model in a document's score, the rest is its strongest clause


class IntentModel:
    """Predicts with a loaded artefact."""

    def __init__(self, artifact: Artifact) -> None:
        """Keeps the artefact; nothing is computed yet."""
        self._artifact = artifact
        self.version = artifact.version
        self.card = artifact.card
        self.gate = artifact.gate

    def document(self, text: str, signals: Iterable[str]) -> dict[str, float]:
        """Probabilities of every label for a whole text."""
        return predict(self._artifact.document, text, signals)

    def clause(self, text: str, signals: Iterable[str]) -> dict[str, float]:
        """Probabilities of every label for one clause."""
        return predict(self._artifact.clause, text, signals)

    def unfamiliar(self, text: str) -> tuple[float, int]:
        """The share of a text's words (0..1) that training never saw (a language or trade it does not know), and the words."""
        words = [name for name in features(text) if " " not in name and name.isalpha() and len(name) > 1]
        unknown = sum(word not in self._artifact.document.vocabulary for word in words)
        return (unknown / len(words) if words else 0.0), len(words)


def predict(model: LinearModel, text: str, signals: Iterable[str]) -> dict[str, float]:
    """Label probabilities: sublinear TF-IDF, length-normalised, through the logistic function."""
    indexes, values = _vector(model, text, signals)
    scores = values @ model.weights[indexes] + model.intercepts
    probabilities = 1.0 / (1.0 + np.exp(-scores))
    return {label: float(p) for label, p in zip(model.labels, probabilities, strict=True)}


def combine(document: Mapping[str, float], clauses: Sequence[Mapping[str, float]]) -> dict[Intent, float]:
    """One probability an intent: the document's view and its strongest clause's, averaged."""
    return {
        intent: DOCUMENT_SHARE * document[intent]
        + (1 - DOCUMENT_SHARE) * max((clause[intent] for clause in clauses), default=document[intent])
        for intent in Intent
    }


def counted(text: str, signals: Iterable[str]) -> Counter[str]:
    """The features of a text with their counts, signals included."""
    return Counter([*features(text), *(f"#{name}" for name in signals)])


def _vector(model: LinearModel, text: str, signals: Iterable[str]) -> tuple[Array, Array]:
    known = {model.vocabulary[name]: count for name, count in counted(text, signals).items() if name in model.vocabulary}
    indexes = np.fromiter(known.keys(), dtype=np.int64, count=len(known))
    frequencies = np.fromiter((1.0 + math.log(count) for count in known.values()), dtype=np.float64, count=len(known))
    values = frequencies * model.idf[indexes]
    norm = float(np.sqrt(values @ values)) or 1.0
    return indexes, values / norm
