"""The invoice documents: a folder of files that the ledger names.

In: an `Invoice`. Out: a `Document` (bytes, hash, whose it is). The name comes from the ledger and from nothing else,
and can never lead out of the folder.
"""

import hashlib
import mimetypes
from collections.abc import Iterable
from pathlib import Path

from inboxbot.config import DocumentsSection
from inboxbot.errors import DocumentMissingError
from inboxbot.facts import Invoice
from inboxbot.reply import Document


class Documents:
    """The folder of `[documents]`."""

    def __init__(self, section: DocumentsSection) -> None:
        """With no path configured every document is missing."""
        self._folder = section.path.resolve() if section.path else None
        self._pattern = section.pattern

    def missing(self, invoices: Iterable[Invoice]) -> frozenset[str]:
        """Numbers of those invoices whose document is not there."""
        return frozenset(i.invoice_number for i in invoices if not self._is_there(i))

    def fetch(self, invoice: Invoice) -> Document:
        """An invoice's document; raises DocumentMissingError."""
        path = self._path(invoice)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DocumentMissingError(invoice.document or invoice.invoice_number, path.parent) from error
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Document(path.name, content_type, content, hashlib.sha256(content).hexdigest(), invoice.customer_id, invoice.invoice_number)

    def _is_there(self, invoice: Invoice) -> bool:
        try:
            return self._path(invoice).is_file()
        except (DocumentMissingError, OSError):
            return False

    def _path(self, invoice: Invoice) -> Path:
        named = invoice.document or invoice.invoice_number
        if self._folder is None:
            raise DocumentMissingError(named, "[documents] path, which is not set")
        if not invoice.document and "{document}" in self._pattern:
            raise DocumentMissingError(named, self._folder)
        name = self._pattern.format(document=invoice.document, invoice_number=invoice.invoice_number, customer_id=invoice.customer_id)
        try:
            path = (self._folder / name).resolve()
        except (OSError, ValueError, RuntimeError) as error:  # a NUL in the name, a ring of links
            raise DocumentMissingError(named, self._folder) from error
        if not path.is_relative_to(self._folder):
            raise DocumentMissingError(named, self._folder)
        return path
