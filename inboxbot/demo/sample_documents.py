"""The sample ledger's invoices as PDF files.

In: a sample ledger and a folder. Out: one PDF for each invoice row, named as its `document` column says, its lines and
tax adding up to the row's amount. The same row gives the same bytes on every machine: seeded by the invoice number,
dated by its issue date, set in the fonts that typst brings along.
"""

import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from inboxbot.demo.sample_ledger import COMPANY_ADDRESS, COMPANY_NAME, CUSTOMERS, HEADERS, SampleLedger

_CENT = Decimal("0.01")
_HERE = Path(__file__).parent
_COUNTRY = {customer.customer_id: customer.country for customer in CUSTOMERS}
_NO_TAX_NOTE = "Sold for resale or use in production; no sales tax charged."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; `quantity` times `price` is `amount` to the cent."""

    article: str
    description: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        """The line's sum."""
        return self.quantity * self.price


def write(ledger: SampleLedger, folder: Path) -> None:
    """Write every invoice of `ledger` into `folder` (made when absent); files that are there are replaced."""
    import typst  # noqa: PLC0415 - heavy

    folder.mkdir(parents=True, exist_ok=True)
    parts = tomllib.loads((_HERE / "invoice.toml").read_text(encoding="utf-8"))
    compiler = typst.Compiler(str(_HERE / "invoice.typ"), ignore_system_fonts=True)
    names = {row[0]: row[1] for row in ledger.customers}
    for row in ledger.invoices:
        invoice = dict(zip(HEADERS["invoices"], row, strict=True))
        page = content(invoice, names[invoice["customer_id"]], parts)
        issued = datetime.combine(date.fromisoformat(invoice["issue_date"]), datetime.min.time(), UTC)
        inputs = {"invoice": json.dumps(page, default=str)}
        compiler.compile(output=str(folder / invoice["document"]), format="pdf", sys_inputs=inputs, timestamp=issued, pdf_tags=False)


def content(invoice: dict[str, str], customer_name: str, parts: dict[str, Any]) -> dict[str, Any]:
    """Everything the template prints, ready for JSON: `invoice` is a row by column, `parts` is invoice.toml."""
    country = _COUNTRY[invoice["customer_id"]]
    net, tax = split_tax(Decimal(invoice["amount"]), _rate(country, parts))
    issued, due = date.fromisoformat(invoice["issue_date"]), date.fromisoformat(invoice["due_date"])
    return {
        "company": COMPANY_NAME,
        "mailbox": COMPANY_ADDRESS,
        "paper": "us-letter" if country in parts["letter_countries"] else "a4",
        "number": invoice["invoice_number"],
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day},
        "customer": customer_name,
        "customer_id": invoice["customer_id"],
        "address": parts["address"][invoice["customer_id"]],
        "currency": invoice["currency"],
        "particulars": list(_particulars(invoice, issued, due)),
        "lines": [_printed(line) for line in lines(invoice, net, parts)],
        "sums": _sums(net, tax, parts["tax"].get(country)),
        "total": _money(net + tax),
        "terms": f"Net {(due - issued).days} days: payable by {_day(due)}.",
        "note": _NO_TAX_NOTE if country == "US" else "",
    }


def split_tax(gross: Decimal, rate: Decimal) -> tuple[Decimal, Decimal]:
    """Net and tax that add up to `gross`; `rate` in per cent."""
    net = (gross * 100 / (100 + rate)).quantize(_CENT)
    return net, gross - net


def lines(invoice: dict[str, str], net: Decimal, parts: dict[str, Any]) -> list[Line]:
    """One to five lines that add up to `net`: articles at list price, and one made to order for what is left."""
    rng = random.Random(invoice["invoice_number"])  # noqa: S311 - sample data, not secrets
    factor = {"INR": 60, "NOK": 9, "SEK": 9}.get(invoice["currency"], 1)
    chosen: list[Line] = []
    rest = net
    for number in rng.sample(sorted(parts["articles"]), rng.randint(0, 4)):
        description, price = parts["articles"][number][0], Decimal(parts["articles"][number][1]) * factor
        quantity = int(rest * rng.randint(15, 45) / 100 / price)
        if quantity:
            chosen.append(Line(number, description, quantity, price))
            rest -= chosen[-1].amount
    return [*chosen, _closing(rng, rest, parts["closing"])]


def _closing(rng: random.Random, rest: Decimal, closing: dict[str, str]) -> Line:
    number = rng.choice(sorted(closing))
    quantity = rng.choice([n for n in range(1, 13) if (rest * 100) % n == 0])
    return Line(number, closing[number], quantity, (rest / quantity).quantize(_CENT))


def _rate(country: str, parts: dict[str, Any]) -> Decimal:
    return Decimal(parts["tax"].get(country, ("", "0"))[1])


def _particulars(invoice: dict[str, str], issued: date, due: date) -> Iterator[tuple[str, str]]:
    yield "Number", invoice["invoice_number"]
    yield "Date", _day(issued)
    yield "Due", _day(due)
    if invoice["po_number"]:
        yield "Your order", invoice["po_number"]
    yield "Delivered", _day(issued - timedelta(days=1))


def _sums(net: Decimal, tax: Decimal, named: list[str] | None) -> list[tuple[str, str]]:
    if named is None:
        return []
    return [("Net", _money(net)), (f"{named[0]} {named[1]}%", _money(tax))]


def _printed(line: Line) -> dict[str, str]:
    texts = asdict(line)
    return {**texts, "quantity": f"{line.quantity:,}", "price": _money(line.price), "amount": _money(line.amount)}


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _day(day: date) -> str:
    return f"{day:%d %b %Y}"  # no two countries read it differently
