"""What the IMAP mailbox makes of servers that say wrong, foreign or no things; a scripted server says them."""

import base64
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError
from servers.scripted_imap import CUT, ScriptedImap
from structlog.testing import capture_logs

from inboxbot.config import MailboxSection
from inboxbot.errors import MailboxRefusedError, MailboxTemporaryError
from inboxbot.ingest import imap
from inboxbot.ingest.imap import _MOST_IDLE_BREAKS_AN_HOUR as MOST_BREAKS
from inboxbot.ingest.imap import ImapMailbox
from inboxbot.ingest.imap_errors import explained, explained_login, retry_after
from inboxbot.ingest.imap_reader import TRIES
from inboxbot.ingest.imap_search import SEARCH_WINDOW
from inboxbot.ingest.imap_session import Timeouts
from inboxbot.ingest.mailbox import FetchFailure
from inboxbot.message import RawMessage

OK = b"{tag} OK done\r\n"
DATE = b'INTERNALDATE "01-Feb-2026 10:00:00 +0100"'


def sized(*uids: int, size: int = 5) -> bytes:
    return b"".join(b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (uid, uid, size) for uid in uids) + OK


def body(uid: int, text: bytes, sequence: int = 1, size: int = 5) -> bytes:
    return b"* %d FETCH (UID %d RFC822.SIZE %d %s BODY[] {%d}\r\n%s)\r\n" % (sequence, uid, size, DATE, len(text), text)


def section(tmp_path: Path, port: int, **more: object) -> MailboxSection:
    secret = tmp_path / "password"
    secret.write_text("secret")
    values = {"host": "127.0.0.1", "port": port, "security": "none", "username": "ar", **more}
    return MailboxSection.model_validate({"name": "ar", "kind": "imap", "password_file": secret, **values})


@contextmanager
def opened(
    tmp_path: Path, replies: Mapping[str, bytes | list[bytes]], max_bytes: int = 1000, read_seconds: float = 1
) -> Iterator[tuple[ScriptedImap, ImapMailbox]]:
    with ScriptedImap(replies) as server:
        mailbox = ImapMailbox(section(tmp_path, server.port), max_bytes, Timeouts(connect=5, read=read_seconds))
        try:
            mailbox.open()
            yield server, mailbox
        finally:
            mailbox.close()


def failure(tmp_path: Path, replies: Mapping[str, bytes | list[bytes]]) -> Exception:
    with pytest.raises((MailboxTemporaryError, MailboxRefusedError)) as caught, opened(tmp_path, replies):
        pass
    return caught.value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds", 299.961),
        ("NO [THROTTLED] slow down", 60),
        ("NO [INUSE] locked", 60),
        ("NO [ALERT] Too many simultaneous connections. (Failure)", 60),
        ("NO [AUTHENTICATIONFAILED] wrong", None),
        ("NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", 60),
        ("NO [OVERQUOTA] Mailbox is full", None),
    ],
)
def test_a_servers_wish_to_be_left_alone_is_read_in_seconds(text: str, seconds: float | None) -> None:
    assert retry_after(text) == seconds


@pytest.mark.parametrize(
    ("replies", "error", "seconds"),
    [
        ({"greeting": b"* BYE too busy\r\n" + CUT}, MailboxTemporaryError, None),
        ({"greeting": CUT}, MailboxTemporaryError, None),
        ({"LOGIN": b"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n"}, MailboxRefusedError, None),
        ({"LOGIN": b"{tag} NO [UNAVAILABLE] database down\r\n"}, MailboxTemporaryError, 60),
        ({"LOGIN": b"{tag} BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds\r\n"}, MailboxTemporaryError, 1.5),
        ({"LOGIN": b"{tag} NO [SERVERBUG] LOGIN Server error - Please try again later\r\n"}, MailboxTemporaryError, None),
        ({"LOGIN": b"{tag} NO Temporary authentication failure.\r\n"}, MailboxTemporaryError, None),
        ({"LOGIN": b"{tag} BAD internal server error\r\n"}, MailboxTemporaryError, None),
        ({"LOGIN": b"{tag} BAD invalid password, try again\r\n"}, MailboxRefusedError, None),
        ({"LOGIN": b"{tag} NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n"}, MailboxTemporaryError, 60),
        ({"LOGIN": CUT}, MailboxTemporaryError, None),
        ({"LOGIN": b"* BYE going down\r\n" + CUT}, MailboxTemporaryError, None),
        ({"SELECT": b"{tag} BAD User is authenticated but not connected.\r\n"}, MailboxTemporaryError, None),
        ({"SELECT": b"{tag} NO [NONEXISTENT] Mailbox doesn't exist\r\n"}, MailboxRefusedError, None),
        ({"SELECT": b"* 0 EXISTS\r\n" + OK}, MailboxTemporaryError, None),  # no UIDVALIDITY
        ({"SELECT": b"nonsense\r\n"}, MailboxTemporaryError, None),
    ],
)
def test_what_goes_wrong_while_opening_is_temporary_or_a_refusal(
    tmp_path: Path, replies: dict[str, bytes | list[bytes]], error: type[Exception], seconds: float | None
) -> None:
    caught = failure(tmp_path, replies)
    assert type(caught) is error
    assert getattr(caught, "retry_after", None) == seconds


