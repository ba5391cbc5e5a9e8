"""What an answer tells of the account, figure by figure, kept beside the mail.

In: the answered intents, the invoices they are about, the facts. Out: `Claim`s. The sender reads every one of them again from
the ledger of that moment before the first byte leaves: what is no longer true is not sent.
"""

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal

from inboxbot.facts import Facts, Invoice
from inboxbot.reply import Claim
from inboxbot.understanding import Intent

_OF_THE_ACCOUNT = frozenset({Intent.STATEMENT_REQUEST, Intent.BALANCE_QUERY})


def claims(answers: Iterable[Intent], invoices: Iterable[Invoice], facts: Facts) -> tuple[Claim, ...]:
    """Every figure that an answer to these intents about these invoices may tell."""
    return tuple(dict.fromkeys(_claims(frozenset(answers), tuple(invoices), facts)))


def _claims(answers: frozenset[Intent], invoices: tuple[Invoice, ...], facts: Facts) -> Iterator[Claim]:
    for invoice in invoices:
        yield Claim(invoice.invoice_number, "amount", f"{plain(invoice.amount)} {invoice.currency}")
        yield Claim(invoice.invoice_number, "balance", f"{plain(invoice.balance)} {invoice.currency}")
        yield Claim(invoice.invoice_number, "due", invoice.due_date.isoformat())
    if answers & _OF_THE_ACCOUNT:
        items = ((i.invoice_number, plain(i.balance), i.currency, str(i.due_date)) for i in facts.open_invoices)
        yield Claim("", "open items", digest(items))
    if Intent.PAYMENT_STATUS in answers:
        payments = ((p.payment_id, p.invoice_number, plain(p.amount), p.currency, str(p.date)) for p in facts.payments)
        yield Claim("", "payments", digest(payments))


def plain(value: Decimal) -> str:
    """An amount in one form, however the ledger wrote it."""
    return f"{value.normalize():f}"


def digest(rows: Iterable[Iterable[str]]) -> str:
    """One short value for a list that must be the same again, in any order."""
    return hashlib.sha256("\n".join(sorted("\x1f".join(row) for row in rows)).encode()).hexdigest()[:32]
