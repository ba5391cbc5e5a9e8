"""The JSON API: tokens and their scopes, the same rules as the pages, and what it says when something is not possible."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from httpx import Client, Response
from inbox_office import Office

from inboxbot.desk import accounts
from inboxbot.staff import PERMISSIONS, TOKEN_SCOPES, Permission, Role
from inboxbot.store import staff
from inboxbot.web.api.application import api_app

pytestmark = pytest.mark.slow

P = Permission
ROLES = {"dana": Role.ADMIN, "mia": Role.MANAGER, "sam": Role.AGENT, "ines": Role.INQUIRY}
# operation -> (what it needs, whether it is about one customer's things)
TABLE: dict[str, tuple[Permission, bool]] = {
    "GET /me": (P.READ, False),
    "GET /views": (P.READ, False),
    "GET /views/{key}": (P.READ, False),
    "GET /conversations": (P.READ, False),
    "GET /search": (P.READ, False),
    "GET /conversations/{conversation_id}": (P.READ, True),
    "GET /messages/{message_id}/raw": (P.READ, True),
    "GET /messages/{message_id}/right": (P.READ_INTERNAL, True),
    "GET /customers/{customer_id}": (P.READ, True),
    "GET /filed": (P.READ, False),
    "GET /tags": (P.READ_INTERNAL, False),
    "GET /colleagues": (P.READ_INTERNAL, False),
    "GET /audit": (P.AUDIT, False),
    "POST /conversations/{conversation_id}/take": (P.WORK, True),
    "POST /conversations/{conversation_id}/assign": (P.WORK, True),
    "POST /conversations/{conversation_id}/status": (P.WORK, True),
    "POST /conversations/{conversation_id}/snooze": (P.WORK, True),
    "POST /conversations/{conversation_id}/priority": (P.WORK, True),
    "POST /conversations/{conversation_id}/tags": (P.WORK, True),
    "POST /conversations/{conversation_id}/notes": (P.WORK, True),
    "POST /conversations/{conversation_id}/merge": (P.WORK, True),
    "POST /conversations/{conversation_id}/customer": (P.WORK, True),
    "POST /conversations/{conversation_id}/reply": (P.WORK, True),
    "POST /conversations/{conversation_id}/lane": (P.WORK, True),
    "GET /approvals": (P.WORK, False),
    "POST /approvals/{approval_id}/approve": (P.WORK, True),
    "POST /approvals/{approval_id}/reject": (P.WORK, True),
    "GET /conversations/{conversation_id}/canned/{canned_id}": (P.WORK, True),
    "POST /bulk": (P.WORK, False),
    "POST /contacts/{contact_id}/confirm": (P.CONFIRM_CONTACT, True),
    "POST /contacts/{contact_id}/revoke": (P.CONFIRM_CONTACT, True),
    "POST /outbox/{outbox_id}/take-back": (P.WORK, True),
    "POST /outbox/{outbox_id}/settle": (P.WORK, True),
    "POST /messages/{message_id}/split": (P.WORK, True),
    "POST /messages/{message_id}/not-spam": (P.WORK, True),
    "POST /messages/{message_id}/correct": (P.WORK, True),
    "GET /canned": (P.WORK, False),
    "POST /canned": (P.SHARE, False),
    "PUT /canned/{canned_id}": (P.SHARE, False),
    "DELETE /canned/{canned_id}": (P.SHARE, False),
    "POST /views": (P.WORK, False),
    "DELETE /views/{key}": (P.WORK, False),
    "GET /users": (P.USERS, False),
    "PUT /users/{user_id}": (P.USERS, False),
    "POST /invitations": (P.USERS, False),
    "DELETE /invitations/{invitation_id}": (P.USERS, False),
}
GONE = {  # what they work on is gone, or is not there, when they were called before
    "POST /contacts/{contact_id}/confirm",
    "POST /contacts/{contact_id}/revoke",
    "POST /outbox/{outbox_id}/settle",
    "POST /messages/{message_id}/not-spam",
    "DELETE /canned/{canned_id}",
    "PUT /canned/{canned_id}",
    "GET /conversations/{conversation_id}/canned/{canned_id}",
    "DELETE /views/{key}",
    "PUT /users/{user_id}",
    "DELETE /invitations/{invitation_id}",
    "POST /conversations/{conversation_id}/merge",
}
BODIES: dict[str, dict[str, Any]] = {
    "assign": {"assignee": "me"},
    "status": {"status": "open"},
    "snooze": {"until": "3h"},
    "priority": {"priority": "high"},
    "tags": {"add": ["x"]},
    "notes": {"text": "A note."},
    "merge": {"into": 99},
    "reply": {"text": "A reply."},
    "settle": {"was_sent": True},
    "reject": {"why": "Call them first."},
    "lane": {"what": "genuine", "how": "called"},
    "correct": {"what": "outcome", "after": "route"},
    "bulk": {"ids": [1], "add_tags": ["y"]},
    "canned": {"name": "Hello", "text": "Dear {contact}"},
    "views": {"name": "A view", "filter": {"status": "open"}},
    "invitations": {"email": "new@brightwater.example", "role": "agent"},
    "users": {"role": "agent"},
}

Api = Callable[[str, str], Client]


@pytest.fixture(scope="module")
def api(office: Office, address: str) -> Iterator[Api]:
    """A script's client with a token of a person's with a scope."""
    clients: dict[tuple[str, str], Client] = {}

    def client(name: str, scope: str = "manage") -> Client:
        if (name, scope) not in clients:
            token = accounts.add_token(office.desk, office.viewer(name), "tests", scope, None)
            clients[name, scope] = Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        return clients[name, scope]

    yield client
    for one in clients.values():
        one.close()


def call(client: Client, operation: str, customer: str) -> Response:
    method, path = operation.split(" ", 1)
    number = "1" if customer == "C1001" else "2"
    numbers = {"customer_id": customer, "key": "open", "canned_id": "1", "user_id": "99", "invitation_id": "99"}
    address = re.sub(r"\{(\w+)\}", lambda found: numbers.get(found[1], number), path)
    if method in ("GET", "DELETE"):
        return client.request(method, address, params={"q": "price"} if path == "/search" else None)
    last = re.sub(r"\{\w+\}", "", path).strip("/").rpartition("/")[2]
    body = {"customer_id": customer} if last == "customer" else BODIES.get(last)
    return client.request(method, address, json=body)


def operations() -> set[str]:
    description = api_app(None).openapi()  # type: ignore[arg-type]
    return {f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods}


def test_the_table_names_every_operation() -> None:
    assert operations() == TABLE.keys()


@pytest.mark.parametrize("operation", sorted(TABLE))
def test_nobody_gets_in_without_a_token(operation: str, address: str) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic ZGFuYTp4"}):
        with Client(base_url=f"{address}/api/v1", headers=headers, timeout=60) as client:
            response = call(client, operation, "C1001")
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert "token" in response.json()["error"]


@pytest.mark.parametrize("operation", sorted(TABLE))
def test_matrix(operation: str, api: Api) -> None:
    """A token may what its scope and its owner's role both allow, on the owner's customers."""
    needs, scoped = TABLE[operation]
    for name, scope, customer in product(sorted(ROLES), sorted(TOKEN_SCOPES), ("C1001", "C1003")):
        status = call(api(name, scope), operation, customer).status_code
        said = (name, scope, customer, status)
        if needs not in PERMISSIONS[ROLES[name]] & TOKEN_SCOPES[scope]:
            assert status == 403 or (status == 404 and scoped and customer == "C1003"), said
        elif scoped and name == "ines" and customer == "C1003":
            assert status == 404, said
        else:
            assert status in {200, 409, 422} or (status == 404 and operation in GONE), said


def test_a_session_cookie_opens_nothing_here(signed_in: Callable[[str], Client]) -> None:
    assert signed_in("dana").get("/api/v1/me").status_code == 401


def test_a_token_stops_with_its_account_its_end_and_its_revocation(office: Office, address: str) -> None:
    viewer = office.viewer("olga")
    token = accounts.add_token(office.desk, viewer, "short", "work", 1)
    with Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.get("/me").json()["who"] == "olga@brightwater.example"
        made = accounts.own_tokens(office.desk, viewer)[0]
        assert made.expires_at is not None
        with office.app.store.transaction() as session:
            assert staff.token_behind(session, token, made.expires_at - timedelta(seconds=1)) is not None
            assert staff.token_behind(session, token, made.expires_at) is None
        accounts.revoke_token(office.desk, viewer, made.token_id)
        assert client.get("/me").status_code == 401


def test_reading_and_working(office: Office, api: Api) -> None:
    office.write("priya.nair@cobaltrobotics.example", "Delivery short", "Two cartons were missing, we deduct them from the next payment.")
    client = api("sam", "work")
    page = client.get("/conversations", params={"newest_first": True, "limit": 1}).json()
    one = page["conversations"][0]
    assert one["subject"] == "Delivery short"
    assert page["after"]
    assert client.get("/conversations", params={"newest_first": True, "limit": 1, "after": page["after"]}).json()["conversations"] != page
    number = one["conversation_id"]
    assert client.post(f"/conversations/{number}/take").json() == {"ok": True}
    assert client.post(f"/conversations/{number}/tags", json={"add": ["Cartons"]}).status_code == 200
    assert client.post(f"/conversations/{number}/notes", json={"text": "@olga have a look"}).json()["id"] > 0
    thread = client.get(f"/conversations/{number}").json()
    assert (thread["conversation"]["assignee"], thread["conversation"]["tags"]) == ("sam@brightwater.example", ["cartons"])
    assert thread["mails"][0]["decision"]["intents"]
    office.write("priya.nair@cobaltrobotics.example", "Re: Delivery short", "Any news?", In_Reply_To="<x@y>")
    sent = client.post(f"/conversations/{number}/reply", json={"text": "We look into it.", "seen": thread["seen"]})
    assert sent.status_code == 200
    assert client.post(f"/conversations/{number}/reply", json={"text": "Again.", "seen": thread["seen"]}).status_code == 409
    assert client.post(f"/outbox/{sent.json()['outbox_ids'][0]}/take-back").json() == {"id": number}
    assert client.get(f"/messages/{thread['mails'][0]['message_id']}/raw").headers["content-type"] == "message/rfc822"
    assert client.get("/search", params={"q": "cartons"}).json()["conversations"][0]["conversation_id"] == number
    done = client.post("/bulk", json={"ids": [number, 9999], "priority": "urgent"}).json()
    assert (done["done"], len(done["problems"])) == (1, 1)


def test_people_from_outside_get_no_notes_and_no_trail(api: Api) -> None:
    api("sam", "work").post("/conversations/1/notes", json={"text": "mind the zebra"})
    thread = api("ines", "manage").get("/conversations/1").json()
    assert (thread["notes"], thread["events"], thread["corrections"]) == ([], [], [])
    assert any("zebra" in note["text"] for note in api("sam", "read").get("/conversations/1").json()["notes"])


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "/conversations/1/status", {"status": "gone"}, "status"),
        ("POST", "/conversations/1/tags", {"ad": ["x"]}, "ad"),
        ("POST", "/conversations/1/snooze", {"until": "some day"}, "2026-12-01T09:00"),
        ("POST", "/conversations/1/snooze", {"until": "9999-12-31T23:59:59"}, "ten years"),
        ("POST", "/conversations/1/assign", {"assignee": "nobody@known.example"}, "no account"),
        ("POST", "/conversations/1/notes", {"text": "a\x00b"}, "NUL"),
        ("POST", "/messages/1/correct", {"what": "spelling", "after": "x"}, "what"),
        ("POST", "/views", {"name": "x", "filter": {"colour": "red"}}, "colour"),
        ("GET", "/conversations?after=1.2.3", None, "place"),
        ("GET", "/conversations/99999999999999999999", None, "conversation_id"),
        ("GET", "/conversations?status=lost", None, "status"),
        ("GET", "/nothing", None, "Not Found"),
    ],
)
def test_what_is_wrong_is_said(method: str, path: str, body: Any, words: str, api: Api) -> None:
    response = api("dana").request(method, path, json=body)
    assert response.status_code in {404, 422}
    assert words in response.json()["error"]
    assert response.headers["cache-control"] == "no-store" or response.status_code == 404


def test_the_description_is_there_for_people_and_programs(address: str, signed_in: Callable[[str], Client]) -> None:
    with Client(base_url=address) as client:
        description = client.get("/api/v1/openapi.json").json()
    assert description["components"]["securitySchemes"]
    assert description["servers"] == [{"url": "/api/v1"}]
    page = signed_in("sam").get("/api/docs").text
    for path in description["paths"]:
        assert path in page
