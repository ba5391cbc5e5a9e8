"""Whatever breaks while a message is handled: a person gets it, with its bytes, and the rest goes on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from factories import NOW, Understands, frozen_mail, mail_bytes, open_store, raw_mail, record_mail, some_tools, understood_as

from inboxbot.conversation import ConversationStatus
from inboxbot.decision import Decision, Outcome, Priority
from inboxbot.errors import StoreError
from inboxbot.pipeline import MOST_ATTEMPTS, Tools, handle
from inboxbot.store import conversations, export, messages, outbox
from inboxbot.store.engine import Store
from inboxbot.store.messages import Recorded
from inboxbot.understanding import Entities, Intent, Understanding


def raising(error: Exception) -> Understands:
    def meaning() -> NoReturn:
        raise error

    return Understands(words={"": meaning})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def handled(store: Store, tools: Tools, content: bytes = mail_bytes("Please resend INV-1."), attempts: int = 1, uid: int = 1) -> Decision:
    row_id = record_mail(store, raw_mail(uid, content))
    return handle(Recorded(row_id, raw_mail(uid, content), attempts), tools, store, NOW)


def exported(store: Store, what: Callable[[Any], Any]) -> list[dict[str, Any]]:
    with store.transaction() as session:
        return list(what(session))


def test_a_mail_that_can_be_answered_is_answered_and_committed_as_one(store: Store, tmp_path: Path) -> None:
    found = handled(store, some_tools(tmp_path))
    assert found.outcome is Outcome.ANSWER
    (row,) = exported(store, export.decisions)
    assert (row["outcome"], row["conversation_id"]) == ("answer", None)
    assert [(item["kind"], item["to"], item["attachments"]) for item in row["outbox"]] == [("answer", "ann@alder.example", ["INV-1.pdf"])]


def test_a_message_that_makes_a_step_raise_is_routed_with_the_trace(store: Store, tmp_path: Path) -> None:
    found = handled(store, some_tools(tmp_path, raising(ZeroDivisionError("a step broke"))))
    assert (found.outcome, [str(reason) for reason in found.reasons]) == (Outcome.ROUTE, ["crashed: a step broke"])
    (row,) = exported(store, export.decisions)
    assert (row["outcome"], row["reasons"], row["from"], row["customer_id"]) == (
        "route",
        ["crashed: a step broke"],
        "ann@alder.example",
        "C1",
    )
    assert row["outbox"] == []
    (audited,) = [one for one in exported(store, export.audit) if one["what"] == "crashed"]
    trace = audited["detail"]["trace"]
    assert trace.rstrip().endswith("ZeroDivisionError")
    assert "test_crash_path.py" in trace
    assert "a step broke" not in trace  # an error's words may be the mail's own; the trace says where, not what
    with store.transaction() as session:
        (conversation,) = conversations.listing(session)
        assert (conversation.priority, conversation.subject, conversation.status) == (
            Priority.HIGH,
            "Invoice INV-1",
            ConversationStatus.OPEN,
        )
        assert messages.raw_message(session, 1).raw == mail_bytes("Please resend INV-1.")


@pytest.mark.parametrize(
    "error", [KeyError(), ValueError("\udcff\x00 odd"), RecursionError(), MemoryError(), UnicodeDecodeError("utf-8", b"x", 0, 1, "r")]
)
def test_whatever_is_raised_a_person_gets_the_mail(store: Store, tmp_path: Path, error: Exception) -> None:
    found = handled(store, some_tools(tmp_path, raising(error)))
    assert (found.outcome, found.reasons[0].code, found.automatic_mail) == (Outcome.ROUTE, "crashed", False)
    assert found.reasons[0].words
    with store.transaction() as session:
        assert messages.counts(session)["route"] == conversations.count_open(session) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00" * 100, b"\xff\xfe\xfd", b"Subject: \xe9\xff\r\nFrom: \xff <ann@alder.example>\r\n\r\n\xff", b"no header at all",
        b"Subject: =?utf-8?q?=ED=B3=BF?=\r\nFrom: ann@alder.example\r\n\r\nx", b"From: a@b.c\r\nSubject: =?utf-8?b?AAAA?=\r\n\r\nx",
    ],
)  # fmt: skip
def test_odd_bytes_that_break_a_step_still_end_with_a_person(store: Store, tmp_path: Path, content: bytes) -> None:
    assert handled(store, some_tools(tmp_path, raising(ValueError("x"))), content).outcome is Outcome.ROUTE
    assert handled(store, some_tools(tmp_path, Understands(understood_as(Intent.OTHER))), content + b"2", uid=2).outcome is Outcome.ROUTE
    assert len(exported(store, export.decisions)) == 2


def test_a_meaning_that_cannot_be_written_down_is_routed_and_nothing_of_it_stays(store: Store, tmp_path: Path) -> None:
    """The answer is in the transaction already when the promise breaks it: all of it must go."""
    odd: Any = Entities(("INV-1",), promise_date=NOW.date(), payment_reference="x")
    broken = understood_as(Intent.STATEMENT_REQUEST, entities=odd, scores={Intent.STATEMENT_REQUEST: object()})
    found = handled(store, some_tools(tmp_path, Understands(broken)))
    assert (found.outcome, found.reasons[0].code) == (Outcome.ROUTE, "crashed")
    (row,) = exported(store, export.decisions)
    assert (row["outcome"], row["outbox"]) == ("route", [])


@pytest.mark.parametrize(("attempts", "outcome"), [(MOST_ATTEMPTS, Outcome.ANSWER), (MOST_ATTEMPTS + 1, Outcome.ROUTE)])
def test_a_message_at_which_the_program_died_three_times_is_not_tried_again(
    store: Store, tmp_path: Path, attempts: int, outcome: Outcome
) -> None:
    found = handled(store, some_tools(tmp_path), attempts=attempts)
    assert found.outcome is outcome
    if outcome is Outcome.ROUTE:
        assert str(found.reasons[0]) == "crashed: the program stopped 3 times while handling it"
        assert exported(store, export.outbox) == []


def test_a_document_that_vanishes_before_it_is_attached_is_named(store: Store, tmp_path: Path) -> None:
    tools = some_tools(tmp_path)

    def vanish() -> Understanding:
        return understood_as()

    class Vanishing(type(tools.documents)):  # type: ignore[misc]
        """There when it is looked for, gone when it is fetched."""

        def missing(self, _invoices: object) -> frozenset[str]:
            (tmp_path / "documents" / "INV-1.pdf").unlink()
            return frozenset()

    tools = Tools(**{**tools.__dict__, "documents": Vanishing(tools.config.documents), "understander": Understands(words={"": vanish})})
    found = handled(store, tools)
    assert (found.outcome, found.reasons[0].code) == (Outcome.ROUTE, "document_missing")
    assert exported(store, export.outbox) == []


def test_a_store_in_trouble_is_not_the_messages_fault(store: Store, tmp_path: Path) -> None:
    row_id = record_mail(store, raw_mail(1, mail_bytes("Please resend INV-1.")))
    recorded = Recorded(row_id, raw_mail(1, mail_bytes("Please resend INV-1.")), 1)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")
        connection.commit()
    with pytest.raises(StoreError, match="did not take a change"):
        handle(recorded, some_tools(tmp_path), store, NOW)
    with store.transaction() as session:
        assert messages.waiting(session, 10) == [row_id]


@pytest.mark.parametrize(("changes", "words"), [({"complete": False, "size": 90_000_000}, "90.0 MB"), ({"complete": True}, "1.1 MB")])
def test_a_message_over_the_limit_is_routed_unread(store: Store, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    raw = raw_mail(1, mail_bytes("x" * 1_100_000), **changes)
    tools = some_tools(tmp_path, raising(AssertionError("it was read")), limits={"max_message_mb": 1})
    found = handle(Recorded(record_mail(store, raw), raw, 1), tools, store, NOW)
    assert (found.outcome, found.reasons[0].code) == (Outcome.ROUTE, "unreadable")
    assert f"{words}, more than [limits] max_message_mb = 1" in found.reasons[0].words


@pytest.mark.parametrize("size", [0, 500, 900_000])
def test_a_message_that_the_mailbox_kept_back_is_not_called_too_large(store: Store, tmp_path: Path, size: int) -> None:
    raw = raw_mail(1, mail_bytes("Please resend"), complete=False, size=size)
    tools = some_tools(tmp_path, raising(AssertionError("it was understood")), limits={"max_message_mb": 1})
    found = handle(Recorded(record_mail(store, raw), raw, 1), tools, store, NOW)
    assert (found.outcome, found.reasons[0].code, found.reasons[0].words) == (
        Outcome.ROUTE, "unreadable", "the mailbox did not give all of it",
    )  # fmt: skip


def test_a_copy_is_filed_and_linked_and_a_promise_is_noted_once(store: Store, tmp_path: Path) -> None:
    promise = understood_as(Intent.PROMISE_TO_PAY, entities=Entities(("INV-1",), promise_date=NOW.date()))
    tools = some_tools(tmp_path, Understands(promise))
    outcomes = [handled(store, tools, uid=uid).outcome for uid in (1, 2)]
    assert outcomes == [Outcome.ANSWER, Outcome.FILE]
    assert len(exported(store, export.promises)) == len(exported(store, export.outbox)) == 1


def test_an_acknowledgement_and_a_dispute_belong_to_the_conversation(store: Store, tmp_path: Path) -> None:
    tools = some_tools(tmp_path, Understands(understood_as(Intent.DISPUTE)), answers={"acknowledge": "known"})
    assert handled(store, tools).acknowledge
    (mail,), (dispute,) = exported(store, export.outbox), exported(store, export.disputes)
    assert (mail["kind"], mail["conversation_id"], mail["attachments"]) == ("acknowledgement", 1, [])
    assert (dispute["conversation_id"], dispute["invoice_numbers"]) == (1, ["INV-1"])
    with store.transaction() as session:
        assert outbox.get(session, 1).answers_message_id == 1


def test_a_change_that_the_store_will_never_take_sends_the_mail_to_a_person(store: Store, tmp_path: Path) -> None:
    """As two automatic mails to one request, thread and day would be."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("CREATE UNIQUE INDEX one_each ON outbox (kind)")
        connection.commit()
    with store.transaction() as session:
        outbox.add(session, frozen_mail(), NOW)
    found = handled(store, some_tools(tmp_path))
    assert (found.outcome, found.reasons[0].code) == (Outcome.ROUTE, "crashed")
    assert len(exported(store, export.outbox)) == 1


def test_text_that_no_database_holds_is_written_with_marks_in_its_place(store: Store) -> None:
    with store.transaction() as session:
        conversations.audit(session, who="inboxbot", what="odd \ud800 text", now=NOW, detail={"said": "\ud800"})
