"""The rows as test parameters: 200 mails a row, three seeds where a kill's moment decides. In: numbers. Out: a decorator.

The first seed starts the program as a user does, the others from the nursery. `make soak` runs every row with as many mails and
seeds as it is given.
"""

from collections.abc import Callable
from typing import Any

import pytest
from servers.mailserver import MailServer

from chaos.nursery import Nursery
from chaos.rows import Row, here
from chaos.runner import run, select

MAILS = 200
SEEDS = (1, 2, 3)
THRICE = frozenset(map(str, range(1, 10)))  # a mail's fate hangs on the moment of a kill


def each(numbers: str) -> Callable[[Any], Any]:
    """A test of these rows, with each seed."""
    cases = [pytest.param(row, seed, id=f"row{row.number}-seed{seed}") for row in select(numbers) for seed in _seeds(row)]
    return pytest.mark.parametrize(("row", "seed"), cases)


def _seeds(row: Row) -> tuple[int, ...]:
    return SEEDS if row.number in THRICE else SEEDS[:1]


def hold(row: Row, seed: int, server: MailServer, nursery: Nursery) -> None:
    """Run a row, or skip it where it cannot run."""
    if why := here(row):
        pytest.skip(why)
    run(row, server, MAILS, seed, nursery=nursery)
