"""Jobs in processes beside each other."""

import os
import time
from collections.abc import Callable
from functools import partial

import pytest

from inboxbot.classify.training.beside import FEWEST_FOR_PROCESSES, side_by_side
from inboxbot.errors import ModelError


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_what_jobs_give_comes_in_their_order_from_other_processes(count: int) -> None:
    jobs: list[Callable[[], tuple[int, int]]] = [partial(_told, number) for number in range(count)]
    found = side_by_side(jobs, FEWEST_FOR_PROCESSES)
    assert [number for number, _ in found] == list(range(count))
    assert os.getpid() not in {process for _, process in found}


def test_a_long_job_holds_nobody_up() -> None:
    (_, busy), *others = side_by_side([partial(_told, 0, 2.0), *(partial(_told, number) for number in range(1, 5))], FEWEST_FOR_PROCESSES)
    assert len({process for _, process in others}) == 1
    assert busy not in {process for _, process in others}


def test_few_mails_are_not_worth_a_process() -> None:
    assert {process for _, process in side_by_side([partial(_told, number) for number in range(3)], FEWEST_FOR_PROCESSES - 1)} == {
        os.getpid()
    }


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(ModelError, match="ended early"):
        side_by_side([partial(os._exit, 1)], FEWEST_FOR_PROCESSES)


def _told(number: int, seconds: float = 0.0) -> tuple[int, int]:
    time.sleep(seconds)
    return number, os.getpid()
