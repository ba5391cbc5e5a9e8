"""How wrong may answers be, and how surely? A threshold with an exact bound on the share of wrong answers.

In: what became of calibration mails that the model never saw, and at most three thresholds that were registered before
anybody looked. Out: a `Certificate`: the loosest threshold whose exact one-sided bound (Clopper and Pearson 1934) over
all answers together stays under the risk. k thresholds share the allowed error, so each bound is taken at
1 - (1 - confidence) / k (Bonferroni); that is what makes choosing among them honest (Geifman and El-Yaniv 2017;
Angelopoulos et al. 2021). The bound holds for mail like the calibration mail, and for nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from inboxbot.errors import ModelError
from inboxbot.understanding import Family

MOST_THRESHOLDS = 3
UNCERTIFIED = "uncertified"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One calibration mail that everything but the confidence lets be answered: how sure, and was the answer wrong?"""

    confidence: float
    wrong: bool
    families: frozenset[Family]


@dataclass(frozen=True, slots=True)
class Record:
    """Answers given and wrong ones among them, with the exact upper bound of their share."""

    answers: int
    wrong: int
    bound: float

    @property
    def share(self) -> float:
        """Wrong ones of all; 0 where there is none."""
        return self.wrong / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is promised of the answers, or that nothing can be."""

    risk: float  # the greatest share of wrong answers that is allowed
    confidence: float  # how sure the bound is, over all thresholds together
    threshold: float  # what a mail's confidence must reach
    certified: bool
    thresholds: Mapping[float, Record]  # every registered threshold's record, at its share of the allowed error
    families: Mapping[Family, Record] = field(default_factory=dict)  # at the threshold, each bound at the full confidence
    drafted: frozenset[Family] = frozenset()  # their answers are only drafted

    @property
    def record(self) -> Record:
        """The chosen threshold's."""
        return self.thresholds[self.threshold]

    @property
    def words(self) -> str:
        """The promise in one line: "at most 2.0% wrong, 95% sure, n = 431, 2 wrong"."""
        record = self.record
        most = _percent(self.risk if self.certified else record.bound)
        promise = f"at most {most} wrong, {self.confidence:.0%} sure, n = {record.answers}, {record.wrong} wrong"
        return promise if self.certified else f"{UNCERTIFIED}: {promise}, and {_percent(self.risk)} is wanted"

    def for_risk(self, risk: float, confidence: float) -> "Certificate":
        """The same records read for another risk or confidence; families keep their state."""
        if (risk, confidence) == (self.risk, self.confidence):
            return self
        counted = {at: (record.answers, record.wrong) for at, record in self.thresholds.items()}
        threshold, certified, records = _choose(counted, risk, confidence)
        return replace(self, risk=risk, confidence=confidence, threshold=threshold, certified=certified, thresholds=records)

    def as_json(self) -> dict[str, Any]:
        """For the model's card."""
        return {
            "words": self.words,
            "risk": self.risk,
            "confidence": self.confidence,
            "threshold": self.threshold,
            "certified": self.certified,
            "thresholds": [{"threshold": at, **_record_json(record)} for at, record in sorted(self.thresholds.items())],
            "families": {family.value: _record_json(record) for family, record in self.families.items()},
            "drafted": sorted(family.value for family in self.drafted),
        }


def certify(
    judged: Iterable[Judgement], thresholds: Sequence[float], risk: float, confidence: float, *, drafted: Collection[Family] = ()
) -> Certificate:
    """The loosest of the registered thresholds whose bound stays under `risk`, certified.

    Where no bound does, the loosest whose share of wrong answers does, and where none of these does the strictest; uncertified.

    `risk` and `confidence` are shares (0..1). Answers of the families `drafted` (chosen on other mails than these) are
    left out. A family whose own record is bad (even the exact lower bound of its share lies above the risk) is drafted as
    well; the stated bound still counts its answers. Raises ModelError for more than three thresholds or none.
    """
    beforehand = frozenset(drafted)
    answers = [one for one in judged if not one.families & beforehand]
    if not 1 <= len(set(thresholds)) <= MOST_THRESHOLDS:
        raise ModelError(f"{len(set(thresholds))} thresholds are registered: one to {MOST_THRESHOLDS} may be")
    counted = {at: _count(one for one in answers if one.confidence >= at) for at in sorted(set(thresholds))}
    threshold, certified, records = _choose(counted, risk, confidence)
    given = [one for one in answers if one.confidence >= threshold]
    families = {family: _family_record(given, family, confidence) for family in Family if family not in beforehand}
    bad = {family for family, record in families.items() if lower_bound(record.wrong, record.answers, confidence) > risk}
    return Certificate(risk, confidence, threshold, certified, records, families, beforehand | bad)


def from_json(data: Mapping[str, Any]) -> Certificate:
    """A certificate as a card holds it; raises ModelError where it does not hold one."""
    try:
        return Certificate(
            risk=float(data["risk"]),
            confidence=float(data["confidence"]),
            threshold=float(data["threshold"]),
            certified=bool(data["certified"]),
            thresholds={float(one["threshold"]): _record(one) for one in data["thresholds"]},
            families={Family(name): _record(one) for name, one in data["families"].items()},
            drafted=frozenset(Family(name) for name in data["drafted"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError("the certificate in the model's card is not complete; train the model anew") from error


def upper_bound(wrong: int, answers: int, confidence: float) -> float:
    """The exact one-sided upper bound of a share (0..1): had the true share been higher, so few would be rarer than 1 - confidence."""
    from scipy.special import betaincinv  # noqa: PLC0415 - heavy, and only where bounds are made

    if wrong >= answers:
        return 1.0
    return float(betaincinv(wrong + 1, answers - wrong, confidence))


def lower_bound(wrong: int, answers: int, confidence: float) -> float:
    """The exact one-sided lower bound of a share (0..1): had the true share been lower, so many would be rarer than 1 - confidence."""
    from scipy.special import betaincinv  # noqa: PLC0415 - heavy, and only where bounds are made

    return float(betaincinv(wrong, answers - wrong + 1, 1.0 - confidence)) if wrong else 0.0


def _choose(counted: Mapping[float, tuple[int, int]], risk: float, confidence: float) -> tuple[float, bool, dict[float, Record]]:
    each = 1.0 - (1.0 - confidence) / len(counted)
    records = {at: Record(answers, wrong, upper_bound(wrong, answers, each)) for at, (answers, wrong) in counted.items()}
    good = [at for at, record in records.items() if record.bound <= risk]
    if good:
        return min(good), True, records
    likely = [at for at, record in records.items() if record.answers and record.share <= risk]
    return min(likely, default=max(records)), False, records


def _count(judged: Iterable[Judgement]) -> tuple[int, int]:
    marks = [one.wrong for one in judged]
    return len(marks), sum(marks)


def _family_record(given: Iterable[Judgement], family: Family, confidence: float) -> Record:
    answers, wrong = _count(one for one in given if family in one.families)
    return Record(answers, wrong, upper_bound(wrong, answers, confidence))


def _record_json(record: Record) -> dict[str, Any]:
    return {"answers": record.answers, "wrong": record.wrong, "bound": round(record.bound, 6)}


def _record(data: Mapping[str, Any]) -> Record:
    return Record(int(data["answers"]), int(data["wrong"]), float(data["bound"]))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
