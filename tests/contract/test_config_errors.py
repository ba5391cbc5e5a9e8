"""A bad configuration is refused with file, line, key and what was expected."""

import re
from pathlib import Path

import pytest

from inboxbot.config import load, parse
from inboxbot.errors import ConfigError

FILE = Path("/folder/inboxbot.toml")
REQUIRED = '[company]\nname = "Us"\naddress = "ar@us.example"\n[ledger]\npath = "ledger"\n'  # lines 1 to 5
IMAP = '[[mailbox]]\nkind = "imap"\nhost = "127.0.0.1"\nusername = "ar"\n'  # lines 6 to 9 behind REQUIRED
SMTP = '[smtp]\nhost = "127.0.0.1"\n'  # lines 6 and 7


def refused(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as raised:
        parse(text, FILE)
    return raised.value


UNKNOWN = (
    # text, line, key as it is written, the nearest known one
    ('[company]\nname = "Us"\nadress = "ar@us.example"\n[ledger]\npath = "l"\n', 3, "company.adress", "address"),
    (REQUIRED + "[limit]\nper_hour = 1\n", 6, "limit", "limits"),
    (REQUIRED + "[limits]\nper_houre = 1\n", 7, "limits.per_houre", "per_hour"),
    (REQUIRED + IMAP + "poll_second = 3\n", 10, "mailbox[1].poll_second", "poll_seconds"),
    (REQUIRED + IMAP + IMAP + 'nane = "b"\n', 14, "mailbox[2].nane", "name"),
    (REQUIRED + SMTP + 'passwordenv = "X"\n', 8, "smtp.passwordenv", "password_env"),
    (REQUIRED + "[answers]\ninvoice_copies = true\n", 7, "answers.invoice_copies", "invoice_copy"),
    (REQUIRED + '[security]\ntrusted_authserv_id = ["x"]\n', 7, "security.trusted_authserv_id", "trusted_authserv_ids"),
    (REQUIRED + '[[rule]]\nname = "r"\nthen = { asign = "account_owner" }\n', 8, "rule[1].then.asign", "assign"),
    (REQUIRED + '[[rule]]\nname = "r"\nwhen = { intent = ["dispute"] }\n', 8, "rule[1].when.intent", "intents"),
    (REQUIRED + '[[rule]]\nname = "r"\n[rule.then]\nasign = "account_owner"\n', 9, "rule[1].then.asign", "assign"),
)


@pytest.mark.parametrize(("text", "line", "key", "nearest"), UNKNOWN, ids=[case[2] for case in UNKNOWN])
def test_an_unknown_key_is_an_error_that_names_the_nearest_known_one(text: str, line: int, key: str, nearest: str) -> None:
    error = refused(text)

    assert (error.file, error.line, error.key) == (FILE, line, key)
    assert str(error) == f"/folder/inboxbot.toml:{line}: {key}: unknown key; did you mean `{nearest}`?"


def test_an_unknown_key_that_resembles_nothing_names_what_there_is() -> None:
    assert str(refused(REQUIRED + "[web]\nxyzzy = 1\n")).endswith("unknown key; known here are host, port")


BAD = (
    # text, line, key, words
    ("", None, "company", "is required"),
    ('[company]\nname = "Us"\n[ledger]\npath = "l"\n', 1, "company.address", "is required"),
    ('[company]\nname = "Us"\naddress = "ar@us.example"\n', None, "ledger", "is required"),
    (REQUIRED.replace("ar@us.example", "Us <ar@us.example>"), 3, "company.address", "expected one mail address"),
    (REQUIRED.replace("[ledger]", 'aliases = ["billing"]\n[ledger]'), 4, "company.aliases", "expected one mail address"),
    (REQUIRED.replace("[ledger]", 'timezone = "Mars/Base"\n[ledger]'), 4, "company.timezone", "expected a time zone"),
    (REQUIRED.replace("[ledger]", 'currency = "dollars"\n[ledger]'), 4, "company.currency", "expected a three-letter currency code"),
    (REQUIRED.replace("[ledger]", 'locale = "klingon"\n[ledger]'), 4, "company.locale", "expected a locale"),
    (REQUIRED + '[[mailbox]]\nhost = "h"\n', 6, "mailbox[1].kind", "is required"),
    (REQUIRED + '[[mailbox]]\nkind = "pop3"\n', 7, "mailbox[1].kind", "'imap' or 'maildir'"),
    (REQUIRED + '[[mailbox]]\nkind = "imap"\nhost = "127.0.0.1"\n', 6, "mailbox[1]", "needs `host` and `username`"),
    (REQUIRED + '[[mailbox]]\nkind = "maildir"\n', 6, "mailbox[1]", "a maildir needs `path`"),
    (REQUIRED + IMAP + "port = 99999\n", 10, "mailbox[1].port", "less than or equal to 65535"),
    (REQUIRED + IMAP + 'port = "imaps"\n', 10, "mailbox[1].port", "integer"),
    (REQUIRED + IMAP + "poll_seconds = 0\n", 10, "mailbox[1].poll_seconds", "greater than 0"),
    (REQUIRED + IMAP + 'since = "yesterday"\n', 10, "mailbox[1].since", "now"),
    (REQUIRED + IMAP + 'after = "delete"\n', 10, "mailbox[1].after", "'nothing', 'keyword' or 'move'"),
    (REQUIRED + IMAP + 'after = "move"\n', 6, "mailbox[1]", "needs `move_to`"),
    (REQUIRED + IMAP + 'auth = "ntlm"\n', 10, "mailbox[1].auth", "'password' or 'xoauth2'"),
    (REQUIRED + IMAP + IMAP, 10, "mailbox[2].name", "two [[mailbox]] tables are named 'ar'"),
    (REQUIRED + IMAP.replace("127.0.0.1", "imap.us.example") + 'security = "none"\n', 10, "mailbox[1].security", "allow_insecure"),
    (REQUIRED + "[smtp]\nport = 25\n", 6, "smtp.host", "is required"),
    (REQUIRED + '[smtp]\nhost = "smtp.us.example"\nsecurity = "none"\n', 8, "smtp.security", "allow_insecure"),
    (REQUIRED + SMTP + 'sender = "us"\n', 8, "smtp.sender", "expected one mail address"),
    (REQUIRED + SMTP + 'auth = "ntlm"\n', 8, "smtp.auth", "password"),
    (REQUIRED + "[store]\nurl = 5\n", 7, "store.url", "string"),
    (REQUIRED.replace("path", 'source = "excel"\npath'), 5, "ledger.source", "'csv'"),
    (REQUIRED + "sync_minutes = -1\n", 6, "ledger.sync_minutes", "greater than 0"),
    (REQUIRED + '[documents]\npattern = "{number}.pdf"\n', 7, "documents.pattern", "unknown placeholder {number}"),
    (REQUIRED + '[answers]\ninvoice_copy = "sometimes"\n', 7, "answers.invoice_copy", "boolean"),
    (REQUIRED + '[answers]\nacknowledge = "all"\n', 7, "answers.acknowledge", "'off' or 'known'"),
    (REQUIRED + '[security]\nauthentication = "trust"\n', 7, "security.authentication", "'gateway'"),
    (REQUIRED + '[security]\ntrusted_authserv_ids = "mx"\n', 7, "security.trusted_authserv_ids", "tuple"),
    (REQUIRED + '[security]\nrelease_to = "all"\n', 7, "security.release_to", "'domain' or 'contacts'"),
    (REQUIRED + "[limits]\nper_hour = -1\n", 7, "limits.per_hour", "greater than or equal to 0"),
    (REQUIRED + "[limits]\nper_hour = 1.5\n", 7, "limits.per_hour", "integer"),
    (REQUIRED + "[limits]\nmax_message_mb = 0\n", 7, "limits.max_message_mb", "greater than 0"),
    (REQUIRED + "[portal]\nlink_days = 0\n", 7, "portal.link_days", "greater than or equal to 1"),
    (REQUIRED + "[web]\nport = -1\n", 7, "web.port", "greater than or equal to 0"),
    (REQUIRED + "[model]\nrisk = 2\n", 7, "model.risk", "less than 1"),
    (REQUIRED + "[model]\nconfidence = 0\n", 7, "model.confidence", "greater than 0"),
    (REQUIRED + "[[team]]\nmembers = []\n", 6, "team[1].name", "is required"),
    (REQUIRED + '[[rule]]\nname = "r"\nwhen = { intents = ["refund"] }\n', 8, "rule[1].when.intents[1]", "'dispute'"),
    (REQUIRED + '[[rule]]\nname = "r"\nthen = { priority = "asap" }\n', 8, "rule[1].then.priority", "'urgent'"),
    (REQUIRED + '[[rule]]\nname = "r"\nthen = { assign = "nobodys team" }\n', 8, "rule[1].then.assign", "known: account_owner"),
    (REQUIRED + '[[rule]]\nname = "r"\n[[rule]]\nname = "r"\n', 9, "rule[2].name", "two [[rule]] tables are named 'r'"),
    (REQUIRED + "mailbox = 3\n[web]\n= 4\n", 8, "", "not valid TOML"),
    ("company = 3\n" + '[ledger]\npath = "l"\n', 1, "company", "got 3"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "line", "key", "words"), BAD, ids=[f"{case[2] or 'file'}: {case[3]}" for case in BAD])
def test_a_bad_value_is_refused_with_file_line_key_and_what_was_expected(text: str, line: int | None, key: str, words: str) -> None:
    error = refused(text)

    assert words in str(error)
    assert (error.file, error.line) == (FILE, line)
    assert re.sub(r"\[\d+\]$", "", error.key) == re.sub(r"\[\d+\]$", "", key)
    assert "\n" not in str(error)


@pytest.mark.parametrize("content", [None, b"\xff\xfe[company]"], ids=["missing", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "inboxbot.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigError, match=r"inboxbot\.toml: cannot be read"):
        load(file)


def test_this_machine_itself_may_be_spoken_to_in_clear() -> None:
    parse(REQUIRED + IMAP + 'security = "none"\n' + SMTP + 'security = "none"\n', FILE)


def test_the_file_can_say_that_insecurity_is_meant() -> None:
    parse(REQUIRED + '[smtp]\nhost = "smtp.us.example"\nsecurity = "none"\n[security]\nallow_insecure = true\n', FILE)
