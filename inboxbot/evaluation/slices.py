"""Figures by part: intents, families of answers, languages, lengths, writers; confusion; what each gate costs.

In: judged mails. Out: rows of tables, as values.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from inboxbot.classify.certificate import upper_bound
from inboxbot.decision import Outcome
from inboxbot.evaluation.figures import Figure, micro_f1, share, wrong_answers
from inboxbot.evaluation.judging import Judged
from inboxbot.understanding import Family, Intent

_SURE = 0.95
_LENGTHS = ((0, "no word"), (10, "1 to 10 words"), (30, "11 to 30"), (80, "31 to 80"), (10**9, "more than 80"))


@dataclass(frozen=True, slots=True)
class IntentRow:
    """How well one intent is told: of those labelled how many were found, of those found how many were labelled."""

    intent: Intent
    precision: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class Slice:
    """The main figures of a part of the mails."""

    name: str
    mails: int
    micro_f1: Figure
    primary: Figure
    outcome: Figure
    answered: Figure
    wrong: Figure


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one primary intent was taken for another (or for itself)."""

    labelled: Intent
    found: Intent
    mails: int


@dataclass(frozen=True, slots=True)
class Gate:
    """What one reason code does: mails that it alone keeps from being answered, and all in whose way it stands."""

    code: str
    held_right: int  # answerable mails that it alone holds back and whose answer would have been right
    held_wrong: int  # the same, but the answer would have been wrong: it saves us
    stopped: int  # mails not to be answered that it alone stops
    any_answerable: int  # answerable mails in whose way it stands, alone or not
    any_other: int

    @property
    def saved(self) -> int:
        """Wrong answers that only it prevents."""
        return self.held_wrong + self.stopped


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One family's answers, with the exact one-sided 95% bound of its wrong ones."""

    family: Family
    answered: Figure
    wrong: Figure
    bound: float


def by_intent(judged: Sequence[Judged]) -> list[IntentRow]:
    """Every intent that was labelled or found, the commonest first."""
    rows = []
    for intent in Intent:
        labelled = [one for one in judged if intent in one.mail.intents]
        found = [one for one in judged if intent in one.understood.understanding.asserted]
        if labelled or found:
            precision = share("precision", found, lambda j, i=intent: i in j.mail.intents)  # type: ignore[misc]
            recall = share("recall", labelled, lambda j, i=intent: i in j.understood.understanding.asserted)  # type: ignore[misc]
            rows.append(IntentRow(intent, precision, recall))
    return sorted(rows, key=lambda row: -row.recall.n)


def by_family(judged: Sequence[Judged]) -> list[FamilyRow]:
    """Each family of answers: how many of its answerable mails are answered, and how many of its answers are wrong."""
    rows = []
    for family in Family:
        asked = [one for one in judged if one.answerable and any(intent.family is family for intent in one.mail.intents)]
        given = [one for one in judged if one.answered and any(intent.family is family for intent in one.decision.answers)]
        wrong = share("wrong", given, lambda j: j.wrongly_answered)
        bound = upper_bound(sum(one.wrongly_answered for one in given), len(given), _SURE)
        rows.append(FamilyRow(family, share("answered", asked, lambda j: j.answered), wrong, bound))
    return rows


def confusion(judged: Iterable[Judged]) -> list[Confusion]:
    """Primary intents, labelled against found, the commonest pair first."""
    pairs = Counter((one.mail.primary, one.understood.understanding.primary) for one in judged)
    return [Confusion(labelled, found, n) for (labelled, found), n in pairs.most_common()]


def by_language(judged: Sequence[Judged]) -> list[Slice]:
    """The commonest language first."""
    return _slices(judged, lambda one: one.mail.lang)


def by_writer(judged: Sequence[Judged]) -> list[Slice]:
    """In the order of their names."""
    return sorted(_slices(judged, lambda one: one.mail.writer), key=lambda one: one.name)


def by_length(judged: Sequence[Judged]) -> list[Slice]:
    """By the words of the newest text."""
    order = [name for _, name in _LENGTHS]
    return sorted(_slices(judged, _length), key=lambda one: order.index(one.name))


def by_shape(judged: Sequence[Judged]) -> list[Slice]:
    """One intent or several, with history or fresh, twins that must be routed."""
    kinds: tuple[tuple[str, Callable[[Judged], bool]], ...] = (
        ("one intent", lambda one: len(one.mail.intents) == 1),
        ("several intents", lambda one: len(one.mail.intents) > 1),
        ("with quoted history", lambda one: any("quote" in segment.labels for segment in one.mail.segments)),
        ("without history", lambda one: all("quote" not in segment.labels for segment in one.mail.segments)),
        ("a twin with one clause more", lambda one: bool(one.mail.twin)),
        ("subject only", lambda one: not one.mail.new_text.strip()),
    )
    found = [(name, [one for one in judged if belongs(one)]) for name, belongs in kinds]
    return [_slice(name, part) for name, part in found if part]


def gates(judged: Iterable[Judged]) -> list[Gate]:
    """What each reason code costs and saves, the dearest first."""
    counts: dict[str, Counter[str]] = {}
    for one in judged:
        if one.decision.outcome is not Outcome.ROUTE:
            continue
        codes = {reason.code for reason in one.decision.reasons}
        for code in codes:
            counts.setdefault(code, Counter())["any_answerable" if one.answerable else "any_other"] += 1
        if len(codes) == 1:
            alone = "stopped" if not one.answerable else "held_wrong" if one.faults else "held_right"
            counts[next(iter(codes))][alone] += 1
    names = ("held_right", "held_wrong", "stopped", "any_answerable", "any_other")
    found = [Gate(code, *(counter[name] for name in names)) for code, counter in counts.items()]
    return sorted(found, key=lambda gate: (-gate.held_right, -gate.saved, gate.code))


def _slices(judged: Sequence[Judged], key: Callable[[Judged], str]) -> list[Slice]:
    parts: dict[str, list[Judged]] = {}
    for one in judged:
        parts.setdefault(key(one), []).append(one)
    return [_slice(name, part) for name, part in sorted(parts.items(), key=lambda item: (-len(item[1]), item[0]))]


def _slice(name: str, part: Sequence[Judged]) -> Slice:
    return Slice(
        name,
        len(part),
        micro_f1("intent micro-F1", part),
        share("primary intent", part, lambda j: j.understood.understanding.primary is j.mail.primary),
        share("outcome", part, lambda j: j.decision.outcome.value == j.mail.outcome),
        share("answered of the answerable", (j for j in part if j.answerable), lambda j: j.answered),
        wrong_answers("wrong of the answered", part),
    )


def _length(one: Judged) -> str:
    words = len(one.mail.new_text.split())
    return next(name for most, name in _LENGTHS if words <= most)
