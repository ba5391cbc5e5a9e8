"""Secrets lie in the environment or in files, and are read only when somebody needs them."""

import stat
from pathlib import Path

import pytest

from inboxbot.app import App
from inboxbot.config import Secret, load, parse
from inboxbot.errors import ConfigError

REQUIRED = '[company]\nname = "Us"\naddress = "ar@us.example"\n[ledger]\npath = "ledger"\n'
MAILBOX = '[[mailbox]]\nkind = "imap"\nhost = "127.0.0.1"\nusername = "ar"\n'


def secret(folder: Path, line: str) -> Secret:
    return parse(REQUIRED + MAILBOX + line + "\n", folder / "inboxbot.toml").mailbox[0].password


def test_a_secret_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AR_PASSWORD", "geheim")

    assert secret(tmp_path, 'password_env = "AR_PASSWORD"').read("password") == "geheim"


def test_a_secret_comes_from_a_file_beside_the_configuration_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("geheim\n", encoding="utf-8")

    assert secret(tmp_path, 'password_file = "pw"').read("password") == "geheim"


WRONG = (
    ('password_env = "INBOXBOT_NOT_SET"', "mailbox.password_env: the environment variable INBOXBOT_NOT_SET is not set"),
    ('password_file = "missing"', "mailbox.password_file: cannot read the secret file"),
    ('password_file = "empty"', "is empty"),
    ("", "mailbox.password: is needed: set mailbox.password_env or mailbox.password_file"),
)


@pytest.mark.parametrize(("line", "words"), WRONG)
def test_a_secret_that_is_not_there_is_named_when_it_is_needed_and_not_before(tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    found = secret(tmp_path, line)

    with pytest.raises(ConfigError) as raised:
        found.read("mailbox.password")

    assert words in str(raised.value)
    assert raised.value.exit_code == 2


def test_the_secret_itself_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AR_PASSWORD", "geheim")

    assert "geheim" not in repr(parse(REQUIRED + MAILBOX + 'password_env = "AR_PASSWORD"\n', tmp_path / "c.toml"))


def test_our_own_key_is_made_beside_the_store_for_nobody_else_to_read(tmp_path: Path) -> None:
    app = App(parse(REQUIRED, tmp_path / "inboxbot.toml"))

    key = app.key

    made = tmp_path / "inboxbot.db.secret"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert App(parse(REQUIRED, tmp_path / "inboxbot.toml")).key == key
    assert len(key) >= 32


def test_our_own_key_can_be_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INBOXBOT_KEY", "a" * 40)
    file = tmp_path / "inboxbot.toml"
    file.write_text(REQUIRED + '[security]\nsecret_env = "INBOXBOT_KEY"\n', encoding="utf-8")

    assert App(load(file)).key == b"a" * 40
    assert not list(tmp_path.glob("*.secret"))


@pytest.mark.parametrize("content", ["", "ab12", "no hex at all"])
def test_a_key_that_is_not_whole_is_refused_and_not_used(tmp_path: Path, content: str) -> None:
    """An empty key would sign everything alike, and anybody could."""
    (tmp_path / "inboxbot.db.secret").write_text(content)
    with pytest.raises(ConfigError, match="secret file"):
        _ = App(parse(REQUIRED, tmp_path / "inboxbot.toml")).key


def test_a_secret_that_is_being_written_anew_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pw"
    path.write_text("")
    monkeypatch.setattr("time.sleep", lambda _seconds: path.write_text("renewed"))
    assert secret(tmp_path, 'password_file = "pw"').read("password") == "renewed"
