"""A real PostgreSQL server for tests, on a folder and a port of its own.

In: nothing. Out: `PostgreSQL`, and databases in it that the migrations made; `unavailable()` says why there is none. Nothing is
forced to the disk (`fsync = off`): a test's records need not survive a power loss.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

from psycopg import connect
from psycopg.sql import SQL, Identifier

from inboxbot.store.engine import Store

USER = "postgres"
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "60",
    "shared_buffers": "32MB",
}
_TEMPLATE = "made_by_the_migrations"


def program(name: str) -> str | None:
    """Where a program of PostgreSQL lies; Debian keeps them out of the search path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda found: int(found.parts[-3]))
    return str(versions[-1]) if versions else shutil.which(name)


def unavailable() -> str:
    """Why there is no PostgreSQL here; "" when there is one."""
    missing = [name for name in ("initdb", "postgres") if program(name) is None]
    return f"no {' and no '.join(missing)} here (make servers installs PostgreSQL on Debian)" if missing else ""


class PostgreSQL:
    """The server; use it as a context manager."""

    def __init__(self) -> None:
        self._folder = Path(mkdtemp(prefix="inboxbot-postgresql-"))
        self._numbers = count(1)
        self._server: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]

    def __enter__(self) -> Self:
        who: dict[str, Any] = {"user": USER} if os.geteuid() == 0 else {}  # the server refuses to run as root
        if who:
            shutil.chown(self._folder, USER)
        data = self._folder / "data"
        made = [program("initdb") or "", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd="/", **who)
        self._start()
        self._say(SQL("CREATE DATABASE {}").format(Identifier(_TEMPLATE)))
        Store(self._url(_TEMPLATE)).close()
        return self

    def restart(self) -> None:
        """Every session is cut in the middle of what it does; then the server recovers."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # the immediate shutdown
            self._server.wait(20)
        self._start()

    def _start(self) -> None:
        who: dict[str, Any] = {"user": USER} if os.geteuid() == 0 else {}
        data = self._folder / "data"
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [program("postgres") or "", "-D", str(data), "-p", str(self.port), "-k", str(self._folder), *settings]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **who)
        self._wait()

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # the fast shutdown: it waits for no client
            self._server.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The URL of a new database with every table (or none), gone afterwards."""
        name = f"test_{next(self._numbers)}"
        template = Identifier("template0" if empty else _TEMPLATE)
        self._say(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), template))
        try:
            yield self._url(name)
        finally:
            self._say(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _url(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _say(self, statement: Any) -> None:
        with connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _wait(self) -> None:
        ready = [program("pg_isready") or "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(200):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            if self._server is not None and self._server.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not start: {(self._folder / 'log').read_text(errors='replace')[-2000:]}")
