"""What an answer is made from, and what one answer's part of a letter is made of.

In: the values of the earlier steps. Out: `AnswerContext` (the input of every answer), `Table` and `Section` (the output).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from inboxbot.config import CompanySection
from inboxbot.decision import Decision
from inboxbot.errors import InboxbotError, ReplyError
from inboxbot.facts import Customer, Facts, Invoice
from inboxbot.message import Message
from inboxbot.reply import Document
from inboxbot.responders import wording
from inboxbot.understanding import Understanding


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """Everything an answer may use; nothing is fetched while answering."""

    company: CompanySection
    message: Message
    understanding: Understanding
    facts: Facts
    decision: Decision
    documents: Mapping[str, Document]  # by invoice number, already fetched
    portal_link: str | None
    pay_url_template: str | None  # {invoice_number}, {customer_id}, {amount}, {currency}
    max_reply_bytes: int
    now: datetime  # aware

    @property
    def customer(self) -> Customer:
        """The sender's customer; raises ReplyError when there is none."""
        if self.facts.customer is None:
            raise ReplyError("the sender belongs to no customer")
        return self.facts.customer

    @property
    def today(self) -> date:
        """The day of the ledger's figures in the company's zone: overdue counts from the day the figures are true for."""
        return self.facts.as_of.astimezone(ZoneInfo(self.company.timezone)).date()

    @property
    def as_of(self) -> str:
        """When the figures were true, in the company's zone."""
        return wording.moment(self.facts.as_of, self.company.timezone)

    def money(self, value: Decimal, currency: str) -> str:
        """Money in the company's locale; the customer's currency where none is given."""
        return wording.money(value, currency or self.facts.currency or self.company.currency, self.company.locale)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns; `subject` and a row's first cell say what the row is about. Empty cells are not read out."""

    subject: str  # "invoices", "totals" or "payments"
    columns: tuple[str, ...]  # lower case; a column named "" or "status" needs no name before its words
    rows: tuple[tuple[str, ...], ...]

    @property
    def keys(self) -> frozenset[tuple[str, str]]:
        """What the rows are about: a table whose keys all stand further up says nothing new."""
        return frozenset((self.subject, row[0]) for row in self.rows)

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows as lines of plain text."""
        return tuple(self._line(row) for row in self.rows)

    def _line(self, row: tuple[str, ...]) -> str:
        rest = [_cell(column, cell) for column, cell in zip(self.columns[1:], row[1:], strict=True) if cell]
        return f"{row[0]}: {', '.join(rest)}"


def _cell(column: str, cell: str) -> str:
    named = column in ("", "status") or cell.casefold().startswith(column.casefold())  # "PO-4711" need not be "PO PO-4711"
    return cell if named else f"{column} {cell}"


@dataclass(frozen=True, slots=True)
class Section:
    """One answer's part of a letter: words by a template, tables below them, files beside them."""

    title: str
    template: str  # name under replies/
    values: Mapping[str, object] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    documents: tuple[Document, ...] = ()
    copies_of: tuple[Invoice, ...] = ()  # the invoices whose documents belong beside the words
    attach_statement: bool = False
    problem: InboxbotError | None = None  # why this section must not go out by itself; its words then hold a gap
