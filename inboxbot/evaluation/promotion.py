"""Is a new model worse than the one it would replace?

Both are judged on the same mails, so that only mails that they treat differently count. In: the mails judged with the
old and with the new model. Out: what is worse beyond chance, in words; nothing where the new one may take the place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

from inboxbot.evaluation.figures import figures
from inboxbot.evaluation.judging import Judged

_CHANCE = 0.05  # a change for the worse that luck brings about this rarely is no luck


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one figure: mails that got worse and mails that got better, and how likely luck alone is so bad."""

    name: str
    before: str
    after: str
    worse: int
    better: int
    chance: float

    @property
    def is_worse(self) -> bool:
        """Beyond chance."""
        return self.worse > self.better and self.chance < _CHANCE

    def __str__(self) -> str:
        counts = f"{self.worse} mails got worse, {self.better} better (p = {self.chance:.3f})"
        return f"{self.name}: {self.before} before, {self.after} now; {counts}"


def changes(old: Sequence[Judged], new: Sequence[Judged]) -> list[Change]:
    """Every compared figure; `old` and `new` hold the same mails in the same order."""
    before, after = figures(old), figures(new)
    return [_change(name, str(before[name]), str(after[name]), old, new, right) for name, right in _COMPARED.items()]


def worse(old: Sequence[Judged], new: Sequence[Judged]) -> list[Change]:
    """Those that got worse beyond chance."""
    return [change for change in changes(old, new) if change.is_worse]


def sign_test(worse: int, better: int) -> float:
    """The chance (0..1) of at least so many worse ones among those that changed, were each a coin's toss."""
    n = worse + better
    return float(sum(comb(n, k) for k in range(worse, n + 1)) / 2**n)


def _change(name: str, before: str, after: str, old: Sequence[Judged], new: Sequence[Judged], right: Callable[[Judged], bool]) -> Change:
    pairs = [(right(was), right(now)) for was, now in zip(old, new, strict=True)]
    got_worse = sum(was and not now for was, now in pairs)
    got_better = sum(now and not was for was, now in pairs)
    return Change(name, before, after, got_worse, got_better, sign_test(got_worse, got_better))


_COMPARED: dict[str, Callable[[Judged], bool]] = {
    "wrong of the answered": lambda j: not j.wrongly_answered,
    "outcome": lambda j: j.decision.outcome.value == j.mail.outcome,
    "all intents": lambda j: j.understood.understanding.asserted == frozenset(j.mail.intents),
    "primary intent": lambda j: j.understood.understanding.primary is j.mail.primary,
    "answered of the answerable": lambda j: not j.answerable or j.answered,
    "persons' mails filed": lambda j: j.mail.outcome == "file" or j.decision.outcome.value != "file",
}
