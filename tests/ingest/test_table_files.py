import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import openpyxl
import pytest
from pypdf import PdfWriter

from inboxbot.ingest import table_files
from inboxbot.ingest.cage import Cage
from inboxbot.message import MessageKey, RawMessage

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(rows: list[list[object]], *, hidden: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if hidden:
        book.create_sheet("more").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A page of text, written out by hand: no library that writes PDF is needed for it."""
    shown = "".join(f"1 0 0 1 50 {750 - 16 * i} Tm ({line}) Tj\n" for i, line in enumerate(lines))
    stream = f"BT /F1 11 Tf\n{shown}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_delimiter(delimiter: str) -> None:
    content = delimiter.join(["Invoice", "Paid"]) + "\n" + delimiter.join(["INV-20101", "1234.56"]) + "\n"
    assert table_files.read("remit.csv", "text/csv", content.encode()) == "Invoice | Paid\nINV-20101 | 1234.56"


def test_csv_in_windows_letters_and_in_utf16() -> None:
    assert table_files.read("a.csv", "text/csv", "Beleg;Fällig\n1;2".encode("cp1252")) == "Beleg | Fällig\n1 | 2"
    assert table_files.read("a.csv", "text/csv", "Beleg;Fällig\n1;2".encode("utf-16")) == "Beleg | Fällig\n1 | 2"


def test_a_workbook() -> None:
    content = workbook([["Invoice", "Gross", "Net"], ["INV-20101", 1234.5, 1234.5], [None, None, 800]])
    assert table_files.read("r.xlsx", XLSX, content) == "Invoice | Gross | Net\nINV-20101 | 1234.50 | 1234.50\n|  | 800"


def test_a_pdf() -> None:
    text = table_files.read("r.pdf", "application/pdf", pdf(["Invoice      Paid", "INV-20101    1,234.56"]))
    assert text.splitlines() == ["Invoice | Paid", "INV-20101 | 1,234.56"]


def test_what_is_not_read_at_all() -> None:
    picture = PdfWriter()
    picture.add_blank_page(200, 200)
    blank = io.BytesIO()
    picture.write(blank)
    locked = PdfWriter(clone_from=io.BytesIO(pdf(["INV-20101    1.00"])))
    locked.encrypt("secret")
    encrypted = io.BytesIO()
    locked.write(encrypted)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    files = {
        "scan.pdf": blank.getvalue(),
        "locked.pdf": encrypted.getvalue(),
        "bomb.xlsx": bomb.getvalue(),
        "broken.xlsx": b"PK\x03\x04 nonsense",
        "broken.pdf": b"%PDF-1.7 nonsense",
        "long.csv": b"1,2\n" * 3_000,
        "hidden.xlsx": workbook([["a", 1]], hidden=True),
        "macro.xlsm": workbook([["a", 1]]),
        "note.txt": b"INV-20101 1.00",
        "empty.csv": b"",
        "huge.csv": b"1,2\n" * 2_000_000,
    }
    assert {name: table_files.read(name, "application/octet-stream", content) for name, content in files.items()} == dict.fromkeys(
        files, ""
    )


def test_a_mails_workbook_is_read_inside_the_cage() -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["Subject"], mail["Date"] = "a@b.example", "remittance", "Tue, 17 Nov 2026 09:00:00 +0000"
    mail.set_content("see attached")
    mail.add_attachment(workbook([["INV-20101", 1234.5]]), maintype="application", subtype=XLSX.partition("/")[2], filename="r.xlsx")
    mail.add_attachment(pdf(["INV-20103    800.00"]), maintype="application", subtype="pdf", filename="r.pdf")
    mail.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="r.exe")
    cage = Cage()
    try:
        message = cage.parse(RawMessage(MessageKey("ar", 1, 1), mail.as_bytes(), datetime(2026, 11, 17, tzinfo=UTC)))
    finally:
        cage.close()
    assert [file.text for file in message.attachments] == ["INV-20101 | 1234.50", "INV-20103 | 800.00", ""]
