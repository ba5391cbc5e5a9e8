"""A small ledger's view for the entity tests: one customer at a time, another customer's numbers beside it."""

from datetime import UTC, date, datetime
from decimal import Decimal

from inboxbot.facts import Customer, Facts, Invoice, Payment, SenderStanding

FRIDAY_NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
OWN = {"20101": "1234.56", "20103": "800.00", "20105": "2500.00", "20112": "99.90", "20145": "7000.10", "20146": "14703.35"}
ALL_NUMBERS = frozenset(f"INV-{number}" for number in (*OWN, "20104", "20200"))


def facts(currency: str = "USD", po: str = "PO-45008866") -> Facts:
    """A known customer with six invoices; INV-20104 and INV-20200 are another's."""
    invoices = tuple(_invoice(number, amount, currency, po) for number, amount in OWN.items())
    return Facts(
        as_of=FRIDAY_NOON, standing=SenderStanding.CONTACT, customer=Customer("C1", "Alder", currency), invoices=invoices,
        payments=(Payment("P1", "C1", "INV-20101", date(2026, 10, 1), Decimal("1234.56"), currency, "check", "15336"),),
        all_invoice_numbers=ALL_NUMBERS, all_po_numbers=frozenset({po, "CR-26-2556"}), po_shapes=("PO-########", "CR-##-####"),
    )  # fmt: skip


def stranger() -> Facts:
    """Nobody's sender."""
    return Facts(as_of=FRIDAY_NOON, all_invoice_numbers=ALL_NUMBERS)


def _invoice(number: str, amount: str, currency: str, po: str) -> Invoice:
    return Invoice(
        f"INV-{number}", "C1", po if number == "20101" else "", date(2026, 10, 1), date(2026, 11, 1), currency, Decimal(amount),
        Decimal(amount), f"INV-{number}.pdf",
    )  # fmt: skip
