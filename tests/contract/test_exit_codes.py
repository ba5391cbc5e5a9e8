"""How commands end: 0 done, 1 something failed, 2 wrong usage or configuration, 3 a simulation found regressions.

Whatever goes wrong is one plain line on standard error that names the place and what to do, and never a traceback.
"""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest
import typer.main
from contract.office import COMPANY, INBOXBOT, MAILDIR, TRUST, Ended, Office, call, mail, open_office, run

from inboxbot.cli import app

CONTRACT = (
    "demo", "run", "check", "explain", "simulate", "queue list", "queue show", "queue assign", "queue note", "queue close", "queue reply",
    "status", "audit", "ledger sync", "user add", "train", "evaluate", "export",
)  # fmt: skip

FULL = Path("/dev/full")

pytestmark = pytest.mark.slow  # real commands, one after the other


def commands() -> dict[str, str]:
    """Every command there is, with its help."""
    found: dict[str, str] = {}
    groups = [("", typer.main.get_command(app))]
    for prefix, group in groups:
        for name, command in getattr(group, "commands", {}).items():
            if hasattr(command, "commands"):
                groups.append((f"{prefix}{name} ", command))
            else:
                found[f"{prefix}{name}"] = command.help or ""
    return found


COMMANDS = commands()


@pytest.mark.parametrize("name", CONTRACT)
def test_a_command_of_the_contract_is_there(name: str) -> None:
    assert name in COMMANDS


