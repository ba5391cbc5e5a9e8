"""Attached tables as text: CSV, XLSX and PDF, a row a line, its cells with " | " between.

In: a file's name, type and bytes. Out: its text, or "" where it is no such file, cannot be read, or is over a limit: then it
counts as unread and a person sees it. Live mail is parsed in the cage (`cage`), so what a hostile file does here ends there;
the limits keep honest ones quick. Formulas, macros, scripts and links are never followed: only what is shown is read.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

MOST_BYTES = 5_000_000  # of a file
_MOST_UNPACKED = 40_000_000  # of a workbook's parts together
_MOST_ROWS, _MOST_CELLS, _MOST_CELL = 2_000, 40, 300  # rows, cells of a row, characters of a cell
_MOST_PAGES = 20
MOST_CHARACTERS = 200_000
_BLANKS = re.compile(r"\s+")
_GAP = re.compile(r"[ \t]{2,}")
_DELIMITERS = ";\t|,"


def read(name: str, content_type: str, content: bytes) -> str:
    """The file's rows as text; "" for what is not read."""
    reader = _READERS.get(_kind(name, content_type, content))
    if reader is None or not content or len(content) > MOST_BYTES:
        return ""
    try:
        text = "\n".join(reader(content))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - three libraries on hostile bytes raise whatever they like; unread is the safe answer
        return ""
    return text if len(text) <= MOST_CHARACTERS else ""


def _kind(name: str, content_type: str, content: bytes) -> str:
    """By its first bytes where it has such, never by its name alone: a PDF that calls itself CSV is a PDF."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    ending = name.lower().rpartition(".")[2]
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if ending == "xlsx" or "spreadsheetml.sheet" in content_type else ""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if (ending in ("csv", "tsv") or content_type in ("text/csv", "text/tab-separated-values")) and (wide or b"\0" not in content):
        return "csv"
    return ""


def _csv(content: bytes) -> Iterator[str]:
    text = _decoded(content)
    lines = [line for line in text.splitlines() if line.strip()][:50]
    delimiter = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
    yield from _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("cp1252", "replace")


def _xlsx(content: bytes) -> Iterator[str]:
    import openpyxl  # noqa: PLC0415 - a second that most mails need not wait for

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
            raise ValueError("unpacks to too much")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                raise ValueError("a hidden sheet: not everything is shown")
            yield from _rows(sheet.iter_rows(values_only=True))
    finally:
        book.close()


def _pdf(content: bytes) -> Iterator[str]:
    import pypdf  # noqa: PLC0415 - the same

    document = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if document.is_encrypted or len(document.pages) > _MOST_PAGES:
        raise ValueError("encrypted, or too many pages")
    pages = [page.extract_text(extraction_mode="layout") for page in document.pages]
    if not all(page.strip() for page in pages):
        raise ValueError("a page without text: a picture, which nobody here can read")
    yield from _rows((_GAP.split(line.strip()) for page in pages for line in page.splitlines()), most=_MOST_ROWS * 2)


def _rows(rows: Iterable[Iterable[object]], most: int = _MOST_ROWS) -> Iterator[str]:
    """Each row that holds anything; raises ValueError for more than is read, so that nothing is half read."""
    for number, row in enumerate(rows):
        cells = [_cell(value) for value in islice(row, _MOST_CELLS + 1)]
        if number >= most or len(cells) > _MOST_CELLS or any(len(cell) > _MOST_CELL for cell in cells):
            raise ValueError("a larger table than is read")
        if any(cells):
            yield " | ".join(cells).strip()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):  # a workbook's number: 1234.5 and 1234.0 as money has them
        return f"{value:.2f}" if value != int(value) else str(int(value))
    date = getattr(value, "date", None)
    return _BLANKS.sub(" ", str(date() if callable(date) else value)).strip()


_READERS: dict[str, Callable[[bytes], Iterator[str]]] = {"csv": _csv, "xlsx": _xlsx, "pdf": _pdf}
