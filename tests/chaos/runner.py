"""Runs rows of the fault table and judges them.

In: a row, a count of mails, a seed, a `MailServer`. Out: a `Count`, or an AssertionError that names what was lost or doubled.
"""

import re
import shutil
import tempfile
from pathlib import Path

from servers.mailserver import MailServer
from servers.nursery import Nursery

from chaos.rows import ROWS, Row
from chaos.scene import Count, Scene

_MEMORY = Path("/dev/shm")  # noqa: S108 - no disk waits in a run that kills processes and not machines


def select(numbers: str) -> list[Row]:
    """`1-3,7` as rows; "" is all of them."""
    wanted: set[int] = set()
    for part in filter(None, re.split(r"[,\s]+", numbers)):
        first, _, last = part.partition("-")
        wanted.update(range(int(first), int(last or first) + 1))
    return [row for row in ROWS if not wanted or int(re.sub(r"\D", "", row.number)) in wanted]


def run(row: Row, server: MailServer, mails: int, seed: int, *, long: bool = False, nursery: Nursery | None = None) -> Count:
    """One run of a row; raises AssertionError when a promise is broken.

    With a nursery the program starts from there, else as a user starts it.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"chaos-{row.number}-{seed}-", dir=_MEMORY if _MEMORY.is_dir() else None))
    scene = Scene(
        server, folder, mails, seed, dict(row.settings), files_sent=row.files_sent, through_postfix=seed in row.postfix_seeds,
        long=long, patience=1200 if long else 240, nursery=nursery,
    )  # fmt: skip
    with scene:
        scene.sink.plan = row.plan(scene)
        row.run(scene)
        count = scene.count()
        judge(row, count)
    shutil.rmtree(folder, ignore_errors=True)  # a broken run leaves its folder for whoever looks
    return count


def judge(row: Row, count: Count) -> None:
    assert not count.lost, f"row {row.number}: lost {len(count.lost)}: {count.lost[:3]}"
    assert not count.twice, f"row {row.number}: answered twice {len(count.twice)}: {count.twice[:3]}"
    kills = count.figures.get("kills", 0)  # a kill may catch a mail on its way, wherever it was aimed at
    assert row.doubt_allowed or count.in_doubt <= kills, f"row {row.number}: {count.in_doubt} in doubt"
    assert count.answered + count.with_people >= count.mails