def test_a_silent_server_is_given_up_after_the_timeout(tmp_path: Path) -> None:
    start = time.monotonic()
    assert isinstance(failure(tmp_path, {"LOGIN": b""}), MailboxTemporaryError)
    assert time.monotonic() - start < 5


def test_nobody_listening_is_temporary(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        with pytest.raises(MailboxTemporaryError, match="cannot connect"):
            ImapMailbox(section(tmp_path, taken.getsockname()[1]), 1000).open()


def test_without_starttls_on_offer_no_password_is_sent(tmp_path: Path) -> None:
    with ScriptedImap() as server:
        with pytest.raises(MailboxTemporaryError, match="does not offer STARTTLS"):
            ImapMailbox(section(tmp_path, server.port, security="starttls"), 1000).open()
        assert not server.asked["LOGIN"]


def test_a_user_name_with_a_backslash_is_quoted(tmp_path: Path) -> None:
    with ScriptedImap() as server:
        mailbox = ImapMailbox(section(tmp_path, server.port, username="CORP\\ar"), 1000)
        mailbox.open()
        mailbox.close()
        assert server.asked["LOGIN"] == [b'"CORP\\\\ar" "secret"']


def test_an_oauth_token_is_sent_as_xoauth2(tmp_path: Path) -> None:
    with ScriptedImap({"AUTHENTICATE": b"+ \r\n"}) as server:
        mailbox = ImapMailbox(section(tmp_path, server.port, auth="xoauth2"), 1000)
        mailbox.open()
        mailbox.close()
        assert server.asked["AUTHENTICATE"] == [b"XOAUTH2"]
        assert base64.b64decode(server.asked["LINE"][0]) == b"user=ar\1auth=Bearer secret\1\1"


def test_the_last_message_named_again_is_not_new(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID SEARCH": b"* SEARCH 9\r\n" + OK}) as (_, mailbox):
        assert mailbox.uids_after(9) == []


def test_a_large_mailbox_is_searched_in_windows(tmp_path: Path) -> None:
    select = b"* 20000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 12001] ok\r\n" + OK
    searches = [b"* SEARCH 4 3\r\n" + OK, b"* SEARCH\r\n" + OK, b"* SEARCH 12000\r\n" + OK, b"* SEARCH 12001\r\n" + OK]
    with opened(tmp_path, {"SELECT": select, "UID SEARCH": searches}) as (server, mailbox):
        assert mailbox.uids_after(0) == [3, 4, 12000, 12001]
        windows = [(f"{n}:{min(n + SEARCH_WINDOW - 1, 12000)}") for n in range(1, 12001, SEARCH_WINDOW)]
        assert [asked.removeprefix(b"UID ").decode() for asked in server.asked["UID SEARCH"]] == [*windows, "12001:*"]


def test_uidnext_is_asked_for_when_select_keeps_it_back(tmp_path: Path) -> None:
    replies = {"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n" + OK, "STATUS": b"* STATUS INBOX (UIDNEXT 42)\r\n" + OK}
    with opened(tmp_path, replies) as (_, mailbox):
        assert mailbox.open().uidnext == 42


def test_a_foreign_answer_without_uid_gives_nobody_its_body(tmp_path: Path) -> None:
    foreign = b"* 9 FETCH (FLAGS (\\Seen) BODY[] {5}\r\nWRONG)\r\n"
    replies: dict[str, bytes | list[bytes]] = {"UID FETCH": [sized(9), body(9, b"right") + foreign + OK]}
    with opened(tmp_path, replies) as (_, mailbox):
        (message,) = mailbox.fetch([9])
    assert isinstance(message, RawMessage)
    assert message.raw == b"right"
    assert message.received_at.isoformat() == "2026-02-01T09:00:00+00:00"


def test_somebody_elses_flag_change_does_not_disturb(tmp_path: Path) -> None:
    noise = b"* 1 FETCH (UID 9 FLAGS (\\Seen))\r\n* 12 EXISTS\r\n* 3 EXPUNGE\r\n"
    replies: dict[str, bytes | list[bytes]] = {"UID FETCH": [sized(8, 9), noise + body(9, b"nine.") + noise + body(8, b"eight") + OK]}
    with opened(tmp_path, replies) as (_, mailbox):
        assert [one.raw for one in mailbox.fetch([9, 8]) if isinstance(one, RawMessage)] == [b"eight", b"nine."]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] NIL)\r\n" + OK, id="NIL body"),
        pytest.param(b"* 1 FETCH (RFC822.SIZE 5 BODY[] {5}\r\nright)\r\n" + OK, id="no UID"),
        pytest.param(OK, id="no answer"),
        pytest.param(body(9, b"one..") + body(9, b"other") + OK, id="two answers that differ"),
    ],
)
def test_a_message_that_is_there_but_has_no_body_is_a_failure_and_the_others_come(tmp_path: Path, answer: bytes) -> None:
    first = body(8, b"eight") + answer
    with opened(tmp_path, {"UID FETCH": [sized(8, 9), first, answer]}) as (_, mailbox):
        good, bad = mailbox.fetch([8, 9])
    assert isinstance(good, RawMessage)
    assert isinstance(bad, FetchFailure)
    assert bad.uid == 9


