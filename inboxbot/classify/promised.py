"""Which of the days that a mail names is the one on which payment is promised?

In: the days found, the clauses with the model's probabilities, the mail's date. Out: a day, or None. A day counts where
the clause around it promises; the words of promising (`entities.promises`) speak where the model is unsure. A calendar
day beats a weekday of the same clause, and of several promises the earliest is *the* promise.
"""

from collections.abc import Sequence
from datetime import date

from inboxbot.classify.entities.findings import DateMention, EntityFindings
from inboxbot.classify.view import ReadSentence
from inboxbot.understanding import Intent

SURE = 0.3  # a clause this likely to promise makes its days promised
PERHAPS = 0.12  # below this, the likeliest clause promises nothing


def promised_day(findings: EntityFindings, read: Sequence[ReadSentence], sent_on: date) -> date | None:
    """The promised day; None where no coming day stands in a clause that promises."""
    scored = []
    for one in read:
        days = [m for m in findings.dates if one.sentence.holds(m.span.start) and m.day >= sent_on]
        if days:
            scored.append((one.labels[Intent.PROMISE_TO_PAY], _best(days)))
    likeliest = max((probability for probability, _ in scored), default=0.0)
    if likeliest < PERHAPS:
        return findings.promise_date
    least = min(SURE, likeliest)
    return min(mention.day for probability, days in scored if probability >= least for mention in days)


def _best(days: Sequence[DateMention]) -> Sequence[DateMention]:
    return [mention for mention in days if mention.exact] or days
