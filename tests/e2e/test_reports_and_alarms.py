"""A real server's report of failure stops the address; a refused login reaches a person by mail, and its end too."""

import pytest
from e2e.company import Company, add_contacts
from e2e.process import wait_for

pytestmark = [pytest.mark.server, pytest.mark.slow]

GONE = "ap@dead.test"
BOSS = "boss@customers.test"


def change(company: Company, before: str, after: str) -> None:
    text = company.config.read_text(encoding="utf-8")
    assert before in text
    company.config.write_text(text.replace(before, after, 1), encoding="utf-8")


def subjects(company: Company) -> list[str]:
    return [str(mail["Subject"]) for mail in company.sent()]


# A short name: it becomes the mailbox's, and a local part holds 64 octets.
@pytest.mark.parametrize("own_return_path", [True, False], ids=["verp", "id"])
def test_dead(own_company: Company, own_return_path: bool) -> None:
    local = own_company.address.partition("@")[0]
    if own_return_path:
        change(own_company, "[smtp]\n", f'[smtp]\nbounce_address = "{local}+{{id}}@example.test"\n')
    add_contacts(own_company, "C1001", GONE)
    own_company.write(GONE)
    assert own_company.run_once().code == 0
    assert [item["state"] for item in own_company.export("outbox")] == ["sent"]

    own_company.delivered += 1
    own_company.server.wait_delivered(own_company.delivered, own_company.address)  # the report
    assert own_company.run_once().code == 0
    stopped = own_company.run("address", "list", "--json").lines[0]
    assert [(one["email"], one["reason"][:5]) for one in stopped] == [(GONE, "5.1.1")]
    assert own_company.run("status").code == 1  # an answer that did not arrive needs a person

    own_company.write(GONE, subject="Statement again", text="Hello, please send us the statement of account once more.\n")
    own_company.run_once()
    last = own_company.export("decisions")[-1]
    assert last["outcome"] == "route"
    assert any(reason.startswith("stopped_address") for reason in last["reasons"])
    assert len(own_company.export("outbox")) == 1
    assert own_company.run("address", "release", GONE).code == 0
    assert own_company.run("address", "list", "--json").lines == [[]]


def test_a_refused_login_is_told_by_mail_and_so_is_its_end(own_company: Company) -> None:
    password = own_company.folder / "imap-password"
    right = password.read_text()
    change(own_company, "[ledger]\n", f'[alerts]\nto = ["{BOSS}"]\ncheck_seconds = 0.5\n\n[ledger]\n')
    password.write_text("wrong")
    with own_company.daemon() as daemon:
        daemon.wait_for("alarm")
        wait_for(lambda: len(own_company.sent()) == 1, "the alarm's mail")
        assert "refuses our login" in subjects(own_company)[0]
        told = own_company.run("status")
        assert told.code == 1
        assert "login:ar" in told.out
        password.write_text(right)
        daemon.wait_for("alarm_over")
        wait_for(lambda: len(own_company.sent()) == 2, "word that it is over")
        assert "recovered" in subjects(own_company)[1]
    assert len(own_company.sent()) == 2
    assert all(mail["Auto-Submitted"] == "auto-generated" and mail["To"] == BOSS for mail in own_company.sent())
