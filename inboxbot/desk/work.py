"""Working on conversations: assigning, taking, status, snoozing, priority, tags, notes, merging, splitting, linking.

In: a desk, a viewer, a conversation. Out: the change, written with who and when. What is out of the viewer's scope is not
there; what somebody else did in the meantime raises ConflictError.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from inboxbot.conversation import Conversation, ConversationStatus
from inboxbot.decision import Priority
from inboxbot.desk.access import require
from inboxbot.desk.fraud import check_out_of_lane
from inboxbot.desk.office import Desk
from inboxbot.errors import ConflictError, InboxbotError, NotFoundError, UsageError
from inboxbot.staff import PERMISSIONS, Permission, Role, User, Viewer
from inboxbot.store import contacts, conversations, desk_notes, inbox, staff
from inboxbot.store.engine import Session

NOBODY, ME = "nobody", "me"
MOST_AT_ONCE = 200
MOST_TAGS, LONGEST_TAG, LONGEST_NOTE = 20, 40, 20_000
FRAUD = "fraud"
_MENTION = re.compile(r"(?<![\w.@])@([\w][\w.+-]*(?:@[\w-]+(?:\.[\w-]+)+)?)")
_MORNING = time(8, 0)
FARTHEST = timedelta(days=3660)


@contextmanager
def _working(desk: Desk, viewer: Viewer, conversation_id: int) -> Iterator[tuple[Session, Conversation]]:
    """A transaction on a conversation that the viewer may work on."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        conversation = inbox.get(session, conversation_id, viewer.scope)
        if conversation.merged_into is not None:
            raise ConflictError(f"conversation {conversation_id} was merged into {conversation.merged_into}")
        yield session, conversation


def assign(desk: Desk, viewer: Viewer, conversation_id: int, assignee: str | None) -> None:
    """Give a conversation to a colleague, a team, `me`, or `nobody`."""
    with _working(desk, viewer, conversation_id) as (session, conversation):
        wanted = _assignee(desk, session, viewer, assignee)
        if wanted == conversation.assignee:
            return
        conversations.assign(session, conversation_id, wanted, viewer.who, desk.now())
        if wanted and "@" in wanted and wanted != viewer.who:
            words = f"{viewer.name} gave you: {conversation.subject}"
            desk_notes.notify(session, wanted, "assigned", _moment_key(conversation_id, desk), conversation_id, words, desk.now())


def take(desk: Desk, viewer: Viewer, conversation_id: int) -> None:
    """Take a conversation that nobody has, or a team of one's own; ConflictError names who was faster."""
    with _working(desk, viewer, conversation_id) as (session, _):
        if not conversations.take(session, conversation_id, viewer.who, viewer.teams, desk.now()):
            holder = inbox.get(session, conversation_id, viewer.scope).assignee or "somebody"
            known = staff.by_email(session, holder)
            raise ConflictError(f"{known.name if known else holder} has it already")


def set_status(desk: Desk, viewer: Viewer, conversation_id: int, status: ConversationStatus) -> None:
    """Open, close, or wait for the customer; snoozing has a function of its own."""
    if status is ConversationStatus.SNOOZED:
        raise UsageError("snoozing needs to know until when")
    with _working(desk, viewer, conversation_id) as (session, conversation):
        if conversation.status is not status:
            within = desk.config.inbox.answer_within
            conversations.set_status(session, conversation_id, status, viewer.who, desk.now(), within=within)


def snooze(desk: Desk, viewer: Viewer, conversation_id: int, until: datetime | None) -> None:
    """Out of sight until a time (None: until the customer writes)."""
    if until is not None and until <= desk.now():
        raise UsageError("a snooze ends in the future")
    if until is not None and until > desk.now() + FARTHEST:
        raise UsageError("a snooze ends within ten years")
    with _working(desk, viewer, conversation_id) as (session, _):
        conversations.snooze(session, conversation_id, until, viewer.who, desk.now())


def set_priority(desk: Desk, viewer: Viewer, conversation_id: int, priority: Priority) -> None:
    """More or less urgent."""
    with _working(desk, viewer, conversation_id) as (session, conversation):
        if conversation.priority is not priority:
            within = desk.config.inbox.answer_within
            conversations.set_priority(session, conversation_id, priority, viewer.who, desk.now(), within)


def change_tags(desk: Desk, viewer: Viewer, conversation_id: int, *, add: Collection[str] = (), remove: Collection[str] = ()) -> None:
    """Add and remove tags. The fraud tag is not a tag like others: it comes and goes with the fraud lane."""
    added, removed = {_tag(tag) for tag in add}, {_tag(tag) for tag in remove}
    if FRAUD in added | removed:
        raise UsageError("the fraud lane is entered and left by a decision, not by a tag")
    with _working(desk, viewer, conversation_id) as (session, conversation):
        wanted = (set(conversation.tags) | added) - removed
        if len(wanted) > MOST_TAGS:
            raise UsageError(f"a conversation has at most {MOST_TAGS} tags")
        if wanted != set(conversation.tags):
            conversations.set_tags(session, conversation_id, wanted, viewer.who, desk.now())


