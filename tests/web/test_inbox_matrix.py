"""Every route by role and customer scope, generated from the application itself: a route that is not in the table fails."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from httpx import Client, Response
from inbox_office import NAMES, Office

from inboxbot.staff import PERMISSIONS, Permission, Role
from inboxbot.store import conversations

pytestmark = pytest.mark.slow

P = Permission
ROLES = {"dana": Role.ADMIN, "mia": Role.MANAGER, "sam": Role.AGENT, "ines": Role.INQUIRY}
PUBLIC = {
    "GET /healthz",
    "HEAD /healthz",
    "GET /account/{token}",
    "HEAD /account/{token}",
    "GET /account/{token}/statement.pdf",
    "HEAD /account/{token}/statement.pdf",
    "GET /account/{token}/invoices/{number:path}.pdf",
    "HEAD /account/{token}/invoices/{number:path}.pdf",
    "GET /assets/account.css",
    "HEAD /assets/account.css",
    "GET /assets/inbox/{digest}/{name}",
    "GET /inbox/sign-in",
    "POST /inbox/sign-in",
    "GET /inbox/invitation/{token}",
    "POST /inbox/invitation/{token}",
}
# route -> (what it needs, whether it is about one customer's things)
TABLE: dict[str, tuple[Permission, bool]] = {
    "GET /": (P.READ, False),
    "GET /inbox": (P.READ, False),
    "GET /inbox/v/{key}": (P.READ, False),
    "GET /inbox/search": (P.READ, False),
    "GET /inbox/side": (P.READ, False),
    "POST /inbox/views": (P.WORK, False),
    "POST /inbox/views/{key}/remove": (P.WORK, False),
    "GET /inbox/c/{conversation_id}": (P.READ, True),
    "GET /inbox/mail/{message_id}": (P.READ, True),
    "GET /inbox/mail/{message_id}/files/{number}": (P.READ, True),
    "GET /inbox/customers": (P.READ, False),
    "GET /inbox/customers/{customer_id}": (P.READ, True),
    "GET /inbox/filed": (P.READ, False),
    "GET /inbox/v/{key}.csv": (P.READ, False),
    "GET /inbox/search.csv": (P.READ, False),
    "GET /inbox/filed.csv": (P.READ, False),
    "GET /inbox/customers/{customer_id}/{what}.csv": (P.READ, True),
    "GET /inbox/canned.csv": (P.WORK, False),
    "GET /inbox/views.csv": (P.READ, False),
    "GET /inbox/people.csv": (P.USERS, False),
    "GET /inbox/audit": (P.AUDIT, False),
    "GET /inbox/audit.csv": (P.AUDIT, False),
    "GET /api/docs": (P.READ, False),
    "GET /inbox/people": (P.USERS, False),
    "POST /inbox/people/invite": (P.USERS, False),
    "POST /inbox/people/{user_id}": (P.USERS, False),
    "POST /inbox/invitations/{invitation_id}/revoke": (P.USERS, False),
    "GET /inbox/canned": (P.WORK, False),
    "POST /inbox/canned": (P.SHARE, False),
    "POST /inbox/canned/{canned_id}/remove": (P.SHARE, False),
    "GET /inbox/events": (P.READ, False),
    "POST /inbox/c/{conversation_id}/do": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/note": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/merge": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/customer": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/reply": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/draft": (P.WORK, True),
    "POST /inbox/c/{conversation_id}/here": (P.WORK, True),
    "GET /inbox/c/{conversation_id}/canned/{canned_id}": (P.WORK, True),
    "POST /inbox/bulk": (P.WORK, False),
    "POST /inbox/contacts/{contact_id}/confirm": (P.CONFIRM_CONTACT, True),
    "POST /inbox/contacts/{contact_id}/revoke": (P.CONFIRM_CONTACT, True),
    "POST /inbox/outbox/{outbox_id}/take-back": (P.WORK, True),
    "POST /inbox/outbox/{outbox_id}/settle": (P.WORK, True),
    "POST /inbox/approvals/{approval_id}/approve": (P.WORK, True),
    "POST /inbox/approvals/{approval_id}/reject": (P.WORK, True),
    "POST /inbox/mail/{message_id}/split": (P.WORK, True),
    "POST /inbox/mail/{message_id}/not-spam": (P.WORK, True),
    "POST /inbox/mail/{message_id}/correct": (P.WORK, True),
}
ONCE = {  # what they work on is gone, or is not so, when they were called before
    "POST /inbox/views/{key}/remove",
    "POST /inbox/contacts/{contact_id}/confirm",
    "POST /inbox/contacts/{contact_id}/revoke",
    "POST /inbox/outbox/{outbox_id}/settle",
    "POST /inbox/mail/{message_id}/not-spam",
    "POST /inbox/canned/{canned_id}/remove",
    "POST /inbox/people/{user_id}",
    "POST /inbox/invitations/{invitation_id}/revoke",
    "GET /inbox/c/{conversation_id}/canned/{canned_id}",
    "GET /inbox/mail/{message_id}/files/{number}",
}
OTHERS = dict.fromkeys(("user_id", "invitation_id", "token_id", "session_id", "number"), "99")
FIELDS = {
    "do": "priority",
    "priority": "high",
    "text": "A text.",
    "was": "sent",
    "what": "outcome",
    "outcome": "route",
    "into": "99",
    "role": "agent",
    "name": "x",
    "assignee": "me",
    "why": "Call them first.",
}
OWN = {  # needs no more than to be signed in, and works on nothing but one's own
    "POST /inbox/sign-out",
    "GET /inbox/settings",
    "POST /inbox/settings",
    "POST /inbox/settings/password",
    "POST /inbox/settings/tokens",
    "POST /inbox/settings/tokens/{token_id}/revoke",
    "POST /inbox/settings/sessions/{session_id}/revoke",
}


def routes(found: Any) -> Iterator[str]:
    for route in found:
        if hasattr(route, "original_router"):
            yield from routes(route.original_router.routes)
        elif getattr(route, "path", None):
            yield from (
                f"{method} {route.path}" for method in sorted(getattr(route, "methods", None) or ())
            )  # the mounted API has its own test


def call(client: Client, route: str, numbers: dict[str, str], csrf: str) -> Response:
    method, path = route.split(" ", 1)
    address = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: numbers[found[1]], path)
    if path == "/inbox/events":
        with client.stream(method, address) as response:
            return response
    data = {"csrf": csrf, **FIELDS, "customer_id": numbers["customer_id"], "id": numbers["conversation_id"]} if method == "POST" else None
    return client.request(method, address, data=data)


@pytest.fixture(scope="module")
def csrf_of(signed_in: Callable[[str], Client]) -> Callable[[str], str]:
    """The token of a person's session, which lasts as long as the session."""

    @cache
    def token(name: str) -> str:
        found = re.search(r'data-csrf="([^"]*)"', signed_in(name).get("/inbox/settings").text)
        assert found is not None
        return found[1]

    return token


