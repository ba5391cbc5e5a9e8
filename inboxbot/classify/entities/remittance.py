"""A remittance's table: which invoice is paid with how much, and what is taken off.

In: text with rows (cells apart by "|", tabs, semicolons or several blanks: a mail's, or a file's as `ingest` reads it), the
sender's ledger. Out: a `Remittance`: its rows, its total, and the lines with numbers that are none of these. Whether its sums
agree with each other and with the ledger is for `policy.amounts` to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.lexicon import alternation, fold, tables
from inboxbot.classify.entities.money_numbers import MoneyNumber, find_numbers
from inboxbot.classify.entities.shapes import Shape
from inboxbot.classify.entities.tokens import tokenise
from inboxbot.understanding import Remittance, RemittanceRow

_CELLS = re.compile(r"\s*\|\s*|\t+|;\s*| {2,}|\s*\.{3,}\s*")
_NUMBER = re.compile(r"\d")
_LONG_NUMBER = re.compile(r"\d{3,}|\d[.,]\d\d\b")
_LINES, _CHARACTERS = 3_000, 300
_DAY = re.compile(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}|\d{1,2}[. \-]?[A-Za-z]{3,9}\.?[ \-]?(?:20)?\d\d")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row's cells, the invoice that it names, and its amounts by column."""

    cells: tuple[str, ...]
    number: str
    column: int
    amounts: tuple[tuple[int, Decimal], ...]


def read_remittance(text: str, view: LedgerView) -> Remittance | None:
    """The table in a text; None where no line names an invoice of anybody's together with an amount."""
    rows: list[RemittanceRow] = []
    others: list[str] = []
    total: Decimal | None = None
    roles: dict[int, str] = {}
    for raw in text.splitlines()[:_LINES]:
        line = fold(raw.replace("\t", " | "))[:_CHARACTERS].strip(" |")
        if not line:
            continue
        heading = _roles(line)
        if heading and not _LONG_NUMBER.search(line):
            roles = heading
            continue
        found = _line(line, view)
        if found:
            rows.append(_row(found, roles))
        elif (sum_of := _total(line)) is not None:
            total = sum_of
        elif _LONG_NUMBER.search(line):
            others.append(line)
    return Remittance(tuple(rows), total, tuple(others)) if rows else None


def _line(line: str, view: LedgerView) -> _Line | None:
    """A line that names exactly one invoice (or order) and at least one amount."""
    cells = tuple(cell for cell in _CELLS.split(line))
    if len(cells) == 1:
        cells = _words_and_amounts(line, view)
    named = [(column, number) for column, cell in enumerate(cells) if (number := _invoice(cell, view))]
    numbers = dict.fromkeys(number for _, number in named)
    if len(numbers) != 1:
        return None
    columns = {column for column, _ in named}
    amounts = [(column, value) for column, cell in enumerate(cells) if column not in columns and (value := _amount(cell)) is not None]
    return _Line(cells, named[0][1], named[0][0], tuple(amounts)) if amounts else None


def _words_and_amounts(line: str, view: LedgerView) -> tuple[str, ...]:
    """A line without columns, "20101 1 234,56 EUR": its number, and then each amount as a cell."""
    found = {form.fill(match["core"]): match for match, form in view.invoice_forms.find(tokenise(line), _any)}
    if len(found) != 1:
        return tuple(line.split(" "))
    first = next(iter(found.values()))
    rest = tokenise(line[first.end() :])
    return (first[0], *(rest.text[number.span.start : number.span.end] for number in find_numbers(rest)))


def _invoice(cell: str, view: LedgerView) -> str:
    """The invoice that a cell names and nothing else; by its order where the cell holds that."""
    if not _NUMBER.search(cell) or len(cell) > 40:  # noqa: PLR2004 - a sentence, not a cell
        return ""
    tokens = tokenise(cell)
    for forms, orders in ((view.invoice_forms, False), (view.order_forms, True)):
        for match, form in forms.find(tokens, _any):
            rest = cell[: match.start()] + cell[match.end() :]
            if _NUMBER.search(rest):
                continue
            number = form.fill(match["core"])
            if not orders and (
                match["prefix"] or number in view.invoices or number in view.facts.all_invoice_numbers or "inv" in rest.lower()
            ):
                return number
            billed = [one.invoice_number for one in view.facts.invoices if orders and one.po_number == number]
            if len(billed) == 1:
                return billed[0]
    return ""


def _any(_: int, __: Shape) -> bool:
    return True


def _amount(cell: str) -> Decimal | None:
    """The one amount of a cell; a day, a percentage or a plain small number is none."""
    if not _NUMBER.search(cell) or _DAY.search(cell) or "%" in cell:
        return None
    found = list(find_numbers(tokenise(cell)))
    if len(found) != 1 or not _is_amount(found[0]):
        return None
    number = found[0]
    return -number.value if number.negative or number.brackets or cell.rstrip().endswith("-") else number.value


def _is_amount(number: MoneyNumber) -> bool:
    return number.cents or number.grouped or bool(number.mark) or number.closed or number.value == 0


def _total(line: str) -> Decimal | None:
    if not _total_word().search(line):
        return None
    amounts = [value for cell in (_CELLS.split(line) if _CELLS.search(line) else line.split(": ")) if (value := _amount(cell)) is not None]
    if not amounts:
        amounts = [value for cell in line.split(" ") if (value := _amount(cell)) is not None]
    return amounts[-1] if amounts else None


def _roles(line: str) -> dict[int, str]:
    """What the columns hold, where the line is a table's head: at least two cells that name a column."""
    found = {}
    for column, cell in enumerate(_CELLS.split(line)):
        role = next((name for name, pattern in _columns() if pattern.search(cell)), "")
        if role:
            found[column] = role
    return found if len(found) >= 2 and len(set(found.values())) >= 2 else {}  # noqa: PLR2004


def _row(line: _Line, roles: dict[int, str]) -> RemittanceRow:
    """Gross, discount and paid: by the head of their columns, else by arithmetic."""
    named = {role: value for column, value in line.amounts if (role := roles.get(column, "")) in ("gross", "discount", "paid")}
    if "paid" in named or ("gross" in named and len(line.amounts) == 1):
        gross, discount = named.get("gross"), abs(named.get("discount", Decimal(0)))
        paid = named.get("paid", (gross or Decimal(0)) - discount)
        return RemittanceRow(line.number, gross, discount, paid)
    return _by_arithmetic(line.number, [value for _, value in line.amounts])


def _by_arithmetic(number: str, values: Sequence[Decimal]) -> RemittanceRow:
    """The order in which such lists are written: gross, discount, paid; two are gross and paid."""
    if len(values) == 1:
        return RemittanceRow(number, None, Decimal(0), values[0])
    first, last = values[0], values[-1]
    middle = sum((abs(value) for value in values[1:-1]), Decimal(0))
    if len(values) == 2:  # noqa: PLR2004
        return RemittanceRow(number, first, abs(last), first - abs(last)) if last < 0 else RemittanceRow(number, first, first - last, last)
    return RemittanceRow(number, first, middle, last)


@cache
def _columns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"(?<!\w){alternation(words)}(?!\w)", re.IGNORECASE)) for name, words in tables("payments")["column"].items()
    )


@cache
def _total_word() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){alternation(tables('payments')['remittance']['total'])}(?!\w)", re.IGNORECASE)
