"""Why is an invoice contested? One reason, from the whole mail and from the clauses that contest.

In: a mail's clauses and what the clause model says of each. Out: a `DisputeReason`. One small linear model, learned from
contesting mails alone: what tells a wrong price from a missing box says nothing about whether anything is contested.
"""

from collections.abc import Sequence

from inboxbot.classify.artifact import LinearModel
from inboxbot.classify.contributions import Contributions, Share, text_probabilities
from inboxbot.classify.features import ClauseWords
from inboxbot.classify.signals import Signals
from inboxbot.classify.view import View
from inboxbot.understanding import DisputeReason, Intent

LABELS = tuple(reason.value for reason in DisputeReason)
_CONTESTS = 0.3  # a clause this likely to dispute or deduct is asked for the reason


def told_in(signals: Signals, view: View) -> Sequence[ClauseWords]:
    """The clauses that contest; every clause where none seems to."""
    pairs = zip(signals.clauses.words, view.read, strict=True)
    found = [words for words, one in pairs if max(one.labels[Intent.DISPUTE], one.labels[Intent.DEDUCTION]) >= _CONTESTS]
    return found or signals.clauses.words


class Reasons:
    """Predicts with a loaded artefact."""

    def __init__(self, model: LinearModel) -> None:
        """Keeps the model."""
        self._model = model
        self._contributions = Contributions(Share(model))

    def reason(self, signals: Signals, view: View) -> DisputeReason:
        """The likeliest reason of a mail that contests something."""
        texts = (signals.clauses.words, told_in(signals, view))
        whole, clauses = (text_probabilities(self._contributions, self._model, text) for text in texts)
        return max(DisputeReason, key=lambda reason: whole[reason.value] / 2 + clauses[reason.value])
