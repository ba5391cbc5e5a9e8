"""What customers announced: promises (and which of them still count), remittances, disputes; and the ledger's readings."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from factories import NOW, decided_mail, money, open_store
from sqlmodel import Session, select

from inboxbot.conversation import Promise
from inboxbot.store import export, ledger_notes
from inboxbot.store.tables import RemittanceRow
from inboxbot.understanding import DisputeReason, Entities, PaymentMethod

DUE = date(2026, 12, 1)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = open_store(tmp_path)
    decided_mail(store)
    with store.transaction() as session:
        yield session


def promise(session: Session, *numbers: str, customer_id: str = "C1") -> None:
    ledger_notes.add_promise(session, Promise(customer_id, DUE, Decimal("350.5"), "USD", numbers), 1, NOW)


def states(session: Session) -> list[str]:
    return [row["state"] for row in export.promises(session)]


def test_a_promise_is_kept_to_the_cent(session: Session) -> None:
    promise(session, "INV-1", "INV-2")
    (row,) = export.promises(session)
    assert (row["promised_for"], row["amount"], row["currency"], row["state"]) == ("2026-12-01", "350.50", "USD", "open")
    assert row["invoice_numbers"] == ["INV-1", "INV-2"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("INV-1", "INV-2"), ("INV-2", "INV-1"), ["superseded", "open"]),
        ((), (), ["superseded", "open"]),
        (("INV-1",), ("INV-2",), ["open", "open"]),
        (("INV-1",), ("INV-1", "INV-2"), ["open", "open"]),
        (("INV-1",), (), ["open", "open"]),
    ],
)
def test_a_promise_supersedes_an_open_one_over_the_same_invoices(
    session: Session, first: tuple[str, ...], second: tuple[str, ...], expected: list[str]
) -> None:
    promise(session, *first)
    promise(session, *second)
    assert states(session) == expected


def test_only_the_latest_of_many_stays_open(session: Session) -> None:
    for _ in range(3):
        promise(session, "INV-1")
    assert states(session) == ["superseded", "superseded", "open"]


def test_a_promise_never_supersedes_another_customers(session: Session) -> None:
    promise(session, "INV-1")
    promise(session, "INV-1", customer_id="C2")
    assert states(session) == ["open", "open"]


def test_a_promise_may_name_no_amount(session: Session) -> None:
    ledger_notes.add_promise(session, Promise("C1", DUE, None, "USD", ()), 1, NOW)
    assert [row["amount"] for row in export.promises(session)] == [None]


def test_a_remittance_is_written_down_in_the_ledgers_words(session: Session) -> None:
    entities = Entities(("INV-1",), (), (money("100"),), None, PaymentMethod.WIRE, "W-77")
    ledger_notes.add_remittance(session, "C1", entities, 1, NOW)
    row = session.exec(select(RemittanceRow)).one()
    assert (row.amounts, row.invoice_numbers, row.method, row.reference) == (["100.00 USD"], ["INV-1"], "wire", "W-77")


def test_a_dispute_is_open_with_its_reason(session: Session) -> None:
    ledger_notes.add_dispute(session, "C1", Entities(("INV-1",), dispute_reason=DisputeReason.DAMAGED), 1, None, NOW)
    (row,) = export.disputes(session)
    assert (row["state"], row["reason"], row["invoice_numbers"], row["customer_id"]) == ("open", "damaged", ["INV-1"], "C1")


def test_the_last_reading_of_the_ledger_is_the_latest(session: Session) -> None:
    assert ledger_notes.last_sync(session) is None
    for fingerprint, problems in (("a", []), ("b", ["invoices.csv:3: bad"])):
        ledger_notes.add_sync(session, fingerprint=fingerprint, customers=2, invoices=3, payments=0, problems=problems, now=NOW)
    last = ledger_notes.last_sync(session)
    assert last is not None
    assert (last.fingerprint, last.problems, last.at) == ("b", ["invoices.csv:3: bad"], NOW)
