"""The lock: one process per part of a store, freed when the process ends, however it ends."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inboxbot.errors import StoreError
from inboxbot.store.lock import hold

HOLD = """
import sys
from pathlib import Path
from inboxbot.store.lock import hold
with hold(Path(sys.argv[1]), sys.argv[2:]):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process(store: Path, *parts: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(store), *parts], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_part_runs_in_one_process(tmp_path: Path) -> None:
    store = tmp_path / "inboxbot.db"
    with another_process(store, "send") as other:
        with pytest.raises(StoreError, match=r"another inboxbot process already runs 'send' on this store .*inboxbot\.db\.send\.lock"):
            hold(store, ["ingest", "send"]).__enter__()
        with hold(store, ["ingest", "process"]), hold(tmp_path / "other.db", ["send"]):
            pass  # what was taken before the refusal was given back, and another store is another matter
        other.kill()
        other.wait(10)
        with hold(store, ["send"]):
            pass  # a process that was killed leaves no lock behind


def test_a_part_is_locked_within_a_process_too(tmp_path: Path) -> None:
    with hold(tmp_path / "db", ["send"]), pytest.raises(StoreError), hold(tmp_path / "db", ["send"]):
        pass
    with hold(tmp_path / "db", ["send"]):
        pass


def test_a_store_without_a_file_needs_no_lock() -> None:
    with hold(None, ["send"]), hold(None, ["send"]):
        pass


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the lock file .*nowhere/db\.send\.lock cannot be made"), hold(tmp_path / "nowhere/db", ["send"]):
        pass


def test_an_error_inside_is_not_taken_for_a_lost_lock(tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError), hold(tmp_path / "db", ["send"]):
        raise BlockingIOError("a socket's")


def test_a_link_leads_to_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "db").touch()
    (tmp_path / "link").symlink_to(tmp_path / "db")
    with hold(tmp_path / "db", ["send"]), pytest.raises(StoreError), hold(tmp_path / "link", ["send"]):
        pass
