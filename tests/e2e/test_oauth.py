"""Logging in by OAuth at real servers: Dovecot and Postfix check every token with the endpoint that issued it."""

import pytest
from e2e.company import Company
from e2e.process import wait_for
from servers.token_endpoint import CLIENT_ID, CLIENT_SECRET

pytestmark = [pytest.mark.server, pytest.mark.slow]

ASKERS = ["invoices@cobaltrobotics.example", "payables@drummondfoods.example"]


def use_tokens(company: Company) -> None:
    """Both logins by a refresh token of this company's user."""
    (company.folder / "client").write_text(CLIENT_SECRET)
    (company.folder / "refresh").write_text(company.server.tokens.grant(company.address))
    for name in ("client", "refresh"):
        (company.folder / name).chmod(0o600)
    text = company.config.read_text(encoding="utf-8")
    for name in ("imap", "smtp"):
        text = text.replace(f'password_file = "{name}-password"\n', 'auth = "xoauth2"\noauth = "here"\n')
    table = f'[[oauth]]\nname = "here"\ntoken_url = "{company.server.tokens.url}"\nclient_id = "{CLIENT_ID}"\n'
    table += 'client_secret_file = "client"\nrefresh_token_file = "refresh"\n\n[ledger]'
    company.config.write_text(text.replace("[ledger]", table, 1), encoding="utf-8")


def test_a_mail_is_answered_with_one_token_for_both_servers(own_company: Company) -> None:
    use_tokens(own_company)
    before = own_company.server.tokens.asked
    assert own_company.run("check", "--connect").code == 0
    own_company.write(ASKERS[0])
    ended = own_company.run_once()
    assert ended.code == 0, ended.err[-2000:]
    assert len(own_company.wait_sent(1)) == 1
    assert own_company.server.tokens.asked - before == 2  # one for each process
    secrets = (CLIENT_SECRET, (own_company.folder / "refresh").read_text(), *own_company.server.tokens.issued)
    assert not any(secret in ended.err + ended.out for secret in secrets)


def test_a_token_that_is_taken_back_is_replaced_at_once(own_company: Company) -> None:
    use_tokens(own_company)
    tokens = own_company.server.tokens
    with own_company.daemon() as daemon:
        own_company.write(ASKERS[0])
        daemon.wait_for("sent")
        tokens.revoke(own_company.address)
        own_company.server.kick(own_company.address)
        own_company.write(ASKERS[1])
        daemon.wait_for("sent", 2)
        assert not daemon.events("mailbox_refused")
        assert daemon.stop() == 0


def test_an_endpoint_that_is_away_loses_nothing_and_a_refusal_is_told(own_company: Company) -> None:
    use_tokens(own_company)
    tokens = own_company.server.tokens
    own_company.write(ASKERS[0])
    (own_company.folder / "client").write_text("wrong")
    with own_company.daemon() as daemon:
        daemon.wait_for("mailbox_refused")
        (own_company.folder / "client").write_text(CLIENT_SECRET)
        daemon.wait_for("sent")
        tokens.revoke(own_company.address)
        try:
            tokens.down = "busy"
            own_company.server.kick(own_company.address)
            wait_for(lambda: any("no access token" in one["why"] for one in daemon.events("mailbox_unreachable")), "want of a token")
            own_company.write(ASKERS[1])
        finally:
            tokens.down = ""
        daemon.wait_for("sent", 2)
        assert daemon.stop() == 0