def note(desk: Desk, viewer: Viewer, conversation_id: int, text: str) -> int:
    """A note that only colleagues see; whoever is named with @ is told."""
    if not text.strip():
        raise UsageError("the note is empty")
    if len(text) > LONGEST_NOTE:
        raise UsageError(f"a note has at most {LONGEST_NOTE} characters")
    now = desk.now()
    with _working(desk, viewer, conversation_id) as (session, conversation):
        note_id = conversations.add_note(session, conversation_id, text.strip(), viewer.who, now)
        for user in _mentioned(text, staff.users(session), now):
            desk_notes.mention(session, conversation_id, note_id, user.email)
            if user.email != viewer.who:
                words = f"{viewer.name} mentioned you: {conversation.subject}"
                desk_notes.notify(session, user.email, "mentioned", f"note:{note_id}", conversation_id, words, now)
    return note_id


def seen(desk: Desk, viewer: Viewer, conversation_id: int) -> None:
    """The viewer looks at a conversation: what names them there is seen."""
    with desk.store.reading() as session:
        unseen = desk_notes.unseen_mentions(session, conversation_id, viewer.who)
    if unseen and viewer.may(Permission.WORK):
        with desk.store.transaction() as session:
            desk_notes.mentions_seen(session, conversation_id, viewer.who, desk.now())


def merge(desk: Desk, viewer: Viewer, conversation_id: int, into: int) -> None:
    """Move everything into another conversation of the same customer (or of none known)."""
    if conversation_id == into:
        raise UsageError("a conversation cannot be merged into itself")
    with _working(desk, viewer, conversation_id) as (session, conversation):
        target = inbox.get(session, into, viewer.scope)
        if target.merged_into is not None:
            raise ConflictError(f"conversation {into} was merged into {target.merged_into}")
        if conversation.customer_id and target.customer_id and conversation.customer_id != target.customer_id:
            raise UsageError(f"#{conversation_id} is about {conversation.customer_id}, #{into} about {target.customer_id}: they stay apart")
        conversations.merge(session, conversation_id, into, viewer.who, desk.now(), desk.config.inbox.answer_within)


def split(desk: Desk, viewer: Viewer, message_id: int) -> int:
    """One mail becomes a conversation of its own; the new conversation's number."""
    require(viewer, Permission.WORK)
    with desk.store.transaction() as session:
        old = inbox.conversation_of_message(session, message_id, viewer.scope)
        if inbox.get(session, old, viewer.scope).messages < 2:  # noqa: PLR2004 - one stays, one goes
            raise UsageError("a conversation of one mail cannot be split")
        return conversations.split(session, message_id, viewer.who, desk.now(), desk.config.inbox.answer_within)


def link_customer(desk: Desk, viewer: Viewer, conversation_id: int, customer_id: str | None, *, learn: bool = False) -> None:
    """Say whose conversation it is. `learn` proposes the correspondent as a contact: it counts only once it is confirmed."""
    require(viewer, Permission.WORK)
    if customer_id is not None and customer_id not in desk.ledger().customers:
        raise UsageError(f"the ledger has no customer {customer_id}")
    if not viewer.scope.covers(customer_id):
        raise NotFoundError(f"there is no customer {customer_id}")
    now = desk.now()
    with _working(desk, viewer, conversation_id) as (session, conversation):
        if conversation.customer_id != customer_id:
            conversations.set_customer(session, conversation_id, customer_id, viewer.who, now)
        if learn and customer_id and conversation.correspondent:
            check_out_of_lane(conversation, desk.config)
            _check_learnable(desk, conversation.correspondent, customer_id)
            contact_id = contacts.propose(session, customer_id, conversation.correspondent, viewer.who, conversation_id, now)
            detail = {"contact": contact_id, "email": conversation.correspondent, "customer": customer_id}
            conversations.audit(session, who=viewer.who, what="proposed contact", now=now, conversation_id=conversation_id, detail=detail)


def confirm_contact(desk: Desk, viewer: Viewer, contact_id: int) -> None:
    """From now on the address is a contact: what it asks may be answered with the customer's figures. Another person confirms."""
    require(viewer, Permission.CONFIRM_CONTACT)
    with desk.store.transaction() as session:
        found = contacts.get(session, contact_id)
        if not viewer.scope.covers(found.customer_id):
            raise NotFoundError(f"there is no learned contact {contact_id}")
        if found.proposed_by == viewer.who and _others_who_confirm(session, viewer, desk.now()):
            raise UsageError("somebody else than who proposed it confirms a contact")
        contacts.confirm(session, contact_id, viewer.who, desk.now())
        detail = {"contact": contact_id, "email": found.email, "customer": found.customer_id}
        conversations.audit(session, who=viewer.who, what="confirmed contact", now=desk.now(), detail=detail)
    desk.contacts_changed()


