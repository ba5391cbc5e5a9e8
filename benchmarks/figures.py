"""What the benchmarks share: rows of the table, and the sample company's books.

In: measured times. Out: `Row`s of texts.
"""

import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from inboxbot.demo import sample_documents, sample_ledger


class Row(NamedTuple):
    """One line of the table."""

    what: str
    median: str
    p95: str
    beside: str
    number: str


def books(folder: Path) -> None:
    """The sample ledger as of today, with its PDFs."""
    ledger = sample_ledger.build(datetime.now(UTC).date())
    sample_ledger.write(ledger, folder / "ledger")
    sample_documents.write(ledger, folder / "documents")


def row(what: str, seconds: Sequence[float], beside: str = "") -> Row:
    """Times as median and 95th percentile, in milliseconds."""
    if not seconds:
        return Row(what, "-", "-", "not measured: no such mail was answered", "0")
    return Row(what, _ms(statistics.median(seconds)), _ms(p95(seconds)), beside, str(len(seconds)))


def p95(values: Sequence[float]) -> float:
    """The 95th percentile (nearest rank)."""
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def ratio(over: Sequence[float], under: Sequence[float]) -> str:
    """How many times the median of `under` the median of `over` is."""
    return f"{statistics.median(over) / statistics.median(under):.2f} x" if over and under else "-"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
