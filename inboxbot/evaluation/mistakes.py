"""The worst mistakes, in full: wrong answers first, then persons' mails filed, then confident errors.

In: judged mails. Out: `Mistake`s, the worst first, each with the mail, its label, what was understood, and the words that
showed it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inboxbot.decision import Outcome
from inboxbot.evaluation.judging import Judged, found_words, label_words
from inboxbot.understanding import Evidence, Intent


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mail that was not understood, or not treated, as its label says."""

    kind: str
    judged: Judged
    how_sure: float  # of the wrong thing
    differs: tuple[str, ...]  # which parts

    @property
    def label(self) -> Mapping[str, str]:
        """What is right."""
        return label_words(self.judged.mail)

    @property
    def found(self) -> Mapping[str, str]:
        """What the machine made of it."""
        return found_words(self.judged)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Of the decision."""
        return tuple(map(str, self.judged.decision.reasons))

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The words that showed it."""
        return self.judged.understood.understanding.evidence


def worst(judged: Sequence[Judged], most: int) -> list[Mistake]:
    """At most so many, the worst first."""
    found = [mistake for one in judged if (mistake := _mistake(one))]
    order = [name for name, _ in _KINDS]
    return sorted(found, key=lambda mistake: (order.index(mistake.kind), -mistake.how_sure, mistake.judged.mail.id))[:most]


def _mistake(one: Judged) -> Mistake | None:
    differs = tuple(name for name in one.deviations if name != "must not be answered")
    for kind, belongs in _KINDS:
        if belongs(one):
            return Mistake(kind, one, _how_sure(one), differs)
    return None


def _misread(one: Judged) -> bool:
    return one.understood.understanding.asserted != frozenset(one.mail.intents)


def _how_sure(one: Judged) -> float:
    """The confidence of an answer; else the furthest that an intent's probability lies from the truth."""
    if one.answered:
        return one.confidence
    scores = one.understood.understanding.scores
    gaps = [1.0 - scores.get(i, 0.0) if i in one.mail.intents else scores.get(i, 0.0) for i in Intent if _disputed(one, i)]
    return max(gaps, default=one.confidence)


def _disputed(one: Judged, intent: Intent) -> bool:
    return (intent in one.mail.intents) != (intent in one.understood.understanding.asserted)


_KINDS = (
    ("answered, and must not be", lambda one: one.answered and not one.answerable),
    ("answered wrongly", lambda one: one.wrongly_answered),
    ("a person's mail, filed", lambda one: one.decision.outcome is Outcome.FILE and one.mail.outcome != "file"),
    ("misread", _misread),
    ("read wrongly in part", lambda one: bool(set(one.deviations) - {"must not be answered"})),
)
