"""What understanding a mail costs, and explaining many.

In: a folder with the sample company's books. Out: rows. The measure beside it is spaCy's blank tokeniser over the same text.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import spacy

from benchmarks.figures import Row, ratio, row
from inboxbot import config, log, pipeline
from inboxbot.app import App
from inboxbot.demo import sample_mails
from inboxbot.message import MessageKey, RawMessage
from inboxbot.pipeline import Tools

ROUNDS = 7  # over all sample mails; the first warms up and does not count
FILES = 500
_CONFIG = """\
[company]
name = "Brightwater Components"
address = "ar@brightwater.example"
[ledger]
path = "ledger"
[documents]
path = "documents"
[security]
trusted_authserv_ids = ["mx.brightwater.example"]
"""


def measure(folder: Path) -> list[Row]:
    """Understanding, and the whole way to the decision, per mail; then one command over many files."""
    path = folder / "explain.toml"
    path.write_text(_CONFIG, encoding="utf-8")
    log.configure()
    tools = App(config.load(path)).tools(with_store=False)
    raws = [RawMessage(MessageKey("bench", 1, i), mail.raw, datetime.now(UTC)) for i, mail in enumerate(_mails())]
    return [*_understanding(raws, tools), *_explaining(folder, path)]


def _mails() -> list[sample_mails.SampleMail]:
    return sample_mails.build(datetime.now(UTC))


def _understanding(raws: list[RawMessage], tools: Tools) -> list[Row]:
    """Rounds in turn; a figure is one round's CPU time per mail."""
    tokenise = spacy.blank("en")
    known = [pipeline.understand(raw, tools) for raw in raws]
    texts = [f"{one.message.subject}\n{one.message.new_text}" for one in known]
    steps: tuple[Callable[[], object], ...] = (
        lambda: [tokenise(text) for text in texts],
        lambda: [tools.understander.understand(one.message, one.facts, one.machine) for one in known],
        lambda: [pipeline.understand(raw, tools) for raw in raws],
    )
    rounds = [[_cpu(step) / len(raws) for step in steps] for _ in range(ROUNDS)][1:]
    tokens, meanings, wholes = ([one[i] for one in rounds] for i in range(len(steps)))
    return [
        row("spaCy blank tokeniser, a mail", tokens, "1"),
        row("understanding (classify), a mail", meanings, f"{ratio(meanings, tokens)} the tokeniser"),
        row("bytes to everything known, a mail", wholes, f"{ratio(wholes, tokens)} the tokeniser"),
    ]


def _cpu(step: Callable[[], object]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def _explaining(folder: Path, path: Path) -> list[Row]:
    mails = _mails()
    files = [folder / f"{number:03}.eml" for number in range(FILES)]
    for number, file in enumerate(files):
        file.write_bytes(mails[number % len(mails)].raw)
    one, many = _explain_seconds(files[:1], path), _explain_seconds(files, path)
    each = f"{(many - one) / (FILES - 1) * 1000:.1f} ms a file"
    return [row("explain, 1 file (mostly starting)", [one]), row(f"explain, {FILES} files", [many], each)]


def _explain_seconds(files: list[Path], path: Path) -> float:
    start = time.monotonic()
    command = [str(Path(sys.executable).parent / "inboxbot"), "explain", "--json", "--config", str(path), *map(str, files)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - start
