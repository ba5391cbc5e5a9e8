"""What staff get to edit, and what they send."""

from dataclasses import replace

import pytest
from answer_cases import COMPANY, Ask, document, facts

from inboxbot.errors import ReplyError
from inboxbot.message import Address
from inboxbot.responders import compose
from inboxbot.understanding import Entities, Intent, Unexplained


def test_a_draft_says_what_can_be_said_and_marks_the_rest() -> None:
    text = compose.draft(Ask((Intent.DISPUTE, Intent.INVOICE_COPY), Entities(invoice_numbers=("INV-2",))).context)
    assert text.startswith("Dear Megan Fuller,")
    assert "[… attach INV-2.pdf]" in text
    assert "balance $2,169.54" in text
    assert "[… your answer on what they contest]" in text


@pytest.mark.parametrize(
    ("ask", "gap"),
    [
        (Ask((Intent.PROMISE_TO_PAY,)), "by […]"),
        (Ask((Intent.INVOICE_COPY,)), "[… no invoice of this customer is named]"),
        (Ask((Intent.INVOICE_COPY,), Entities(invoice_numbers=("INV-2",)), documents={}), "[… attach INV-2.pdf]"),
        (
            Ask(
                (Intent.INVOICE_COPY,), Entities(invoice_numbers=("INV-2",)), facts=replace(facts(), missing_documents=frozenset({"INV-2"}))
            ),
            "[… INV-2.pdf is missing]",
        ),
        (Ask((Intent.BALANCE_QUERY,), Entities(invoice_numbers=("INV-99",))), "[… not this customer's: INV-99]"),
        (Ask((Intent.BALANCE_QUERY,), facts=facts(customer=None, contact=None)), "[… balance query: no customer known"),
        (Ask((Intent.STATEMENT_REQUEST,)), "[… attach the statement]"),
        (Ask((Intent.SPAM,)), "[…]"),
        (Ask(()), "[…]"),
    ],
)
def test_a_draft_has_a_gap_for_everything_missing(ask: Ask, gap: str) -> None:
    assert gap in compose.draft(ask.context)


def test_a_draft_shows_what_was_not_understood() -> None:
    context = Ask((Intent.BALANCE_QUERY,)).context
    context = replace(context, understanding=replace(context.understanding, unexplained=(Unexplained("and the\npallets?", "new"),)))
    assert "[… not understood: “and the pallets?”]" in compose.draft(context)


def test_an_unfinished_draft_cannot_be_sent() -> None:
    draft = compose.draft(Ask((Intent.DISPUTE,)).context)
    with pytest.raises(ReplyError, match="gap"):
        compose.staff_reply(COMPANY, Address("a@b.example"), "Hi", draft)


def test_a_colleagues_words_go_out_as_written() -> None:
    reply = compose.staff_reply(
        COMPANY, Address("a@b.example", "A"), "RE: order", "Dear A,\r\n\r\n1 < 2 & so on\r\nBye\x00\u202e",
        in_reply_to="<x@b.example>", references=("<x@b.example>",), documents=(document("INV-2"),), customer_id="C1001",
    )  # fmt: skip
    assert reply.text == "Dear A,\n\n1 < 2 & so on\nBye\n"
    assert "1 &lt; 2 &amp; so on" in reply.html
    assert (reply.kind, reply.subject, reply.customer_id) == ("staff", "Re: order", "C1001")
    assert len(reply.documents) == 1
