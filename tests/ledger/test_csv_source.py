"""The ledger's CSV files: what a bad row is called and whom it holds back, what a bad file is called, what is forgiven."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from inboxbot.errors import ConfigError, LedgerError
from inboxbot.ledger.csv_source import COLUMNS, fingerprint, read

ROWS = {
    "customers.csv": ["C1,Alder,USD,50000.00,30,Owen@brightwater.example,false", "C2,Bayline,EUR,,,,yes"],
    "contacts.csv": ["C1,Ann@Alder.example,Ann,ap", "C2,bob@bayline.example,Bob,"],
    "invoices.csv": ["INV-1,C1,PO-1,2026-10-01,2026-10-31,USD,100.00,40.50,INV-1.pdf", "INV-9,C2,,2026-10-01,2026-10-31,EUR,-7,-7,"],
    "payments.csv": ["P1,C1,INV-1,2026-10-05,59.50,USD,wire,W-1"],
}


def write(folder: Path, **more: list[str]) -> Path:
    """The good rows, and more rows by the file's stem."""
    for name, rows in ROWS.items():
        lines = [",".join(COLUMNS[name]), *rows, *more.get(name.removesuffix(".csv"), [])]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_good_files_are_read_as_they_are_meant(tmp_path: Path) -> None:
    ledger = read(write(tmp_path))
    alder, invoice = ledger.customers["C1"], ledger.invoices["INV-1"]
    assert (alder.credit_limit, alder.terms_days, alder.account_owner, alder.on_hold) == (
        Decimal("50000.00"), 30, "owen@brightwater.example", False,
    )  # fmt: skip
    assert (ledger.customers["C2"].credit_limit, ledger.customers["C2"].on_hold) == (None, True)
    assert (invoice.balance, invoice.due_date, invoice.po_number) == (Decimal("40.50"), date(2026, 10, 31), "PO-1")
    assert [contact.email for contact in ledger.contacts] == ["ann@alder.example", "bob@bayline.example"]
    assert [(payment.amount, payment.reference) for payment in ledger.payments] == [(Decimal("59.50"), "W-1")]
    assert (ledger.problems, ledger.incomplete) == ((), {})


