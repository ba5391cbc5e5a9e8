"""Lists as CSV files that a spreadsheet opens without running anything in them.

In: rows of values. Out: text, a piece at a time. A text that a spreadsheet would take for a formula (OWASP, CSV injection) gets an
apostrophe in front; numbers stay numbers. UTF-8 with a mark at the beginning, without which Excel misreads it.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from fastapi.responses import Response, StreamingResponse

Cell = str | int | Decimal | date | datetime | bool | None
_FORMULA = tuple("=+-@|%\t\r\n＝＋－＠")  # noqa: RUF001 - the full-width forms count as well
_PIECE = 200  # rows


def safe(text: str) -> str:
    """The text as a cell: never a formula, never with a NUL."""
    plain = text.replace("\x00", "")
    return f"'{plain}" if plain.lstrip(" '\u00a0\ufeff").startswith(_FORMULA) or plain.startswith(_FORMULA) else plain


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]], timezone: str) -> Iterator[str]:
    """The file's text; times in the given zone."""
    zone = ZoneInfo(timezone)
    stream = io.StringIO()
    writer = csv.writer(stream)
    stream.write("\ufeff")
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(value, zone) for value in row])
        if number % _PIECE == 0:
            yield stream.getvalue()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue()


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]], timezone: str) -> Response:
    """The file as a download."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(csv_text(header, rows, timezone), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: Cell, zone: ZoneInfo) -> str | int | Decimal:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | Decimal():
            return value
        case datetime():
            return value.astimezone(zone).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return safe(value)
