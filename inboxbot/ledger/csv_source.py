"""The ledger as four CSV files, validated row by row.

In: a folder with customers.csv, contacts.csv, invoices.csv, payments.csv (comma, UTF-8, ISO dates, decimal point;
columns beyond the contract's are kept by the reader and ignored). Out: a `Ledger`. A bad row is left out, named with
file and line, and its customer's figures are held back from automatic answers; a bad file is a LedgerError.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from inboxbot import domains
from inboxbot.errors import ConfigError, LedgerError
from inboxbot.facts import Contact, Customer, Invoice, Payment
from inboxbot.ledger.model import Ledger

COLUMNS = {
    "customers.csv": ("customer_id", "name", "currency", "credit_limit", "terms_days", "account_owner", "on_hold"),
    "contacts.csv": ("customer_id", "email", "name", "role"),
    "invoices.csv": ("invoice_number", "customer_id", "po_number", "issue_date", "due_date", "currency", "amount", "balance", "document"),
    "payments.csv": ("payment_id", "customer_id", "invoice_number", "date", "amount", "currency", "method", "reference"),
}
_YES, _NO = frozenset({"true", "yes", "1", "y"}), frozenset({"", "false", "no", "0", "n"})
_EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
_READ_TRIES = 3
_TOO_MANY = "\0"  # the reader's key for fields beyond the header

Row = dict[str, str]


class _BadRowError(Exception):
    """A row that cannot be used; the words say which column and why, `also` whose figures it puts in doubt besides its own customer's."""

    def __init__(self, words: str, also: str = "") -> None:
        self.also = also
        super().__init__(words)


@dataclass
class _Reading:
    """What has been read so far."""

    customers: dict[str, Customer] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    invoices: dict[str, Invoice] = field(default_factory=dict)
    payments: dict[tuple[str, str], Payment] = field(default_factory=dict)
    domains: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    incomplete: dict[str, tuple[str, ...]] = field(default_factory=dict)


def fingerprint(folder: Path) -> str:
    """Changes whenever one of the four files does; raises ConfigError when one is not there."""
    parts = []
    for name in COLUMNS:
        try:
            stat = (folder / name).stat()
        except OSError as error:
            raise ConfigError(f"{folder / name} cannot be read", key="ledger.path") from error
        parts.append(f"{name}:{stat.st_mtime_ns}:{stat.st_size}")
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def read(folder: Path) -> Ledger:
    """Read all four files as one consistent state: if one changes meanwhile, all are read again."""
    for _ in range(_READ_TRIES):
        before = fingerprint(folder)
        reading = _read_all(folder)
        if fingerprint(folder) == before:
            return Ledger(
                as_of=datetime.now(UTC),
                customers=reading.customers,
                contacts=tuple(reading.contacts),
                invoices=reading.invoices,
                payments=tuple(reading.payments.values()),
                extra_domains=tuple(reading.domains),
                problems=tuple(reading.problems),
                incomplete=reading.incomplete,
                fingerprint=before,
            )
    raise LedgerError(f"the ledger files in {folder} keep changing while they are read")


def _read_all(folder: Path) -> _Reading:
    reading = _Reading()
    for name, take in _TAKERS.items():
        for line, row in _rows(folder / name):
            try:
                _check_fields(row, COLUMNS[name])
                take(reading, row)
            except _BadRowError as error:
                _reject(reading, f"{folder / name}:{line}: {error}", {row.get("customer_id") or "", error.also})
    return reading


def _reject(reading: _Reading, problem: str, customer_ids: set[str]) -> None:
    reading.problems.append(problem)
    for customer_id in customer_ids - {""}:
        reading.incomplete[customer_id] = (*reading.incomplete.get(customer_id, ()), problem)


