"""A start from the nursery is a start of the program: its words, its exit codes, its environment, its death."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from chaos import books
from chaos.scene import FAIL_POINTS, INBOXBOT
from servers.nursery import Nursery

pytestmark = [pytest.mark.slow]


@pytest.mark.parametrize("arguments", [["--version"], ["queue", "list"], ["queue"], ["status", "--config", "nowhere.toml"]])
def test_it_says_and_ends_as_the_command_does(nursery: Nursery, tmp_path: Path, arguments: list[str]) -> None:
    said, errors = tmp_path / "said", tmp_path / "errors"
    plain = {"PATH": "/usr/bin:/bin", "TERM": "dumb"}
    real = subprocess.run([INBOXBOT, *arguments], env=plain, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert nursery.start(arguments, plain, said, errors).wait(60) == real.returncode
    assert (said.read_text(), errors.read_text()) == (real.stdout, real.stderr)


def test_a_fail_point_kills_it_and_a_signal_ends_it(nursery: Nursery, tmp_path: Path) -> None:
    config = books.write_maildir_company(tmp_path, 3)
    run = ["run", "--only", "ingest,process", "--config", str(config)]
    log = tmp_path / "log"

    assert nursery.start(run, {FAIL_POINTS: "decide.committed=kill@2"}, log).wait(60) == -9
    assert log.read_text().count('"decided"') == 2

    again = tmp_path / "again"
    again.touch()
    child = nursery.start(run, {}, again)
    while '"decided"' not in again.read_text():
        assert child.poll() is None
        time.sleep(0.05)
    child.terminate()
    assert child.wait(60) == 0
    assert again.read_text().count('"decided"') == 1


def test_what_is_preloaded_is_what_a_start_imports() -> None:
    """The nursery knows the fail points by the modules that name them: all of these are loaded with the daemon."""
    code = "import sys, inboxbot.app, inboxbot.daemon, inboxbot.once; print(*[n for n in sys.modules if hasattr(sys.modules[n], 'reach')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    sources = Path(sys.modules["inboxbot"].__file__ or "").parent.rglob("*.py")
    naming = [path for path in sources if "from inboxbot.failpoints import reach" in path.read_text(encoding="utf-8")]
    assert len([name for name in loaded if name.startswith("inboxbot.") and name != "inboxbot.failpoints"]) == len(naming)