def test_a_message_the_server_no_longer_lists_is_left_out(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID FETCH": OK, "UID SEARCH": b"* SEARCH\r\n" + OK}) as (_, mailbox):
        assert list(mailbox.fetch([9])) == []


def test_a_message_listed_without_a_size_is_never_lost(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID FETCH": OK}) as (_, mailbox):
        (bad,) = mailbox.fetch([9])
    assert isinstance(bad, FetchFailure)


@pytest.mark.parametrize(("again", "kept"), [(b"shor", True), (b"right", True), (b"elsewhere", False)])
def test_a_body_of_another_length_than_stated_is_asked_for_once_more(tmp_path: Path, again: bytes, kept: bool) -> None:
    replies: dict[str, bytes | list[bytes]] = {"UID FETCH": [sized(9), body(9, b"shor") + OK, body(9, again) + OK]}
    with opened(tmp_path, replies) as (_, mailbox):
        (one,) = mailbox.fetch([9])
    assert (isinstance(one, RawMessage) and one.raw == again) is kept


def test_an_oversized_body_is_never_asked_for_whole(tmp_path: Path) -> None:
    answer = b"* 1 FETCH (UID 9 RFC822.SIZE 300000 " + DATE + b" BODY[]<0> {262144}\r\n" + b"x" * 262144 + b")\r\n" + OK
    with opened(tmp_path, {"UID FETCH": [sized(9, size=300_000), answer]}) as (server, mailbox):
        (message,) = mailbox.fetch([9])
        assert b"BODY.PEEK[]<0.262144>" in server.asked["UID FETCH"][-1]
    assert isinstance(message, RawMessage)
    assert (message.size, message.complete) == (300_000, False)


@pytest.mark.parametrize("literal", [b"{2}", b"{999}"])
def test_a_message_that_breaks_the_connection_is_given_up_and_the_others_come(tmp_path: Path, literal: bytes) -> None:
    broken = b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] " + literal + b"\r\nright)\r\n" + OK
    asked = [sized(8, 9), body(8, b"eight") + broken]  # together
    asked += [sized(8, 9), body(8, b"eight") + OK, broken]  # alone
    asked += [sized(9), broken] * (TRIES - 2) + [sized(9)]
    got: list[RawMessage | FetchFailure] = []
    with opened(tmp_path, {"UID FETCH": asked}) as (_, mailbox):
        for _ in range(TRIES):
            with pytest.raises(MailboxTemporaryError):
                got.extend(mailbox.fetch([8, 9] if not got else [9]))  # what came before the break stays
            mailbox.open()
        got += mailbox.fetch([9])
    assert [type(one) for one in got] == [RawMessage, FetchFailure]


