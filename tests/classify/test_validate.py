"""The corpus validator: every check on a mail made wrong on purpose, near-duplicates, and the whole corpus."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from entity_facts import facts

from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import LabelledMail, Segment
from inboxbot.classify.training.validate import Severity, near_duplicates, problems, summary, without_near_duplicates
from inboxbot.evaluation import corpus_facts
from inboxbot.facts import Facts
from inboxbot.understanding import Intent

CORPUS = Path(__file__).parents[2] / "models" / "corpus"
KNOWN = facts()
OWN = KNOWN.invoices[0]
NUMBER = OWN.invoice_number
SERIAL = "".join(filter(str.isdigit, NUMBER))
LONG = "please send us the paper for the goods that came on the second truck of the month"


def mail(**changes: Any) -> LabelledMail:
    good = LabelledMail(
        id="w01-001", writer="w01", from_email="ann@customer.example", from_name="Ann", subject=f"about {SERIAL}",
        sent_at=datetime(2026, 11, 20, 12, tzinfo=UTC), lang="en", intents=(Intent.INVOICE_COPY,), outcome="answer",
        segments=said(("hi", "Hello,\n"), ("invoice_copy", "could you resend it?\n"), ("sig", "Ann")), invoice_numbers=(NUMBER,),
    )  # fmt: skip
    return replace(good, **changes)


def found(one: LabelledMail, known: Facts = KNOWN) -> set[tuple[Severity, str]]:
    return {(problem.severity, problem.code) for problem in problems([one], lambda _address: known)}


def said(*segments: tuple[str, str]) -> tuple[Segment, ...]:
    return tuple(Segment(tag, text) for tag, text in segments)


ERROR, WARNING = Severity.ERROR, Severity.WARNING


def test_a_good_mail_has_no_problem() -> None:
    assert found(mail()) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"intents": (Intent.DISPUTE, Intent.INVOICE_COPY), "dispute_reason": "tax"}, (ERROR, "not_routine")),
        ({"segments": said(("invoice_copy", "resend it "), ("other", "and call me"))}, (ERROR, "serious_words")),
        ({"invoice_numbers": ("INV-99999",), "subject": "99999"}, (ERROR, "foreign_invoice")),
        ({"po_numbers": ("NO-SUCH-1",), "subject": "NO-SUCH-1"}, (ERROR, "foreign_order")),
        ({"promise_date": date(2026, 12, 1)}, (ERROR, "promise")),
        ({"intents": (Intent.DISPUTE,), "outcome": "route", "segments": said(("dispute", "it is wrong"))}, (ERROR, "dispute")),
        ({"segments": said(("invoice_copy+balance_query", "resend it"))}, (ERROR, "tags")),
        ({"segments": said(("", "Hello "), ("invoice_copy", "resend it"))}, (ERROR, "tags")),
        ({"intents": (Intent.INVOICE_COPY, Intent.INVOICE_COPY)}, (ERROR, "twice")),
        ({"promise_date": date(2026, 11, 1), "outcome": "route"}, (WARNING, "early_promise")),
        ({"intents": (Intent.INVOICE_COPY, Intent.OTHER), "outcome": "route"}, (WARNING, "rank")),
        ({"segments": said(("hi", "Hello"))}, (WARNING, "untagged")),
        ({"attachments": ("a.pdf",)}, (WARNING, "attached")),
        ({"sent_at": datetime(2026, 12, 24, tzinfo=UTC)}, (WARNING, "day")),
        ({"subject": "the last one"}, (WARNING, "unwritten_invoice")),
        ({"po_numbers": (OWN.po_number or "PO-1",)}, (WARNING, "unwritten_order")),
        ({"amounts": ("77.00 USD",)}, (WARNING, "unwritten_amount")),
        ({"subject": f"{SERIAL} and 20999"}, (WARNING, "unlabelled_number")),
        ({"subject": f"{SERIAL} and {OWN.po_number}"}, (WARNING, "unlabelled_order")),
        ({"twin": "w01-000"}, (WARNING, "lone_twin")),
        ({"sibling": "w01-000"}, (WARNING, "lone_twin")),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], expected: tuple[Severity, str]) -> None:
    assert expected in found(mail(**changes))


def test_an_unknown_sender_is_never_answered() -> None:
    assert (ERROR, "sender") in found(mail(), replace(KNOWN, customer=None))


def test_an_id_is_there_once() -> None:
    double = problems([mail(), mail()], lambda _address: KNOWN)
    assert [str(problem) for problem in double] == ["w01-001: ERROR: the id is there 2 times"]


def test_a_twin_is_routed_and_a_sibling_is_not() -> None:
    original = mail()
    twin, sibling = mail(id="w01-001r", twin="w01-001"), mail(id="w01-001h", sibling="w01-001", outcome="route")
    wrong = problems([original, twin, sibling], lambda _address: KNOWN)
    assert [(one.mail, one.code) for one in wrong] == [("w01-001r", "answered_twin"), ("w01-001h", "unlike_sibling")]


def worded(name: str, words: str, **changes: Any) -> LabelledMail:
    return mail(id=name, segments=said(("invoice_copy", words)), **changes)


def test_near_duplicates_are_found_and_left_out() -> None:
    mails = [worded("a-1", LONG), worded("b-1", "something else was written here by another person"), worded("c-1", f"Hi! {LONG} again")]
    assert [(one.later, one.earlier) for one in near_duplicates(mails)] == [("c-1", "a-1")]
    assert [one.id for one in without_near_duplicates(mails)] == ["a-1", "b-1"]
    assert [one.id for one in without_near_duplicates(mails[1:], kept_apart=mails[:1])] == ["b-1"]


def test_twins_may_repeat_their_original_and_each_other() -> None:
    mails = [worded("a-1", LONG), worded("a-2", f"{LONG} please", twin="a-1"), worded("a-3", f"{LONG} less tax", twin="a-1")]
    assert near_duplicates([*mails, worded("a-4", f"{LONG} as I have lost it", sibling="a-1")]) == []


def test_short_mails_repeat_by_chance() -> None:
    assert near_duplicates([worded("a-1", "any news on this one please"), worded("b-1", "any news on this one please")]) == []


def test_the_summary_counts() -> None:
    counted = summary([mail(), mail(id="w01-002", twin="w01-001", outcome="route")])
    assert counted["outcome"] == {"answer": 1, "route": 1}
    assert (counted["shape"]["mails"], counted["shape"]["twins"]) == (2, 1)


@pytest.mark.slow
def test_the_whole_corpus_has_no_error_and_few_warnings() -> None:
    mails = [one for path in sorted((CORPUS / "mails").glob("*.jsonl")) for one in corpus.read(path)]
    every = problems(mails, corpus_facts(CORPUS))
    assert [str(problem) for problem in every if problem.severity is ERROR] == []
    counts = Counter(problem.code for problem in every)
    assert all(count <= len(mails) * 0.02 for count in counts.values()), counts  # each kind may be meant, now and then


@pytest.mark.slow
def test_next_to_nothing_of_the_training_mails_repeats_the_mails_that_judge() -> None:
    judging = [*corpus.load(CORPUS, "calibration"), *corpus.load(CORPUS, "test")]
    training = corpus.load(CORPUS, "train")
    left = without_near_duplicates(training, kept_apart=judging)
    assert len(training) - len(left) <= len(training) * 0.02