def test_the_program_says_its_version() -> None:
    ended = call("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"inboxbot {version('inboxbot')}\n", "")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_output_that_cannot_be_written_is_no_defect() -> None:
    with FULL.open("wb") as full:
        ended = subprocess.run([INBOXBOT, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "inboxbot: what was asked for could not be written out: No space left on device\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(name: str) -> None:
    ended = call(*name.split(), "--help")

    assert (ended.code, ended.err) == (0, "")
    assert f"Example: inboxbot {name} " in f"{ended.out.strip()} "


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that has routed a mail by a rule."""
    office = open_office(tmp_path_factory.mktemp("recorded"), day=datetime.now(UTC).date())
    rule = '[[rule]]\nname = "people first"\nthen = { answer = false, assign = "dana@brightwater.example" }\n'
    office.configure(COMPANY + TRUST + MAILDIR + rule)
    office.deliver(
        mail("invoices@cobaltrobotics.example", "Statement of account", "Hello,\n\nPlease send us a current statement of account.\n")
    )
    assert office.call("run", "--once", "--only", "ingest,process").code == 0
    (office.folder / "same.toml").write_text(rule, encoding="utf-8")
    (office.folder / "wider.toml").write_text('[[rule]]\nname = "machines first"\n', encoding="utf-8")
    (office.folder / "other.toml").write_text(rule.replace("dana", "sam"), encoding="utf-8")
    (office.folder / "wrong.toml").write_text("[company]\nnome = 1\n", encoding="utf-8")
    (office.folder / "a.eml").write_bytes(b"From: a@b.example\n\nhello\n")
    return office


@pytest.fixture(scope="module")
def ended(recorded: Office) -> dict[str, Ended]:
    """One real command for each way of ending, two at a time."""
    config, mail_file = str(recorded.config), str(recorded.folder / "a.eml")
    lines = {
        "0 explain": ("explain", mail_file, "--config", config),
        "0 simulate": ("simulate", "--rules", str(recorded.folder / "same.toml"), "--config", config),
        "1 not found": ("queue", "show", "999", "--config", config),
        "1 needs a person": ("status", "--config", config),
        "2 configuration": ("check", "--config", str(recorded.folder / "wrong.toml")),
        "2 no configuration": ("check", "--config", str(recorded.folder / "missing.toml")),
        "2 unknown option": ("status", "--confg", config),
        "2 unknown command": ("statsu",),
        "3 simulate": ("simulate", "--rules", str(recorded.folder / "wider.toml"), "--config", config),
    }
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(lines, pool.map(lambda line: run([INBOXBOT, *line]), lines.values()), strict=True))


NAMES = (
    "0 explain", "0 simulate", "1 not found", "1 needs a person", "2 configuration", "2 no configuration", "2 unknown option",
    "2 unknown command", "3 simulate",
)  # fmt: skip
WORDS = {
    "1 not found": "inboxbot: there is no conversation 999",
    "2 configuration": "wrong.toml:2: company.nome: unknown key; did you mean `name`?",
    "2 no configuration": "missing.toml: cannot be read (",
    "2 unknown option": "--confg",
    "2 unknown command": "statsu",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_real_command_ends_with_its_code(ended: dict[str, Ended], name: str) -> None:
    found = ended[name]

    assert found.code == int(name[0]), found
    assert "Traceback" not in found.out + found.err
    assert len(found.complaints) == (1 if name in WORDS else 0)
    assert WORDS.get(name, "") in found.err
    assert all(line.startswith("inboxbot: ") for line in found.complaints)


def test_a_regression_is_named(ended: dict[str, Ended]) -> None:
    assert ended["3 simulate"].out.splitlines()[-1] == "1 messages would be treated otherwise, 1 regressions"
    assert "REGRESSION" in ended["3 simulate"].out
    assert ended["0 simulate"].out == "0 messages would be treated otherwise, 0 regressions\n"


def test_a_change_that_gives_the_machine_no_more_is_no_regression(recorded: Office) -> None:
    found = recorded.call("simulate", "--rules", str(recorded.folder / "other.toml"))

    assert found.code == 0
    assert "1 messages would be treated otherwise, 0 regressions" in found.out


USAGE = (
    (("run", "--only", "ingest,sned"), "--only does not know 'sned'"),
    (("queue", "list", "--status", "opened"), "--status does not know 'opened'"),
    (("queue", "assign", "1", "nobodys-team"), "neither a mail address nor a team"),
    (("queue", "show", "first"), "Invalid value for 'ID'"),
    (("queue", "reply", "1", "--text", " "), "the reply is empty"),
    (("outbox", "settle", "1"), "--was-sent or --send-again"),
    (("export", "--what", "everything"), "it takes decisions, conversations, promises, disputes, outbox, audit"),
    (("simulate",), "--rules"),
    (("simulate", "--rules", "same.toml", "--since", "a month"), "is not a span such as 30d"),
    (("simulate", "--rules", "missing.toml"), "missing.toml"),
    (("explain",), "Missing argument 'files'"),
    (("explain", "x.eml", "--at", "25:00"), "is not an ISO time"),
)


@pytest.mark.parametrize(("line", "words"), USAGE, ids=[" ".join(line) for line, _ in USAGE])
def test_wrong_usage_is_one_line_that_says_what_is_right(
    recorded: Office, line: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recorded.folder)

    found = recorded.call(*line)

    assert found.code == 2
    assert words in found.err
    assert len(found.complaints) == 1
    assert found.out == ""


@pytest.mark.parametrize("line", [("evaluate", "--corpus", "nowhere"), ("train", "--corpus", "nowhere")], ids=" ".join)
def test_a_corpus_that_is_not_there_is_named(line: tuple[str, ...]) -> None:
    found = call(*line)

    assert (found.code, found.complaints) == (2, ["inboxbot: there is no corpus in nowhere (splits.json is missing)"])


def test_a_model_that_is_not_there_is_named(own_office: Office) -> None:
    own_office.configure(COMPANY + TRUST + '[model]\npath = "no-model"\n')
    (own_office.folder / "a.eml").write_bytes(b"From: a@b.example\n\nhello\n")

    for line in (("check",), ("explain", str(own_office.folder / "a.eml"))):
        found = own_office.call(*line)
        assert found.code == 1
        assert len(found.complaints) == 1
        assert str(own_office.folder / "no-model") in found.err


@pytest.mark.parametrize(
    "card",
    ["", "{}", "[1]", '{"format_version": 1}', '{"format_version": 99}'],
    ids=["empty", "no keys", "a list", "keys missing", "of another release"],
)
def test_a_model_that_cannot_be_used_is_named(own_office: Office, card: str) -> None:
    model = own_office.folder / "model"
    shutil.copytree(Path(__file__).parents[2] / "models" / "artifact", model)
    (model / "card.json").write_text(card, encoding="utf-8")
    own_office.configure(COMPANY + TRUST + '[model]\npath = "model"\n')

    found = own_office.call("check")

    assert found.code == 1
    assert len(found.complaints) == 1
    assert str(model) in found.err


def test_two_processes_do_not_share_the_work(recorded: Office) -> None:
    from inboxbot.store import lock  # noqa: PLC0415 - what another process would hold

    with lock.hold(recorded.folder / "inboxbot.db", ["process"]):
        found = recorded.call("run", "--once", "--only", "process")

    assert found.code == 1
    assert len(found.complaints) == 1
    assert "another inboxbot process already runs 'process'" in found.err


def test_a_good_configuration_ends_in_order(own_office: Office) -> None:
    found = own_office.call("check")

    assert (found.code, found.err) == (0, "")
    assert found.out.splitlines()[-1] == "everything is in order"


def test_the_configuration_can_be_named_by_the_environment(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INBOXBOT_CONFIG", str(office.config))

    assert call("check").code == 0


def test_nothing_is_left_behind_by_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert call("run", "--help").code == 0
    assert list(tmp_path.iterdir()) == []
