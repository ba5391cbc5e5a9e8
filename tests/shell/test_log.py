"""A log that cannot be written costs lines of the log, and nothing else."""

import json
import subprocess
from io import StringIO
from pathlib import Path

import pytest
import structlog
from chaos import books
from chaos.scene import INBOXBOT

from inboxbot import log
from inboxbot.cli import run_command


class FullDisk(StringIO):
    """A stream on a disk that is full at times."""

    full = False

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_are_lost_while_the_disk_is_full_and_then_it_is_said_how_many() -> None:
    stream = FullDisk()
    log.configure(stream)
    logger = structlog.get_logger()
    for word, full in (("one", False), ("two", True), ("three", True), ("four", False), ("five", False)):
        stream.full = full
        logger.info(word)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["one", "log_lines_lost", "four", "five"]
    assert lines[1]["lines"] == 2


def test_a_reader_that_went_away_is_no_trouble() -> None:
    stream = StringIO()
    log.configure(stream)
    stream.close()
    structlog.get_logger().info("nobody reads this")


@pytest.mark.slow
@pytest.mark.parametrize("errors", ["2>/dev/full", "2>&-", "2> >(true)"])
def test_mail_is_handled_all_the_same(tmp_path: Path, errors: str) -> None:
    config = books.write_maildir_company(tmp_path, 3)
    command = f"{INBOXBOT} run --once --only ingest,process --config {config} {errors}"
    assert subprocess.run(["bash", "-c", command], check=False).returncode == 0
    out = tmp_path / "decisions"
    with out.open("w") as stream:
        assert subprocess.run([INBOXBOT, "export", "--config", config], stdout=stream, check=False).returncode == 0
    assert [json.loads(line)["outcome"] for line in out.read_text().splitlines()] == ["answer"] * 3


def test_an_error_that_nobody_can_be_told_still_has_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = FullDisk()
    stream.full = True
    monkeypatch.setattr("sys.stderr", stream)
    assert run_command(["status", "--config", "nowhere.toml"]) == 2
