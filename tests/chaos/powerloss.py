"""Power loss at every point at which the records were made durable, played back from a journal of their writes.

In: the journal that `powerloss.c` wrote while the daemon ran, and when the SMTP server accepted which mail. Out: for each
point the files as a disk may have them after the power went: what was synced is there, of what was not synced nothing, or
some of the writes in full, or a torn one. This is what LazyFS does to a running program, done afterwards, and so at every
point of one and the same run.
"""

import random
import shutil
import sqlite3
import struct
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

_HEAD = struct.Struct("<cIQQd")
_SECTOR = 512


@dataclass(frozen=True, slots=True)
class Op:
    kind: str  # w, t, s, u
    path: str
    offset: int
    data: bytes
    at: float


def compiler() -> str:
    """A C compiler, or ''."""
    return shutil.which("cc") or shutil.which("gcc") or ""


def shim(folder: Path) -> Path:
    """The library to preload, compiled."""
    library = folder / "powerloss.so"
    source = Path(__file__).with_name("powerloss.c")
    subprocess.run([compiler(), "-O1", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl", "-lpthread"], check=True)
    return library


def read(journal: Path) -> Iterator[Op]:
    """The journal's records, oldest first."""
    content, place = journal.read_bytes(), 0
    while place + _HEAD.size <= len(content):
        kind, length, offset, size, at = _HEAD.unpack_from(content, place)
        place += _HEAD.size
        path = content[place : place + length].decode()
        place += length
        data = b"" if kind in b"tsu" else content[place : place + size]
        place += len(data)
        yield Op(kind.decode(), path, offset, data, at)


@dataclass
class Disk:
    """What is durable, and what was written since, by file."""

    durable: dict[str, bytearray] = field(default_factory=dict)
    pending: dict[str, list[Op]] = field(default_factory=dict)

    def take(self, op: Op) -> bool:
        """One step; True when it made something durable."""
        if op.kind == "u":
            self.durable.pop(op.path, None)
            self.pending.pop(op.path, None)
            return False
        if op.kind != "s":
            self.pending.setdefault(op.path, []).append(op)
            return False
        content = self.durable.setdefault(op.path, bytearray())
        for one in self.pending.pop(op.path, []):
            _apply(content, one)
        return True

    def after_loss(self, chance: random.Random) -> dict[str, bytes]:
        """The files after the power went now: a random choice of the writes that were not synced is there, the last one torn."""
        files = {}
        for path in {*self.durable, *self.pending}:
            content = bytearray(self.durable.get(path, b""))
            kept = [one for one in self.pending.get(path, []) if chance.random() < _luck(chance)]
            for one in kept[:-1]:
                _apply(content, one)
            if kept:
                last = kept[-1]
                torn = last.data[: chance.randrange(0, len(last.data) // _SECTOR + 1) * _SECTOR]
                _apply(content, Op(last.kind, last.path, last.offset, torn, last.at))
            if content or path in self.durable:
                files[path] = bytes(content)
        return files


def _luck(chance: random.Random) -> float:
    return chance.choice((0.0, 0.0, 0.5, 1.0))


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "t":
        del content[op.offset :]
        content.extend(b"\0" * (op.offset - len(content)))
        return
    if len(content) < op.offset:
        content.extend(b"\0" * (op.offset - len(content)))
    content[op.offset : op.offset + len(op.data)] = op.data


def check(journal: Path, accepted: dict[str, float], folder: Path, chance: random.Random, most: int) -> dict[str, int]:
    """At up to `most` points: the database opens and is whole, and no mail that a server has is one that would be sent again."""
    ops = list(read(journal))
    syncs = [number for number, op in enumerate(ops) if op.kind == "s"]
    # Right after a sync, and right before the next one, when as much as can be is not durable yet.
    points = set(chance.sample(syncs, min(len(syncs), most)))
    points |= {number - 1 for number in chance.sample(syncs, min(len(syncs), most)) if number}
    disk, figures = Disk(), {"syncs": len(syncs), "power losses": 0}
    for number, op in enumerate(ops):
        disk.take(op)
        if number not in points:
            continue
        known = {message_id for message_id, at in accepted.items() if at < op.at}
        _check_one(disk.after_loss(chance), folder, known)
        figures["power losses"] += 1
    return figures


def _check_one(files: dict[str, bytes], folder: Path, accepted: set[str]) -> None:
    place = folder / "after-loss"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for path, content in files.items():
        (place / Path(path).name).write_bytes(content)
    database = place / "inboxbot.db"
    if not database.exists():
        assert not accepted, "mail was sent of which there is no record"
        return
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        rows = connection.execute("SELECT message_id, state FROM outbox").fetchall() if "outbox" in tables else []
    begun = {message_id for message_id, state in rows if state != "ready"}
    assert accepted <= begun, f"after the power loss these would be sent again: {sorted(accepted - begun)[:3]}"
