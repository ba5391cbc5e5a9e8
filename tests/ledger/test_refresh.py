"""The present ledger: swapped as a whole, and the last good one kept."""

from pathlib import Path

import pytest

from inboxbot.config import LedgerSection
from inboxbot.errors import InboxbotError, LedgerError
from inboxbot.ledger.csv_source import COLUMNS
from inboxbot.ledger.source import LedgerSource


def write(folder: Path, *customers: str, bad: bool = False) -> None:
    for name, columns in COLUMNS.items():
        rows = [f"{customer},{customer},USD,,,," for customer in customers] if name == "customers.csv" else []
        (folder / name).write_text("\n".join([",".join(columns), *rows]) + "\n")
    if bad:
        (folder / "payments.csv").write_text("not a ledger")


@pytest.fixture
def source(tmp_path: Path) -> LedgerSource:
    write(tmp_path, "C1")
    return LedgerSource(LedgerSection(path=tmp_path))


def test_an_unchanged_source_is_not_read_again(source: LedgerSource) -> None:
    before = source.current
    assert not source.refresh()
    assert source.current is before
    assert source.refresh(force=True)
    assert source.current is not before


def test_a_new_ledger_comes_as_a_whole(source: LedgerSource, tmp_path: Path) -> None:
    before = source.current
    write(tmp_path, "C1", "C2")
    assert source.refresh()
    assert set(source.current.customers) == {"C1", "C2"}
    assert set(before.customers) == {"C1"}  # who holds the old one sees nothing change under his hands


@pytest.mark.parametrize("force", [False, True])
def test_the_last_good_ledger_is_kept_while_the_new_one_is_bad(source: LedgerSource, tmp_path: Path, force: bool) -> None:
    before = source.current
    write(tmp_path, "C1", "C2", bad=True)
    assert not source.refresh(force=force)
    assert source.current is before
    assert isinstance(source.error, LedgerError)
    write(tmp_path, "C1", "C2", "C3")
    assert source.refresh(force=force)
    assert (len(source.current.customers), source.error) == (3, None)


def test_a_file_that_vanishes_for_a_while_is_an_error_that_passes(source: LedgerSource, tmp_path: Path) -> None:
    before, contents = source.current, (tmp_path / "invoices.csv").read_bytes()
    stat = (tmp_path / "invoices.csv").stat()
    (tmp_path / "invoices.csv").rename(tmp_path / "elsewhere")
    assert not source.refresh()
    assert isinstance(source.error, InboxbotError)
    (tmp_path / "elsewhere").rename(tmp_path / "invoices.csv")
    assert (tmp_path / "invoices.csv").read_bytes() == contents
    assert (tmp_path / "invoices.csv").stat().st_mtime_ns == stat.st_mtime_ns
    assert not source.refresh()
    assert (source.current, source.error) == (before, None)


def test_there_must_be_a_ledger_to_begin_with(tmp_path: Path) -> None:
    write(tmp_path, "C1", bad=True)
    with pytest.raises(LedgerError):
        LedgerSource(LedgerSection(path=tmp_path))