def revoke_contact(desk: Desk, viewer: Viewer, contact_id: int) -> None:
    """The address is no contact (any more)."""
    require(viewer, Permission.CONFIRM_CONTACT)
    with desk.store.transaction() as session:
        found = contacts.revoke(session, contact_id, desk.now())
        if not viewer.scope.covers(found.customer_id):
            raise NotFoundError(f"there is no learned contact {contact_id}")
        detail = {"contact": contact_id, "email": found.email, "customer": found.customer_id}
        conversations.audit(session, who=viewer.who, what="revoked contact", now=desk.now(), detail=detail)
    desk.contacts_changed()


def in_bulk(viewer: Viewer, ids: Sequence[int], do: Callable[[int], object]) -> tuple[int, list[str]]:
    """Do one thing to many conversations: how many it was done to, and why not to the others."""
    require(viewer, Permission.WORK)
    if len(ids) > MOST_AT_ONCE:
        raise UsageError(f"at most {MOST_AT_ONCE} conversations at once")
    done, problems = 0, []
    for conversation_id in dict.fromkeys(ids):
        try:
            do(conversation_id)
        except InboxbotError as error:
            problems.append(f"#{conversation_id}: {error}")
        else:
            done += 1
    return done, problems


def until(desk: Desk, viewer: Viewer, words: str) -> datetime | None:
    """`1h`, `3h`, `tomorrow`, `monday`, `week`, `reply` (None), or a local time `2026-12-01T09:00` in the viewer's zone."""
    zone, now = ZoneInfo(viewer.timezone), desk.now()
    local = now.astimezone(zone)
    if words == "reply":
        return None
    if found := re.fullmatch(r"(\d{1,3})([hd])", words):
        return now + (timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(days=int(found[1])))
    days = {"tomorrow": 1, "monday": 7 - local.weekday(), "week": 7}.get(words)
    if days is not None:
        return datetime.combine(local.date() + timedelta(days=days), _MORNING, zone)
    try:
        given = datetime.fromisoformat(words)
    except ValueError:
        raise UsageError(f"{words!r} is no time; a valid one is 2026-12-01T09:00") from None
    return given if given.tzinfo else given.replace(tzinfo=zone)


def _assignee(desk: Desk, session: Session, viewer: Viewer, assignee: str | None) -> str | None:
    if assignee is None or assignee in ("", NOBODY):
        return None
    if assignee == ME:
        return viewer.who
    if "@" not in assignee:
        teams = sorted(team.name for team in desk.config.team)
        if assignee not in teams:
            raise UsageError(f"{assignee!r} is neither a mail address nor a team (teams: {', '.join(teams) or 'there are none'})")
        return assignee
    wanted = assignee.strip().lower()
    user = staff.by_email(session, wanted)
    if user is None and viewer.user_id is not None and wanted not in {m.lower() for team in desk.config.team for m in team.members}:
        raise UsageError(f"{assignee} has no account here")
    if user is not None and (not user.works_at(desk.now()) or user.role is Role.INQUIRY):
        raise UsageError(f"{assignee} cannot be given work")
    return wanted


def _mentioned(text: str, users: Sequence[User], now: datetime) -> list[User]:
    """Whom a note names: by address, by what stands before the @ of it, or by first name where only one has it."""
    named = {found.rstrip(".").casefold() for found in _MENTION.findall(text)}
    able = [user for user in users if user.works_at(now) and user.role is not Role.INQUIRY]
    found = [user for user in able if named & {user.email, user.email.partition("@")[0]}]
    for name in named:
        first = [user for user in able if user.name.casefold().split()[:1] == [name]]
        found += first if len(first) == 1 else []
    return list({user.email: user for user in found}.values())


def _check_learnable(desk: Desk, address: str, customer_id: str) -> None:
    _, owner = desk.ledger().resolve(address, desk.resolver)
    if owner not in (None, customer_id):
        raise UsageError(f"{address} belongs to {owner} already")
    if address.rpartition("@")[2] in desk.resolver.company_domains:
        raise UsageError(f"{address} is one of us")


def _others_who_confirm(session: Session, viewer: Viewer, now: datetime) -> bool:
    able = [u for u in staff.users(session) if u.works_at(now) and Permission.CONFIRM_CONTACT in PERMISSIONS[u.role]]
    return any(user.email != viewer.who for user in able)


def _tag(tag: str) -> str:
    plain = " ".join(tag.split()).casefold()
    if not plain or len(plain) > LONGEST_TAG or not plain.isprintable() or "," in plain:
        raise UsageError(f"a tag has 1 to {LONGEST_TAG} characters and no comma")
    return plain


def _moment_key(conversation_id: int, desk: Desk) -> str:
    return f"conversation:{conversation_id}:{int(desk.now().timestamp())}"
