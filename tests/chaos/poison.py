"""Mails that parsers have died of, and what eats their time and memory.

In: nothing. Out: header lines and bodies, one kind after the other; and how much memory a program and all its processes hold.
"""

from collections.abc import Iterator
from pathlib import Path

_FILE = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def poisons() -> Iterator[tuple[str, str]]:
    """Header lines and body of every kind, for ever."""
    nests = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(5000))
    letters = "Content-Type: message/rfc822\r\n\r\n" * 5000
    kinds = (
        ("Subject: " + " ".join(["=?utf-8?q?a?="] * 20_000) + "\r\n", "gigabytes for a subject of encoded words"),
        (nests, "x"),
        (letters, "x"),
        ("Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n", "--b\r\n\r\n.\r\n" * 3000 + "--b--\r\n"),
        ("Subject: fields\r\n" + "X-A: b\r\n" * 30_000, "x"),
        ("Subject: lines\r\n", "\n" * 3_000_000),
        ("Subject: signatures\r\n", "On Monday, Ann wrote:\r\n> a\r\n-- \r\nAnn\r\n" * 400_000),  # more than its time
        ("Subject: a file\r\nContent-Type: multipart/mixed; boundary=b\r\n",  # more than its memory
         f"--b\r\n{_FILE}{('QUFB' * 18 + chr(10)) * 500_000}--b--\r\n"),
    )  # fmt: skip
    while True:
        yield from kinds


def memory(pid: int) -> int:
    """Megabytes that a process and all below it hold: each one's own, and the files mapped by the one with most of them (proc(5))."""
    own, mapped, waiting = 0, 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            waiting += [int(kid) for kid in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except (OSError, ValueError):  # it ended meanwhile
            continue
        held = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines) if name.startswith("Rss")}
        own += held.get("RssAnon", 0) + held.get("RssShmem", 0)
        mapped = max(mapped, held.get("RssFile", 0))
    return (own + mapped) // 1024