def numbers_of(customer: str) -> dict[str, str]:
    number = "1" if customer == "C1001" else "2"
    of_both = dict.fromkeys(("conversation_id", "message_id", "outbox_id", "contact_id", "approval_id"), number)
    return {**of_both, "customer_id": customer, "key": "open", "what": "payments", "canned_id": "1", **OTHERS}


def test_the_table_names_every_route(office: Office) -> None:
    assert {route for route in routes(office.web.routes) if not route.startswith("HEAD ") or route in PUBLIC} == PUBLIC | TABLE.keys() | OWN


@pytest.mark.parametrize("route", sorted(TABLE.keys() | OWN))
def test_nobody_gets_in_without_signing_in(route: str, signed_in: Callable[[str], Client]) -> None:
    response = call(signed_in("nobody"), route, numbers_of("C1001"), "")
    assert (response.status_code, response.headers["location"].split("?")[0]) == (303, "/inbox/sign-in")


@pytest.mark.parametrize("route", sorted(route for route in TABLE if route.startswith("POST")))
def test_a_write_without_the_sessions_token_is_refused(route: str, signed_in: Callable[[str], Client]) -> None:
    assert call(signed_in("dana"), route, numbers_of("C1001"), "wrong").status_code == 403


@pytest.mark.parametrize("customer", ["C1001", "C1003"])
@pytest.mark.parametrize("name", sorted(ROLES))
@pytest.mark.parametrize("route", sorted(TABLE))
def test_matrix(route: str, name: str, customer: str, signed_in: Callable[[str], Client], csrf_of: Callable[[str], str]) -> None:
    """Inès may see C1001 and C1002, everybody else all; what is out of scope is as if it were not there."""
    needs, scoped = TABLE[route]
    client = signed_in(name)
    status = call(client, route, numbers_of(customer), csrf_of(name)).status_code
    if needs not in PERMISSIONS[ROLES[name]]:
        assert status == 403 or (status == 404 and scoped and customer == "C1003")
    elif scoped and name == "ines" and customer == "C1003":
        assert status == 404
    else:
        assert status not in {401, 403, 500}
        assert status != 404 or route in ONCE or route == "POST /inbox/c/{conversation_id}/merge"


def test_the_queue_and_the_search_show_only_what_is_in_scope(signed_in: Callable[[str], Client]) -> None:
    for path in (
        "/inbox/v/custom",
        "/inbox/search?q=vendor",
        "/inbox/search?q=price",
        "/inbox/v/custom?customer_id=C1003",
        "/inbox/search?q=%232",
    ):
        assert "Our vendor form" not in signed_in("ines").get(path).text
    assert "Our vendor form" in signed_in("sam").get("/inbox/v/custom").text
    assert "Our vendor form" in signed_in("sam").get("/inbox/search?q=vendor").text
    assert "Price of INV-20294" in signed_in("ines").get("/inbox/search?q=20294").text


def test_people_from_outside_see_no_notes_and_no_colleagues(office: Office, signed_in: Callable[[str], Client]) -> None:
    with office.app.store.transaction() as session:
        conversations.add_note(session, 1, "they always complain, mind the zebra", "sam@brightwater.example", office.now)
    page = signed_in("ines").get("/inbox/c/1").text
    assert "zebra" not in page
    assert "sam@brightwater.example" not in page
    assert "Price of INV-20294" not in signed_in("ines").get("/inbox/search?q=zebra").text
    assert "zebra" in signed_in("olga").get("/inbox/c/1").text
    assert "Price of INV-20294" in signed_in("olga").get("/inbox/search?q=zebra").text


def test_every_person_of_the_matrix_has_an_account(office: Office) -> None:
    assert {office.people[name].role for name in ROLES} == set(Role)
    assert NAMES.keys() >= ROLES.keys()


@pytest.mark.parametrize(
    "path", ["/inbox/nowhere", "/inbox/c/0", "/inbox/c/x", f"/inbox/c/{2**70}", "/inbox/filed?before=x", "/inbox/mail/1/files/-1"]
)
def test_an_address_that_leads_nowhere_says_so_on_a_page(path: str, signed_in: Callable[[str], Client]) -> None:
    response = signed_in("sam").get(path)
    assert (response.status_code, response.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert "Nothing is here" in response.text
