"""How sure may we be that a whole mail is understood? One probability from everything the model's parts say.

In: the document's and the clauses' probabilities. Out: features, and with the trained weights a confidence (0..1). The
gate is a small logistic regression fitted on mails that the intent model had not seen (see `training/train.py`); it
learns what a weak clause, a second intent in the shadow or unknown words cost.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from inboxbot.classify.view import ANSWERABLE, View, must_be_explained, speaking
from inboxbot.understanding import Intent

_ROUTINE = tuple(intent for intent in Intent if intent.routine)
NAMES = (
    "exactly the asserted intents",
    "weakest asserted intent",
    "weakest asserted intent, document alone",
    "weakest asserted intent, clauses alone",
    "strongest other intent",
    "second other intent",
    "other intents expected",
    "strongest other intent, document alone",
    "strongest other non-routine intent",
    "answerable",
    "answerable, document alone",
    "least explained clause",
    "two least explained clauses",
    "clauses explained on average",
    "strongest unexpected clause",
    "strongest unexpected non-routine clause",
    "strongest clause that is none of ours",
    "none of ours, document alone",
    "asserted intents",
    "clauses",
    "unfamiliar words",
    "words",
    *(f"asserts {intent.value}" for intent in _ROUTINE),
)
_EDGE = 0.005  # probabilities are clipped here before the logit


@dataclass(frozen=True, slots=True)
class Gate:
    """The trained weights; features are centred and scaled first."""

    means: Sequence[float]
    scales: Sequence[float]
    weights: Sequence[float]
    intercept: float

    def confidence(self, values: Sequence[float]) -> float:
        """The probability (0..1) that the understanding is right as a whole and the mail answerable."""
        terms = zip(values, self.means, self.scales, self.weights, strict=True)
        total = self.intercept + sum((value - mean) / scale * weight for value, mean, scale, weight in terms)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def gate_values(view: View, asserted: frozenset[Intent]) -> tuple[float, ...]:
    """The features, in the order of `NAMES`."""
    others = sorted((view.scores[intent] for intent in Intent if intent not in asserted), reverse=True)
    return (*_scores(view, asserted, others), *_clauses(view, asserted), *(float(intent in asserted) for intent in _ROUTINE))


def _scores(view: View, asserted: frozenset[Intent], others: Sequence[float]) -> tuple[float, ...]:
    """What the verdict and the document model say: of the asserted intents, and of the others."""
    rest = [intent for intent in Intent if intent not in asserted]
    exactly = math.prod(view.scores[intent] for intent in asserted) * math.prod(1.0 - score for score in others)
    return (
        _logit(exactly),
        _logit(min(view.scores[intent] for intent in asserted)),
        _logit(min(view.document[intent] for intent in asserted)),
        _logit(min(max((one.labels[intent] for one in speaking(view.read)), default=0.0) for intent in asserted)),
        _logit(others[0]),
        _logit(others[1]),
        sum(others),
        _logit(max(view.document[intent] for intent in rest)),
        _logit(max(view.scores[intent] for intent in rest if not intent.routine)),
        _logit(view.answerable),
        _logit(view.document[ANSWERABLE]),
    )


def _clauses(view: View, asserted: frozenset[Intent]) -> tuple[float, ...]:
    """What the clauses say: is each explained, and does any speak for another intent?"""
    rest = [intent for intent in Intent if intent not in asserted]
    strongest = {intent: max((one.labels[intent] for one in speaking(view.read)), default=0.0) for intent in rest}
    explained = sorted(one.explained(asserted) for one in must_be_explained(view.read)) or [0.0]
    return (
        _logit(explained[0]),
        _logit(sum(explained[:2]) / len(explained[:2])),
        _logit(sum(explained) / len(explained)),
        _logit(max(strongest.values())),
        _logit(max(score for intent, score in strongest.items() if not intent.routine)),
        _logit(strongest.get(Intent.OTHER, 0.0)),
        _logit(view.document[Intent.OTHER]),
        float(len(asserted)),
        min(len(view.read), 15) / 5,
        view.unfamiliar * 5,
        math.log1p(view.words),
    )


def _logit(probability: float) -> float:
    clipped = min(max(probability, _EDGE), 1.0 - _EDGE)
    return math.log(clipped / (1.0 - clipped))
