"""The invoice documents: found by the ledger's name alone, and never outside their folder."""

import hashlib
from pathlib import Path

import pytest
from factories import an_invoice

from inboxbot.config import DocumentsSection
from inboxbot.errors import DocumentMissingError
from inboxbot.ledger.documents import Documents

PDF = b"%PDF-1.4 one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.pdf").write_bytes(b"not for customers")
    (tmp_path / "documents" / "C1").mkdir(parents=True)
    (tmp_path / "documents-of-others").mkdir()
    (tmp_path / "documents-of-others" / "x.pdf").write_bytes(b"not for customers")
    for place in ("INV-1.pdf", "C1/INV-1.pdf", "INV-1"):
        (tmp_path / "documents" / place).write_bytes(PDF)
    (tmp_path / "documents" / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    (tmp_path / "documents" / "ring.pdf").symlink_to(tmp_path / "documents" / "ring.pdf")
    return tmp_path / "documents"


@pytest.mark.parametrize(
    ("pattern", "name", "content_type"),
    [
        ("{document}", "INV-1.pdf", "application/pdf"),
        ("{customer_id}/{invoice_number}.pdf", "INV-1.pdf", "application/pdf"),
        ("{invoice_number}", "INV-1", "application/octet-stream"),
        ("./C1/../{document}", "INV-1.pdf", "application/pdf"),
    ],
)
def test_a_document_is_found_by_the_pattern(folder: Path, pattern: str, name: str, content_type: str) -> None:
    found = Documents(DocumentsSection(path=folder, pattern=pattern)).fetch(an_invoice("INV-1", "1"))
    assert (found.name, found.content_type, found.content, found.customer_id, found.invoice_number) == (
        name,
        content_type,
        PDF,
        "C1",
        "INV-1",
    )
    assert found.sha256 == hashlib.sha256(PDF).hexdigest()


@pytest.mark.parametrize(
    "document",
    [
        "", ".", "..", "../secret.pdf", "C1/../../secret.pdf", "../documents-of-others/x.pdf", "/etc/passwd", "link.pdf", "nothing.pdf",
        "C1", "ring.pdf", "INV-1.pdf/x", "x" * 300, "a\0b", "{invoice_number}.pdf", "..\\secret.pdf", "~/x",
    ],
)  # fmt: skip
def test_nothing_else_is_found_and_nothing_outside_the_folder(folder: Path, document: str) -> None:
    documents = Documents(DocumentsSection(path=folder))
    invoice = an_invoice("INV-1", "1", document=document)
    assert documents.missing([invoice]) == {"INV-1"}
    with pytest.raises(DocumentMissingError):
        documents.fetch(invoice)


@pytest.mark.parametrize("customer_id", ["..", "../documents-of-others"])
def test_no_value_of_the_ledger_leads_out_of_the_folder(folder: Path, customer_id: str) -> None:
    documents = Documents(DocumentsSection(path=folder, pattern="{customer_id}/{document}"))
    for document in ("secret.pdf", "x.pdf"):
        assert documents.missing([an_invoice("INV-1", "1", customer_id=customer_id, document=document)]) == {"INV-1"}


def test_without_a_folder_every_document_is_missing() -> None:
    documents = Documents(DocumentsSection())
    assert documents.missing([an_invoice("INV-1", "1")]) == {"INV-1"}
    with pytest.raises(DocumentMissingError, match=r"document INV-1\.pdf is not in \[documents\] path, which is not set"):
        documents.fetch(an_invoice("INV-1", "1"))


def test_a_folder_that_is_itself_a_link_is_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(folder)
    assert Documents(DocumentsSection(path=tmp_path / "current")).fetch(an_invoice("INV-1", "1")).content == PDF
