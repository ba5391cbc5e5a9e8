"""Signing in: sessions that are rotated, revoked and expire; a throttle; no word about who has an account."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import Client
from inbox_office import PASSWORD, Office, Watch, build, served, sign_in
from sqlmodel import delete, select

from inboxbot.desk import accounts
from inboxbot.errors import UsageError
from inboxbot.staff import Role, terminal
from inboxbot.store.tables_staff import StaffSessionRow, StaffUserRow

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path, watch: Watch) -> Iterator[Office]:
    made = build(tmp_path, now=watch.now, mails=False, documents=False, clock=watch)
    yield made
    made.app.store.close()


@pytest.fixture
def client(office: Office) -> Iterator[Client]:
    with served(office) as address, Client(base_url=address, follow_redirects=False) as found:
        yield found


def attempt(client: Client, email: str, password: str) -> tuple[int, str]:
    response = client.post("/inbox/sign-in", data={"email": email, "password": password})
    return response.status_code, "".join(re.findall(r'<p class="problem"[^>]*>(.*?)</p>', response.text))


def signed_in(client: Client) -> bool:
    return client.get("/inbox/v/open").status_code == 200


def test_a_password_opens_and_signing_out_closes(client: Client) -> None:
    assert not signed_in(client)
    assert sign_in(client, "dana").headers["location"] == "/inbox"
    csrf = re.findall(r'data-csrf="([^"]+)"', client.get("/inbox/v/open").text)[0]
    assert client.post("/inbox/sign-out", data={"csrf": csrf}).status_code == 303
    assert not signed_in(client)


def test_the_cookie_is_for_the_server_alone(client: Client) -> None:
    cookie = sign_in(client, "dana").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_passwords_and_tokens_are_kept_as_hashes(client: Client, office: Office) -> None:
    sign_in(client, "dana")
    token = client.cookies["inboxbot"]
    with office.app.store.reading() as session:
        hashes = [row.password_hash for row in session.exec(select(StaffUserRow)).all()]
        tokens = [row.token_sha256 for row in session.exec(select(StaffSessionRow)).all()]
    assert all(value.startswith("$argon2id$") for value in hashes)
    assert token not in tokens


def test_signing_in_makes_a_new_session_and_ends_the_one_that_was_there(client: Client) -> None:
    sign_in(client, "dana")
    first = client.cookies["inboxbot"]
    sign_in(client, "sam")
    assert client.cookies["inboxbot"] != first
    with Client(base_url=client.base_url, cookies={"inboxbot": first}) as thief:
        assert not signed_in(thief)


def test_a_token_given_beforehand_is_never_taken_over(client: Client) -> None:
    client.cookies.set("inboxbot", "planted-by-somebody-else")
    sign_in(client, "dana")
    assert client.cookies.get("inboxbot", domain="127.0.0.1") != "planted-by-somebody-else"


def test_an_idle_session_ends_and_one_in_use_lasts_until_its_last_day(client: Client, watch: Watch) -> None:
    sign_in(client, "dana")
    for _ in range(13):
        watch.turn(hours=11)
        assert signed_in(client)
    watch.turn(hours=13)
    assert not signed_in(client)
    sign_in(client, "dana")
    for _ in range(16):
        watch.turn(hours=10)
        assert signed_in(client)
    watch.turn(hours=10)
    assert not signed_in(client)


def test_unknown_and_wrong_are_told_alike(client: Client) -> None:
    known = attempt(client, "dana@brightwater.example", "not the password")
    assert known == attempt(client, "nobody@brightwater.example", "not the password")
    assert known[0] == 401


def test_guessing_is_throttled_whether_the_account_is_there_or_not(client: Client, watch: Watch) -> None:
    for email in ("dana@brightwater.example", "nobody@brightwater.example"):
        codes = [attempt(client, email, f"guess number {n}")[0] for n in range(7)]
        assert codes == [401] * 5 + [429] * 2
    assert attempt(client, "dana@brightwater.example", PASSWORD)[0] == 429
    watch.turn(minutes=16)
    assert attempt(client, "dana@brightwater.example", PASSWORD)[0] == 303


def test_guesses_at_the_same_moment_do_not_slip_through(client: Client) -> None:
    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda n: attempt(client, "dana@brightwater.example", f"guess number {n}")[0], range(24)))
    assert sorted(codes) == [401] * 5 + [429] * 19


def test_a_password_that_fits_is_no_guess(client: Client) -> None:
    for _ in range(8):
        assert attempt(client, "dana@brightwater.example", PASSWORD)[0] == 303


def test_behind_a_tls_proxy_the_cookie_is_for_tls_alone(tmp_path: Path, watch: Watch) -> None:
    made = build(tmp_path / "proxied", now=watch.now, mails=False, documents=False, clock=watch)
    made.app.__dict__["desk"] = replace(made.desk, base_url="https://inbox.brightwater.example")
    with served(made) as address, Client(base_url=address) as one:
        cookie = sign_in(one, "dana").headers["set-cookie"]
    assert cookie.startswith("__Host-inboxbot=")
    assert "Secure" in cookie
    made.app.store.close()


def test_many_accounts_from_one_client_are_throttled_too(client: Client) -> None:
    codes = [attempt(client, f"person{n}@brightwater.example", "guess the same")[0] for n in range(32)]
    assert codes == [401] * 30 + [429] * 2


def test_an_account_that_is_switched_off_or_over_opens_nothing(client: Client, office: Office, watch: Watch) -> None:
    sign_in(client, "ines")
    assert signed_in(client)
    watch.turn(days=31)
    assert attempt(client, "ines@brightwater.example", PASSWORD)[0] == 401
    sign_in(client, "sam")
    sam = office.people["sam"]
    accounts.change_user(office.desk, terminal("root"), sam.user_id, role=Role.AGENT, active=False, customers=(), expires_at=None)
    assert not signed_in(client)


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    data = {"email": "dana@brightwater.example", "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/inbox/sign-in", data=data, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/inbox/\\evil.example", "/account/x", "/inbox//evil.example"]
)
def test_after_signing_in_nobody_is_sent_elsewhere(target: str, client: Client) -> None:
    data = {"email": "dana@brightwater.example", "password": PASSWORD, "next": target}
    assert client.post("/inbox/sign-in", data=data).headers["location"] == "/inbox"


def test_an_invitation_makes_one_account_once(client: Client, office: Office) -> None:
    token = accounts.invite(office.desk, terminal("root"), email="New@brightwater.example", name="New", role=Role.AGENT)
    page = client.get(f"/inbox/invitation/{token}")
    assert "new@brightwater.example" in page.text
    data = {"name": "Newton", "password": "a new long password", "again": "a new long password"}
    assert client.post(f"/inbox/invitation/{token}", data={**data, "again": "another"}).status_code == 422
    assert client.post(f"/inbox/invitation/{token}", data=data).status_code == 303
    assert signed_in(client)
    assert client.post(f"/inbox/invitation/{token}", data=data).status_code == 404
    assert client.get("/inbox/invitation/no-such-token").status_code == 404


def test_an_invitation_expires(client: Client, office: Office, watch: Watch) -> None:
    token = accounts.invite(office.desk, terminal("root"), email="new@brightwater.example", name="New", role=Role.AGENT)
    watch.turn(days=8)
    assert client.get(f"/inbox/invitation/{token}").status_code == 404


@pytest.mark.parametrize(
    ("role", "customers", "until", "words"),
    [
        (Role.INQUIRY, (), "2026-12-31", "customers it may see"),
        (Role.INQUIRY, ("C1001",), "", "a day on which it ends"),
        (Role.INQUIRY, ("C9",), "2026-12-31", "no customer C9"),
    ],
)
def test_an_inquiry_account_is_never_wider_than_named(
    role: Role, customers: tuple[str, ...], until: str, words: str, office: Office
) -> None:
    with pytest.raises(UsageError, match=words):
        accounts.add_user(
            office.desk,
            terminal("root"),
            email="out@side.example",
            name="",
            role=role,
            password=PASSWORD,
            customers=customers,
            expires_at=accounts.end_of_day(office.desk, until),
        )


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "x" * 257])
def test_a_weak_password_is_not_taken(password: str, office: Office) -> None:
    with pytest.raises(UsageError):
        accounts.add_user(office.desk, terminal("root"), email="a@b.example", name="", role=Role.AGENT, password=password)


def test_the_last_admin_stays(office: Office) -> None:
    dana = office.people["dana"]
    with pytest.raises(UsageError, match="only admin"):
        accounts.change_user(office.desk, terminal("root"), dana.user_id, role=Role.AGENT, active=True, customers=(), expires_at=None)


def test_another_password_ends_every_other_session(client: Client, office: Office) -> None:
    sign_in(client, "sam")
    with Client(base_url=client.base_url) as other:
        sign_in(other, "sam")
        found = accounts.session_behind(office.desk, other.cookies["inboxbot"])
        assert found is not None
        accounts.change_password(office.desk, office.viewer("sam"), found.session_id, PASSWORD, "a better password yet", client="x")
        assert signed_in(other)
    assert not signed_in(client)


def test_the_first_page_says_how_to_make_the_first_account(tmp_path: Path) -> None:
    made = build(tmp_path, mails=False, documents=False)
    with made.app.store.transaction() as session:
        for table in (StaffSessionRow, StaffUserRow):
            session.exec(delete(table))
    with served(made) as address, Client(base_url=address) as client:
        assert "inboxbot user add" in client.get("/inbox/sign-in").text
    made.app.store.close()