@pytest.mark.parametrize(
    ("file", "row", "words", "held"),
    [
        ("customers", ",Nobody,USD,,,,", "customer_id is empty", None),
        ("customers", "C3,,USD,,,,", "name is empty", "C3"),
        ("customers", "C1,Alder again,USD,,,,", "customer_id C1 is there twice", "C1"),
        ("customers", "C3,Cole,usd,,,,", "currency 'usd' is not a three-letter code", "C3"),
        ("customers", "C3,Cole,,,,,", "currency '' is not a three-letter code", "C3"),
        ("customers", "C3,Cole,USD,lots,,,", "credit_limit 'lots' is not a decimal number such as 2169.54", "C3"),
        ("customers", "C3,Cole,USD,,net 30,,", "terms_days 'net 30' is not a whole number", "C3"),
        ("customers", "C3,Cole,USD,,-5,,", "terms_days '-5' is not a whole number", "C3"),
        ("customers", "C3,Cole,USD,,,,maybe", "on_hold 'maybe' is neither true nor false", "C3"),
        ("customers", "C3,Cole, Inc,USD,,,,", "more fields than the header (a comma inside a value must be quoted)", "C3"),
        ("customers", "C3,Cole,USD", "fewer fields than the header: credit_limit, terms_days, account_owner, on_hold missing", "C3"),
        ("contacts", "C1,,Ann,", "email is empty", "C1"),
        ("contacts", "C1,ann at alder,Ann,", "email 'ann at alder' is not a mail address", "C1"),
        ("contacts", "C1,a@b.example;c@d.example,Ann,", "email 'a@b.example;c@d.example' is not a mail address", "C1"),
        ("contacts", "C7,x@y.example,X,", "customer_id C7 is not in customers.csv", "C7"),
        ("contacts", ",x@y.example,X,", "customer_id is empty", None),
        ("invoices", ",C1,,2026-10-01,2026-10-31,USD,1,1,", "invoice_number is empty", "C1"),
        ("invoices", "INV-1,C1,,2026-10-01,2026-10-31,USD,1,1,", "invoice_number INV-1 is there twice", "C1"),
        ("invoices", "INV-3,C1,,01/10/2026,2026-10-31,USD,1,1,", "issue_date '01/10/2026' is not a date such as 2026-11-30", "C1"),
        ("invoices", "INV-3,C1,,2026-10-01,2026-02-30,USD,1,1,", "due_date '2026-02-30' is not a date such as 2026-11-30", "C1"),
        ("invoices", "INV-3,C1,,2026-10-01,,USD,1,1,", "due_date is empty", "C1"),
        (
            "invoices",
            'INV-3,C1,,2026-10-01,2026-10-31,USD,"1.234,50",1,',
            "amount '1.234,50' is not a decimal number such as 2169.54",
            "C1",
        ),
        ("invoices", "INV-3,C1,,2026-10-01,2026-10-31,USD,1,NaN,", "balance 'NaN' is not a decimal number such as 2169.54", "C1"),
        ("invoices", "INV-3,C1,,2026-10-01,2026-10-31,USD,1,Infinity,", "balance 'Infinity' is not a decimal number", "C1"),
        ("invoices", "INV-3,C1,,2026-10-01,2026-10-31,USD,,1,", "amount is empty", "C1"),
        ("invoices", "INV-3,C1,,2026-10-01,2026-10-31,US$,1,1,", "currency 'US$' is not a three-letter code", "C1"),
        ("payments", ",C1,INV-1,2026-10-05,1,USD,,", "payment_id is empty", "C1"),
        ("payments", "P1,C1,INV-1,2026-10-05,1,USD,,", "payment_id P1 is there twice for the same invoice", "C1"),
        ("payments", "P2,C1,INV-1,soon,1,USD,,", "date 'soon' is not a date such as 2026-11-30", "C1"),
        ("payments", "P2,C1,INV-1,2026-10-05,one,USD,,", "amount 'one' is not a decimal number such as 2169.54", "C1"),
        ("payments", "P2,C7,INV-1,2026-10-05,1,USD,,", "customer_id C7 is not in customers.csv", "C7"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_holds_its_customer_back(
    tmp_path: Path, file: str, row: str, words: str, held: str | None
) -> None:
    ledger = read(write(tmp_path, **{file: [row]}))
    line = len(ROWS[f"{file}.csv"]) + 2
    (problem,) = ledger.problems
    assert problem.startswith(f"{tmp_path / file}.csv:{line}: ")
    assert words in problem
    assert dict(ledger.incomplete) == ({held: (problem,)} if held else {})
    assert len(ledger.invoices) == 2  # the good rows all stay


def test_a_bad_row_after_a_value_with_line_ends_is_named_with_its_last_line(tmp_path: Path) -> None:
    ledger = read(write(tmp_path, customers=['C3,"Cole\nand\nSons",USD,,,,', "C4,Dale,?,,,,"]))
    assert ledger.problems[0].startswith(f"{tmp_path}/customers.csv:7: currency")


def test_every_bad_row_of_a_customer_is_kept(tmp_path: Path) -> None:
    ledger = read(write(tmp_path, payments=["P2,C1,,x,1,USD,,", "P3,C1,,y,1,USD,,"]))
    assert len(ledger.incomplete["C1"]) == 2


def test_an_invoice_number_of_two_customers_holds_both_back(tmp_path: Path) -> None:
    ledger = read(write(tmp_path, invoices=["INV-1,C2,,2026-10-01,2026-10-31,USD,1,1,"]))
    assert set(ledger.incomplete) == {"C1", "C2"}
    assert ledger.invoices["INV-1"].customer_id == "C1"


def test_a_payment_may_cover_several_invoices_or_none(tmp_path: Path) -> None:
    ledger = read(write(tmp_path, payments=["P1,C1,INV-2,2026-10-05,1,USD,,", "P1,C1,,2026-10-05,2,USD,,"]))
    assert len(ledger.payments) == 3
    assert ledger.problems == ()


def test_byte_order_mark_line_ends_blanks_and_empty_lines_are_forgiven(tmp_path: Path) -> None:
    write(tmp_path)
    header, row = ",".join(COLUMNS["contacts.csv"]), " C1 ,\tann@alder.example , Ann ,"
    (tmp_path / "contacts.csv").write_bytes(b"\xef\xbb\xbf" + f"{header}\r\n\r\n{row}\r\n,,,\r\n".encode())
    ledger = read(tmp_path)
    assert [(c.customer_id, c.email, c.name) for c in ledger.contacts] == [("C1", "ann@alder.example", "Ann")]
    assert ledger.problems == ()


def test_columns_may_come_in_any_order_with_blanks_and_with_more_of_them(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "contacts.csv").write_text("phone, email,name ,role,customer_id\n555,ann@alder.example,Ann,,C1\n")
    ledger = read(tmp_path)
    assert [(c.customer_id, c.email, c.name) for c in ledger.contacts] == [("C1", "ann@alder.example", "Ann")]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("alder.example", {"alder.example"}),
        ("Alder.example; alder.test", {"alder.example", "alder.test"}),
        ("", set()),
        (None, set()),  # the last column, left out in this row
    ],
)
def test_a_customer_may_have_further_domains(tmp_path: Path, column: str | None, expected: set[str]) -> None:
    write(tmp_path, contacts=[])
    row = "C1,Alder,USD,,,,false" + ("" if column is None else f",{column}")
    others = "C2,Bayline,EUR,,,,yes,bayline.example"
    (tmp_path / "customers.csv").write_text(",".join([*COLUMNS["customers.csv"], "domain"]) + f"\n{row}\n{others}\n")
    ledger = read(tmp_path)
    assert {domain for domain, customer_id in ledger.extra_domains if customer_id == "C1"} == expected
    assert ledger.problems == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"customer_id,email\nC1,a@b.example\n", "contacts.csv:1: the header lacks name, role"),
        (b"", "contacts.csv:1: the header lacks customer_id, email, name, role"),
        (b"customer_id;email;name;role\n", "the header lacks customer_id"),
        (b"customer_id,email,name,role\nC1,a@b.example,J\xfcrgen,\n", r"contacts.csv is not UTF-8 \(byte \d+\)"),
        ("customer_id,email,name,role\n".encode("utf-16"), "contacts.csv is not UTF-8"),
        (b'customer_id,email,name,role\nC1,a@b.example,"Ann,\n', "contacts.csv:2: not valid CSV: unexpected end of data"),
        (b'customer_id,email,name,role\nC1,a@b.example,"A"nn,\n', "contacts.csv:2: not valid CSV"),
    ],
)
def test_a_bad_file_is_no_ledger_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    write(tmp_path)
    (tmp_path / "contacts.csv").write_bytes(content)
    with pytest.raises(LedgerError, match=words):
        read(tmp_path)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_a_missing_file_is_the_configurations_fault(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match=rf"{name} cannot be read"):
        read(tmp_path)


def test_a_folder_in_place_of_a_file_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "payments.csv").unlink()
    (tmp_path / "payments.csv").mkdir()
    with pytest.raises(LedgerError, match=r"payments\.csv cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_any_change_changes_the_fingerprint(tmp_path: Path, name: str) -> None:
    before = fingerprint(write(tmp_path))
    assert fingerprint(tmp_path) == before
    with (tmp_path / name).open("a") as stream:
        stream.write("\n")
    assert fingerprint(tmp_path) != before
