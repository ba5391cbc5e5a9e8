"""Two questions to the confidence: does it rank (risk against coverage), and does it tell the truth (reliability)?

In: judged mails. Out: points of curves, as values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inboxbot.classify.certificate import upper_bound
from inboxbot.decision import Outcome
from inboxbot.evaluation.intervals import wilson
from inboxbot.evaluation.judging import Judged

_BINS = 10
_SURE = 0.95


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """With this threshold so many answers, so many wrong; coverage counts right or wrong answers per answerable mail."""

    threshold: float
    answers: int
    wrong: int
    coverage: float  # answerable mails answered, of all answerable
    bound: float  # exact one-sided 95% upper bound of the wrong share

    @property
    def risk(self) -> float:
        """Wrong answers of all answers."""
        return self.wrong / self.answers


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Mails of about the same confidence, and how many of them were right."""

    n: int
    confidence: float  # their mean
    right: float  # share
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Whether what is said to be p likely happens p of the time."""

    bins: tuple[ReliabilityBin, ...]
    error: float  # expected calibration error: the mean distance, weighted by n
    brier: float  # mean squared distance of confidence and truth


def risk_against_coverage(judged: Sequence[Judged]) -> list[RiskPoint]:
    """All gates in force, the threshold lowered step by step."""
    return _risk(judged, [one for one in judged if one.eligible])


def risk_by_confidence_alone(judged: Sequence[Judged]) -> list[RiskPoint]:
    """As if there were no gates: routine intents and the confidence decide. Shows what the gates are worth."""
    routine = [one for one in judged if _routine(one)]
    return _risk(judged, routine)


def reliability_of_answers(judged: Sequence[Judged]) -> Reliability:
    """Of the mails in which only routine intents are asserted: is the whole understanding right and the mail answerable?"""
    pairs = [(one.confidence, not one.faults) for one in judged if _routine(one)]
    return _reliability(pairs)


def reliability_of_intents(judged: Sequence[Judged]) -> Reliability:
    """Of every mail and intent: is the intent there? Filed machine mail is told by its structure and left out."""
    pairs = [
        (probability, intent in one.mail.intents)
        for one in judged
        if one.understood.machine.value == "person"
        for intent, probability in one.understood.understanding.scores.items()
    ]
    return _reliability(pairs, width=True)


def _routine(one: Judged) -> bool:
    intents = one.understood.understanding.intents
    return one.decision.outcome is not Outcome.FILE and all(score.intent.routine for score in intents)


def _risk(judged: Sequence[Judged], eligible: Sequence[Judged]) -> list[RiskPoint]:
    answerable = sum(one.answerable for one in judged)
    points, wrong, covered = [], 0, 0
    ranked = sorted(eligible, key=lambda one: -one.confidence)
    for place, one in enumerate(ranked, start=1):
        wrong += bool(one.faults)
        covered += one.answerable
        last_of_its_confidence = place == len(ranked) or ranked[place].confidence < one.confidence
        if last_of_its_confidence:
            points.append(RiskPoint(one.confidence, place, wrong, covered / max(1, answerable), upper_bound(wrong, place, _SURE)))
    return points


def _reliability(pairs: Sequence[tuple[float, bool]], *, width: bool = False) -> Reliability:
    if not pairs:
        return Reliability((), 0.0, 0.0)
    groups = _equally_wide(pairs) if width else _equally_full(pairs)
    bins = [_bin(group) for group in groups if group]
    error = sum(one.n * abs(one.confidence - one.right) for one in bins) / len(pairs)
    return Reliability(tuple(bins), error, sum((p - right) ** 2 for p, right in pairs) / len(pairs))


def _equally_full(pairs: Sequence[tuple[float, bool]]) -> list[Sequence[tuple[float, bool]]]:
    ranked = sorted(pairs)
    edges = [round(len(ranked) * i / _BINS) for i in range(_BINS + 1)]
    return [ranked[edges[i] : edges[i + 1]] for i in range(_BINS)]


def _equally_wide(pairs: Sequence[tuple[float, bool]]) -> list[Sequence[tuple[float, bool]]]:
    groups: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for pair in pairs:
        groups[min(int(pair[0] * _BINS), _BINS - 1)].append(pair)
    return list(groups)


def _bin(group: Sequence[tuple[float, bool]]) -> ReliabilityBin:
    n, right = len(group), sum(truth for _, truth in group)
    low, high = wilson(right, n)
    return ReliabilityBin(n, sum(p for p, _ in group) / n, right / n, low, high)