def test_a_busy_server_is_not_held_against_a_message(tmp_path: Path) -> None:
    busy = b"{tag} NO [THROTTLED] later\r\n"
    replies: dict[str, bytes | list[bytes]] = {"UID FETCH": [*[sized(9), busy] * (TRIES + 1), sized(9), body(9, b"right") + OK]}
    with opened(tmp_path, replies) as (_, mailbox):
        for _ in range(TRIES + 1):
            with pytest.raises(MailboxTemporaryError) as caught:
                list(mailbox.fetch([9]))
            assert caught.value.retry_after == 60
            mailbox.open()
        assert [type(one) for one in mailbox.fetch([9])] == [RawMessage]


@pytest.mark.parametrize("idle", [b"+ idling\r\n" + CUT, b"+ idling\r\n* BYE idle too long\r\n" + CUT, b"{tag} NO not now\r\n", CUT])
def test_a_connection_that_ends_in_idle_is_an_error_at_once(tmp_path: Path, idle: bytes) -> None:
    with opened(tmp_path, {"IDLE": idle}) as (_, mailbox):
        start = time.monotonic()
        with pytest.raises(MailboxTemporaryError):
            mailbox.wait(20)
        assert time.monotonic() - start < 5


def test_a_server_that_ends_idle_at_once_time_after_time_is_only_polled(tmp_path: Path) -> None:
    with opened(tmp_path, {"IDLE": b"+ idling\r\n" + CUT}) as (server, mailbox):
        for _ in range(3):
            with pytest.raises(MailboxTemporaryError):
                mailbox.wait(20)
            mailbox.open()
        start = time.monotonic()
        mailbox.wait(0.3)
        assert time.monotonic() - start > 0.25
        assert len(server.asked["IDLE"]) == 3


PASSING = (
    "[SERVERBUG] LOGIN Server error - Please try again later",
    "Temporary problem, please try again later",
    "[CONTACTADMIN] maintenance",
    "Server Unavailable. 15",
    "Temporary authentication failure. [host:2026-11-30 21:00:00]",
    "[UNAVAILABLE] Temporary authentication failure.",
    "[ALERT] Account is temporarily unavailable (Failure)",
    "Internal error occurred. Refer to server log for more information.",
    "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
    "[ALERT] Too many simultaneous connections. (Failure)",
    "[UNAVAILABLE] Temporary System Error",
    "[UNAVAILABLE] LOGIN failure. Server error - please try again later.",
    "LOGIN failed: system error",
    "Login failed: generic failure",
    "Login failed: authentication service unavailable",
    "[ALERT] Service temporarily not available, please try later",
    "AUTHENTICATE Server error - Please try again later",
    "[INUSE] Mailbox is locked by another session",
    "[LIMIT] Too many connections from this address",
    "LDAP lookup failure",
    "user database unreachable",
    "Request timed out",
    "AUTHENTICATE temporary failure, retry",
    "System is down for maintenance",
    "Server is busy",
    "[AUTHENTICATIONFAILED] throttled",
    "Backend authentication server timeout",
    "command LOGIN: internal server error 4.3.0",
    "Rate limit hit, slow down",
    "Login rate limited: too many login attempts, try again in 5 minutes",
    "[SERVERBUG] Internal error: unknown user database driver",
    "Authentication backend is starting up",
    "Unexpected error",
)
REFUSALS = (
    "[AUTHENTICATIONFAILED] Invalid credentials (Failure)",
    "[AUTHENTICATIONFAILED] Authentication failed.",
    "[AUTHENTICATIONFAILED] Authentication failed. Please try again",
    "[AUTHENTICATIONFAILED] LOGIN Invalid credentials",
    "AUTHENTICATE failed.",
    "LOGIN failed.",
    "Login failed: authentication failure",
    "[ALERT] Web login required",
    "[WEBALERT https://x] Web login required.",
    "[ALERT] Application-specific password required",
    "[ALERT] Please log in via your web browser",
    "[PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
    "[EXPIRED] That password isn't valid any more",
    "[AUTHORIZATIONFAILED] No such authorization-ID",
    "Invalid user name or password. Please try again.",
    "Invalid login or password",
    "LOGIN Login error or password error",
    "Login fail. Service is not open",
    "Incorrect username or password, try again later",
    "Password expired",
    "Your account has been suspended; contact support",
    "Account locked after too many failed attempts, try again later",
    "User account is disabled",
    "Bad username or password",
    "No such user",
    "[NOPERM] Access denied",
    "IMAP access is disabled for your domain",
    "Unknown user or wrong password",
    "Authentication credentials invalid",
    "Login incorrect",
    "[AUTHENTICATIONFAILED] Account temporarily locked",
    "LOGIN rejected",
    "access denied",
    "[ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access.",
    "[ALERT] Invalid credentials (Failure)",
    "Die Anmeldung ist fehlgeschlagen",
    "Identifiant ou mot de passe incorrect",
    "[AUTHENTICATIONFAILED] server unavailable for this user",
    "Too many failed login attempts",
    "[ALERT] Too many login failures, try again later",
)


