"""Runs jobs in processes beside each other. In: functions without arguments. Out: what they give, in their order."""

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from inboxbot.errors import ModelError

PROCESSES, FEWEST_FOR_PROCESSES = 2, 500  # jobs run side by side where that is worth starting processes


def side_by_side(jobs: Sequence[Callable[[], Any]], mails: int) -> list[Any]:
    """Run jobs about so many mails: one after the other where these are few, else in processes.

    Each process takes the next job that nobody has taken: give the longest first.
    Where processes can be forked nothing that the jobs read is copied or sent. Raises ModelError where a process ends before its time.
    """
    if mails < FEWEST_FOR_PROCESSES:
        return [job() for job in jobs]
    context: Any = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else "spawn")
    taken = context.Value("i", 0)
    lines = []
    for _ in range(PROCESSES):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(jobs, taken, sender), daemon=True)
        process.start()
        sender.close()
        lines.append((process, receiver))
    found: dict[int, Any] = {}
    for process, receiver in lines:
        found.update(_received(receiver))
        process.join()
    return [found[place] for place in range(len(jobs))]


def _work(jobs: Sequence[Callable[[], Any]], taken: Any, sender: Connection) -> None:
    sender.send({place: jobs[place]() for place in _places(len(jobs), taken)})
    sender.close()


def _places(count: int, taken: Any) -> Iterator[int]:
    while True:
        with taken.get_lock():
            place = taken.value
            taken.value += 1
        if place >= count:
            return
        yield place


def _received(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        raise ModelError("a process of the training ended early; what it said stands above (often the memory was not enough)") from None
