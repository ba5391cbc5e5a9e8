"""How sure may we be that a whole mail is understood? One probability from everything the model's parts say.

In: the document's and the clauses' probabilities, and what was found in the text. Out: features, and with the trained
weights a confidence (0..1). The gate is the mean of two: a forest of extremely randomised trees (Geurts, Ernst, Wehenkel
2006), which learns what a weak clause, a date too many or unknown words cost together; and a logistic regression, which
keeps the plainest mails surest where the trees saw few of their kind. Both are fitted on mails that the intent model had
not seen (see `training/train.py`).
"""

import math
from collections.abc import Sequence

import numpy as np

from inboxbot.classify.artifact import Array, Forest, LogisticWeights
from inboxbot.classify.signals import Signals
from inboxbot.classify.view import ANSWERABLE, ReadSentence, View, must_be_explained, speaking
from inboxbot.errors import ModelError
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
    "least explained sentence",
    "least decided clause",
    "clauses more likely unexplained",
    "asserted intents that no clause carries",
    "invoices",
    "amounts",
    "days",
    "references",
    "asks a question",
    "concepts",
    "days with a promise",
    "a copy and no invoice",
    "a payment and no amount",
    *(f"asserts {intent.value}" for intent in _ROUTINE),
    *(f"likely {intent.value}" for intent in Intent),
)
_EDGE = 0.005  # probabilities are clipped here before the logit
_CARRIES = 0.3  # a clause this likely to mean an intent may well carry it


class Gate:
    """The trained halves."""

    def __init__(self, forest: Forest, line: LogisticWeights) -> None:
        """Keeps the weights; raises ModelError where they were made for other features."""
        if forest.features.max() >= len(NAMES) or len(line.means) != len(NAMES):
            raise ModelError("the model's gate asks for something else than is known of a mail; train it anew")
        self._forest, self._line = forest, line

    def confidence(self, values: Sequence[float]) -> float:
        """The probability (0..1) that an answer would be right as a whole."""
        told = np.asarray(values, dtype=np.float32)
        return (self._trees(told) + self._straight(told)) / 2.0

    def _trees(self, told: Array) -> float:
        """The mean of what the leaves saw that the values lead to."""
        forest, nodes = self._forest, self._forest.roots
        while True:
            features = forest.features[nodes]
            inner = features >= 0
            if not inner.any():
                return float(forest.values[nodes].mean())
            below = told[features] <= forest.thresholds[nodes]  # a leaf's feature is -1: whatever it compares is not used
            nodes = np.where(inner, np.where(below, forest.left[nodes], forest.right[nodes]), nodes)

    def _straight(self, told: Array) -> float:
        line = self._line
        score = float((told - line.means) / line.scales @ line.weights[:, 0] + line.intercepts[0])
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def gate_values(view: View, signals: Signals, asserted: frozenset[Intent]) -> tuple[float, ...]:
    """The features, in the order of `NAMES`."""
    others = sorted((view.scores[intent] for intent in Intent if intent not in asserted), reverse=True)
    return (
        *_scores(view, asserted, others),
        *_clauses(view, asserted),
        *_pieces(view, asserted),
        *_found(signals, asserted),
        *(float(intent in asserted) for intent in _ROUTINE),
        *(_logit(view.scores[intent]) for intent in Intent),
    )


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


def _pieces(view: View, asserted: frozenset[Intent]) -> tuple[float, ...]:
    """What the body's clauses and sentences say one by one."""
    clauses = must_be_explained(view.read)
    decided = min((max(one.labels.values()) for one in clauses), default=0.0)
    carried = [max((one.labels[intent] for one in clauses), default=0.0) >= _CARRIES for intent in asserted]
    return (
        _logit(_least_explained(must_be_explained(view.sentences), asserted)),
        _logit(decided),
        float(sum(one.explained(asserted) < 0.5 for one in clauses)),  # noqa: PLR2004 - more likely not than so
        float(len(carried) - sum(carried)),
    )


def _least_explained(read: Sequence[ReadSentence], asserted: frozenset[Intent]) -> float:
    return min((one.explained(asserted) for one in read), default=0.0)


def _found(signals: Signals, asserted: frozenset[Intent]) -> tuple[float, ...]:
    """What the text names, and whether that is what the asserted intents need."""
    findings = signals.findings
    days = len({mention.day for mention in findings.dates})
    return (
        float(len(findings.invoices)),
        float(len(findings.amounts)),
        float(days),
        float(len(findings.references)),
        float("?" in signals.text),
        float(len({hit.concept for hit in signals.concepts})),
        float(days if Intent.PROMISE_TO_PAY in asserted else 0),
        float(Intent.INVOICE_COPY in asserted and not findings.invoices),
        float(Intent.REMITTANCE_ADVICE in asserted and not findings.amounts),
    )


def _logit(probability: float) -> float:
    clipped = min(max(probability, _EDGE), 1.0 - _EDGE)
    return math.log(clipped / (1.0 - clipped))