@pytest.mark.parametrize("words", PASSING)
def test_a_servers_own_trouble_at_the_login_is_no_refusal(words: str) -> None:
    with pytest.raises(MailboxTemporaryError), explained_login("logging in"):
        raise LoginError(words)


@pytest.mark.parametrize("words", REFUSALS)
def test_a_refused_login_is_a_refusal_however_it_is_worded(words: str) -> None:
    with pytest.raises(MailboxRefusedError), explained_login("logging in"):
        raise LoginError(words)


STRUCTURE = b'("text" "plain" NIL NIL NIL "7bit" 8 1)'


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] {18446744073709551616}\r\nright)\r\n" + OK, id="a literal longer than any"),
        pytest.param(
            b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] {4611686018427387904}\r\nright)\r\n" + OK, id="a literal larger than all memory"
        ),
        pytest.param(
            b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODYSTRUCTURE " + b"(" * 3000 + STRUCTURE + b' "mixed")' * 3000 + b")\r\n" + OK, id="deep"
        ),
        pytest.param(
            b"* 1 FETCH (UID 9 RFC822.SIZE 5 X " + b"(" * 5000 + b")" * 5000 + b" BODY[] {5}\r\nright)\r\n" + OK, id="empty and deep"
        ),
        pytest.param(b"* 1 FETCH (UID \xb2 RFC822.SIZE 5 BODY[] {5}\r\nright)\r\n" + OK, id="a digit of no number"),
        pytest.param(b"* 1 FETCH (UID 9 RFC822.SIZE 5 BODY[] {\xb2}\r\nright)\r\n" + OK, id="a length of no number"),
        pytest.param(b'* 1 FETCH (UID 9 ENVELOPE ("x") RFC822.SIZE 5 BODY[] {5}\r\nright)\r\n' + OK, id="an envelope of one field"),
        pytest.param(b"* 1 FETCH (UID 9 RFC822.SIZE " + b"9" * 5000 + b" BODY[] {5}\r\nright)\r\n" + OK, id="a number of 5000 digits"),
        pytest.param(b"* 1 FETCH\r\n* 1 FETCH ((()\r\n" + OK, id="half a list"),
    ],
)
def test_whatever_an_answer_breaks_ends_its_connection_and_no_more(tmp_path: Path, answer: bytes) -> None:
    with opened(tmp_path, {"UID FETCH": [sized(9), answer]}) as (_, mailbox):
        try:
            got = [one.raw for one in mailbox.fetch([9]) if isinstance(one, RawMessage)]
        except MailboxTemporaryError:
            mailbox.open()  # and a new connection goes on
            return
        assert got in ([], [b"right"])


@pytest.mark.parametrize(
    "error", [MemoryError(), RecursionError("too deep"), OverflowError("too long"), AttributeError("none"), LookupError("?")]
)
def test_what_nobody_foresaw_is_temporary_and_the_log_says_where_it_was(error: Exception) -> None:
    with capture_logs() as lines, pytest.raises(MailboxTemporaryError, match="reading"), explained("reading"):
        raise error
    (line,) = lines
    assert (line["event"], line["doing"], line["exc_info"]) == ("answer_not_understood", "reading", error)


