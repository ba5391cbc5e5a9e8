"""How tests are shared among workers: a file goes to one of them, and what its tests share is made once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str, worker_id: str) -> Path:
    """A file that only one worker of this run can make."""
    own = tmp_path_factory.getbasetemp()
    path = (own if worker_id == "master" else own.parent) / f"made-once-{testrun_uid}"
    path.touch(exist_ok=False)
    return path


@pytest.mark.parametrize("number", range(8))
def test_what_a_file_shares_is_made_by_one_worker(made_once: Path, number: int) -> None:
    assert made_once.is_file(), number
