"""Is the corpus what the guide asks for? Labels held against the ledger and the text; near-duplicates found.

In: labelled mails and the ledger's facts by sender. Out: `Problem`s. An error is a label that cannot be true; a warning
may be meant (an invoice that is described and not numbered). Each check is one small function in `_CHECKS`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inboxbot.classify.training.corpus import LabelledMail
from inboxbot.facts import Facts
from inboxbot.understanding import Intent

NEAR = 0.6  # share of five-word runs in common that makes two mails near-duplicates
_RUN = 5  # words
_FEWEST_RUNS = 4  # a shorter text repeats others by chance
_FIRST_DAY, _LAST_DAY = date(2026, 11, 9), date(2026, 11, 27)
_SERIAL = re.compile(r"\b(20\d{3})\b(?![.,]\d)")  # looks like an invoice number of the corpus ledger

FactsOf = Callable[[str], Facts]


class Severity(StrEnum):
    """How bad a problem is."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which mail; `code` is stable."""

    mail: str
    severity: Severity
    code: str
    words: str

    def __str__(self) -> str:
        return f"{self.mail}: {self.severity.upper()}: {self.words}"


@dataclass(frozen=True, slots=True)
class Repetition:
    """Two mails of nearly the same words; `share` (0..1) of the shorter one's five-word runs are in both."""

    later: str
    earlier: str
    share: float


def problems(mails: Sequence[LabelledMail], facts_of: FactsOf) -> list[Problem]:
    """Everything that is wrong, mail by mail, then what concerns mails together."""
    found = [problem for mail in mails for problem in _of_mail(mail, facts_of(mail.from_email))]
    return [*found, *_of_ids(mails)]


def near_duplicates(mails: Sequence[LabelledMail]) -> list[Repetition]:
    """Pairs of nearly the same newest text; a twin or sibling may repeat its original, and what else repeats that."""
    runs = [_runs(mail) for mail in mails]
    places: dict[str, list[int]] = {}
    found = []
    for index, mail in enumerate(mails):
        common = Counter(place for run in runs[index] for place in places.get(run, ()))
        for place, shared in sorted(common.items()):
            share = shared / min(len(runs[index]), len(runs[place]))
            if share > NEAR and _root(mail) != _root(mails[place]):
                found.append(Repetition(mail.id, mails[place].id, share))
        if len(runs[index]) >= _FEWEST_RUNS:
            for run in runs[index]:
                places.setdefault(run, []).append(index)
    return found


def without_near_duplicates(mails: Sequence[LabelledMail], kept_apart: Sequence[LabelledMail] = ()) -> list[LabelledMail]:
    """The mails without those that nearly repeat an earlier one, or one of the mails `kept_apart` to judge by."""
    repeated = {one.later for one in near_duplicates([*kept_apart, *mails])}
    return [mail for mail in mails if mail.id not in repeated]


def _of_mail(mail: LabelledMail, facts: Facts) -> Iterator[Problem]:
    for severity, code, check in _CHECKS:
        for words in check(mail, facts):
            yield Problem(mail.id, severity, code, words)


def _of_ids(mails: Sequence[LabelledMail]) -> Iterator[Problem]:
    by_id = {mail.id: mail for mail in mails}
    for name, times in Counter(mail.id for mail in mails).items():
        if times > 1:
            yield Problem(name, Severity.ERROR, "double_id", f"the id is there {times} times")
    for mail in mails:
        if _root(mail) not in by_id:
            yield Problem(mail.id, Severity.WARNING, "lone_twin", f"its original {_root(mail)} is not among these mails")
        elif mail.twin and mail.outcome == "answer":
            yield Problem(mail.id, Severity.WARNING, "answered_twin", "a twin is there to be routed")
        elif mail.sibling and mail.outcome != by_id[mail.sibling].outcome:
            yield Problem(mail.id, Severity.WARNING, "unlike_sibling", "a sibling has its original's outcome")


def _sender(mail: LabelledMail, facts: Facts) -> Iterator[str]:
    if mail.outcome == "answer" and facts.customer is None:
        yield "answer, but the sender is no contact and not under a customer's domain"


