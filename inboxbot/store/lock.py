"""One process per part and SQLite file: two senders over one file could not fence each other's crash recovery.

In: the store's path and the parts a process runs. Out: held locks, released when the process ends, however it ends.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from inboxbot.errors import StoreError


@contextmanager
def hold(path: Path | None, parts: Iterable[str]) -> Iterator[None]:
    """Hold a lock for each part while the block runs; raises StoreError when another process has one. None: no locks."""
    with ExitStack() as stack:
        real = path.resolve() if path else None  # one file, whatever links lead to it
        for part in parts if real else ():
            stack.enter_context(_locked(Path(f"{real}.{part}.lock"), part))
        yield


@contextmanager
def _locked(path: Path, part: str) -> Iterator[None]:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(f"the lock file {path} cannot be made") from error
    try:
        _take(descriptor, path, part)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, part: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StoreError(f"another inboxbot process already runs {part!r} on this store (lock file {path})") from None
