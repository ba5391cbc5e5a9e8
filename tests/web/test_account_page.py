"""The account page as a browser, a mail scanner and a stranger see it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from account_case import AS_OF, BAYLINE, OTHER_TOKEN, TOKEN, Browser, Clock, Links, a_document, browser

from inboxbot.facts import Facts, Invoice
from inboxbot.reply import Document
from inboxbot.responders import templates


@pytest.fixture
def client() -> Browser:
    return browser()


def visit(path: str, **changes: object) -> str:
    return browser(**changes).get(path).text  # type: ignore[arg-type]


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_page_shows_the_account_as_the_ledger_has_it(client: Browser) -> None:
    answer = client.get(f"/account/{TOKEN}")
    assert answer.status_code == 200
    text = words(answer.text)
    for expected in ("Brightwater Components", "as of 28 Nov 2026, 14:05 CET", "Customer C1", "$2,150.50", "$1,150.50", "€99.00",
                     "119 days overdue", "10 days overdue", "Includes open credits of $100.00", "Recently paid", "3 Oct 2026"):  # fmt: skip
        assert expected in text
    assert "Alder &amp; Stone &lt;Construction&gt;" in answer.text


def test_open_invoices_stand_oldest_due_first(client: Browser) -> None:
    numbers = re.findall(r'scope="row">([^< ]+)', client.get(f"/account/{TOKEN}").text)
    assert numbers == ["INV-1", "CN-5", "INV-2", "INV-3", "INV/6", "INV-4"]


def test_an_account_with_nothing_open_says_so(client: Browser) -> None:
    text = words(client.get("/account/nothing-0123456789abcdef").text)
    assert "$0.00" in text
    assert "Nothing is open" in text


def test_a_ledger_with_rejected_rows_warns_the_reader() -> None:
    facts = Facts(as_of=AS_OF, customer=BAYLINE.customer, incomplete=("invoices.csv:3: no amount",))
    html = visit(f"/account/{OTHER_TOKEN}", facts_of={"C2": facts}.get)
    assert "figures may be incomplete" in html
    assert "invoices.csv" not in html


def test_nothing_of_another_customer_is_on_the_page(client: Browser) -> None:
    html = client.get(f"/account/{TOKEN}").text
    assert "INV-9" not in html
    assert "Bayline" not in html


def test_a_hostile_name_is_only_text() -> None:
    hostile = Facts(as_of=AS_OF, customer=type(BAYLINE.customer)("C2", "{{7*7}}<script>alert(1)</script>", "USD"))  # type: ignore[misc]
    html = visit(f"/account/{OTHER_TOKEN}", facts_of={"C2": hostile}.get)
    assert "{{7*7}}&lt;script&gt;" in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("path", "name", "content"),
    [
        ("invoices/INV-1.pdf", "INV-1.pdf", b"%PDF INV-1"),
        ("invoices/INV%2F6.pdf", "INV_6.pdf", b"%PDF INV/6"),
        ("statement.pdf", "statement.pdf", b"%PDF statement"),
    ],
)
def test_documents_come_as_downloads_that_nobody_keeps(client: Browser, path: str, name: str, content: bytes) -> None:
    answer = client.get(f"/account/{TOKEN}/{path}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_every_link_on_the_page_leads_somewhere(client: Browser) -> None:
    html = client.get(f"/account/{TOKEN}").text
    links = re.findall(r'(?:href|src)="(/[^"]+)"', html)
    answers = {link: client.get(link).status_code for link in links}
    assert answers.pop(f"/account/{TOKEN}/invoices/INV-3.pdf") == 404  # its file has just vanished
    assert set(answers.values()) == {200}
    assert len(answers) == 7


def test_a_document_known_to_be_missing_is_not_offered() -> None:
    facts = Facts(as_of=AS_OF, customer=BAYLINE.customer, invoices=BAYLINE.invoices, missing_documents=frozenset({"INV-9"}))
    html = visit(f"/account/{OTHER_TOKEN}", facts_of={"C2": facts}.get)
    assert "INV-9" in html
    assert "INV-9.pdf" not in html


def test_a_vanished_document_is_explained(client: Browser) -> None:
    answer = client.get(f"/account/{TOKEN}/invoices/INV-3.pdf")
    assert answer.status_code == 404
    assert "not at hand" in answer.text


@pytest.mark.parametrize("path", ["invoices/INV-9.pdf", "invoices/INV-404.pdf", "invoices/..%2F..%2Fetc%2Fpasswd.pdf"])
def test_a_foreign_and_an_unknown_invoice_look_the_same(client: Browser, path: str) -> None:
    unknown = client.get("/account/unknown-0123456789abcdef")
    answer = client.get(f"/account/{TOKEN}/{path}")
    assert (answer.status_code, answer.text) == (404, unknown.text)


def test_a_document_that_turns_out_to_be_anothers_is_held_back() -> None:
    def confused(invoice: Invoice) -> Document:
        made = a_document(invoice)
        return Document(made.name, made.content_type, made.content, "", "C2")

    html = visit(f"/account/{TOKEN}/invoices/INV-1.pdf", document_of=confused)
    assert "This link does not work" in html


@pytest.mark.parametrize("token", ["unknown-0123456789abcdef", "short", "x" * 4000, TOKEN + "=", TOKEN[:-1], "%00" * 20, TOKEN.upper()])
def test_every_link_that_does_not_work_shows_one_page(client: Browser, token: str) -> None:
    answer = client.get(f"/account/{token}")
    assert answer.status_code == 404
    assert answer.text == client.get("/account/revoked-0123456789abcdef").text
    assert "ar@brightwater.example" in answer.text


def test_what_cannot_be_a_token_is_not_looked_up() -> None:
    links = Links()
    visit("/account/short", links=links)
    visit("/account/" + "x" * 4000, links=links)
    assert links.asked == []


def test_a_customer_gone_from_the_ledger_has_no_page() -> None:
    assert "This link does not work" in visit(f"/account/{TOKEN}", facts_of={}.get)


PAGES = [
    f"/account/{TOKEN}",
    f"/account/{TOKEN}/statement.pdf",
    "/account/unknown-0123456789abcdef",
    "/healthz",
    "/assets/account.css",
    "/no",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_is_private_and_locked_down(client: Browser, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_needs_no_script_no_inline_style_and_no_foreign_host(client: Browser) -> None:
    html = client.get(f"/account/{TOKEN}").text
    css = client.get("/assets/account.css").text
    assert "<script" not in html
    assert "style=" not in html
    assert not re.search(r"https?:|url\(|@import", html + css)


@pytest.mark.parametrize(
    "path", [f"/account/{TOKEN}", f"/account/{TOKEN}/invoices/INV-1.pdf", f"/account/{TOKEN}/statement.pdf", "/healthz"]
)
def test_a_scanners_head_is_harmless_and_writing_is_refused(client: Browser, path: str) -> None:
    assert client.ask("HEAD", path).status_code == 200
    assert client.ask("POST", path).status_code == 405


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_no_api_pages_are_served(client: Browser, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pay_links_name_the_invoice_and_are_quoted() -> None:
    html = visit(f"/account/{TOKEN}", pay_url_template="https://pay.example/{invoice_number}?a={amount}&c={currency}&k={customer_id}")
    assert 'href="https://pay.example/INV-2?a=250.50&amp;c=USD&amp;k=C1"' in html
    assert 'href="https://pay.example/INV%2F6?a=99.00&amp;c=EUR&amp;k=C1"' in html
    assert "pay.example/CN-5" not in html
    assert "pay.example/INV-4" not in html


def test_a_pay_page_for_the_whole_account_is_one_button() -> None:
    html = visit(f"/account/{OTHER_TOKEN}", pay_url_template="https://pay.example/{customer_id}?a={amount}")
    assert html.count("pay.example") == 1
    assert 'href="https://pay.example/C2?a=77.00"' in html


@pytest.mark.parametrize("template", [None, "javascript:alert('{invoice_number}')", "/pay/{invoice_number}"])
def test_without_a_web_address_to_pay_at_there_is_no_pay_link(template: str | None) -> None:
    assert ">Pay" not in visit(f"/account/{TOKEN}", pay_url_template=template)


def test_without_statements_none_is_offered() -> None:
    assert "statement.pdf" not in visit(f"/account/{TOKEN}", statement_of=None)
    assert "This link does not work" in visit(f"/account/{TOKEN}/statement.pdf", statement_of=None)


def test_guessing_is_slowed_down_but_never_a_link_that_works() -> None:
    clock = Clock()
    client = browser(clock)
    codes = [client.get(f"/account/guess-0123456789-{n}").status_code for n in range(25)]
    assert codes == [404] * 20 + [429] * 5
    assert client.get(f"/account/{TOKEN}").status_code == 200
    assert client.get("/account/guess-0123456789-x").headers["retry-after"] == "60"
    clock.moment += timedelta(minutes=1)
    assert client.get("/account/guess-0123456789-y").status_code == 404


@pytest.mark.parametrize(("state", "status"), [({"ok": True, "outbox": 3}, 200), ({"ok": False}, 503), ({"since": AS_OF}, 200)])
def test_health_is_json_and_its_status_tells_a_supervisor(state: dict[str, object], status: int) -> None:
    answer = browser(health=lambda: state).get("/healthz")
    assert answer.status_code == status
    assert answer.json().keys() == state.keys()


def test_a_fault_on_our_side_shows_a_page_without_details() -> None:
    def broken(_customer: str) -> Facts | None:
        raise RuntimeError("the database password is hunter2")

    answer = browser(facts_of=broken).get(f"/account/{TOKEN}")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Something went wrong" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_controls_meet_wcag_aa(scheme: str) -> None:
    css = (Path(templates.folder()) / "portal" / "account.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    named = colours(light if scheme == "light" else dark.split("\n}\n")[0])
    for ink in ("ink", "quiet", "accent", "late"):
        assert contrast(named[ink], named["paper"]) >= 4.5
        assert contrast(named[ink], named["sheet"]) >= 4.5
    assert contrast(named["on-accent"], named["accent"]) >= 4.5
    assert contrast(named["warn-ink"], named["warn-wash"]) >= 4.5
    assert contrast(named["edge"], named["sheet"]) >= 3
    assert contrast(named["edge"], named["paper"]) >= 3
