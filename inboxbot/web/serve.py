"""Serving the web application inside the daemon.

In: what the pages need, host and port, the stop event. Out: a coroutine that serves until the event is set.
"""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from inboxbot.errors import InboxbotError
from inboxbot.web.app import create_app
from inboxbot.web.services import WebServices


class _Server(uvicorn.Server):
    """uvicorn without signal handlers: the daemon has its own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind the address at start, so that a port in use is an error at once; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise InboxbotError(f"the web pages cannot be served on {host}:{port} ([web] host, port)") from error
    return listener


async def serve(services: WebServices, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve until `stop` is set, then finish what is under way."""
    app = create_app(services)
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([serving, stopping], return_when=asyncio.FIRST_COMPLETED)
    getattr(app.state, "close_streams", lambda: None)()
    server.should_exit = True
    stopping.cancel()
    await serving
