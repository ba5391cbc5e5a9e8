"""The figures by name: how much of what matters is right.

In: judged mails. Out: `Figure`s, each with its n and 95% interval; one line of `_FIGURES` a figure.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inboxbot.classify.certificate import upper_bound
from inboxbot.decision import Outcome
from inboxbot.evaluation.intervals import f1, f1_interval, wilson
from inboxbot.evaluation.judging import Danger, Judged
from inboxbot.understanding import Intent

_SURE = 0.95  # of the exact bound


@dataclass(frozen=True, slots=True)
class Figure:
    """A share or an F1 (0..1) with its 95% interval; `n` is what it was measured on, `value` is None where that is nothing."""

    name: str
    value: float | None
    low: float
    high: float
    n: int
    note: str

    def __str__(self) -> str:
        if self.value is None:
            return "- (n = 0)"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}, {self.note})"


def figures(judged: Sequence[Judged]) -> dict[str, Figure]:
    """Every figure by name."""
    found = [measure(name, judged) for name, measure in _FIGURES.items()]
    return {figure.name: figure for figure in found}


def share(name: str, judged: Iterable[Judged], right: Callable[[Judged], bool]) -> Figure:
    """How many of these mails it holds for."""
    marks = [right(one) for one in judged]
    n, hits = len(marks), sum(marks)
    low, high = wilson(hits, n)
    return Figure(name, hits / n if n else None, low, high, n, f"{hits} of {n}")


def overlap(name: str, judged: Iterable[Judged], truth: Callable[[Judged], set[Any]], found: Callable[[Judged], set[Any]]) -> Figure:
    """Micro-F1 of sets: what was labelled against what was found."""
    pairs = [(truth(one), found(one)) for one in judged]
    counts = [(len(t & f), len(t), len(f)) for t, f in pairs]
    both, labelled, claimed = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    low, high = f1_interval(counts)
    value = f1(both, labelled, claimed) if counts else None
    return Figure(name, value, low, high, len(counts), f"{labelled} labelled, {claimed} found, {both} both")


def micro_f1(name: str, judged: Iterable[Judged]) -> Figure:
    """Of intents."""
    return overlap(name, judged, lambda j: set(j.mail.intents), lambda j: set(j.understood.understanding.asserted))


def wrong_answers(name: str, judged: Iterable[Judged]) -> Figure:
    """Of those answered; the note states the exact one-sided bound."""
    marks = [one.wrongly_answered for one in judged if one.answered]
    n, wrong = len(marks), sum(marks)
    low, high = wilson(wrong, n)
    bound = upper_bound(wrong, n, _SURE)
    return Figure(name, wrong / n if n else None, low, high, n, f"{wrong} of {n}; at most {bound:.2%}, {_SURE:.0%} sure")


def _entities(key: str, label: str) -> Callable[[str, Sequence[Judged]], Figure]:
    def measure(name: str, judged: Sequence[Judged]) -> Figure:
        return overlap(
            name,
            judged,
            lambda j: set(getattr(j.mail, label)),
            lambda j: {str(one) for one in getattr(j.understood.understanding.entities, key)},
        )

    return measure


def _labelled(key: str, label: str) -> Callable[[str, Sequence[Judged]], Figure]:
    """Of the mails that have such a label: how many were read alike."""

    def measure(name: str, judged: Sequence[Judged]) -> Figure:
        told = [one for one in judged if getattr(one.mail, label)]
        return share(name, told, lambda j: _bare(getattr(j.understood.understanding.entities, key)) == _bare(getattr(j.mail, label)))

    return measure


def _bare(value: object) -> str:
    return "".join(character for character in str(value).lower() if character.isalnum())


def _all(right: Callable[[Judged], bool]) -> Callable[[str, Sequence[Judged]], Figure]:
    return lambda name, judged: share(name, judged, right)


def _of(chosen: Callable[[Judged], bool], right: Callable[[Judged], bool]) -> Callable[[str, Sequence[Judged]], Figure]:
    return lambda name, judged: share(name, filter(chosen, judged), right)


def _danger(danger: Danger) -> Callable[[str, Sequence[Judged]], Figure]:
    return _of(lambda j: danger in j.dangers, lambda j: j.answered)


def _folded(text: str) -> str:
    return " ".join(text.split())


_FIGURES: dict[str, Callable[[str, Sequence[Judged]], Figure]] = {
    "intent micro-F1": micro_f1,
    "primary intent": _all(lambda j: j.understood.understanding.primary is j.mail.primary),
    "all intents": _all(lambda j: j.understood.understanding.asserted == frozenset(j.mail.intents)),
    "outcome": _all(lambda j: j.decision.outcome.value == j.mail.outcome),
    "invoice numbers F1": _entities("invoice_numbers", "invoice_numbers"),
    "PO numbers F1": _entities("po_numbers", "po_numbers"),
    "amounts F1": _entities("amounts", "amounts"),
    "promised date": _of(
        lambda j: Intent.PROMISE_TO_PAY in j.mail.intents,
        lambda j: j.understood.understanding.entities.promise_date == j.mail.promise_date,
    ),
    "customer": _all(lambda j: j.found_customer == j.customer_id),
    "payment method": _labelled("payment_method", "payment_method"),
    "payment reference": _labelled("payment_reference", "payment_reference"),
    "dispute reason": _labelled("dispute_reason", "dispute_reason"),
    "newest text": _all(lambda j: _folded(j.understood.message.new_text) == _folded(j.mail.new_text)),
    "answered of the answerable": _of(lambda j: j.answerable, lambda j: j.answered),
    "wrong of the answered": wrong_answers,
    "not exactly as labelled, of the answered": _of(lambda j: j.answered, lambda j: bool(j.deviations)),
    "must not be answered, of the answered": _of(lambda j: j.answered, lambda j: not j.answerable),
    **{f"answered of {danger.value}": _danger(danger) for danger in Danger},
    "persons' mails filed": _of(lambda j: j.mail.outcome != "file", lambda j: j.decision.outcome is Outcome.FILE),
}
