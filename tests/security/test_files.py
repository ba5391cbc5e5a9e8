"""Hostile files: found by hash, named safely, handed out as downloads alone, read only in a limited process."""

import hashlib
import io
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from factories import NOW, a_case, a_decision, open_store, raw_mail, record_mail
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from inboxbot.errors import NotFoundError, UnreadableMessageError
from inboxbot.filenames import safe_name
from inboxbot.ingest import parse
from inboxbot.ingest.file_cage import FileCage
from inboxbot.message import Message
from inboxbot.store import attachments, messages
from inboxbot.web.staff.files import file_headers

pytestmark = pytest.mark.slow

CAGE = FileCage(seconds=10, memory_mb=512)

NAMES = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\cmd.exe": "cmd.exe",
    "/etc/shadow": "shadow",
    "C:\\temp\\x.pdf": "x.pdf",
    "invoice.pdf\x00.exe": "invoice.pdf.exe",
    "in\r\nvoice.pdf": "invoice.pdf",
    "\u200b.htaccess": "htaccess",
    "\u2060..\u2060/.env": "env",
    ".htaccess": "htaccess",
    "con": "con_",
    "CON.pdf": "CON_.pdf",
    "nul.txt": "nul_.txt",
    "lpt1": "lpt1_",
    "a" * 4000 + ".pdf": "a" * 116 + ".pdf",
    "x" * 300: "x" * 120,
    "invoice\u202efdp.exe": "invoicefdp.exe",  # shown as invoiceexe.pdf with the mark in it
    "ﬁle.pdf": "file.pdf",
    "．．／secret.pdf": "secret.pdf",  # noqa: RUF001  full-width dots and slash
    'a<b>c:d"e|f?g*.pdf': "a_b_c_d_e_f_g_.pdf",
    "   spaced    out .pdf  ": "spaced out.pdf",
    "": "file",
    "...": "file",
    "/": "file",
    "\u202e\u200b": "file",
    "~root": "root",
    "-rf": "rf",
    "Rechnung Müller & Söhne.pdf": "Rechnung Müller & Söhne.pdf",
    "請求書.pdf": "請求書.pdf",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_hostile_name_is_made_safe(name: str) -> None:
    assert safe_name(name) == NAMES[name]


