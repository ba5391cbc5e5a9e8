"""Telling staff by mail what they chose to be told: work given to them, a mention, an answer that is due.

In: notifications that nobody mailed yet. Out: mails in the outbox, one each. They hold a subject and a link, never a customer's
words: a mailbox is easier to read than the inbox. Machines do not answer them (RFC 3834, 5: auto-generated).
"""

from datetime import datetime, timedelta

from inboxbot.desk.office import Desk
from inboxbot.message import Address
from inboxbot.reply import Reply
from inboxbot.responders import freeze
from inboxbot.responders.wording import one_line
from inboxbot.store import bounces, desk_notes, outbox, staff
from inboxbot.store.desk_notes import Notice
from inboxbot.store.engine import Session

KIND = "notice"
MOST_AT_ONCE = 50
TOO_OLD = timedelta(hours=24)  # after a long standstill nobody wants yesterday's news


def mail_notices(desk: Desk) -> int:
    """Mail what waits, to whom wants it; how many mails."""
    if desk.config.smtp is None:
        return 0
    now = desk.now()
    with desk.store.reading() as session:
        waiting = desk_notes.unmailed(session, MOST_AT_ONCE)
    mailed = 0
    for notice in waiting:
        with desk.store.transaction() as session:
            outbox_id = _mail(session, desk, notice, now) if _wanted(session, desk, notice, now) else None
            desk_notes.mailed(session, notice.notice_id, outbox_id, now)
            mailed += outbox_id is not None
    if mailed:
        desk.outbox_changed()
    return mailed


def _wanted(session: Session, desk: Desk, notice: Notice, now: datetime) -> bool:
    user = staff.by_email(session, notice.email)
    return (
        user is not None
        and user.works_at(now)
        and notice.kind in user.notify
        and now - notice.at < TOO_OLD
        and notice.email not in desk.config.own_addresses
        and not bounces.stopped(session, notice.email)
    )


def _mail(session: Session, desk: Desk, notice: Notice, now: datetime) -> int:
    config = desk.config
    lines = [notice.words, ""]
    if desk.base_url:
        lines += [f"{desk.base_url}/inbox/c/{notice.conversation_id}", "", f"What you are told by mail: {desk.base_url}/inbox/settings"]
    else:
        lines += [f"Conversation #{notice.conversation_id} in the shared inbox."]
    reply = Reply(Address(notice.email), one_line(notice.words, 150), "\n".join(lines) + "\n", "", KIND)
    message_id = freeze.new_message_id(config.sender.rpartition("@")[2], desk.key)
    frozen = freeze.freeze(
        reply,
        sender=config.sender,
        company_name=config.company.name,
        mail_from=freeze.return_path(config.return_path, message_id, desk.key),
        message_id=message_id,
        thread_root="",
        now=now,
        automatic=False,
        loop_header=freeze.loop_mark(desk.key, message_id),
    )
    return outbox.add(session, frozen, now)