@pytest.mark.parametrize("error", [IMAPClient.Error("no"), OSError("cut")])
def test_a_servers_own_words_need_no_trace(error: Exception) -> None:
    with capture_logs() as lines, pytest.raises(MailboxTemporaryError), explained("reading"):
        raise error
    assert lines == []


@pytest.mark.parametrize(
    "date",
    ["31-Dec-9999 23:59:59 -0800", "31-Dec-9999 23:59:59 +0000", "20-Nov-2026 10:00:00 +9999", "20-Nov-2026 10:00:00 -2400",
     "00-Jan-0000 00:00:00 +0000", "99-Foo-2026 99:99:99 +0000", "31-Feb-2026 10:00:00 +0000", "01-Jan-99999 00:00:00 +0000"],
)  # fmt: skip
def test_a_date_that_is_none_costs_no_mail(tmp_path: Path, date: str) -> None:
    answer = body(9, b"right").replace(DATE, f'INTERNALDATE "{date}"'.encode()) + OK
    with opened(tmp_path, {"UID FETCH": [sized(9), answer]}) as (_, mailbox):
        (message,) = mailbox.fetch([9])
    assert isinstance(message, RawMessage)
    assert message.raw == b"right"
    assert abs(message.received_at - datetime.now(UTC)) < timedelta(minutes=1)  # it is new to us now


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"secret, for everybody to change"])
def test_a_password_that_is_away_for_a_moment_is_a_refusal_and_then_it_is_read_again(tmp_path: Path, content: bytes | None) -> None:
    with opened(tmp_path, {}) as (server, mailbox):
        password = tmp_path / "password"
        password.unlink()
        if content is not None:
            password.write_bytes(content)
            password.chmod(0o666 if b"everybody" in content else 0o600)
        with pytest.raises(MailboxRefusedError, match="the secret file"):
            mailbox.open()
        assert len(server.asked["LOGIN"]) == 1
        password.write_text("renewed")
        password.chmod(0o600)
        mailbox.open()
        assert server.asked["LOGIN"][-1].endswith(b'"renewed"')


def test_a_server_that_ends_idle_again_and_again_is_only_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_AT_ONCE_SECONDS", 0)  # each time it had lasted for a while
    with opened(tmp_path, {"IDLE": b"+ idling\r\n" + CUT}) as (server, mailbox):
        for _ in range(MOST_BREAKS):
            with pytest.raises(MailboxTemporaryError):
                mailbox.wait(20)
            mailbox.open()
        mailbox.wait(0.1)
        assert len(server.asked["IDLE"]) == MOST_BREAKS


@pytest.mark.parametrize(
    ("minutes", "given_up"),
    [
        ([5 * n for n in range(12)], True),
        ([10 * n for n in range(30)], False),
        ([0.05 * n for n in range(8)], True),
        ([0, 1, 2, 30], False),
    ],
)
def test_idle_is_given_up_where_it_ends_often_within_an_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, minutes: list[float], given_up: bool
) -> None:
    now = [0.0]
    with opened(tmp_path, {}) as (_, mailbox):
        monkeypatch.setattr(imap, "time", SimpleNamespace(monotonic=lambda: now[0]))
        for minute in minutes:
            now[0] = 1000 + 60 * minute
            mailbox._idle_broke(lasted=2.5)
        assert (mailbox._no_idle_before > now[0]) is given_up
        assert mailbox._no_idle_before <= now[0] + 3600  # it is tried again


