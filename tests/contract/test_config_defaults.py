"""Every key of the configuration with its default, as the outside contract has them; typed here, not taken from the code."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from inboxbot.config import Config, load, parse
from inboxbot.decision import Priority

REQUIRED = '[company]\nname = "Us"\naddress = "ar@us.example"\n[ledger]\npath = "ledger"\n'
SMALLEST = {
    "company": REQUIRED, "ledger": REQUIRED,
    "mailbox": REQUIRED + '[[mailbox]]\nkind = "imap"\nhost = "imap.us.example"\nusername = "ar"\n',
    "oauth": REQUIRED + '[[oauth]]\nname = "m"\ntoken_url = "https://id.example/token"\nclient_id = "c"\nclient_secret_env = "S"\n',
    "smtp": REQUIRED + '[smtp]\nhost = "smtp.us.example"\n',
    "team": REQUIRED + '[[team]]\nname = "disputes"\n',
    "rule": REQUIRED + '[[rule]]\nname = "all"\n',
}  # fmt: skip

# section: key = default. `...` is a key that must be given.
DEFAULTS: dict[str, dict[str, Any]] = {
    "company": {"name": ..., "address": ..., "aliases": [], "timezone": "UTC", "locale": "en_US", "currency": "USD", "bank_accounts": []},
    "mailbox": {
        "name": "ar", "kind": ..., "host": ..., "port": 993, "security": "tls", "ca_file": None, "username": ..., "password_env": None,
        "password_file": None, "password_credential": None, "auth": "password", "oauth": "", "folder": "INBOX", "poll_seconds": 60, "since": "now", "after": "nothing",  # noqa: E501
        "move_to": "", "path": None, "connect_seconds": 15, "read_seconds": 60, "idle_seconds": 540, "retry_seconds": 1,
        "longest_retry_seconds": 300, "refused_retry_seconds": 1800, "reconcile_hours": 24, "reconcile_days": 7,
    },
    "oauth": {
        "name": ..., "token_url": ..., "client_id": ..., "client_secret_env": ..., "client_secret_file": None,
        "client_secret_credential": None, "scope": "", "refresh_token_env": None, "refresh_token_file": None,
        "refresh_token_credential": None,
    },
    "smtp": {
        "host": ..., "port": 587, "security": "starttls", "ca_file": None, "username": "", "password_env": None, "password_file": None,
        "password_credential": None, "auth": "password", "oauth": "", "sender": None, "bounce_address": None, "connect_seconds": 15, "command_seconds": 60,  # noqa: E501
        "last_reply_seconds": 600, "sent_copy": "auto", "sent_mailbox": "", "sent_folder": "",
    },
    "sending": {
        "claim_seconds": 300, "first_retry_seconds": 20, "longest_retry_seconds": 3600, "give_up_hours": 24,
        "doubt_minutes": [1, 5, 15, 60], "sent_copy_seconds": 30, "check_seconds": 30,
    },
    "store": {"url": "sqlite:////folder/inboxbot.db", "busy_seconds": 30},
    "ledger": {"source": "csv", "path": ..., "sync_minutes": 15},
    "documents": {"path": None, "pattern": "{document}"},
    "answers": {
        "invoice_copy": True, "statement_request": True, "balance_query": True, "payment_status": True, "promise_to_pay": True,
        "remittance_advice": True, "acknowledge": "off",
    },
    "security": {
        "authentication": "gateway", "trusted_authserv_ids": [], "release_to": "domain", "extra_free_mail_domains": [],
        "secret_env": None, "secret_file": None, "secret_credential": None, "allow_insecure": False, "four_eyes": "fraud",
    },
    "release": {"documents_per_mail": 20, "documents_per_day": 40, "invoices_per_day": 80, "first_time": "answer"},
    "limits": {
        "per_thread_day": 3, "per_sender_day": 10, "per_domain_day": 50, "per_hour": 500, "max_message_mb": 40, "max_reply_mb": 15,
        "parse_seconds": 10, "parse_memory_mb": 512,
    },
    "alerts": {"to": [], "webhook": None, "silent_minutes": 15, "disk_free_mb": 500, "check_seconds": 30, "audit_hours": 24},
    "portal": {"base_url": None, "link_days": 14, "pay_url_template": None},
    "web": {"host": "127.0.0.1", "port": 8080},
    "model": {"path": None, "risk": 0.02, "confidence": 0.95},
    "team": {"name": ..., "members": []},
    "rule": {"name": ..., "stop": False},
}  # fmt: skip
KEYS = [(section, key) for section, keys in DEFAULTS.items() for key in keys]

# A value that is not the default, for every key that takes one. `...`: the value stays as it is (`pairs` show it elsewhere).
CHOSEN: dict[str, dict[str, tuple[str, Any]]] = {
    "company": {
        "name": ('"Them"', "Them"), "address": ('"AR@Them.example"', "ar@them.example"), "aliases": ('["a@us.example"]', ["a@us.example"]),
        "timezone": ('"Europe/Berlin"', "Europe/Berlin"), "locale": ('"de_DE"', "de_DE"), "currency": ('"EUR"', "EUR"),
        "bank_accounts": ('["DE89 3704"]', ["DE89 3704"]),
    },
    "mailbox": {
        "name": ('"billing"', "billing"), "kind": ('"imap"', "imap"), "host": ('"mail.us.example"', "mail.us.example"),
        "port": ("143", 143), "security": ('"starttls"', "starttls"), "ca_file": ('"ca.pem"', Path("/folder/ca.pem")),
        "username": ('"joe"', "joe"), "password_env": ('"PW"', "PW"), "password_file": ('"pw"', Path("/folder/pw")), "password_credential": ('"pw"', "pw"),  # noqa: E501
        "auth": ('"xoauth2"', "xoauth2"), "oauth": ('""', ""), "folder": ('"AR/In"', "AR/In"), "poll_seconds": ("5", 5),
        "since": ("2026-11-01", date(2026, 11, 1)),
        "after": ('"keyword"', "keyword"), "move_to": ('"Done"', "Done"), "path": ('"maildir"', Path("/folder/maildir")),
        "connect_seconds": ("1", 1), "read_seconds": ("2.5", 2.5), "idle_seconds": ("60", 60), "retry_seconds": ("2", 2),
        "longest_retry_seconds": ("9", 9), "refused_retry_seconds": ("99", 99), "reconcile_hours": ("6", 6), "reconcile_days": ("0", 0),
    },
    "sending": {
        "claim_seconds": ("9", 9), "first_retry_seconds": ("0.5", 0.5), "longest_retry_seconds": ("60", 60), "give_up_hours": ("48", 48),
        "doubt_minutes": ("[0.1, 2]", [0.1, 2]), "sent_copy_seconds": ("0", 0), "check_seconds": ("5", 5),
    },
    "oauth": {
        "name": ('"google"', "google"), "token_url": ('"http://localhost:1/token"', "http://localhost:1/token"), "client_id": ('"d"', "d"),
        "client_secret_env": ('"T"', "T"), "client_secret_file": ('"cs"', Path("/folder/cs")), "client_secret_credential": ('"cs"', "cs"),
        "scope": ('"mail"', "mail"), "refresh_token_env": ('"R"', "R"), "refresh_token_file": ('"rt"', Path("/folder/rt")),
        "refresh_token_credential": ('"rt"', "rt"),
    },
    "smtp": {
        "host": ('"mx.us.example"', "mx.us.example"), "port": ("465", 465), "security": ('"tls"', "tls"),
        "ca_file": ('"ca.pem"', Path("/folder/ca.pem")), "username": ('"joe"', "joe"), "password_env": ('"PW"', "PW"),
        "password_file": ('"/run/pw"', Path("/run/pw")), "password_credential": ('"pw"', "pw"), "auth": ('"xoauth2"', "xoauth2"),
        "oauth": ('""', ""),
        "sender": ('"billing@us.example"', "billing@us.example"),
        "bounce_address": ('"bounces@us.example"', "bounces@us.example"), "connect_seconds": ("1", 1), "command_seconds": ("2", 2),
        "last_reply_seconds": ("3", 3), "sent_copy": ('"off"', "off"), "sent_mailbox": ('"ar"', "ar"), "sent_folder": ('"Out"', "Out"),
    },
    "store": {"url": ('"sqlite:///data/own.db"', "sqlite:////folder/data/own.db"), "busy_seconds": ("1", 1)},
    "ledger": {"source": ('"csv"', "csv"), "path": ('"/erp/out"', Path("/erp/out")), "sync_minutes": ("1", 1)},
    "documents": {
        "path": ('"pdf"', Path("/folder/pdf")),
        "pattern": ('"{customer_id}/{invoice_number}.pdf"', "{customer_id}/{invoice_number}.pdf"),
    },
    "answers": {
        **{name: ("false", False) for name in DEFAULTS["answers"] if name != "acknowledge"}, "acknowledge": ('"known"', "known"),
    },
    "security": {
        "authentication": ('"off"', "off"), "trusted_authserv_ids": ('["mx"]', ["mx"]), "release_to": ('"contacts"', "contacts"),
        "extra_free_mail_domains": ('["isp.example"]', ["isp.example"]), "secret_env": ('"KEY"', "KEY"),
        "secret_file": ('"key"', Path("/folder/key")), "secret_credential": ('"key"', "key"), "allow_insecure": ("true", True), "four_eyes": ('"all"', "all"),  # noqa: E501
    },
    "release": {
        "documents_per_mail": ("5", 5), "documents_per_day": ("6", 6), "invoices_per_day": ("7", 7), "first_time": ('"hold"', "hold"),
    },
    "limits": {
        "per_thread_day": ("1", 1), "per_sender_day": ("0", 0), "per_domain_day": ("7", 7), "per_hour": ("8", 8),
        "max_message_mb": ("0.5", 0.5),
        "max_reply_mb": ("9", 9),
        "parse_seconds": ("5", 5),
        "parse_memory_mb": ("256", 256),
    },
    "alerts": {
        "to": ('["boss@us.example"]', ["boss@us.example"]), "webhook": ('"https://us.example/hook"', "https://us.example/hook"),
        "silent_minutes": ("5", 5), "disk_free_mb": ("100", 100), "check_seconds": ("5", 5), "audit_hours": ("12", 12),
    },
    "portal": {
        "base_url": ('"https://pay.us.example"', "https://pay.us.example"), "link_days": ("3", 3),
        "pay_url_template": ('"https://pay.us.example/{invoice_number}"', "https://pay.us.example/{invoice_number}"),
    },
    "web": {"host": ('"0.0.0.0"', "0.0.0.0"), "port": ("9090", 9090)},  # noqa: S104 - a value, nothing listens
    "model": {"path": ('"model"', Path("/folder/model")), "risk": ("0.01", 0.01), "confidence": ("0.9", 0.9)},
    "team": {"name": ('"payments"', "payments"), "members": ('["sam@us.example"]', ["sam@us.example"])},
    "rule": {"name": ('"disputes"', "disputes"), "stop": ("true", True)},
}  # fmt: skip


def read(text: str) -> Config:
    return parse(text, Path("/folder/inboxbot.toml"))


def value(config: Config, section: str, key: str) -> Any:
    table = getattr(config, section)
    found = getattr(table[0] if isinstance(table, tuple) else table, key)
    return list(found) if isinstance(found, tuple) else found


def with_value(section: str, key: str, toml: str) -> str:
    """The smallest configuration that has this section, with one key set."""
    text = SMALLEST.get(section, REQUIRED)
    double = f"[[{section}]]" if section in ("mailbox", "oauth", "team", "rule") else f"[{section}]"
    if double not in text:
        return f"{text}{double}\n{key} = {toml}\n"
    head, tail = text.split(double)
    body, bracket, rest = tail.partition("\n[")
    kept = [line for line in body.splitlines() if line and line.split(" ")[0] != key]
    return "\n".join([head + double, *kept, f"{key} = {toml}"]) + (bracket + rest if bracket else "\n")


@pytest.mark.parametrize(("section", "key"), [(s, k) for s, k in KEYS if DEFAULTS[s][k] is not ...])
def test_a_key_that_is_left_out_has_the_contracts_default(section: str, key: str) -> None:
    assert value(read(SMALLEST.get(section, REQUIRED)), section, key) == DEFAULTS[section][key]


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_a_key_that_is_given_counts(section: str, key: str) -> None:
    toml, expected = CHOSEN[section][key]

    assert value(read(with_value(section, key, toml)), section, key) == expected


def test_a_section_has_no_key_beside_those_of_the_contract() -> None:
    config = read(
        SMALLEST["mailbox"]
        + SMALLEST["smtp"].removeprefix(REQUIRED)
        + SMALLEST["oauth"].removeprefix(REQUIRED)
        + '[[team]]\nname = "t"\n[[rule]]\nname = "r"\n'
    )

    for section, keys in DEFAULTS.items():
        table = getattr(config, section)
        known = set(type(table[0] if isinstance(table, tuple) else table).model_fields)
        assert known - {"when", "then"} <= set(keys), section


def test_the_sender_is_the_companys_address_unless_another_is_given() -> None:
    assert read(SMALLEST["smtp"]).sender == "ar@us.example"
    assert read(SMALLEST["smtp"] + 'sender = "billing@us.example"\n').sender == "billing@us.example"


def test_without_mailbox_and_smtp_there_are_none() -> None:
    config = read(REQUIRED)

    assert (config.mailbox, config.smtp, config.team, config.rule) == ((), None, (), ())


def test_a_rule_holds_its_conditions_and_its_consequences() -> None:
    rule = read(
        REQUIRED + '[[team]]\nname = "disputes"\n[[rule]]\nname = "big"\n'
        'when = { intents = ["dispute", "deduction"], customers = ["C1"], min_amount = 5000 }\n'
        'then = { assign = "disputes", priority = "high", answer = false }\nstop = true\n'
    ).rule[0]

    assert [intent.value for intent in rule.when.intents] == ["dispute", "deduction"]
    assert (rule.when.customers, rule.when.min_amount) == (("C1",), 5000)
    assert (rule.then.assign, rule.then.priority, rule.then.answer, rule.stop) == ("disputes", Priority.HIGH, False, True)


@pytest.mark.parametrize("assign", ["disputes", "account_owner", "dana@us.example"])
def test_a_rule_assigns_to_a_team_an_address_or_the_account_owner(assign: str) -> None:
    text = REQUIRED + f'[[team]]\nname = "disputes"\n[[rule]]\nname = "r"\nthen = {{ assign = "{assign}" }}\n'

    assert read(text).rule[0].then.assign == assign


@pytest.mark.parametrize("since", ['"all"', '"now"', "2026-01-31"])
def test_since_takes_now_all_or_a_date(since: str) -> None:
    assert str(read(with_value("mailbox", "since", since)).mailbox[0].since) == since.strip('"')


def test_relative_paths_count_from_the_files_own_folder_and_not_from_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc").mkdir()
    file = tmp_path / "etc" / "inboxbot.toml"
    file.write_text(REQUIRED + '[documents]\npath = "../pdf"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    config = load(Path("etc/inboxbot.toml"))

    assert config.ledger.path == tmp_path / "etc" / "ledger"
    assert config.documents.path is not None
    assert config.documents.path.resolve() == tmp_path / "pdf"
    assert config.store.url == f"sqlite:///{tmp_path / 'etc' / 'inboxbot.db'}"


def test_other_databases_and_absolute_files_stay_as_they_are() -> None:
    for url in ("sqlite:////var/lib/inboxbot.db", "postgresql+psycopg://u@db/x", "sqlite:///:memory:"):
        assert read(REQUIRED + f'[store]\nurl = "{url}"\n').store.url == url
