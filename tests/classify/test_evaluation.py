"""Figures with their intervals, on mails whose fate is made up."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from inboxbot import evaluation
from inboxbot.classify.training.corpus import LabelledMail, Segment
from inboxbot.decision import Decision, Outcome, Understood
from inboxbot.evaluation import Judged, as_bytes, figures, wilson
from inboxbot.facts import Facts
from inboxbot.ingest.parse import parse
from inboxbot.message import Address, Authenticity, AuthenticityStatus, MachineClass, Message, MessageKey, RawMessage
from inboxbot.understanding import Entities, Intent, IntentScore, Understanding

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COPY, PROMISE, DISPUTE = Intent.INVOICE_COPY, Intent.PROMISE_TO_PAY, Intent.DISPUTE


def mail(
    intents: tuple[Intent, ...] = (COPY,), outcome: str = "answer", *, invoices: tuple[str, ...] = (), promised: date | None = None
) -> LabelledMail:
    return LabelledMail(
        id="w01-001", writer="w01", from_email="ann@customer.example", from_name="Ann Lee", subject="20101: cópia", sent_at=NOW, lang="en",
        intents=intents, outcome=outcome, segments=(Segment("invoice_copy", "Resend 20101.\n"), Segment("sig", "Ann")),
        invoice_numbers=invoices, promise_date=promised,
    )  # fmt: skip


def judged(labelled: LabelledMail, intents: tuple[Intent, ...], outcome: Outcome, entities: Entities | None = None) -> Judged:
    message = Message("<1@customer.example>", "20101", Address("ann@customer.example"), NOW, new_text="Resend  20101.")
    understanding = Understanding(tuple(IntentScore(intent, 0.9) for intent in intents), entities or Entities())
    proof = Authenticity(AuthenticityStatus.VERIFIED)
    understood = Understood(message, MachineClass.PERSON, "", proof, Facts(NOW), understanding)
    return Judged(labelled, understood, Decision(outcome, ()))


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(hits: int, n: int, low: float, high: float) -> None:
    assert list(wilson(hits, n)) == pytest.approx([low, high], abs=1e-4)


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        (judged(mail(), (COPY,), Outcome.ANSWER), False),
        (judged(mail(outcome="route"), (COPY,), Outcome.ANSWER), True),
        (judged(mail(), (PROMISE,), Outcome.ANSWER), True),
        (judged(mail(), (COPY, PROMISE), Outcome.ANSWER), True),
        (judged(mail(), (DISPUTE,), Outcome.ROUTE), False),
        (judged(mail(invoices=("INV-1",)), (COPY,), Outcome.ANSWER, Entities(invoice_numbers=("INV-1",))), False),
        (judged(mail(invoices=("INV-1",)), (COPY,), Outcome.ANSWER, Entities(invoice_numbers=("INV-2",))), True),
        (judged(mail(), (COPY,), Outcome.ANSWER, Entities(po_numbers=("PO-1",))), True),
        (judged(mail((PROMISE,), promised=date(2026, 12, 1)), (PROMISE,), Outcome.ANSWER, Entities(promise_date=date(2026, 12, 1))), False),
        (judged(mail((PROMISE,), promised=date(2026, 12, 1)), (PROMISE,), Outcome.ANSWER, Entities(promise_date=date(2026, 12, 2))), True),
    ],
)
def test_an_answer_is_wrong_where_anything_about_it_is(case: Judged, wrong: bool) -> None:
    assert case.wrongly_answered is wrong


def test_figures_of_a_list_made_by_hand() -> None:
    cases = [
        judged(mail(invoices=("INV-1", "INV-2")), (COPY,), Outcome.ANSWER, Entities(invoice_numbers=("INV-1",))),
        judged(mail(), (COPY,), Outcome.ANSWER),
        judged(mail(), (COPY,), Outcome.ROUTE),
        judged(mail((DISPUTE, COPY), "route"), (COPY,), Outcome.ANSWER),
        judged(mail((Intent.OTHER,), "route"), (Intent.OTHER,), Outcome.FILE),
        judged(mail((Intent.SPAM,), "file"), (Intent.SPAM,), Outcome.FILE),
    ]
    table = figures(cases)
    assert table["mails"] == "6"
    assert table["intent micro-F1"] == "0.923 (7 labelled, 6 found, 6 both)"
    assert table["primary intent"].endswith("5 of 6)")
    assert table["outcome"].endswith("3 of 6)")
    assert table["invoice numbers F1"] == "0.667 (2 labelled, 1 found, 1 both)"
    assert table["promised date"] == "- (n = 0)"
    assert table["answered of the answerable"].startswith("0.667 (")
    assert table["wrong of the answered"].endswith("2 of 3)")
    assert table["must not be answered, of the answered"].endswith("1 of 3)")
    assert table["persons' mails filed"].endswith("1 of 5)")
    assert table["newest text"].startswith("1.000")


def test_a_labelled_mail_goes_over_the_wire_and_comes_back() -> None:
    raw = RawMessage(MessageKey("corpus", 1, 1), as_bytes(mail()), NOW)
    message = parse(raw)
    assert (message.subject, message.from_, message.sent_at) == ("20101: cópia", Address("ann@customer.example", "Ann Lee"), NOW)
    assert message.new_text.startswith("Resend 20101.")
    assert raw.raw.count(b"\r\n") == raw.raw.count(b"\n")


def test_facts_of_a_corpus_sender_are_his_customers() -> None:
    known = evaluation.corpus_facts(Path(__file__).parents[2] / "models" / "corpus")
    facts = known("M.Fuller@AlderStone.example")
    assert facts.customer is not None
    assert facts.customer.customer_id == "C1001"
    assert known("nobody@nowhere.example").customer is None
