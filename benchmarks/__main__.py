"""`python -m benchmarks`: all figures of one run as a small table. Ratios are what to trust; times depend on the machine."""

import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table
from servers.mailserver import unavailable

from benchmarks import inbox, latency, understanding
from benchmarks.figures import Row, books


def main() -> int:
    """Measure, print; 1 when there are no mail servers here to measure latency on."""
    with tempfile.TemporaryDirectory(prefix="inboxbot-bench-") as name:
        folder = Path(name)
        books(folder)
        reason = unavailable()
        rows = [] if reason else latency.measure(folder)
        rows += understanding.measure(folder)
        rows += inbox.measure(folder)
    _print(rows)
    if reason:
        print(f"no latency figures: {reason}", file=sys.stderr)
    return 1 if reason else 0


def _print(rows: list[Row]) -> None:
    table = Table()
    for heading in ("What", "Median", "p95", "Beside", "n"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)


sys.exit(main())