def _not_routine(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    serious = [intent.value for intent in mail.intents if not intent.routine]
    if mail.outcome == "answer" and serious:
        yield f"answer, but {', '.join(serious)} is not routine"


def _serious_words(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    serious = sorted({intent.value for intent in _tagged(mail) if not intent.routine})
    if mail.outcome == "answer" and serious:
        yield f"answer, but a segment is tagged {', '.join(serious)}"


def _foreign_invoices(mail: LabelledMail, facts: Facts) -> Iterator[str]:
    if mail.outcome == "answer":
        for number in mail.invoice_numbers:
            if facts.invoice(number) is None:
                whose = "another customer's" if number in facts.all_invoice_numbers else "not in the ledger"
                yield f"answer, but {number} is {whose}"


def _foreign_orders(mail: LabelledMail, facts: Facts) -> Iterator[str]:
    own = {invoice.po_number for invoice in facts.invoices}
    if mail.outcome == "answer":
        yield from (f"answer, but the purchase order {number} is not this customer's" for number in mail.po_numbers if number not in own)


def _promise(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    promised = Intent.PROMISE_TO_PAY in mail.intents
    if mail.outcome == "answer" and promised != (mail.promise_date is not None):
        yield "answer: promise_to_pay needs a date, and a date needs promise_to_pay"


def _early_promise(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if mail.promise_date and mail.promise_date < mail.sent_at.date():
        yield f"the promised date {mail.promise_date} lies before the mail"


def _dispute(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if Intent.DISPUTE in mail.intents and not mail.dispute_reason:
        yield "a dispute without a reason"


def _tags(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    extra = sorted(intent.value for intent in _tagged(mail) - set(mail.intents))
    if extra:
        yield f"tagged but not among the intents: {', '.join(extra)}"
    if any(not segment.tag for segment in mail.segments):
        yield "text without a tag"


def _untagged(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    missing = sorted(intent.value for intent in set(mail.intents) - _tagged(mail))
    if mail.new_text and missing and not _pure_thanks(mail):
        yield f"no segment is tagged {', '.join(missing)} (fine where the subject alone says it)"


def _twice(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if len(set(mail.intents)) < len(mail.intents):
        yield "an intent is named twice"


def _rank(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if mail.primary.routine and any(not intent.routine for intent in mail.intents):
        yield "a routine intent comes first although another is not routine"


def _attached(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if mail.outcome == "answer" and mail.attachments:
        yield "answer, although something is attached that nobody has read"


def _day(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if not _FIRST_DAY <= mail.sent_at.date() <= _LAST_DAY:
        yield f"sent on {mail.sent_at.date()}, outside the ledger's weeks"


def _unwritten_invoices(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    text = _text(mail)
    joined = re.sub(r"(?<=\d)[ .](?=\d)", "", text)
    for number in mail.invoice_numbers:
        digits = re.sub(r"\D", "", number)
        if digits not in joined and digits[-2:] not in text:
            yield f"{number} is not written in subject or new text (fine where it is spelt out)"


def _unwritten_orders(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    text = _bare(_text(mail))
    yield from (f"purchase order {number} is not written in the new text" for number in mail.po_numbers if _bare(number)[-5:] not in text)


def _unwritten_amounts(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    text = re.sub(r"[ .,'\u00a0\u202f\u2019]", "", _text(mail))
    for amount in mail.amounts:
        if amount.split()[0].lstrip("-").split(".")[0][:2] not in text:
            yield f"the amount {amount} is not written in the new text (fine where it is in words)"


def _unlabelled_numbers(mail: LabelledMail, _facts: Facts) -> Iterator[str]:
    if mail.outcome != "file":
        for number in dict.fromkeys(_SERIAL.findall(_text(mail))):
            if f"INV-{number}" not in mail.invoice_numbers:
                yield f"{number} looks like an invoice number and is not labelled"


def _unlabelled_orders(mail: LabelledMail, facts: Facts) -> Iterator[str]:
    text = _text(mail)
    for number in dict.fromkeys(invoice.po_number for invoice in facts.invoices):
        if number and number not in mail.po_numbers and re.search(rf"(?<![\w/-]){re.escape(number)}(?![\w/-])", text):
            yield f"{number} is an order of the sender's and is not labelled"


_CHECKS: Sequence[tuple[Severity, str, Callable[[LabelledMail, Facts], Iterable[str]]]] = (
    (Severity.ERROR, "sender", _sender),
    (Severity.ERROR, "not_routine", _not_routine),
    (Severity.ERROR, "serious_words", _serious_words),
    (Severity.ERROR, "foreign_invoice", _foreign_invoices),
    (Severity.ERROR, "foreign_order", _foreign_orders),
    (Severity.ERROR, "promise", _promise),
    (Severity.ERROR, "dispute", _dispute),
    (Severity.ERROR, "tags", _tags),
    (Severity.ERROR, "twice", _twice),
    (Severity.WARNING, "early_promise", _early_promise),
    (Severity.WARNING, "rank", _rank),
    (Severity.WARNING, "untagged", _untagged),
    (Severity.WARNING, "attached", _attached),
    (Severity.WARNING, "day", _day),
    (Severity.WARNING, "unwritten_invoice", _unwritten_invoices),
    (Severity.WARNING, "unwritten_order", _unwritten_orders),
    (Severity.WARNING, "unwritten_amount", _unwritten_amounts),
    (Severity.WARNING, "unlabelled_number", _unlabelled_numbers),
    (Severity.WARNING, "unlabelled_order", _unlabelled_orders),
)


def _tagged(mail: LabelledMail) -> set[Intent]:
    known = set(Intent)
    return {Intent(label) for segment in mail.segments for label in segment.labels if label in known}


def _pure_thanks(mail: LabelledMail) -> bool:
    return mail.outcome == "file" and mail.intents == (Intent.OTHER,)


def _text(mail: LabelledMail) -> str:
    return f"{mail.subject}\n{mail.new_text}"


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text).lower()


def _root(mail: LabelledMail) -> str:
    return mail.twin or mail.sibling or mail.id


def _runs(mail: LabelledMail) -> frozenset[str]:
    words = re.findall(r"\w+", mail.new_text.lower())
    return frozenset(" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1))


def summary(mails: Sequence[LabelledMail]) -> Mapping[str, Mapping[str, int]]:
    """What the mails are: counts by outcome, language, primary intent, every intent, and shape."""

    def counted(values: Iterable[str]) -> dict[str, int]:
        return dict(Counter(values).most_common())

    return {
        "outcome": counted(mail.outcome for mail in mails),
        "language": counted(mail.lang for mail in mails),
        "primary intent": counted(mail.primary.value for mail in mails),
        "any intent": counted(intent.value for mail in mails for intent in mail.intents),
        "shape": {
            "mails": len(mails),
            "several intents": sum(len(mail.intents) > 1 for mail in mails),
            "twins": sum(bool(mail.twin) for mail in mails),
            "siblings": sum(bool(mail.sibling) for mail in mails),
            "with quoted history": sum(any("quote" in segment.labels for segment in mail.segments) for mail in mails),
            "writers": len({mail.writer for mail in mails}),
        },
    }
