"""A believable sample ledger for the demo, the tests and the training corpus.

In: the day the ledger is "as of", and a seed. Out: rows for the four CSV files of the contract (29 customers,
about 340 invoices), the same rows for the same day and seed on every machine.
"""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

COMPANY_NAME = "Brightwater Components"
COMPANY_ADDRESS = "ar@brightwater.example"


@dataclass(frozen=True)
class SampleCustomer:
    """One customer of the sample: who they are, whom they write as, and how their purchase orders look."""

    customer_id: str
    name: str
    currency: str
    terms_days: int
    domain: str
    contacts: tuple[tuple[str, str, str], ...]  # local part or full address, name, role
    po_pattern: str  # '#' is a digit
    invoices: int
    country: str
    account_owner: str = "dana.reyes@brightwater.example"
    on_hold: bool = False


_OLGA = "olga.lind@brightwater.example"
_SAM = "sam.okafor@brightwater.example"

CUSTOMERS: tuple[SampleCustomer, ...] = (
    SampleCustomer("C1001", "Alder & Stone Construction", "USD", 30, "alderstone.example",
                   (("ap", "Accounts Payable", "ap"), ("m.fuller", "Megan Fuller", "ap manager")), "PO-4500####", 16, "US"),
    SampleCustomer("C1002", "Bayline Marine Services", "USD", 45, "bayline-marine.example",
                   (("accounts", "Bayline Accounts", "ap"), ("joe.tran", "Joe Tran", "controller")), "BM####", 13, "US"),
    SampleCustomer("C1003", "Cobalt Robotics Inc", "USD", 30, "cobaltrobotics.example",
                   (("invoices", "Cobalt Invoices", "ap"), ("priya.nair", "Priya Nair", "ap")), "CR-26-####", 14, "US"),
    SampleCustomer("C1004", "Drummond Foods", "USD", 30, "drummondfoods.example",
                   (("payables", "Drummond Payables", "ap"), ("l.castillo", "Luis Castillo", "ap")), "70####", 15, "US"),
    SampleCustomer("C1005", "Elmhurst Medical Supply", "USD", 60, "elmhurstmed.example",
                   (("ap", "Elmhurst AP", "ap"), ("tanya.brooks", "Tanya Brooks", "ap supervisor")), "EMS/#####", 12, "US"),
    SampleCustomer("C1006", "Fjordlight AS", "NOK", 30, "fjordlight.example",
                   (("faktura", "Fakturamottak", "ap"), ("ingrid.moe", "Ingrid Moe", "regnskap")), "FL-#####", 11, "NO", _OLGA),
    SampleCustomer("C1007", "Gruber Maschinenbau GmbH", "EUR", 30, "gruber-mb.example",
                   (("buchhaltung", "Buchhaltung", "ap"), ("k.steiner", "Karin Steiner", "Kreditoren")), "BE-2026-####", 15, "DE", _OLGA),
    SampleCustomer("C1008", "Helvetia Praezision AG", "CHF", 30, "helvetia-praez.example",
                   (("rechnungen", "Kreditorenbuchhaltung", "ap"), ("r.amstutz", "Reto Amstutz", "Leiter Finanzen")), "HP######", 11, "CH", _OLGA),
    SampleCustomer("C1009", "Isambard Engineering Ltd", "GBP", 30, "isambard-eng.example",
                   (("purchase.ledger", "Purchase Ledger", "ap"), ("s.whitlock", "Susan Whitlock", "ap")), "IE/####/26", 14, "GB", _SAM),
    SampleCustomer("C1010", "Jardin & Fils SARL", "EUR", 45, "jardin-fils.example",
                   (("comptabilite", "Service Comptabilité", "ap"), ("c.moreau", "Claire Moreau", "comptable")), "CMD-#####", 12, "FR", _OLGA),
    SampleCustomer("C1011", "Kestrel Aviation Parts", "USD", 30, "kestrelparts.example",
                   (("ap", "Kestrel AP", "ap"), ("dwight.hale", "Dwight Hale", "buyer")), "K#####", 12, "US", on_hold=True),
    SampleCustomer("C1012", "Lindqvist Bygg AB", "SEK", 30, "lindqvistbygg.example",
                   (("ekonomi", "Ekonomiavdelningen", "ap"), ("anna.lindqvist", "Anna Lindqvist", "ekonomichef")), "LB-####", 10, "SE", _OLGA),
    SampleCustomer("C1013", "Maple Ridge School District", "CAD", 30, "mapleridgesd.example",
                   (("accountspayable", "Accounts Payable", "ap"), ("h.chow", "Helen Chow", "ap clerk")), "P26-#####", 11, "CA"),
    SampleCustomer("C1014", "Nakamura Trading KK", "USD", 60, "nakamura-trading.example",
                   (("keiri", "Accounting Dept", "ap"), ("y.sato", "Yuki Sato", "accounting")), "NT########", 10, "JP", _SAM),
    SampleCustomer("C1015", "Oakfield Hotels Group", "GBP", 30, "oakfieldhotels.example",
                   (("invoices", "Oakfield Invoices", "ap"), ("gareth.pugh", "Gareth Pugh", "finance")), "OHG#####", 13, "GB", _SAM),
    SampleCustomer("C1016", "Patel Textiles Pvt Ltd", "INR", 45, "pateltextiles.example",
                   (("accounts", "Accounts Dept", "ap"), ("rakesh.patel", "Rakesh Patel", "director")), "PT/26-27/###", 11, "IN", _SAM),
    SampleCustomer("C1017", "Quarry Lane Dental", "USD", 15, "",
                   (("quarrylanedental@gmail.com", "Dr. Amy Wu", "owner"),), "", 6, "US"),
    SampleCustomer("C1018", "Rossi Componenti SpA", "EUR", 60, "rossicomponenti.example",
                   (("amministrazione", "Amministrazione", "ap"), ("g.bianchi", "Giulia Bianchi", "contabilità")), "ODA######", 11, "IT", _OLGA),
    SampleCustomer("C1019", "Silverline Logistics", "USD", 30, "silverline-log.example",
                   (("ap", "Silverline AP", "ap"), ("b.novak", "Ben Novak", "ap"), ("shared.ap@paycentral.example", "PayCentral", "outsourced ap")),
                   "SL-####-###", 14, "US"),
    SampleCustomer("C1020", "Talleres Ibarra SL", "EUR", 60, "talleresibarra.example",
                   (("administracion", "Administración", "ap"), ("m.ibarra", "Marta Ibarra", "administración")), "PED-####", 11, "ES", _OLGA),
    SampleCustomer("C1021", "Union Bearings Pte Ltd", "SGD", 30, "unionbearings.example",
                   (("finance", "Finance Dept", "ap"), ("weiling.tan", "Tan Wei Ling", "ap")), "UB######", 10, "SG", _SAM),
    SampleCustomer("C1022", "Vandermeer Techniek BV", "EUR", 30, "vandermeer-techniek.example",
                   (("crediteuren", "Crediteurenadministratie", "ap"), ("j.devries", "Joost de Vries", "administratie")), "VT.#####", 11, "NL", _OLGA),
    SampleCustomer("C1023", "Westgate Property Management", "USD", 30, "westgatepm.example",
                   (("bills", "Westgate Bills", "ap"), ("carla.dunn", "Carla Dunn", "bookkeeper"), ("shared.ap@paycentral.example", "PayCentral", "outsourced ap")),
                   "WO-#####", 13, "US"),
    SampleCustomer("C1024", "Xavier University Press", "USD", 60, "xupress.example",
                   (("ap", "AP Office", "ap"), ("n.ferris", "Nora Ferris", "business office")), "XUP-####", 9, "US"),
    SampleCustomer("C1025", "Yarrow & Co Brewing", "USD", 15, "yarrowbrewing.example",
                   (("hello", "Yarrow Brewing", "owner"), ("tess", "Tess Yarrow", "owner")), "", 9, "US"),
    SampleCustomer("C1026", "Zielinski Transport Sp. z o.o.", "EUR", 30, "zielinski-transport.example",
                   (("faktury", "Dział Księgowości", "ap"), ("p.wozniak", "Piotr Woźniak", "księgowość")), "ZT/###/26", 10, "PL", _OLGA),
    SampleCustomer("C1027", "Brisbane Fasteners Pty Ltd", "AUD", 30, "brisfasteners.example",
                   (("accounts", "Accounts", "ap"), ("kylie.marsh", "Kylie Marsh", "accounts")), "BF#####", 11, "AU", _SAM),
    SampleCustomer("C1028", "Hargreaves Plumbing", "GBP", 30, "",
                   (("hargreaves.plumbing@outlook.com", "Tony Hargreaves", "owner"),), "", 6, "GB", _SAM),
    SampleCustomer("C1029", "Metro Transit Authority", "USD", 45, "metrotransit.example",
                   (("apinquiry", "AP Inquiry", "ap"), ("r.delgado", "Rosa Delgado", "ap lead")), "4200######", 14, "US"),
)  # fmt: skip