@given(st.text(max_size=300))
def test_any_name_is_one_plain_files(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe not in (".", "..")
    assert not set("/\\\0\r\n\u202e\u200b") & set(safe)
    assert safe[0] not in ".-~ "
    assert len(safe.encode()) <= 255
    assert safe_name(safe) == safe


@given(st.text(max_size=200))
def test_any_download_is_a_download_and_nothing_else(name: str) -> None:
    headers = file_headers(name)
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert headers["Content-Disposition"].isascii()
    assert not set("\r\n") & set(headers["Content-Disposition"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]


# files


def pdf(text: str, extra: bytes = b"") -> bytes:
    """A small PDF with one line of text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R" + extra + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 4 0 R>>>>/MediaBox[0 0 612 792]/Contents 5 0 R>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length " + str(len(stream)).encode() + b">>stream\n" + stream + b"\nendstream",
    )
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += str(number).encode() + b" 0 obj" + part + b"endobj\n"
    table = b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + head + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n" + str(len(out)).encode() + b"\n%%EOF"


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def mail_with(name: str, content: bytes) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = "ann@alder.example", "ar@brightwater.example", "Remittance"
    mail.set_content("See attached.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def text_of(name: str, content: bytes, cage: FileCage = CAGE) -> str:
    return cage.text(mail_with(name, content), hashlib.sha256(content).hexdigest(), name)


GENUINE = {
    "a PDF": ("remittance.pdf", pdf("INV-20155 2,169.54"), "INV-20155 2,169.54"),
    "a PDF under another name": ("scan.bin", pdf("INV-1"), "INV-1"),
    "a CSV": ("remit.csv", b"invoice;amount\r\nINV-1;100,00\r\n", "INV-1 | 100,00"),
    "a CSV in Latin-1": ("remit.csv", "Rechnung,Betrag\nMüller,1\n".encode("latin-1"), "Müller | 1"),
    "a spreadsheet": ("remit.xlsx", sheet(("Invoice", "Paid"), ("INV-1", 100.5)), "INV-1 | 100.50"),
}  # fmt: skip


@pytest.mark.parametrize("name", GENUINE)
def test_the_text_of_a_remittance_is_read(name: str) -> None:
    file, content, words = GENUINE[name]
    assert words in text_of(file, content)


def bomb(size: int = 80_000_000) -> bytes:
    return archive(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"0" * size})


BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">'.encode() for n in range(9)
) + b"]><worksheet>&j;</worksheet>"  # fmt: skip
HOSTILE: dict[str, tuple[str, bytes]] = {
    "a zip bomb as a spreadsheet": ("remit.xlsx", bomb()),
    "an archive in an archive": ("42.zip", archive(lib=archive(inner=b"0" * 1_000_000))),
    "a plain archive": ("remit.zip", archive(a=b"hello")),
    "an archive that climbs": ("x.zip", archive(**{"..__..__etc__passwd": b"x"})),
    "a spreadsheet with macros": ("remit.xlsm", archive(**{"[Content_Types].xml": b"<x/>", "xl__workbook.xml": b"<x/>", "xl__vbaProject.bin": b"x"})),  # noqa: E501
    "a spreadsheet with an entity bomb": ("r.xlsx", archive(**{"[Content_Types].xml": BILLION, "xl__workbook.xml": BILLION})),
    "a spreadsheet that reaches out": ("r.xlsx", archive(**{"[Content_Types].xml": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x"><x/>', "xl__workbook.xml": b"<x/>"})),  # noqa: E501
    "a broken spreadsheet": ("r.xlsx", sheet(("a",))[:-200]),
    "a thousand members": ("r.xlsx", archive(**{"[Content_Types].xml": b"", "xl__a": b"", **{f"m{n}": b"" for n in range(1000)}})),
    "a program": ("invoice.exe", b"MZ\x90\x00" + b"\x00" * 100),
    "a script": ("invoice.pdf.js", b"WScript.Shell"),
    "a page": ("invoice.html", b"<script>alert(1)</script>"),
    "a drawing with a script": ("logo.svg", b"<svg onload=alert(1)>"),
    "a program called CSV": ("remit.csv", b"MZ\x00\x00"),
    "a truncated PDF": ("r.pdf", b"%PDF-1.7\n"),
    "an endless PDF": ("r.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 999999999>>endobj\ntrailer<</Root 1 0 R>>"),  # noqa: E501
    "a PDF of nothing but brackets": ("r.pdf", b"%PDF-1.4\n" + b"[" * 200_000),
    "a locked PDF": ("r.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R/Encrypt<</Filter/Standard/V 1/R 2/O(x)/U(y)/P 0>>/ID[(a)(b)]>>"),  # noqa: E501
    "twenty-five megabytes": ("r.csv", b"a,b\n" * 6_500_000),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_harms_nobody(name: str) -> None:
    file, content = HOSTILE[name]
    with pytest.raises(UnreadableMessageError) as refused:
        text_of(file, content)
    assert 5 < len(str(refused.value)) < 300
    assert "Traceback" not in str(refused.value)


def test_a_pdf_with_a_script_is_text_and_nothing_else() -> None:
    script = b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>/Names<</EmbeddedFiles 9 0 R>>"
    assert text_of("r.pdf", pdf("INV-1", script)) == "INV-1"


def test_time_and_memory_are_bounded() -> None:
    rows = b"INV-1,1\n" * 1_000_000
    with pytest.raises(UnreadableMessageError, match="than it is given"):
        text_of("r.csv", rows, FileCage(seconds=10, memory_mb=1))


def test_a_file_is_taken_out_by_its_hash_alone(tmp_path: Path) -> None:
    content = b"\x00\x01<script>"
    raw = mail_with("../../x.html", content)
    digest = hashlib.sha256(content).hexdigest()
    assert CAGE.take(raw, digest) == content
    with pytest.raises(UnreadableMessageError, match="no such file"):
        CAGE.take(raw, "0" * 64)
    with pytest.raises(UnreadableMessageError):
        CAGE.take(raw, "../../etc/passwd")
    store = open_store(tmp_path)
    parsed: Message = parse.parse(raw_mail(1, raw))
    row = record_mail(store, raw_mail(1, raw))
    with store.transaction() as session:
        messages.write_decision(session, row, a_case(message=parsed), a_decision(), duplicate_of=None, conversation_id=None, now=NOW)
        attachments.add(session, row, parsed.attachments)
    with store.transaction() as session:
        (known,) = attachments.of_message(session, row)
        assert (known.name, known.sha256, known.size) == ("x.html", digest, len(content))
        with pytest.raises(NotFoundError):
            attachments.one(session, row, "0" * 64)
    assert not list(tmp_path.rglob("x.html"))  # nothing was unpacked anywhere
