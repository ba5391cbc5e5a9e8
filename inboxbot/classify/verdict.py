"""One probability an intent, from what the document model and the clause model each say.

In: label probabilities of the whole and of every clause. Out: label probabilities. The weights are a logistic regression an intent
fitted on mails whose writers the models had not read: it learns how far to trust which part, and what one intent's
presence says of another.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from inboxbot.classify.artifact import Array, LogisticWeights
from inboxbot.classify.view import ReadSentence, speaking

_EDGE = 0.003  # probabilities are clipped here before the logit
_NOTHING = 0.02  # what every label gets in a mail without a clause


class Verdict:
    """The trained combination."""

    def __init__(self, weights: LogisticWeights) -> None:
        """Keeps the weights."""
        self._weights = weights

    def probabilities(
        self, document: Mapping[str, float], clauses: Sequence[ReadSentence], sentences: Sequence[ReadSentence]
    ) -> dict[str, float]:
        """Label probabilities of one mail."""
        values = verdict_values(document, clauses, sentences)
        weights = self._weights
        scores = ((values - weights.means) / weights.scales) @ weights.weights + weights.intercepts
        return dict(zip(weights.labels, (1.0 / (1.0 + np.exp(-scores))).tolist(), strict=True))


def verdict_values(document: Mapping[str, float], clauses: Sequence[ReadSentence], sentences: Sequence[ReadSentence]) -> Array:
    """The features: the whole mail's logits, and what its clauses and its sentences say."""
    whole = np.fromiter(document.values(), dtype=np.float64)
    parts = [_summary([one.labels for one in speaking(pieces)], len(whole) + 1) for pieces in (clauses, sentences)]
    return np.concatenate([_logit(whole), *parts, [math.log1p(len(clauses))]])


def _summary(read: Sequence[Mapping[str, float]], labels: int) -> Array:
    """Of every label the highest logit, the second, that of the mean, and that any piece holds it."""
    found = np.array([list(one.values()) for one in read]) if read else np.full((1, labels), _NOTHING)
    ranked = np.sort(found, axis=0)[::-1]
    second = ranked[1] if len(ranked) > 1 else np.zeros(labels)
    return _logit(np.concatenate([ranked[0], second, found.mean(axis=0), 1.0 - np.prod(1.0 - 0.9 * found, axis=0)]))


def _logit(probabilities: Array) -> Array:
    clipped = np.clip(probabilities, _EDGE, 1.0 - _EDGE)
    return np.asarray(np.log(clipped / (1.0 - clipped)))
