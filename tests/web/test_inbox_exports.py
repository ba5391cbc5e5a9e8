"""Every list as a file, guarded against formulas; the audit trail as a page and as a file."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from httpx import Client
from inbox_office import Office

from inboxbot.desk import corrections, reading, work
from inboxbot.staff import QueueFilter
from inboxbot.web.staff.audit import KINDS
from inboxbot.web.staff.csv_file import csv_text, safe
from inboxbot.web.staff.exports import CUSTOMER_LISTS

pytestmark = pytest.mark.slow

SignedIn = Callable[[str], Client]


def table(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "text", ["=1+1", "+44 20", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'=1", "|calc", "%0A", "\uff1d1", "\ufeff=1", "\x00=1"]
)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert safe(text).startswith("'")
    assert safe(text).endswith(text.replace("\x00", ""))


@pytest.mark.parametrize("text", ["", "INV-20294", "a=b", "3 - 2", "O'Neill", "dana@brightwater.example"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_values_have_the_form_that_spreadsheets_read() -> None:
    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    rows = [('a,b\n"c"', Decimal("-12.50"), 7, date(2026, 1, 2), moment, True, None)]
    found = table("".join(csv_text(("x",), rows, "Europe/Berlin")))
    assert found == [["x"], ['a,b\n"c"', "-12.50", "7", "2026-01-02", "2026-12-01 00:30:00+01:00", "yes", ""]]


def test_lists_as_files(office: Office, signed_in: SignedIn) -> None:
    office.write("m.fuller@alderstone.example", '=HYPERLINK("https://evil.example","20294")', "The price on INV-20294 is wrong again.")
    for path in ("/inbox/v/open.csv", "/inbox/v/custom.csv?customer_id=C1001", "/inbox/search.csv?q=20294"):
        response = signed_in("sam").get(path)
        assert response.headers["content-type"].startswith("text/csv")
        assert "attachment" in response.headers["content-disposition"]
        found = table(response.text)
        assert found[0][:3] == ["number", "subject", "status"]
        assert any(row[1].startswith("'=HYPERLINK") and row[6] for row in found[1:])
        assert not any(cell.startswith(("=", "+", "@")) for row in found for cell in row)
    assert len(table(signed_in("sam").get("/inbox/filed.csv").text)) == 3
    assert table(signed_in("sam").get("/inbox/customers/C1001/invoices.csv").text)[1][7] == "USD"
    for what in CUSTOMER_LISTS:
        found = table(signed_in("sam").get(f"/inbox/customers/C1001/{what}.csv").text)
        assert found[0] == list(CUSTOMER_LISTS[what][0])
    reading.save_view(office.desk, office.viewer("sam"), "=cmd", QueueFilter(("open",), intent="dispute"), shared=False)
    assert [row[:4] for row in table(signed_in("sam").get("/inbox/views.csv").text)[1:]] == [["'=cmd", "no", "open", ""]]
    assert table(signed_in("sam").get("/inbox/canned.csv").text)[1][:2] == ["Thanks", "Dear {contact}, thank you. {me}"]
    assert "ines@brightwater.example" in signed_in("dana").get("/inbox/people.csv").text


def test_files_keep_to_the_viewers_customers(signed_in: SignedIn) -> None:
    for path in ("/inbox/v/custom.csv", "/inbox/search.csv?q=vendor", "/inbox/filed.csv"):
        text = signed_in("ines").get(path).text
        assert "C1003" not in text
        assert "cobaltrobotics" not in text


def test_what_breaks_on_our_side_is_a_page_that_names_the_line_of_the_log(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(corrections, "filed", broken)
    alone = {"Connection": "close"}  # the server hangs up after what broke; a kept connection would fail the next request
    page = signed_in("sam").get("/inbox/filed", headers=alone)
    part = signed_in("sam").get("/inbox/filed", headers=alone | {"HX-Request": "true"})
    assert (page.status_code, part.status_code, part.headers["hx-reswap"]) == (500, 500, "none")
    assert "Something broke on our side" in page.text
    assert "secret of the house" not in page.text + part.text
    assert page.headers["x-frame-options"] == "DENY"
    assert page.text.split("page_failed ")[1][:8] in capsys.readouterr().out


def test_a_problem_is_said_instead_of_a_file(signed_in: SignedIn) -> None:
    assert signed_in("sam").get("/inbox/v/nothing.csv").status_code == 404
    assert signed_in("sam").get("/inbox/customers/C1001/secrets.csv").status_code == 404
    assert signed_in("sam").get("/inbox/v/custom.csv?status=lost").status_code == 422
    assert signed_in("dana").get("/inbox/audit.csv?since=yesterday").status_code == 422


def test_the_audit_trail_is_narrowed_and_exported(office: Office, signed_in: SignedIn) -> None:
    work.change_tags(office.desk, office.viewer("sam"), 1, add=["=cmd"])
    work.note(office.desk, office.viewer("mia"), 2, "A note.")
    page = signed_in("mia").get("/inbox/audit?who=sam@brightwater.example&what=tagged").text
    assert "=cmd" in page
    assert "Mia Kowalski</td><td>noted" not in page
    assert "Mia Kowalski</td><td>noted" in signed_in("mia").get("/inbox/audit?conversation=%232").text
    assert "No change like this" in signed_in("mia").get("/inbox/audit?until=2001-01-01").text
    response = signed_in("mia").get("/inbox/audit?since=tomorrow")
    assert response.status_code == 422
    assert "2026-12-31" in response.text
    found = table(signed_in("mia").get("/inbox/audit.csv?what=tagged").text)
    assert found[0] == ["number", "at", "who", "what", "conversation", "message", "detail"]
    assert {row[3] for row in found[1:]} == {"tagged"}
    everything = table(signed_in("mia").get("/inbox/audit.csv").text)
    assert len(everything) - 1 == len(reading.audit_trail(office.desk, office.viewer("mia"), limit=1000))


def test_the_words_of_the_trail_are_offered(office: Office) -> None:
    assert {one.what for one in reading.audit_trail(office.desk, office.viewer("mia"), limit=1000)} <= set(KINDS)
