"""Canaries: no password, token or mail body comes to light in a log, an error or an export."""

import io
import json
import os
import stat
from pathlib import Path

import pytest
import structlog
from contract.office import COMPANY, TRUST, open_office
from hypothesis import given
from hypothesis import strategies as st

from inboxbot import log
from inboxbot.app import App
from inboxbot.config import Secret, load
from inboxbot.errors import ConfigError, SendTemporaryError
from inboxbot.redact import HIDDEN, Redactor, frames

PASSWORD, KEY, BODY = "canary-Passw0rd-91", "canary-key-0123456789abcdef", "canarybodyword"
MAILBOX = '[[mailbox]]\nname = "ar"\nkind = "imap"\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "ar"\n'
SMTP = '[smtp]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nusername = "ar"\n'


def logged(*secrets: str, **event: object) -> str:
    out = io.StringIO()
    log.configure(out, secrets=secrets)
    try:
        structlog.get_logger("x").warning("event", **event)
    finally:
        log.configure()
    return out.getvalue()


@pytest.mark.parametrize(
    "event",
    [
        {"why": f"LOGIN ar {PASSWORD} failed"}, {"why": f"b'{PASSWORD}'"}, {"config": {"password": PASSWORD}}, {"list": [1, (PASSWORD,)]},
        {"error": SendTemporaryError(f"535 {PASSWORD}")}, {PASSWORD[:5]: PASSWORD}, {"path": Path(f"/run/{PASSWORD}")},
    ],
)  # fmt: skip
def test_a_known_secret_is_in_no_log_line(event: dict[str, object]) -> None:
    line = logged(PASSWORD, **event)
    assert PASSWORD not in line
    assert HIDDEN in line


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Authorization: Bearer ya29.a0AfH6SMBx-long", "ya29.a0AfH6SMBx-long"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
        ("C: AUTH PLAIN AGFyAHNlY3JldA==", "AGFyAHNlY3JldA=="),
        ("AUTHENTICATE XOAUTH2 dXNlcj1hckBi", "dXNlcj1hckBi"),
        ("A1 LOGIN ar@b.example s3cret!", "s3cret!"),
        ('{"refresh_token": "1//0gabcdefgh", "x": 1}', "1//0gabcdefgh"),
        ("password=hunter22&user=ar", "hunter22"),
        ("GET /account/3qY8s-long_token_of_a_link HTTP/1.1", "3qY8s-long_token_of_a_link"),
        ("postgresql+psycopg://inboxbot:s3cretpw@db/inboxbot", "s3cretpw"),
        ("client_secret: abcdefgh1234", "abcdefgh1234"),
    ],
)
def test_the_forms_of_secrets_are_known_too(text: str, secret: str) -> None:
    assert secret not in Redactor().text(text)


