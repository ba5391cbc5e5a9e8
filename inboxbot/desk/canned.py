"""Canned replies: kept words with facts filled into their {placeholders}.

In: a canned reply and a conversation. Out: text. A fact that is not known leaves a gap, and a reply with a gap is not sent.
"""

import re
from zoneinfo import ZoneInfo

from inboxbot.conversation import Conversation
from inboxbot.desk.access import require
from inboxbot.desk.office import Desk
from inboxbot.errors import UsageError
from inboxbot.facts import Facts
from inboxbot.responders import wording
from inboxbot.staff import Permission, Viewer
from inboxbot.store import conversations, desk_notes, inbox
from inboxbot.store.desk_notes import CannedReply

PLACEHOLDERS = {
    "customer": "the customer's name",
    "contact": "the person's name",
    "balance": "what is open, in each currency",
    "overdue": "what is overdue, in each currency",
    "open_invoices": "the open invoices, one a line",
    "company": "our name",
    "me": "your name",
    "today": "today's date",
}
LONGEST_NAME, LONGEST_TEXT, MOST_LINES = 60, 10_000, 30
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def listing(desk: Desk, viewer: Viewer) -> list[CannedReply]:
    """Every canned reply."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        return desk_notes.canned(session)


def put(desk: Desk, viewer: Viewer, canned_id: int | None, name: str, text: str) -> int:
    """A new canned reply, or other words for one."""
    require(viewer, Permission.SHARE)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not text.strip() or len(text) > LONGEST_TEXT:
        raise UsageError(f"a canned reply has a name of at most {LONGEST_NAME} characters and a text of at most {LONGEST_TEXT}")
    unknown = sorted(set(_PLACEHOLDER.findall(text)) - PLACEHOLDERS.keys())
    if unknown:
        raise UsageError(f"there is no {{{unknown[0]}}}; there are {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}")
    with desk.store.transaction() as session:
        made = desk_notes.put_canned(session, canned_id, name, text.strip(), viewer.who, desk.now())
        conversations.audit(session, who=viewer.who, what="saved canned reply", now=desk.now(), detail={"name": name, "canned": made})
    return made


def remove(desk: Desk, viewer: Viewer, canned_id: int) -> None:
    """Take a canned reply out of the list."""
    require(viewer, Permission.SHARE)
    with desk.store.transaction() as session:
        name = desk_notes.canned_by_id(session, canned_id).name
        desk_notes.remove_canned(session, canned_id, desk.now())
        conversations.audit(session, who=viewer.who, what="removed canned reply", now=desk.now(), detail={"name": name})


def filled(desk: Desk, viewer: Viewer, canned_id: int, conversation_id: int) -> str:
    """The words with this conversation's facts."""
    require(viewer, Permission.WORK)
    with desk.store.reading() as session:
        conversation = inbox.get(session, conversation_id, viewer.scope)
        text = desk_notes.canned_by_id(session, canned_id).text
    values = _values(desk, viewer, conversation, desk.facts_of(conversation.customer_id))
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or f"{wording.GAP[:-1]} {found[1].replace('_', ' ')}]", text)


def _values(desk: Desk, viewer: Viewer, conversation: Conversation, facts: Facts | None) -> dict[str, str]:
    company = desk.config.company
    today = desk.now().astimezone(ZoneInfo(company.timezone)).date()
    known = {"company": company.name, "me": viewer.name, "today": wording.day(today)}
    if facts is None or facts.customer is None:
        return known
    contact = next((c for c in facts.contacts if c.email == conversation.correspondent), None)
    open_items = [
        f"{i.invoice_number}, due {wording.day(i.due_date)}: {wording.money(i.balance, i.currency, company.locale)}"
        for i in facts.open_invoices[:MOST_LINES]
    ]
    balance = [wording.money(amount, currency, company.locale) for currency, amount in facts.balance().items()]
    overdue = [wording.money(amount, currency, company.locale) for currency, amount in facts.overdue(today).items() if amount > 0]
    if facts.incomplete:  # a figure worked out without one of its rows is wrong
        balance, overdue, open_items = [], [], []
    elif not balance:
        balance, overdue = ["nothing"], ["nothing"]
    return {
        **known,
        "customer": wording.one_line(facts.customer.name),
        "contact": wording.one_line(contact.name) if contact else "",
        "balance": wording.listed(balance),
        "overdue": wording.listed(overdue) or ("nothing" if balance else ""),
        "open_invoices": "\n".join(open_items),
    }