def _rows(path: Path) -> Iterator[tuple[int, Row]]:
    """(line, row) of a file; surrounding white space is not part of a value."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey=_TOO_MANY, strict=True)
            reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
            _check_header(path, reader.fieldnames)
            for row in reader:
                values = {key: value.strip() if isinstance(value, str) else value for key, value in row.items()}
                if any(values.values()):
                    yield reader.line_num, values
    except OSError as error:
        raise LedgerError(f"{path} cannot be read") from error
    except UnicodeDecodeError as error:
        raise LedgerError(f"{path} is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise LedgerError(f"{path}:{reader.reader.line_num}: not valid CSV: {error}") from None


def _check_fields(row: Row, columns: tuple[str, ...]) -> None:
    """A row with another number of fields than the header has its values in the wrong columns."""
    if _TOO_MANY in row:
        raise _BadRowError("it has more fields than the header (a comma inside a value must be quoted)")
    missing = [column for column in columns if row[column] is None]
    if missing:
        raise _BadRowError(f"it has fewer fields than the header: {', '.join(missing)} missing")


def _check_header(path: Path, header: Sequence[str]) -> None:
    missing = [column for column in COLUMNS[path.name] if column not in header]
    if missing:
        raise LedgerError(f"{path}:1: the header lacks {', '.join(missing)} (expected {','.join(COLUMNS[path.name])})")


def _take_customer(reading: _Reading, row: Row) -> None:
    customer_id = _required(row, "customer_id")
    if customer_id in reading.customers:
        raise _BadRowError(f"customer_id {customer_id} is there twice")
    limit, terms = row["credit_limit"], row["terms_days"]
    own = [(_domain(one), customer_id) for one in re.split(r"[\s;,]+", row.get("domain") or "") if one]
    reading.customers[customer_id] = Customer(
        customer_id=customer_id,
        name=_required(row, "name"),
        currency=_currency(row),
        credit_limit=_money(row, "credit_limit") if limit else None,
        terms_days=_integer(row, "terms_days") if terms else None,
        account_owner=row["account_owner"].lower(),
        on_hold=_flag(row, "on_hold"),
    )
    reading.domains += own


def _domain(written: str) -> str:
    domain = domains.a_labels(written.removeprefix("@"))
    if not domain:
        raise _BadRowError(f"domain {written!r} is not a domain name")
    return domain


def _take_contact(reading: _Reading, row: Row) -> None:
    written = _required(row, "email")
    email = domains.address(written)
    if not _EMAIL.fullmatch(email):
        raise _BadRowError(f"email {written!r} is not a mail address")
    reading.contacts.append(Contact(_known_customer(reading, row), email, row["name"], row["role"]))


def _take_invoice(reading: _Reading, row: Row) -> None:
    number = _required(row, "invoice_number")
    if number in reading.invoices:
        raise _BadRowError(f"invoice_number {number} is there twice", also=reading.invoices[number].customer_id)
    reading.invoices[number] = Invoice(
        invoice_number=number,
        customer_id=_known_customer(reading, row),
        po_number=row["po_number"],
        issue_date=_date(row, "issue_date"),
        due_date=_date(row, "due_date"),
        currency=_currency(row),
        amount=_money(row, "amount"),
        balance=_money(row, "balance"),
        document=row["document"],
    )


def _take_payment(reading: _Reading, row: Row) -> None:
    key = (_required(row, "payment_id"), row["invoice_number"])
    if key in reading.payments:
        raise _BadRowError(f"payment_id {key[0]} is there twice for the same invoice")
    reading.payments[key] = Payment(
        payment_id=key[0],
        customer_id=_known_customer(reading, row),
        invoice_number=key[1],
        date=_date(row, "date"),
        amount=_money(row, "amount"),
        currency=_currency(row),
        method=row["method"],
        reference=row["reference"],
    )


_TAKERS: dict[str, Callable[[_Reading, Row], None]] = {
    "customers.csv": _take_customer,
    "contacts.csv": _take_contact,
    "invoices.csv": _take_invoice,
    "payments.csv": _take_payment,
}


def _required(row: Row, column: str) -> str:
    if not row[column]:
        raise _BadRowError(f"{column} is empty")
    return row[column]


def _known_customer(reading: _Reading, row: Row) -> str:
    customer_id = _required(row, "customer_id")
    if customer_id not in reading.customers:
        raise _BadRowError(f"customer_id {customer_id} is not in customers.csv")
    return customer_id


def _currency(row: Row) -> str:
    if not re.fullmatch(r"[A-Z]{3}", row["currency"]):
        raise _BadRowError(f"currency {row['currency']!r} is not a three-letter code")
    return row["currency"]


def _money(row: Row, column: str) -> Decimal:
    try:
        value = Decimal(_required(row, column))
    except InvalidOperation:
        raise _BadRowError(f"{column} {row[column]!r} is not a decimal number such as 2169.54") from None
    if not value.is_finite():
        raise _BadRowError(f"{column} {row[column]!r} is not a decimal number such as 2169.54")
    return value


def _integer(row: Row, column: str) -> int:
    if not re.fullmatch(r"\d{1,5}", row[column]):
        raise _BadRowError(f"{column} {row[column]!r} is not a whole number")
    return int(row[column])


def _date(row: Row, column: str) -> date:
    try:
        return date.fromisoformat(_required(row, column))
    except ValueError:
        raise _BadRowError(f"{column} {row[column]!r} is not a date such as 2026-11-30") from None


def _flag(row: Row, column: str) -> bool:
    value = row[column].lower()
    if value not in _YES | _NO:
        raise _BadRowError(f"{column} {row[column]!r} is neither true nor false")
    return value in _YES
