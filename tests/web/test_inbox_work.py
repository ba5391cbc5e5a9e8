"""What staff do: taking, replying with documents, taking back, splitting, merging, noting, correcting, linking. By the desk's functions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier

import pytest
from inbox_office import SQLITE, Office, Watch, build
from sqlmodel import select

from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.decision import Priority
from inboxbot.desk import canned, corrections, customer, four_eyes, fraud, reading, replies, work
from inboxbot.desk.office import Desk
from inboxbot.desk.replies import STATEMENT, Answer
from inboxbot.errors import ConflictError, ForbiddenError, NotFoundError, ReplyError, UsageError
from inboxbot.ingest import display
from inboxbot.reply import OutboxState
from inboxbot.staff import QueueFilter, Viewer
from inboxbot.store import conversations, export, outbox
from inboxbot.store.tables import OutboxRow
from inboxbot.store.tables_staff import NotificationRow
from inboxbot.web.staff import files

pytestmark = pytest.mark.slow

TRIES = 200
MEGAN, INVOICE = "m.fuller@alderstone.example", "INV-20294"


@pytest.fixture
def store_url() -> str:
    return SQLITE


@pytest.fixture
def office(tmp_path: Path, watch: Watch, store_url: str) -> Iterator[Office]:
    made = build(tmp_path, now=watch.now, mails=False, documents=False, clock=watch, store=store_url)
    made.write(
        MEGAN, f"Price of {INVOICE}", f"The price on {INVOICE} is wrong. We will not pay it like this.", Message_ID="<a@alderstone.example>"
    )
    made.write("priya.nair@cobaltrobotics.example", "Our vendor form", "Please fill in the attached vendor form and send your W-9.")
    yield made
    made.app.store.close()


def put_document(office: Office, number: str) -> None:
    name = office.app.ledger.current.invoices[number].document
    (office.folder / "documents" / name).write_bytes(b"%PDF-1.4 " + number.encode())


def rows(office: Office) -> list[OutboxRow]:
    with office.app.store.reading() as session:
        return list(session.exec(select(OutboxRow).where(OutboxRow.kind == "staff").order_by(OutboxRow.id)))  # type: ignore[arg-type]


def head(office: Office, number: int = 1) -> Conversation:
    return reading.conversation(office.desk, office.viewer("dana"), number)


# ---- taking


def test_of_two_who_take_at_the_same_moment_exactly_one_has_it(office: Office) -> None:
    """200 tries: the other is told who was faster."""
    sam, olga = office.viewer("sam"), office.viewer("olga")
    barrier = Barrier(2)

    def take(viewer: Viewer) -> str:
        barrier.wait()
        try:
            work.take(office.desk, viewer, 2)
        except ConflictError as error:
            return str(error)
        return "mine"

    with ThreadPoolExecutor(2) as pool:
        for _ in range(TRIES):
            with office.app.store.transaction() as session:
                conversations.assign(session, 2, None, "root", office.now)
            said = list(pool.map(take, (sam, olga)))
            holder = head(office, 2).assignee
            winner = "Sam Okafor" if holder == sam.who else "Olga Lind"
            assert sorted(said) == sorted(["mine", f"{winner} has it already"])


def test_a_conversation_of_ones_own_team_can_be_taken_another_teams_cannot(office: Office) -> None:
    work.assign(office.desk, office.viewer("dana"), 1, "disputes")
    with pytest.raises(ConflictError, match="disputes has it"):
        work.take(office.desk, office.viewer("olga"), 1)
    work.take(office.desk, office.viewer("sam"), 1)
    assert (head(office).assignee, head(office).team) == ("sam@brightwater.example", "disputes")


@pytest.mark.parametrize("assignee", ["nosuchteam", "stranger@elsewhere.example", "ines@brightwater.example"])
def test_work_goes_to_colleagues_and_teams_only(office: Office, assignee: str) -> None:
    with pytest.raises(UsageError):
        work.assign(office.desk, office.viewer("dana"), 1, assignee)


def test_being_given_work_is_noted_for_a_notification(office: Office) -> None:
    work.assign(office.desk, office.viewer("dana"), 2, "olga@brightwater.example")
    work.assign(office.desk, office.viewer("olga"), 1, "me")
    with office.app.store.reading() as session:
        found = [(row.email, row.kind, row.conversation_id) for row in session.exec(select(NotificationRow))]
    assert found == [("olga@brightwater.example", "assigned", 2)]


# ---- replying


def test_a_reply_waits_for_its_undo_and_goes_to_the_sender_alone(office: Office, watch: Watch) -> None:
    put_document(office, INVOICE)
    answer = Answer("Here it is.", (INVOICE, STATEMENT))
    replies.send(office.desk, office.viewer("sam"), 1, answer)
    row = rows(office)[0]
    mail = message_from_bytes(row.mime, policy=policy.default)
    assert (row.rcpt_to, mail["To"], mail["Cc"], row.customer_id) == (MEGAN, MEGAN, None, "C1001")
    assert mail["In-Reply-To"] == "<a@alderstone.example>"
    assert len(list(mail.iter_attachments())) == 2
    with office.app.store.transaction() as session:
        assert outbox.claim(session, watch.now, timedelta(minutes=5), 10) == []
        assert len(outbox.claim(session, watch.now + timedelta(seconds=10), timedelta(minutes=5), 10)) == 1
    assert (head(office).status, head(office).due_at, head(office).assignee) == (
        ConversationStatus.PENDING,
        None,
        "sam@brightwater.example",
    )


def test_a_reply_taken_back_never_leaves_and_its_words_are_the_draft_again(office: Office, watch: Watch) -> None:
    due = head(office).due_at
    watch.turn(hours=3)
    ids = replies.send(office.desk, office.viewer("sam"), 1, Answer("Too quick."))
    assert replies.take_back(office.desk, office.viewer("sam"), ids[0]) == 1
    watch.turn(hours=1)
    with office.app.store.transaction() as session:
        assert outbox.claim(session, watch.now, timedelta(minutes=5), 10) == []
    assert rows(office)[0].state == OutboxState.CANCELLED.value
    draft = replies.draft_of(office.desk, office.viewer("sam"), 1)
    assert draft is not None
    assert draft.text == "Too quick."
    assert (head(office).status, head(office).due_at) == (ConversationStatus.OPEN, due)


def test_a_reply_that_a_sender_has_taken_up_cannot_be_taken_back(office: Office, watch: Watch) -> None:
    ids = replies.send(office.desk, office.viewer("sam"), 1, Answer("On its way."))
    watch.turn(seconds=11)
    with office.app.store.transaction() as session:
        assert len(outbox.claim(session, watch.now, timedelta(minutes=5), 10)) == 1
    with pytest.raises(ConflictError, match="too late"):
        replies.take_back(office.desk, office.viewer("sam"), ids[0])


def test_a_reply_for_later_waits_for_its_time(office: Office, watch: Watch) -> None:
    until = work.until(office.desk, office.viewer("sam"), "monday")
    assert until is not None
    replies.send(office.desk, office.viewer("sam"), 1, Answer("Later.", at=until))
    with office.app.store.transaction() as session:
        assert outbox.claim(session, until - timedelta(seconds=1), timedelta(minutes=5), 10) == []
        assert len(outbox.claim(session, until, timedelta(minutes=5), 10)) == 1
    assert (until - watch.now) > timedelta(days=2)


def test_further_recipients_get_a_mail_each(office: Office) -> None:
    replies.send(office.desk, office.viewer("sam"), 1, Answer("To both.", also_to=("AP@alderstone.example",)))
    assert [(row.rcpt_to, row.customer_id) for row in rows(office)] == [(MEGAN, "C1001"), ("ap@alderstone.example", "C1001")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer("x", ("INV-99999",)), "no invoice of C1001"),
        (Answer("x", (INVOICE,), ("somebody@elsewhere.example",)), "confirm it as one"),
        (Answer("x", also_to=("joe.tran@bayline-marine.example",)), "belongs to C1002"),
        (Answer("x", also_to=("ar@brightwater.example",)), "our own address"),
        (Answer("   "), "empty"),
    ],
)
def test_what_must_not_leave_is_refused_and_nothing_is_written(office: Office, answer: Answer, words: str) -> None:
    put_document(office, INVOICE)
    with pytest.raises(UsageError, match=words):
        replies.send(office.desk, office.viewer("sam"), 1, answer)
    assert rows(office) == []
    assert head(office).status is ConversationStatus.OPEN


def test_another_customers_invoice_cannot_be_attached(office: Office) -> None:
    foreign = next(i for i in office.app.ledger.current.invoices.values() if i.customer_id == "C1002")
    put_document(office, foreign.invoice_number)
    with pytest.raises(UsageError, match="no invoice of C1001"):
        replies.send(office.desk, office.viewer("sam"), 1, Answer("x", (foreign.invoice_number,)))


def test_a_gap_of_the_draft_is_never_sent(office: Office) -> None:
    with pytest.raises(ReplyError, match="gap"):
        replies.send(office.desk, office.viewer("sam"), 1, Answer("Dear Megan,\n\n[… your answer on what they contest]"))


def test_who_replies_meanwhile_is_told_before_a_second_reply_leaves(office: Office) -> None:
    seen = replies.mark_of(office.desk, office.viewer("sam"), 1)
    replies.send(office.desk, office.viewer("olga"), 1, Answer("From Olga.", seen=seen))
    with pytest.raises(ConflictError, match="colleague has replied"):
        replies.send(office.desk, office.viewer("sam"), 1, Answer("From Sam.", seen=seen))
    office.write(MEGAN, f"Re: Price of {INVOICE}", "One more thing: it is urgent.", In_Reply_To="<a@alderstone.example>")
    seen = replies.mark_of(office.desk, office.viewer("sam"), 1)
    assert seen.partition(".")[0] != "1"
    office.write(MEGAN, f"Re: Price of {INVOICE}", "And another.", In_Reply_To="<a@alderstone.example>")
    with pytest.raises(ConflictError, match="customer has written"):
        replies.send(office.desk, office.viewer("sam"), 1, Answer("From Sam.", seen=seen))
    replies.send(office.desk, office.viewer("sam"), 1, Answer("From Sam, all the same."))


def test_a_customers_mail_opens_what_waited_or_was_snoozed(office: Office) -> None:
    work.snooze(office.desk, office.viewer("sam"), 1, None)
    assert head(office).status is ConversationStatus.SNOOZED
    office.write(MEGAN, f"Re: Price of {INVOICE}", "Any news on the price?", In_Reply_To="<a@alderstone.example>")
    assert head(office).status is ConversationStatus.OPEN


def test_a_snooze_ends_at_its_time(office: Office, watch: Watch) -> None:
    work.snooze(office.desk, office.viewer("sam"), 1, work.until(office.desk, office.viewer("sam"), "tomorrow"))
    with office.app.store.transaction() as session:
        assert conversations.wake_due(session, watch.now) == []
    watch.turn(days=1)
    with office.app.store.transaction() as session:
        assert conversations.wake_due(session, watch.now) == [1]
    assert head(office).status is ConversationStatus.OPEN


# ---- merging and splitting


def test_merged_conversations_are_one_and_the_old_number_leads_there(office: Office) -> None:
    office.write("ap@alderstone.example", "Statement again", "We dispute the delivery of last week, two boxes were broken.")
    work.note(office.desk, office.viewer("sam"), 3, "about the zebra boxes")
    work.merge(office.desk, office.viewer("sam"), 3, 1)
    thread = reading.thread(office.desk, office.viewer("sam"), 1)
    assert len(thread.mails) == 2
    assert [note.text for note in thread.notes] == ["about the zebra boxes"]
    assert head(office, 3).merged_into == 1
    for wanted in (QueueFilter(), QueueFilter(("open",)), QueueFilter(("closed",)), QueueFilter(("open", "closed"))):
        assert 3 not in {c.conversation_id for c in reading.queue(office.desk, office.viewer("sam"), wanted).conversations}
    assert [c.conversation_id for c in reading.find(office.desk, office.viewer("sam"), "zebra").conversations] == [1]
    with pytest.raises(ConflictError, match="merged"):
        work.note(office.desk, office.viewer("sam"), 3, "too late")


def test_conversations_of_two_customers_stay_apart(office: Office) -> None:
    with pytest.raises(UsageError, match="stay apart"):
        work.merge(office.desk, office.viewer("sam"), 1, 2)


def test_one_mail_can_be_split_off(office: Office) -> None:
    office.write(MEGAN, f"Re: Price of {INVOICE}", "We also need your W-9 for the zebra form.", In_Reply_To="<a@alderstone.example>")
    mail = reading.thread(office.desk, office.viewer("sam"), 1).mails[-1]
    new = work.split(office.desk, office.viewer("sam"), mail.row_id)
    assert len(reading.thread(office.desk, office.viewer("sam"), 1).mails) == 1
    assert [m.row_id for m in reading.thread(office.desk, office.viewer("sam"), new).mails] == [mail.row_id]
    assert [c.conversation_id for c in reading.find(office.desk, office.viewer("sam"), "zebra").conversations] == [new]


# ---- notes, tags, priorities


def test_whoever_is_named_in_a_note_sees_it_in_a_view_until_it_is_read(office: Office) -> None:
    work.note(office.desk, office.viewer("sam"), 1, "@olga please look, and @mia@brightwater.example too; not x@y.example")
    view = reading.view(office.desk, office.viewer("olga"), "mentions")
    assert [c.conversation_id for c in reading.queue(office.desk, office.viewer("olga"), view.filter).conversations] == [1]
    with office.app.store.reading() as session:
        told = {row.email for row in session.exec(select(NotificationRow)) if row.kind == "mentioned"}
    assert told == {"olga@brightwater.example", "mia@brightwater.example"}
    work.seen(office.desk, office.viewer("olga"), 1)
    assert reading.queue(office.desk, office.viewer("olga"), view.filter).conversations == ()


def test_a_higher_priority_moves_up_and_says_why(office: Office) -> None:
    order = reading.queue(office.desk, office.viewer("dana"), reading.view(office.desk, office.viewer("dana"), "open").filter)
    last = order.conversations[-1].conversation_id
    work.set_priority(office.desk, office.viewer("dana"), last, Priority.URGENT)
    assert "priority: urgent" in head(office, last).urgency
    for one in order.conversations[:-1]:
        work.set_priority(office.desk, office.viewer("dana"), one.conversation_id, Priority.LOW)
    again = reading.queue(office.desk, office.viewer("dana"), reading.view(office.desk, office.viewer("dana"), "open").filter)
    assert again.conversations[0].conversation_id == last


def test_tags_find_their_conversations_and_fraud_is_no_tag(office: Office) -> None:
    work.change_tags(office.desk, office.viewer("sam"), 1, add=["Big  Customer"])
    found = reading.queue(office.desk, office.viewer("sam"), reading.queue_filter({"tag": "big customer"}))
    assert [c.conversation_id for c in found.conversations] == [1]
    with pytest.raises(UsageError, match="fraud"):
        work.change_tags(office.desk, office.viewer("sam"), 1, add=["fraud"])


# ---- correcting


def test_a_correction_is_a_label_with_before_and_after(office: Office) -> None:
    mail = reading.thread(office.desk, office.viewer("sam"), 1).mails[0]
    before = [intent["intent"] for intent in mail.decision["intents"]]
    assert corrections.correct(office.desk, office.viewer("sam"), mail.row_id, "intents", ["payment_plan"])
    assert not corrections.correct(office.desk, office.viewer("sam"), mail.row_id, "intents", ["payment_plan"])
    assert head(office).primary == "payment_plan"
    thread = reading.thread(office.desk, office.viewer("sam"), 1)
    assert [(c.what, c.before, c.after, c.who) for c in thread.corrections] == [
        ("intents", before, ["payment_plan"], "sam@brightwater.example")
    ]
    with office.app.store.reading() as session:
        labels = list(export.EXPORTS["labels"](session))
    assert [(label["right"]["intents"], label["machine"]["intents"], label["corrected"]) for label in labels] == [
        (["payment_plan"], before, ["intents"])
    ]


@pytest.mark.parametrize(
    ("what", "after"),
    [("intents", ["nonsense"]), ("intents", []), ("outcome", "burn"), ("customer", "C9"), ("entities", {"x": 1}), ("colour", "red")],
)
def test_a_correction_to_nonsense_is_refused(office: Office, what: str, after: object) -> None:
    with pytest.raises(UsageError):
        corrections.correct(office.desk, office.viewer("sam"), 1, what, after)


def test_filed_mail_can_be_brought_before_people(office: Office) -> None:
    office.write("m.fuller@alderstone.example", "Out of office", "I am away until Monday.", Auto_Submitted="auto-replied")
    filed = corrections.filed(office.desk, office.viewer("sam"))
    assert [mail.subject for mail in filed] == ["Out of office"]
    number = corrections.not_spam(office.desk, office.viewer("sam"), filed[0].row_id)
    assert head(office, number).assignee == "sam@brightwater.example"
    assert corrections.filed(office.desk, office.viewer("sam")) == []
    assert reading.thread(office.desk, office.viewer("sam"), number).corrections[0].after == "route"


# ---- customers and contacts


def test_an_address_counts_as_a_contact_only_once_somebody_else_confirmed_it(office: Office) -> None:
    office.write("megan.private@gmail.com", "From home", "I want to dispute an invoice of Alder & Stone, please call me.")
    desk, sam, mia = office.desk, office.viewer("sam"), office.viewer("mia")
    work.link_customer(desk, sam, 3, "C1001", learn=True)
    with pytest.raises(UsageError, match="confirm it as one"):
        replies.send(desk, sam, 3, Answer("x", (STATEMENT,)))
    found = customer.card(desk, mia, "C1001").learned[0]
    with pytest.raises(ForbiddenError):
        work.confirm_contact(desk, sam, found.contact_id)
    work.confirm_contact(desk, mia, found.contact_id)
    assert desk.ledger().resolve("megan.private@gmail.com", desk.resolver)[1] == "C1001"
    assert desk.ledger().resolve("another@gmail.com", desk.resolver)[1] is None
    replies.send(desk, sam, 3, Answer("x", (STATEMENT,)))
    work.revoke_contact(desk, mia, found.contact_id)
    assert desk.ledger().resolve("megan.private@gmail.com", desk.resolver)[1] is None


def test_who_proposed_a_contact_does_not_confirm_it(office: Office) -> None:
    office.write("megan.private@gmail.com", "From home", "I want to dispute an invoice of Alder & Stone, please call me.")
    work.link_customer(office.desk, office.viewer("mia"), 3, "C1001", learn=True)
    found = customer.card(office.desk, office.viewer("mia"), "C1001").learned[0]
    with pytest.raises(UsageError, match="somebody else"):
        work.confirm_contact(office.desk, office.viewer("mia"), found.contact_id)
    work.confirm_contact(office.desk, office.viewer("dana"), found.contact_id)


def test_another_customers_address_is_not_learned(office: Office) -> None:
    with pytest.raises(UsageError, match="belongs to C1001 already"):
        work.link_customer(office.desk, office.viewer("sam"), 1, "C1002", learn=True)
    assert head(office).customer_id == "C1001"


def test_somebody_with_few_customers_links_to_none_but_these(office: Office) -> None:
    office.people["nils"] = replace(office.people["sam"], customers=frozenset({"C1001"}))
    with pytest.raises(NotFoundError):
        work.link_customer(office.desk, office.viewer("nils"), 1, "C1003")
    with pytest.raises(NotFoundError):
        reading.thread(office.desk, office.viewer("nils"), 2)


# ---- canned replies


def test_a_canned_reply_takes_the_facts_and_leaves_gaps_for_what_is_not_known(office: Office) -> None:
    mia = office.viewer("mia")
    number = canned.put(office.desk, mia, None, "Balance", "Dear {contact}, {customer} has {overdue} overdue. {me}")
    text = canned.filled(office.desk, office.viewer("sam"), number, 1)
    assert text.startswith("Dear Megan Fuller, Alder & Stone Construction has $")
    assert text.endswith("Sam Okafor")
    office.write("stranger@nowhere.example", "Hello", "I dispute something, who are you?")
    assert "[… contact]" in canned.filled(office.desk, office.viewer("sam"), number, 3)
    with pytest.raises(UsageError, match="wrong"):
        canned.put(office.desk, mia, None, "Bad", "{wrong}")
    with pytest.raises(ForbiddenError):
        canned.put(office.desk, office.viewer("sam"), None, "Mine", "x")


def test_every_change_is_on_record(office: Office) -> None:
    desk, sam = office.desk, office.viewer("sam")
    work.take(desk, sam, 1)
    work.note(desk, sam, 1, "x")
    work.set_priority(desk, sam, 1, Priority.URGENT)
    work.change_tags(desk, sam, 1, add=["a"])
    work.set_status(desk, sam, 1, ConversationStatus.CLOSED)
    events = reading.audit_trail(desk, office.viewer("mia"), conversation_id=1, who=sam.who)
    assert [event.what for event in reversed(events)] == ["assigned", "noted", "priority", "tagged", "status"]
    with pytest.raises(ForbiddenError):
        reading.audit_trail(desk, sam)


# ---- the fraud lane


def test_in_the_fraud_lane_two_people_must_agree_before_anything_is_answered(office: Office) -> None:
    desk, sam, olga = office.desk, office.viewer("sam"), office.viewer("olga")
    fraud.suspect(desk, sam, 1)
    with pytest.raises(UsageError, match="fraud lane"):
        replies.send(desk, sam, 1, Answer("x"))
    with pytest.raises(UsageError, match="how it was checked"):
        fraud.genuine(desk, sam, 1, " ")
    assert not fraud.genuine(desk, sam, 1, "called Megan")
    with pytest.raises(UsageError, match="another person"):
        fraud.genuine(desk, sam, 1, "called again")
    with pytest.raises(UsageError, match="fraud lane"):
        replies.send(desk, olga, 1, Answer("x"))
    assert fraud.genuine(desk, olga, 1, "called Megan too")
    assert head(office).lane == ""
    replies.send(desk, sam, 1, Answer("x"))


def test_a_new_mail_makes_the_first_word_worthless(office: Office) -> None:
    desk = office.desk
    fraud.suspect(desk, office.viewer("sam"), 1)
    fraud.genuine(desk, office.viewer("sam"), 1, "called Megan")
    office.write(MEGAN, f"Re: Price of {INVOICE}", "Please hurry with the price.", In_Reply_To="<a@alderstone.example>")
    assert not fraud.genuine(desk, office.viewer("olga"), 1, "called Megan")
    assert head(office).lane == "fraud"


def test_the_lane_goes_with_the_mail(office: Office) -> None:
    """Merging and splitting are no way around the second person."""
    desk, sam = office.desk, office.viewer("sam")
    for number in (3, 4):
        office.write(MEGAN, f"Question {number}", "The delivery was short. We will not pay it like this.")
    fraud.suspect(desk, sam, 1)
    work.merge(desk, sam, 1, 3)
    assert head(office, 3).lane == "fraud"
    alone = work.split(desk, sam, reading.thread(desk, sam, 3).mails[0].row_id)
    assert head(office, alone).lane == "fraud"
    work.merge(desk, sam, 4, 3)
    assert head(office, 3).lane == "fraud"


def test_one_person_alone_may_call_it_fraud(office: Office) -> None:
    fraud.fraud(office.desk, office.viewer("sam"), 1)
    assert (head(office).lane, head(office).status) == ("fraud", ConversationStatus.CLOSED)


def with_four_eyes(office: Office, setting: str) -> Desk:
    security = office.desk.config.security.model_copy(update={"four_eyes": setting})
    return replace(office.desk, config=office.desk.config.model_copy(update={"security": security}))


def test_where_one_person_decides_alone_one_word_is_enough(office: Office) -> None:
    desk = with_four_eyes(office, "off")
    fraud.suspect(desk, office.viewer("sam"), 1)
    assert fraud.genuine(desk, office.viewer("sam"), 1, "called Megan")
    assert head(office).lane == ""


# ---- a second pair of eyes for every reply


def test_a_reply_that_waits_is_in_a_view_until_a_colleague_approves_it(office: Office, watch: Watch) -> None:
    desk, sam, olga = with_four_eyes(office, "all"), office.viewer("sam"), office.viewer("olga")
    later = watch.now + timedelta(hours=3)
    replies.send(desk, sam, 1, Answer("We credit it.", at=later, close=True))
    assert head(office).status is ConversationStatus.OPEN
    view = reading.view(desk, olga, "approve")
    assert [c.conversation_id for c in reading.queue(desk, olga, view.filter).conversations] == [1]
    waits = four_eyes.waiting_in(desk, olga, 1)[0]
    with pytest.raises(UsageError, match="somebody else"):
        four_eyes.approve(desk, sam, waits.approval_id)
    four_eyes.approve(desk, olga, waits.approval_id)
    assert reading.queue(desk, olga, view.filter).conversations == ()
    assert head(office).status is ConversationStatus.CLOSED  # as its author wanted
    with office.app.store.transaction() as session:
        assert outbox.claim(session, watch.now + timedelta(minutes=5), timedelta(minutes=5), 10) == []
        assert len(outbox.claim(session, later, timedelta(minutes=5), 10)) == 1  # and when its author wanted


def test_a_reply_that_was_not_approved_tells_its_author(office: Office) -> None:
    desk, sam, olga = with_four_eyes(office, "all"), office.viewer("sam"), office.viewer("olga")
    replies.send(desk, sam, 1, Answer("We credit it."))
    four_eyes.reject(desk, olga, four_eyes.waiting_in(desk, olga, 1)[0].approval_id, "not this one")
    mentions = reading.view(desk, sam, "mentions")
    assert [c.conversation_id for c in reading.queue(desk, sam, mentions.filter).conversations] == [1]
    assert "not this one" in reading.thread(desk, sam, 1).notes[-1].text
    assert rows(office)[0].state == OutboxState.CANCELLED.value


def test_a_reply_that_waits_for_approval_can_be_taken_back(office: Office) -> None:
    desk, sam, olga = with_four_eyes(office, "all"), office.viewer("sam"), office.viewer("olga")
    (outbox_id,) = replies.send(desk, sam, 1, Answer("Too quick."))
    approval = four_eyes.waiting_in(desk, olga, 1)[0]
    replies.take_back(desk, sam, outbox_id)
    with pytest.raises(ConflictError):
        four_eyes.approve(desk, olga, approval.approval_id)
    draft = replies.draft_of(desk, sam, 1)
    assert draft is not None
    assert draft.text == "Too quick."


def test_the_view_of_what_waits_is_there_only_where_replies_wait(office: Office) -> None:
    assert "approve" not in {view.key for view in reading.views(office.desk, office.viewer("sam"))}
    assert "approve" in {view.key for view in reading.views(with_four_eyes(office, "all"), office.viewer("sam"))}
    assert "approve" not in {view.key for view in reading.views(with_four_eyes(office, "all"), office.viewer("ines"))}


# ---- files


def test_a_customers_file_is_always_a_download_and_named_when_it_could_run(office: Office) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = MEGAN, "ar@brightwater.example", "Dispute with files"
    mail.set_content("We dispute the price of INV-20294, see the files.")
    mail.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename='invoice "x".html')
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../note.pdf")
    row = office.receive(mail.as_bytes(), MEGAN)
    raw = reading.raw_message(office.desk, office.viewer("sam"), row)
    assert display.file_of(raw, 1) == ("note.pdf", b"%PDF-1.4")
    assert display.file_of(raw, 0)[1] == b"<script>alert(1)</script>"
    with pytest.raises(NotFoundError):
        display.file_of(raw, 2)
    headers = files.file_headers('a"b\r\nX: y\u202egnp.exe')
    assert headers["Content-Disposition"].startswith("attachment;")
    assert "\n" not in headers["Content-Disposition"]
    assert (files.warning("x.HTML") != "", files.warning("x.zip") != "", files.warning("x.pdf")) == (True, True, "")
