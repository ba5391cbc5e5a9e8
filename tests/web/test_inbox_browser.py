"""The shared inbox in a real browser: the paths people walk every day, two people at once, keys only, no script, no connection."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser import Browser, browser, unavailable
from inbox_office import Office, build, served
from selenium.webdriver.common.keys import Keys

from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.desk import canned, corrections, fraud, reading, replies, work
from inboxbot.desk.replies import Answer
from inboxbot.reply import OutboxState
from inboxbot.staff import terminal
from inboxbot.store import approvals

pytestmark = [pytest.mark.server, pytest.mark.skipif(bool(unavailable()), reason=unavailable())]
Opened = Callable[[str], Browser]
LATEST = "/inbox/v/custom?status=open&newest_first=1"  # what a test just made is on the first page, however many others made some
HOSTILE = Path(__file__).parent / "hostile_mails"
XSS = (HOSTILE / "xss.txt").read_text(encoding="utf-8").split("\n%%\n")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = build(tmp_path_factory.mktemp("browser"), mails=False)
    yield made
    made.app.store.close()


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    with served(office) as found:
        yield found


@pytest.fixture(scope="module")
def opened(address: str) -> Iterator[Opened]:
    """A signed-in browser of a person; the same one for the whole module."""
    with ExitStack() as stack:
        people: dict[str, Browser] = {}

        def person(name: str) -> Browser:
            if name not in people:
                people[name] = stack.enter_context(browser(address))
                people[name].sign_in(name)
            return people[name]

        yield person
        for name, one in people.items():
            assert one.complaints() == [], name


@pytest.fixture
def number(office: Office) -> int:
    """A new conversation of Alder & Stone."""
    return dispute(office, "INV-20294 is too dear")


def dispute(office: Office, subject: str, sender: str = "m.fuller@alderstone.example") -> int:
    row = office.write(sender, subject, "The price on INV-20294 is wrong, we agreed on less. We will not pay it like this.")
    return thread_of(office, row)


def thread_of(office: Office, row: int) -> int:
    return corrections.conversation_of(office.desk, terminal("root"), row).conversation_id


def head(office: Office, number: int) -> Conversation:
    return reading.conversation(office.desk, terminal("root"), number)


# ---- the ten paths


def test_1_signing_in_shows_ones_own_work(opened: Opened, office: Office, number: int) -> None:
    work.assign(office.desk, terminal("root"), number, "olga@brightwater.example")
    olga = opened("olga")
    olga.go("/inbox")
    olga.sees("Mine")
    olga.sees("INV-20294 is too dear")


def test_2_opening_the_most_urgent_shows_why_it_is_here(opened: Opened, number: int) -> None:
    dana = opened("dana")
    dana.go(LATEST)
    dana.one(f"#c{number} a").click()
    dana.sees("What the machine understood")
    dana.sees("Verified")
    assert "INV-20294" in dana.text("#timeline a.mark.invoice")
    assert "Open invoices" in dana.text("#customer")


def test_3_taking_and_closing(opened: Opened, office: Office, number: int) -> None:
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}?view=open")
    dana.click('#tools [data-key="t"]')
    dana.until(lambda: head(office, number).assignee == "dana@brightwater.example")
    dana.sees("Dana Reyes", "#tools")
    dana.click('#tools [data-key="e"]')
    dana.sees("Closed", "#facts")
    assert head(office, number).status is ConversationStatus.CLOSED


def test_4_replying_and_taking_it_back(opened: Opened, office: Office, number: int) -> None:
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    write(dana, "Dear Megan, we look into it.")
    dana.one("#send").click()
    dana.sees("The reply is on its way.", "#toasts")
    dana.sees("Waiting for customer", "#facts")
    dana.one(".toast button").click()
    dana.until(lambda: dana.one("#reply-text").get_attribute("value") == "Dear Megan, we look into it.")
    dana.sees("Open", "#facts")
    sent = reading.thread(office.desk, terminal("root"), number).sent
    assert [one.state for one in sent] == [OutboxState.CANCELLED.value]


def test_5_replying_with_a_document_and_a_canned_reply(opened: Opened, office: Office, number: int) -> None:
    canned.put(office.desk, terminal("root"), None, "Copy", "Dear {contact}, here is your copy. {me}")
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    write(dana, "")
    dana.driver.execute_script(
        "const s = document.querySelector('#canned'); s.value = [...s.options].find((o) => o.text === 'Copy').value;"
        "s.dispatchEvent(new Event('change', {bubbles: true}))"
    )
    dana.until(lambda: "here is your copy. Dana Reyes" in dana.one("#reply-text").get_attribute("value"))
    dana.one("#composer .attach summary").click()
    dana.one('[name=document][value="INV-20294"]').click()
    dana.one("#send").click()
    dana.sees("Waiting for customer", "#facts")
    sent = reading.thread(office.desk, terminal("root"), number).sent[-1]
    assert [name.endswith(".pdf") for name in sent.documents] == [True]


def test_6_a_note_names_a_colleague(opened: Opened, number: int) -> None:
    dana, olga = opened("dana"), opened("olga")
    dana.go(f"/inbox/c/{number}")
    dana.one("#tab-note").click()
    dana.one("#note-text").send_keys("Called them. @olga please look.", Keys.CONTROL + Keys.ENTER)
    dana.sees("Called them. @olga please look.", "#timeline")
    olga.go("/inbox/v/mentions")
    olga.sees("INV-20294 is too dear")
    olga.go(f"/inbox/c/{number}")
    olga.go("/inbox/v/mentions")
    olga.until(lambda: not olga.all(f"#c{number}"))


def test_7_snoozing_until_monday(opened: Opened, office: Office, number: int) -> None:
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    dana.one('details[data-key="s"] > summary').click()
    dana.one('details[data-key="s"] .primary').click()
    dana.sees("Snoozed until", "#facts")
    assert head(office, number).snoozed_until is not None


def test_8_searching_for_an_invoice_by_its_digits(opened: Opened, number: int) -> None:
    dana = opened("dana")
    dana.go(LATEST)
    dana.one("#q").send_keys("20294 dear", Keys.ENTER)
    dana.sees("Search: 20294 dear")
    assert dana.all(f"#c{number}")


def test_9_many_at_once(opened: Opened, office: Office) -> None:
    numbers = [dispute(office, f"Bulk {index}") for index in range(3)]
    dana = opened("dana")
    dana.go(LATEST)
    for one in numbers:
        box = f"#c{one} .pick input"  # the list may just be taken anew, so it is ticked until it stays so
        dana.until(lambda box=box: dana.one(box).is_selected() or dana.one(box).send_keys(Keys.SPACE))
    dana.sees("3 selected", "#bulk-bar")
    dana.one('#bulk-bar [value="close"]').click()
    dana.sees("Done with 3")
    assert {head(office, one).status for one in numbers} == {ConversationStatus.CLOSED}


def test_10_putting_the_machine_right(opened: Opened, office: Office, number: int) -> None:
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    for key, typed, shown in (
        ("i", ("payment p",), "About Dispute → Payment plan"),
        ("o", ("ans",), "Outcome route → answer"),
        ("d", (Keys.CONTROL + "a", "INV-20299"), "→ INV-20299"),
        ("c", (Keys.CONTROL + "a", "C1002"), "Customer C1001 → C1002"),
    ):
        dana.until(lambda: dana.all("html.online"))
        dana.keys("c", key)
        dana.until(lambda key=key: dana.driver.execute_script("return document.activeElement.form?.dataset.right") == key)
        dana.keys(*typed, Keys.ENTER)
        dana.sees(shown, "#corrected")
    dana.sees("Payment plan", "#facts")
    dana.sees("Bayline Marine Services", "#customer")
    thread = reading.thread(office.desk, terminal("root"), number)
    assert [one.what for one in thread.corrections] == ["intents", "outcome", "entities", "customer"]


# ---- two at once


def test_colleagues_see_each_other_and_are_warned(opened: Opened, office: Office, number: int) -> None:
    dana, sam = opened("dana"), opened("sam")
    dana.go(f"/inbox/c/{number}")
    sam.go(f"/inbox/c/{number}")
    dana.sees("Sam Okafor is here too", "#presence")
    write(sam, "From Sam.")
    dana.sees("Sam Okafor is writing a reply", "#presence")
    write(dana, "From Dana.")
    sam.one("#send").click()
    sam.sees("Waiting for customer", "#facts")
    dana.sees("Sam Okafor has replied meanwhile", "#composer")
    dana.one("#send").click()
    dana.sees("a colleague has replied in the meantime", "#composer")
    assert dana.one("#reply-text").get_attribute("value") == "From Dana."
    assert len([s for s in reading.thread(office.desk, terminal("root"), number).sent if s.kind == "staff"]) == 1
    dana.one('[name="anyway"]').click()
    dana.until(lambda: len([s for s in reading.thread(office.desk, terminal("root"), number).sent if s.kind == "staff"]) == 2)


def test_new_mail_and_counts_appear_by_themselves(opened: Opened, office: Office) -> None:
    dana = opened("dana")
    dana.go("/inbox/v/unassigned")
    dana.driver.execute_script("window.untouched = true")
    row = office.write("priya.nair@cobaltrobotics.example", "A live surprise", "Please fill in our vendor form and send your W-9.")
    number = thread_of(office, row)
    dana.sees("A live surprise")
    work.assign(office.desk, terminal("root"), number, "sam@brightwater.example")
    dana.until(lambda: not dana.all(f"#c{number}"))
    assert dana.driver.execute_script("return window.untouched === true")


def test_what_changed_while_the_connection_was_lost_is_there_afterwards(office: Office) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with ExitStack() as first:
        address = first.enter_context(served(office, port))
        with browser(address) as dana:
            dana.sign_in("dana")
            dana.go(LATEST)
            dana.until(lambda: dana.all("html.online"))
            first.close()
            dana.sees("Connection lost", "#live")
            dispute(office, "Came while it was dark")
            with served(office, port):
                dana.sees("Came while it was dark", seconds=40)
                assert dana.text("#live") == ""


def test_what_is_typed_stays_when_the_server_cannot_be_reached(opened: Opened, office: Office, number: int) -> None:
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    write(dana, "Written on a train.")
    dana.driver.execute_cdp_cmd("Network.enable", {})
    dana.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/reply?*", "*/do"]})
    dana.one("#send").click()
    dana.sees("Nothing was sent", "#toasts")
    dana.keys(Keys.ESCAPE, "t")
    dana.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    assert dana.one("#reply-text").get_attribute("value") == "Written on a train."
    assert reading.thread(office.desk, terminal("root"), number).sent == ()
    dana.one("#send").click()
    dana.sees("Waiting for customer", "#facts")


def test_what_happened_before_the_connection_stood_is_there_as_well(opened: Opened, office: Office) -> None:
    """A page is made, something happens, and only then the browser begins to listen."""
    dana = opened("dana")
    dana.driver.execute_cdp_cmd("Network.enable", {})
    dana.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/inbox/events*"]})
    dana.go(LATEST)
    dana.sees("Connection lost", "#live")
    dispute(office, "Came before anybody listened")
    dana.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    dana.sees("Came before anybody listened")


def test_a_second_person_approves_a_reply(opened: Opened, office: Office, number: int) -> None:
    root = terminal("root")
    (outbox_id,) = replies.send(office.desk, office.viewer("sam"), number, Answer("Dear Megan, we credit the difference."))
    with office.app.store.transaction() as session:
        approvals.wait(session, number, outbox_id, "sam@brightwater.example", "Dear Megan, we credit the difference.", office.app.now())
    work.set_status(office.desk, root, number, ConversationStatus.OPEN)
    dana, sam = opened("dana"), opened("sam")
    sam.go(f"/inbox/c/{number}")
    sam.sees("You cannot approve your own words", "#timeline")
    dana.go(f"/inbox/c/{number}")
    dana.sees("Sam Okafor wrote this", "#timeline")
    dana.until(lambda: dana.all("html.online"))
    dana.keys("y", Keys.ENTER)
    dana.sees("Waiting for customer", "#facts")
    sam.sees("Waiting for customer", "#facts")
    assert reading.thread(office.desk, root, number).sent[-1].state == OutboxState.READY.value


# ---- keys only


def test_all_of_triage_by_keys(opened: Opened, office: Office) -> None:
    numbers = [dispute(office, f"By keys {index}", "joe.tran@bayline-marine.example") for index in range(2)]
    for one in numbers:
        work.assign(office.desk, terminal("root"), one, "nobody")
    dana = opened("dana")
    dana.go("/inbox/v/mine")
    dana.keys("g", "u")
    dana.until(lambda: dana.driver.current_url.endswith("/inbox/v/unassigned"))
    dana.until(lambda: dana.all("html.scripted"))
    while str(numbers[0]) != dana.driver.execute_script("return document.querySelector('.row.current')?.dataset.id ?? ''"):
        dana.keys("j")
    dana.keys("t")
    dana.until(lambda: head(office, numbers[0]).assignee == "dana@brightwater.example")
    dana.keys("g", "m")
    dana.until(lambda: dana.driver.current_url.endswith("/inbox/v/mine") and dana.all(f"#c{numbers[0]}"))
    while str(numbers[0]) != dana.driver.execute_script("return document.querySelector('.row.current')?.dataset.id ?? ''"):
        dana.keys("j")
    dana.keys(Keys.ENTER)
    dana.until(lambda: f"/inbox/c/{numbers[0]}" in dana.driver.current_url and dana.all("#composer[data-ready]"))
    dana.keys("n")
    dana.keys("Looked at it.", Keys.CONTROL + Keys.ENTER)
    dana.sees("Looked at it.", "#timeline")
    dana.keys(Keys.ESCAPE)
    dana.keys("r")
    dana.keys(Keys.CONTROL + "a", "We send a credit note.", Keys.CONTROL + Keys.ENTER)
    dana.sees("Waiting for customer", "#facts")
    dana.keys(Keys.ESCAPE, "a")
    dana.until(lambda: dana.all('details[data-key="a"][open]'))
    dana.keys(Keys.ESCAPE)
    dana.keys("e")
    dana.until(lambda: head(office, numbers[0]).status is ConversationStatus.CLOSED)
    dana.until(lambda: f"/inbox/c/{numbers[0]}" not in dana.driver.current_url)
    dana.go(f"/inbox/c/{numbers[1]}?view=open")
    dana.keys("s")
    dana.until(lambda: dana.all('details[data-key="s"][open]'))
    dana.keys(Keys.TAB, Keys.ENTER)
    dana.until(lambda: head(office, numbers[1]).status is ConversationStatus.SNOOZED)
    dana.keys(Keys.ESCAPE, "?")
    dana.until(lambda: dana.all("#help[open]"))
    dana.keys(Keys.ESCAPE)
    dana.keys(Keys.CONTROL + "k")
    dana.keys("all open", Keys.ENTER)
    dana.until(lambda: dana.driver.current_url.endswith("/inbox/v/open"))
    dana.keys("/")
    dana.keys("20294", Keys.ENTER)
    dana.sees("Search: 20294")


# ---- without a script


def test_reading_and_replying_without_a_script(address: str, office: Office, number: int) -> None:
    with browser(address, script=False) as plain:
        plain.sign_in("dana")
        plain.go(LATEST)
        plain.one(f"#c{number} a").click()
        plain.sees("What the machine understood")
        write(plain, "Without a script.")
        plain.one("#send").click()
        plain.sees("Without a script.", "#timeline")
        plain.one("#timeline .sent form button").click()
        plain.sees("taken back", "#timeline")
    assert reading.thread(office.desk, terminal("root"), number).sent[-1].state == OutboxState.CANCELLED.value


# ---- for everybody


PAGES = (
    "/inbox/v/open",
    "/inbox/v/fraud",
    "/inbox/search?q=20294",
    "/inbox/c/{number}?view=open",
    "/inbox/c/{lane}?view=fraud",
    "/inbox/v/snoozed",
    "/inbox/search?q=nothinglikethis",
    "/inbox/customers/C1001",
    "/inbox/filed",
    "/inbox/settings",
    "/inbox/people",
    "/inbox/canned",
    "/inbox/audit",
    "/inbox/audit?until=2001-01-01",
    "/api/docs",
    "/inbox/c/99999",
    "/inbox/sign-in?again",
)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(opened: Opened, office: Office, number: int, dark: bool, address: str) -> None:
    lane = with_everything(office, number)
    mia = opened("dana")
    mia.dark(dark)
    found = {}
    for page in PAGES:
        mia.go(page.format(number=number, lane=lane))
        mia.driver.execute_script("for (const d of document.querySelectorAll('details:not(.menu)')) d.open = true")
        if serious := mia.violations():
            found[page] = serious
    mia.go("/inbox/v/open")
    for opener in ("openHelp", "palette"):
        mia.keys("?" if opener == "openHelp" else Keys.CONTROL + "k")
        mia.until(lambda: mia.all("dialog[open]"))
        if serious := mia.violations():
            found[opener] = serious
        mia.keys(Keys.ESCAPE)
    mia.dark(False)
    with browser(address) as stranger:
        stranger.dark(dark)
        stranger.go("/inbox/sign-in")
        if serious := stranger.violations():
            found["sign-in"] = serious
        stranger.sign_in("ines")  # somebody from outside, who only reads
        for page in ("/inbox/v/open", f"/inbox/c/{number}", "/inbox/settings", "/inbox/audit"):
            stranger.go(page)
            if serious := stranger.violations():
                found[f"from outside: {page}"] = serious
    assert found == {}


def with_everything(office: Office, number: int) -> int:
    """A conversation with a note, a reply that waits and a correction; the number of another, in the fraud lane."""
    root, sam = terminal("root"), office.viewer("sam")
    work.note(office.desk, root, number, "A note.")
    (outbox_id,) = replies.send(office.desk, sam, number, Answer("A reply."))
    with office.app.store.transaction() as session:
        approvals.wait(session, number, outbox_id, sam.who, "A reply.", office.app.now())
    mail = reading.thread(office.desk, root, number).mails[0].row_id
    corrections.correct(office.desk, sam, mail, "intents", ["payment_plan"])
    lane = dispute(office, "Our bank account has changed")
    fraud.suspect(office.desk, root, lane)
    fraud.genuine(office.desk, sam, lane, "called Megan")
    return lane


def test_on_a_phone_no_page_is_wider_than_the_window(address: str, office: Office, number: int) -> None:
    lane = with_everything(office, number)
    with browser(address, width=390, height=844) as phone:
        phone.sign_in("dana")
        wider = {}
        for page in PAGES:
            phone.go(page.format(number=number, lane=lane))
            over = phone.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 0:
                wider[page] = over
        assert wider == {}


def test_the_menu_of_documents_can_be_used_as_a_whole(opened: Opened, number: int) -> None:
    """Every document can be ticked by a click: nothing lies over the menu and nothing of it is cut off."""
    dana = opened("dana")
    dana.go(f"/inbox/c/{number}")
    dana.click("#composer .attach summary")
    for box in ("statement", "INV-20294"):
        dana.click(f'#composer .docs label:has([value="{box}"])')
        dana.until(lambda box=box: dana.one(f'#composer .docs [value="{box}"]').is_selected())
    text, docs = dana.one("#reply-text").rect, dana.one("#composer .docs").rect
    assert docs["y"] >= text["y"] + text["height"]  # it lies below the words, not over them


# ---- against strangers


def test_each_attack_alone_does_nothing(opened: Opened, office: Office) -> None:
    """One mail for each: an attack that swallows the rest of a page must not hide what the others do."""
    rows = [
        office.write(
            "m.fuller@alderstone.example",
            " ".join(attack.split())[:200],
            f"<html><body>We dispute INV-20294, the price is wrong.<br>{attack}</body></html>",
            Content_Type="text/html; charset=utf-8",
        )
        for attack in XSS
    ]
    dana = opened("dana")
    dana.requests()
    for row in rows:
        dana.go(f"/inbox/mail/{row}")
        assert dana.driver.execute_script("return document.scripts.length + document.forms.length + document.images.length") == 0
        assert (
            dana.all("[onerror], [onload], [style], iframe, object, embed, svg, base, [hx-get], a[href^=javascript], a[href^=data]") == []
        )
    for page in ("/inbox/v/custom?newest_first=1", "/inbox/search?q=dispute", "/inbox/audit", "/inbox/customers/C1001"):
        dana.go(page)
    asked = dana.requests()
    assert len([one for one in asked if "/inbox/mail/" in one]) == len(rows)
    for row in rows:
        work.set_status(office.desk, terminal("root"), thread_of(office, row), ConversationStatus.CLOSED)
    assert [one for one in asked if not one.startswith((dana.address, "data:", "about:", "blob:null"))] == []


def test_hostile_mails_open_no_dialog_and_ask_for_nothing_elsewhere(opened: Opened, office: Office) -> None:
    html = "\n".join(XSS)
    row = office.write(
        "m.fuller@alderstone.example",
        'Dispute "><img src=x onerror=alert(1)><script>alert(2)</script>',
        f"<html><body>We dispute INV-20294, the price is wrong.<br>{html}</body></html>",
        Content_Type="text/html; charset=utf-8",
    )
    plain = office.write("joe.tran@bayline-marine.example", "Dispute in text", f"We dispute the price of our last invoice.\n{html}")
    dana = opened("dana")
    dana.requests()
    for number in (thread_of(office, row), thread_of(office, plain)):
        dana.go(f"/inbox/c/{number}")
        dana.driver.execute_script("for (const d of document.querySelectorAll('details:not(.menu)')) d.open = true")
        time.sleep(1)
        for frame in dana.all("iframe"):
            dana.driver.switch_to.frame(frame)
            assert dana.driver.execute_script("return document.scripts.length + document.forms.length + document.images.length") == 0
            dana.driver.switch_to.default_content()
    for row_id in (row, plain):
        dana.go(f"/inbox/mail/{row_id}")
        time.sleep(0.5)
    dana.go("/inbox/v/open")
    time.sleep(0.5)
    asked = dana.requests()
    assert any("/inbox/mail/" in one for one in asked)
    assert [one for one in asked if not one.startswith((dana.address, "data:", "about:", "blob:null"))] == []
    assert dana.all("main script, main img[onerror]") == []


def write(one: Browser, text: str) -> None:
    """Put words into the reply."""
    area = one.one("#reply-text")
    area.clear()
    if text:
        area.send_keys(text)
