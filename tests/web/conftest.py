"""The shared inbox's office: one of few mails for most tests, made anew for each module."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from httpx import Client
from inbox_office import Office, Watch, build, served, sign_in

from inboxbot.desk import canned, replies
from inboxbot.desk.replies import Answer
from inboxbot.staff import terminal
from inboxbot.store import approvals, contacts

SignedIn = Callable[[str], Client]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """C1001 and C1003 have one conversation each; Inès may see C1001 only of these."""
    made = build(Path(tmp_path_factory.mktemp("office")), mails=False, documents=False)
    made.write("m.fuller@alderstone.example", "Price of INV-20294", "The price on INV-20294 is wrong. We will not pay it like this.")
    made.write("priya.nair@cobaltrobotics.example", "Our vendor form", "Please fill in the attached vendor form and send your W-9.")
    made.write("m.fuller@alderstone.example", "Out of office", "I am back on Monday.", Auto_Submitted="auto-replied")
    made.write("priya.nair@cobaltrobotics.example", "Out of office", "I am back on Monday.", Auto_Submitted="auto-replied")
    root = terminal("root")
    for conversation_id, customer_id in ((1, "C1001"), (2, "C1003")):
        replies.send(made.desk, root, conversation_id, Answer(f"About {customer_id}: we look into it."))
        with made.app.store.transaction() as session:
            waits = replies.reply(session, conversation_id, "To approve.", "root", made.app.config, made.desk.key, made.now)
            approvals.wait(session, conversation_id, waits, "root", "To approve.", made.now)
            contacts.propose(session, customer_id, f"new@{customer_id.lower()}.example", "root", conversation_id, made.now)
    canned.put(made.desk, root, None, "Thanks", "Dear {contact}, thank you. {me}")
    yield made
    made.app.store.close()


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with served(office) as found:
        yield found


@pytest.fixture(scope="module")
def signed_in(address: str) -> Iterator[SignedIn]:
    """A browser (without JavaScript) of a person; one for each person."""
    clients: dict[str, Client] = {}

    def client(name: str) -> Client:
        if name not in clients:
            clients[name] = Client(base_url=address, follow_redirects=False, timeout=60)
            if name != "nobody":
                assert sign_in(clients[name], name).status_code == 303
        return clients[name]

    yield client
    for one in clients.values():
        one.close()
