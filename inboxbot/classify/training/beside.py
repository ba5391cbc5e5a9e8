"""Runs jobs in processes beside each other. In: functions without arguments. Out: what they give, in their order."""

import multiprocessing
import sys
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

from inboxbot.errors import ModelError


def side_by_side(jobs: Sequence[Callable[[], Any]], processes: int) -> list[Any]:
    """Each process takes every so-manieth job. Where processes can be forked nothing that the jobs read is copied or sent.

    Raises ModelError where a process ends before its time.
    """
    context: Any = multiprocessing.get_context("fork" if sys.platform.startswith("linux") else "spawn")
    lines = []
    for start in range(processes):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(jobs[start::processes], sender), daemon=True)
        process.start()
        sender.close()
        lines.append((process, receiver))
    found: list[Any] = [None] * len(jobs)
    for start, (process, receiver) in enumerate(lines):
        found[start::processes] = _received(receiver)
        process.join()
    return found


def _work(jobs: Sequence[Callable[[], Any]], sender: Connection) -> None:
    sender.send([job() for job in jobs])
    sender.close()


def _received(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        raise ModelError("a process of the training ended early; what it said stands above (often the memory was not enough)") from None
