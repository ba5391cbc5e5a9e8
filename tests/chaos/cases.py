"""The rows as test parameters: 200 mails and three seeds a row. In: numbers. Out: a decorator."""

from collections.abc import Callable
from typing import Any

import pytest
from servers.mailserver import MailServer

from chaos.rows import Row, here
from chaos.runner import run, select

MAILS, SEEDS = 200, (1, 2, 3)


def each(numbers: str) -> Callable[[Any], Any]:
    """A test of these rows, with each seed."""
    cases = [pytest.param(row, seed, id=f"row{row.number}-seed{seed}") for row in select(numbers) for seed in SEEDS]
    return pytest.mark.parametrize(("row", "seed"), cases)


def hold(row: Row, seed: int, server: MailServer) -> None:
    """Run a row, or skip it where it cannot run."""
    if why := here(row):
        pytest.skip(why)
    run(row, server, MAILS, seed)
