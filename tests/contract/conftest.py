"""Fixtures of the contract tests: one office per module, and the command line called in this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from contract.office import Ended, Office, open_office

from inboxbot.cli import run_command

Call = Callable[..., Ended]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that only reads: no test may change it."""
    return open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def own_office(tmp_path: Path) -> Office:
    """An office of the test's own."""
    return open_office(tmp_path)


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """The command line without a process of its own."""

    def called(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        code = run_command([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    yield called
    structlog.reset_defaults()  # its logger writes to this test's captured stream
