"""The rows as test parameters: 200 mails a run. In: numbers. Out: a decorator.

Three seeds for the rows in which a mail's fate hangs most on the moment of a kill, one for the others: all of it takes
about five minutes on two cores. `make soak` runs every row with as many seeds as it is given.
"""

from collections.abc import Callable
from typing import Any

import pytest
from servers.mailserver import MailServer

from chaos.rows import Row, here
from chaos.runner import run, select

MAILS = 200
THRICE = frozenset({"5", "6", "7", "9"})  # around the body, and at random


def each(numbers: str) -> Callable[[Any], Any]:
    """A test of these rows, with each seed."""
    cases = [pytest.param(row, seed, id=f"row{row.number}-seed{seed}") for row in select(numbers) for seed in _seeds(row)]
    return pytest.mark.parametrize(("row", "seed"), cases)


def _seeds(row: Row) -> tuple[int, ...]:
    return (1, 2, 3) if row.number in THRICE else (1,)


def hold(row: Row, seed: int, server: MailServer) -> None:
    """Run a row, or skip it where it cannot run."""
    if why := here(row):
        pytest.skip(why)
    run(row, server, MAILS, seed)