@pytest.mark.parametrize("swallowed", range(1, 90, 4))
def test_a_literal_that_swallows_the_next_answers_beginning_gives_nobody_the_others_body(tmp_path: Path, swallowed: int) -> None:
    one, two = b"From: a\r\n\r\nthe first mail\r\n", b"From: b\r\n\r\nanother mail!!\r\n"
    size = len(one)
    assert size == len(two)
    sizes = b"* 1 FETCH (UID 1 RFC822.SIZE %d)\r\n* 2 FETCH (UID 2 RFC822.SIZE %d)\r\n" % (size, size) + OK
    first, second = body(1, one, 1, size), body(2, two, 2, size)
    lie = first.replace(b"{%d}" % size, b"{%d}" % (size + swallowed)) + second + OK
    with opened(tmp_path, {"UID FETCH": [sizes, lie, first + OK, second + OK]}) as (_, mailbox):
        try:
            got = [found for found in mailbox.fetch([1, 2]) if isinstance(found, RawMessage)]
        except MailboxTemporaryError:
            return
        assert all(found.raw == {1: one, 2: two}[found.key.uid] for found in got)


def test_no_command_waits_for_the_acknowledgement_of_its_first_half(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as (_, mailbox), mailbox._client("looking") as client:
        assert client.socket().getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_far_apart_uids_are_searched_in_few_windows(tmp_path: Path) -> None:
    select = b"* 20000 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 40000001] ok\r\n" + OK
    with opened(tmp_path, {"SELECT": select, "UID SEARCH": b"* SEARCH\r\n" + OK}, read_seconds=20) as (server, mailbox):
        assert mailbox.uids_after(0) == []
        assert len(server.asked["UID SEARCH"]) <= 1001


def test_after_an_error_nothing_works_until_the_mailbox_is_opened_again(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID SEARCH": [CUT, b"* SEARCH 9\r\n" + OK]}) as (_, mailbox):
        for _ in range(2):
            with pytest.raises(MailboxTemporaryError):
                mailbox.uids_after(0)
        mailbox.open()
        assert mailbox.uids_after(0) == [9]


@pytest.mark.parametrize("news", [b"* 4 EXISTS\r\n", b"* OK Still here\r\n* 4 EXISTS\r\n"])
def test_news_that_comes_along_with_the_answer_to_idle_is_not_overheard(tmp_path: Path, news: bytes) -> None:
    with opened(tmp_path, {"IDLE": b"+ idling\r\n" + news}) as (_, mailbox):
        start = time.monotonic()
        mailbox.wait(20)
        assert time.monotonic() - start < 5


def test_chatter_in_idle_is_no_news(tmp_path: Path) -> None:
    with opened(tmp_path, {"IDLE": b"+ idling\r\n* OK Still here\r\n* 2 FETCH (FLAGS ())\r\n"}) as (_, mailbox):
        start = time.monotonic()
        mailbox.wait(0.4)
        assert time.monotonic() - start > 0.35


def test_a_server_without_idle_is_waited_for_asleep(tmp_path: Path) -> None:
    with opened(tmp_path, {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n" + OK}) as (server, mailbox):
        timer = threading.Timer(0.1, mailbox.interrupt)
        timer.start()
        start = time.monotonic()
        mailbox.wait(20)
        assert time.monotonic() - start < 5
        timer.join()
        assert not server.asked["IDLE"]


def test_without_move_a_message_is_copied_and_only_it_is_expunged(tmp_path: Path) -> None:
    with opened(tmp_path, {}) as (server, mailbox):
        assert mailbox.mark(9, "file", "move", "Done")
        assert server.asked["UID COPY"] == [b'9 "Done"']
        assert server.asked["UID EXPUNGE"] == [b"9"]


def test_a_move_that_was_interrupted_after_the_copy_copies_no_second_time(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID SEARCH": [b"* SEARCH 9\r\n" + OK, b"* SEARCH\r\n" + OK]}) as (server, mailbox):
        assert mailbox.mark(9, "file", "move", "Done")
        assert not server.asked["UID COPY"]
        assert server.asked["UID EXPUNGE"] == [b"9"]


def test_without_uidplus_nothing_is_expunged(tmp_path: Path) -> None:
    with opened(tmp_path, {"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n" + OK}) as (server, mailbox):
        assert mailbox.mark(9, "file", "move", "Done")
        assert not server.asked["UID EXPUNGE"]
        assert not server.asked["EXPUNGE"]


def test_a_server_that_keeps_no_keywords_is_no_error(tmp_path: Path) -> None:
    with opened(tmp_path, {"UID STORE": b"{tag} NO keywords are not kept\r\n"}) as (_, mailbox):
        assert not mailbox.mark(9, "answer", "keyword")
        assert mailbox.uids_after(0) == [9]