@pytest.mark.parametrize(
    "text", ["invoice INV-20155 was sent", "token ring", "250 2.0.0 queued as 17", "tokens are words", "password is wrong"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor().text(text) == text


@given(
    st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=6, max_size=30),
    st.text(max_size=50),
    st.text(max_size=50),
)
def test_any_known_secret_is_hidden_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret in HIDDEN or secret not in Redactor([secret]).text(f"{before}{secret}{after}").replace(HIDDEN, "")


def broken_step(body: str) -> None:
    number = {}[body]  # the library's words hold what it was given
    assert number


def test_a_trace_tells_where_and_never_what() -> None:
    try:
        broken_step(f"Dear AR, {BODY}")
    except KeyError as error:
        found, line = frames(error), logged(exc_info=error)
    assert "broken_step" in found
    assert "KeyError" in found
    assert BODY not in found
    assert BODY not in line
    assert "broken_step" in line


def test_our_own_errors_keep_their_words() -> None:
    assert "port 1 is closed" in frames(SendTemporaryError("port 1 is closed"))


def mail(body: str) -> bytes:
    return (
        f"Authentication-Results: mx.example.test; dmarc=pass header.from=alderstone.example\r\nFrom: m.fuller@alderstone.example\r\n"
        f"To: ar@brightwater.example\r\nSubject: hello\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\nMessage-ID: <1@a>\r\n\r\n{body}\r\n"
    ).encode()


@pytest.mark.slow
def test_no_canary_comes_to_light_in_a_whole_run(tmp_path: Path) -> None:
    """Real processes: a mailbox that refuses, a mail with canaries in it, every export, status, check and audit."""
    office = open_office(tmp_path)
    for name in ("pw", "smtp-pw"):
        (tmp_path / name).write_text(PASSWORD)
        (tmp_path / name).chmod(0o600)
    maildir = '[[mailbox]]\nname = "dir"\nkind = "maildir"\npath = "maildir"\nsince = "all"\n'
    office.configure(
        COMPANY + TRUST + 'secret_env = "CANARY_KEY"\nauthentication = "gateway"\n' + maildir + MAILBOX + 'password_file = "pw"\n' + SMTP
        + 'password_file = "smtp-pw"\n'
    )  # fmt: skip
    office.deliver(mail(f"Please tell nobody that {BODY}beginning is wrong.\n\nThe warehouse says {BODY}end is broken. Call {BODY}last."))
    office.deliver(b"\xff" + mail(f"{BODY}broken")[:200])
    outputs = []
    commands = [
        ("run", "--once", "--only", "ingest,process"), ("run", "--once"), ("status", "--json"), ("check",), ("audit",),
        *(("export", "--what", what) for what in ("decisions", "conversations", "promises", "disputes", "outbox", "audit")),
    ]  # fmt: skip
    for command in commands:
        ended = office.run(*command, CANARY_KEY=KEY)
        outputs.append((command, ended.out + ended.err))
    for command, text in outputs:
        assert PASSWORD not in text, command
        assert KEY not in text, command
        assert BODY not in text, (command, [line for line in text.splitlines() if BODY in line])
    assert any('"decided"' in text for _, text in outputs)
    decisions = dict(outputs)["export", "--what", "decisions"]
    assert all(json.loads(line)["reasons"] for line in decisions.splitlines())


# where secrets lie


def secret_of(folder: Path, mode: int) -> Secret:
    path = folder / "pw"
    path.write_text("geheim1\n")
    path.chmod(mode)
    return Secret(file=path)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o440])
def test_a_file_of_our_own_is_read_without_a_word(tmp_path: Path, mode: int) -> None:
    found = secret_of(tmp_path, mode)
    assert (found.read("k"), found.loose) == ("geheim1", "")


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o660])
def test_a_file_that_others_may_use_is_named_with_the_remedy(tmp_path: Path, mode: int) -> None:
    found = secret_of(tmp_path, mode)
    assert found.read("k") == "geheim1"
    assert found.loose == f"the secret file {found.file} can be read by others: chmod 600 {found.file}"


@pytest.mark.parametrize("mode", [0o666, 0o602, 0o777])
def test_a_file_that_anybody_can_change_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(ConfigError, match="chmod 600"):
        secret_of(tmp_path, mode).read("k")


def test_check_says_who_else_can_read_a_secret(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    (tmp_path / "pw").write_text("geheim1")
    (tmp_path / "pw").chmod(0o644)
    office.configure(COMPANY + TRUST + MAILBOX + 'password_file = "pw"\n')
    assert any("can be read by others: chmod 600" in words for words in App(load(office.config)).warnings())


def test_a_systemd_credential_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imap-password").write_text("geheim1\n")
    (tmp_path / "imap-password").chmod(stat.S_IRUSR)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert Secret(credential="imap-password").read("k") == "geheim1"
    for name in ("../imap-password", "/etc/passwd", "", ".."):
        with pytest.raises(ConfigError):
            Secret(credential=name).read("k")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(ConfigError, match="LoadCredential"):
        Secret(credential="imap-password").read("k")
    assert "CREDENTIALS_DIRECTORY" not in os.environ