_FIRST_INVOICE = 20001
_SCALE = {"INR": 60, "NOK": 9, "SEK": 9}  # so that amounts look right in the currency
_METHODS = ("ach", "wire", "check", "ach", "card")


@dataclass
class SampleLedger:
    """The rows of the four files, each row in the column order of `HEADERS`."""

    customers: list[tuple[str, ...]] = field(default_factory=list)
    contacts: list[tuple[str, ...]] = field(default_factory=list)
    invoices: list[tuple[str, ...]] = field(default_factory=list)
    payments: list[tuple[str, ...]] = field(default_factory=list)


HEADERS = {
    "customers": ("customer_id", "name", "currency", "credit_limit", "terms_days", "account_owner", "on_hold"),
    "contacts": ("customer_id", "email", "name", "role"),
    "invoices": ("invoice_number", "customer_id", "po_number", "issue_date", "due_date", "currency", "amount", "balance", "document"),
    "payments": ("payment_id", "customer_id", "invoice_number", "date", "amount", "currency", "method", "reference"),
}


def build(today: date, seed: int = 7) -> SampleLedger:
    """All rows as of `today`; invoices are numbered by issue date, the oldest mostly paid."""
    rng = random.Random(seed)  # noqa: S311 - sample data, not secrets
    ledger = SampleLedger()
    for customer in CUSTOMERS:
        _add_customer(ledger, customer)
    planned = [(today - timedelta(days=rng.randint(2, 230)), c) for c in CUSTOMERS for _ in range(c.invoices)]
    planned.sort(key=lambda item: item[0])
    for offset, (issued, customer) in enumerate(planned):
        _add_invoice(ledger, rng, today, customer, issued, f"INV-{_FIRST_INVOICE + offset}")
    return ledger


