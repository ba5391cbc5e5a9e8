"""The cage: what a hostile mail does to the worker, it does to the worker alone."""

import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import NOW, mail_bytes

from inboxbot.errors import UnreadableMessageError, WorkerError
from inboxbot.ingest import cage as cage_module
from inboxbot.ingest import caged, parse
from inboxbot.ingest.cage import Cage
from inboxbot.message import MessageKey, RawMessage

pytestmark = pytest.mark.slow

HOSTILE = '''"""Stands in for the parser: does to the worker what the mail's subject says."""
import os, signal, sys, time
from inboxbot.ingest import caged, parse

def hostile(raw):
    text = raw.raw.decode()
    if "spin" in text:
        while True:
            pass
    if "hang" in text:
        time.sleep(1000)
    if "eat" in text:
        raise AssertionError(len(bytearray(2 * 1024 ** 3)))
    if "segfault" in text:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "write" in text:
        open("/tmp/inboxbot-cage-test", "wb").write(b"x" * 10_000)
    if "talk" in text:
        return os.system
    return real(raw)

real, parse.parse = parse.parse, hostile
caged.main(sys.argv[1:])
'''


def raw(text: str) -> RawMessage:
    return RawMessage(MessageKey("ar", 1, 1), mail_bytes(text), NOW)


@pytest.fixture
def cage() -> Iterator[Cage]:
    found = Cage(seconds=1, memory_mb=256)
    yield found
    found.close()


@pytest.fixture
def hostile(cage: Cage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cage:
    """A cage whose worker does to itself what the mail says."""
    script = tmp_path / "hostile.py"
    script.write_text(HOSTILE, encoding="utf-8")
    monkeypatch.setattr(cage_module, "_MODULE", [str(script)])
    return cage


def test_a_mail_is_parsed_as_it_is_outside(cage: Cage) -> None:
    message = raw("Please resend INV-1.")
    assert cage.parse(message) == parse.parse(message)


def test_one_worker_lives_on_and_is_recycled(cage: Cage) -> None:
    first = _pid(cage, "one")
    assert _pid(cage, "two") == first
    few = Cage(most_mails=1)
    assert _pid(few, "one") != _pid(few, "two")
    few.close()


def test_what_the_parser_refuses_is_unreadable_and_costs_no_worker(cage: Cage) -> None:
    pid = _pid(cage, "one")
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(60))
    with pytest.raises(UnreadableMessageError, match="nested"):
        cage.parse(RawMessage(MessageKey("ar", 1, 2), nested, NOW))
    assert _pid(cage, "two") == pid


@pytest.mark.parametrize(
    ("deed", "words"),
    [("spin", "1 seconds of computing"), ("eat", "memory"), ("segfault", "SIGSEGV"), ("write", "."), ("talk", "no sense")],
)
def test_a_mail_that_breaks_the_worker_is_unreadable_and_the_next_one_is_read(hostile: Cage, deed: str, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableMessageError, match=words):
        hostile.parse(raw(deed))
    assert hostile.parse(raw("Please resend INV-1.")).new_text == "Please resend INV-1."
    assert time.monotonic() - started < 60  # it came to an end at all; a busy machine is slow
    assert not Path("/tmp/inboxbot-cage-test").exists() or Path("/tmp/inboxbot-cage-test").stat().st_size == 0  # noqa: S108


def test_a_worker_that_hangs_is_ended(hostile: Cage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cage_module, "_GRACE_SECONDS", 2.0)
    with pytest.raises(UnreadableMessageError, match="longer than 5 seconds"):
        hostile.parse(raw("hang"))
    assert hostile.parse(raw("fine")).new_text == "fine"


def test_a_worker_that_somebody_else_killed_is_replaced_without_a_word(cage: Cage) -> None:
    os.kill(_pid(cage, "one"), signal.SIGKILL)
    assert cage.parse(raw("two")).new_text == "two"


def test_threads_take_turns(cage: Cage) -> None:
    texts: list[str] = []
    threads = [threading.Thread(target=lambda n=n: texts.append(cage.parse(raw(f"mail {n}")).new_text)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(texts) == [f"mail {n}" for n in range(8)]


def test_without_a_worker_the_mail_waits(cage: Cage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(WorkerError):
        cage.parse(raw("one"))


def test_an_answer_may_hold_nothing_but_a_parsed_message() -> None:
    with pytest.raises(pickle.UnpicklingError):
        cage_module._Unpickler(__import__("io").BytesIO(pickle.dumps(("ok", os.system)))).load()


def test_the_worker_tells_when_its_memory_ran_out() -> None:
    def short_of_memory(_raw: RawMessage) -> None:
        raise MemoryError

    assert caged.verdict(raw("x"), short_of_memory)[0] == "exhausted"  # type: ignore[arg-type]


def _pid(cage: Cage, text: str) -> int:
    assert cage.parse(raw(text)).new_text == text
    assert cage._worker is not None
    return cage._worker._process.pid
