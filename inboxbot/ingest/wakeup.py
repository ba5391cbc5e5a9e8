"""Waiting that another thread can end.

In: sockets to watch and a time. Out: `Wakeup`, whose `wait` ends early when one of them is readable or its bell rings.
"""

import os
import selectors
import socket
import weakref
from contextlib import suppress


class Wakeup:
    """A wait with a bell. `ring` may come from any thread; a ring before the wait ends that wait at once."""

    def __init__(self) -> None:
        self._ear, self._bell = os.pipe()
        os.set_blocking(self._ear, False)
        os.set_blocking(self._bell, False)
        # Mailboxes are closed and opened again all the time and the bell must work in between: it lives as they do.
        weakref.finalize(self, _close, self._ear, self._bell)

    def ring(self) -> None:
        """End the present or the next wait."""
        with suppress(BlockingIOError):  # a full pipe rings already
            os.write(self._bell, b"!")

    def wait(self, seconds: float, *watched: socket.socket) -> bool:
        """Wait until a watched socket is readable, the bell rings, or `seconds` pass; True when the bell rang."""
        sources: tuple[int | socket.socket, ...] = (self._ear, *watched)
        with selectors.DefaultSelector() as selector:
            for source in sources:
                selector.register(source, selectors.EVENT_READ)
            ready = {key.fd for key, _ in selector.select(max(seconds, 0))}
        return self._ear in ready and self._silence()

    def _silence(self) -> bool:
        with suppress(BlockingIOError):
            while os.read(self._ear, 4096):
                pass
        return True


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