def write(ledger: SampleLedger, folder: Path) -> None:
    """Write the four CSV files of the contract into `folder` (made when absent)."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, header in HEADERS.items():
        _write_csv(folder / f"{name}.csv", header, getattr(ledger, name))


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _add_customer(ledger: SampleLedger, customer: SampleCustomer) -> None:
    limit = str(50_000 * _SCALE.get(customer.currency, 1))
    hold = "true" if customer.on_hold else "false"
    ledger.customers.append(
        (customer.customer_id, customer.name, customer.currency, limit, str(customer.terms_days), customer.account_owner, hold)
    )
    for address, name, role in customer.contacts:
        email = address if "@" in address else f"{address}@{customer.domain}"
        ledger.contacts.append((customer.customer_id, email, name, role))


def _add_invoice(ledger: SampleLedger, rng: random.Random, today: date, customer: SampleCustomer, issued: date, number: str) -> None:
    due = issued + timedelta(days=customer.terms_days)
    amount = Decimal(rng.randint(9_000, 1_450_000)) / 100 * _SCALE.get(customer.currency, 1)
    balance = _balance(rng, today, due, amount)
    po_number = "".join(str(rng.randint(0, 9)) if c == "#" else c for c in customer.po_pattern)
    ledger.invoices.append(
        (number, customer.customer_id, po_number, issued.isoformat(), due.isoformat(), customer.currency,
         f"{amount:.2f}", f"{balance:.2f}", f"{number}.pdf")
    )  # fmt: skip
    if balance < amount:
        _add_payment(ledger, rng, today, customer, number, due, amount - balance)


def _balance(rng: random.Random, today: date, due: date, amount: Decimal) -> Decimal:
    days_late = (today - due).days
    chance_paid = 0.93 if days_late > 75 else 0.72 if days_late > 20 else 0.45 if days_late > 0 else 0.1
    roll = rng.random()
    if roll < chance_paid:
        return Decimal(0)
    if roll > 0.97:
        return (amount / 2).quantize(Decimal("0.01"))
    return amount


def _add_payment(
    ledger: SampleLedger, rng: random.Random, today: date, customer: SampleCustomer, number: str, due: date, paid: Decimal
) -> None:
    paid_on = min(due + timedelta(days=rng.randint(-6, 14)), today - timedelta(days=1))
    method = rng.choice(_METHODS)
    reference = str(rng.randint(10_000, 99_999)) if method == "check" else f"{method.upper()}{rng.randint(100_000, 999_999)}"
    payment_id = f"P{30_001 + len(ledger.payments)}"
    ledger.payments.append(
        (payment_id, customer.customer_id, number, paid_on.isoformat(), f"{paid:.2f}", customer.currency, method, reference)
    )
