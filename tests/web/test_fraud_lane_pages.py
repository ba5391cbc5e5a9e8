"""The fraud lane on its page, by plain forms without a script: what to do stands there, and two people lead the way out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client, Response
from inbox_office import Office, build, served, sign_in

from inboxbot.conversation import ConversationStatus
from inboxbot.desk import reading
from inboxbot.staff import Scope, terminal
from inboxbot.store import inbox

MEGAN = "m.fuller@alderstone.example"
LANE = "It is answered only after two people"


@pytest.fixture(scope="module")
def served_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Office]]:
    made = build(Path(tmp_path_factory.mktemp("lane")), mails=False, documents=False)
    with served(made) as found:
        yield found, made
    made.app.store.close()


@pytest.fixture
def office(served_office: tuple[str, Office]) -> Office:
    return served_office[1]


@pytest.fixture
def number(office: Office) -> int:
    """A conversation that is in the lane."""
    row_id = office.write(MEGAN, "New account", "Our bank details have changed, new IBAN DE89 3704 0044 0532 0130 00.")
    with office.app.store.reading() as session:
        return inbox.conversation_of_message(session, row_id, Scope())


class Person:
    """A colleague in a browser without a script: reads a page, presses the buttons that are on it."""

    def __init__(self, address: str, name: str) -> None:
        self.client = Client(base_url=address, follow_redirects=True, timeout=60)
        assert sign_in(self.client, name).status_code == 200

    def page(self, number: int) -> str:
        return self.client.get(f"/inbox/c/{number}").text

    def buttons(self, number: int) -> dict[str, tuple[str, dict[str, str]]]:
        """Words of a button -> where its form goes, and the fields that it sends by itself."""
        found = {}
        for target, inner in re.findall(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", self.page(number), re.DOTALL):
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inner))
            for attributes, words in re.findall(r"<button([^>]*)>([^<]+)", inner):
                own = re.search(r'name="([^"]+)" value="([^"]*)"', attributes)
                found[words.strip()] = (target, hidden | ({own[1]: own[2]} if own else {}))
        return found

    def press(self, number: int, button: str, **typed: str) -> Response:
        target, values = self.buttons(number)[button]
        return self.client.post(target, data={**values, **typed})


@pytest.fixture
def people(served_office: tuple[str, Office]) -> Iterator[tuple[Person, Person]]:
    found = Person(served_office[0], "sam"), Person(served_office[0], "olga")
    yield found
    for one in found:
        one.client.close()


def lane(office: Office, number: int) -> str:
    return reading.conversation(office.desk, terminal("root"), number).lane


def test_two_people_lead_a_mail_out_of_the_lane(office: Office, people: tuple[Person, Person], number: int) -> None:
    sam, olga = people
    assert LANE in sam.page(number)
    assert "call the customer back on the number on file" in sam.page(number)
    sam.press(number, "It is genuine", how="called Megan on the number in our records")
    assert lane(office, number) == "fraud"
    assert "It is genuine" not in sam.buttons(number)  # the first person has said it
    olga.press(number, "It is genuine", how="called Megan too")
    assert lane(office, number) == ""
    assert LANE not in olga.page(number)


def test_one_person_closes_it_as_fraud(office: Office, people: tuple[Person, Person], number: int) -> None:
    people[0].press(number, "It is fraud: close it")
    assert lane(office, number) == "fraud"
    assert reading.conversation(office.desk, terminal("root"), number).status is ConversationStatus.CLOSED


def test_a_reply_typed_in_the_lane_is_refused_and_not_lost(office: Office, people: tuple[Person, Person], number: int) -> None:
    answer = people[0].press(number, "Send", text="We have changed it, thank you.")
    assert answer.status_code == 422
    assert "two people must say that it is genuine" in answer.text
    assert "We have changed it, thank you." in answer.text
    assert reading.thread(office.desk, terminal("root"), number).sent == ()
