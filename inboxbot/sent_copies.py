"""What the Sent folder tells of our mail, and the copies that we put there.

In: the `Store`, a `SentFolder`. Out: mails in doubt that turn out to be sent; copies filed; and, before a process sends
for the first time, mails of ours that the Sent folder knows and our records do not: then our records were restored from an
older state, and what they take for unanswered may have been answered. Absence proves nothing: a mail that is not found
stays in doubt, and a person decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import structlog

from inboxbot.ingest.sent_folder import FoundMail, SentFolder, mark_of
from inboxbot.responders import freeze
from inboxbot.store import bounces, conversations, doubt, outbox
from inboxbot.store.engine import Session, Store

BATCH = 20
COLLEAGUES_AFTER = timedelta(minutes=1)  # an answer that waits longer is looked after: a colleague may be faster
COLLEAGUES_EVERY = timedelta(minutes=5)
FILE_WITHIN = timedelta(days=3)  # older mail gets no copy any more
LOOK_BACK = timedelta(days=30)  # the farthest that an older state of our records is looked for
_MARGIN = timedelta(days=1)

_log = structlog.get_logger(__name__)


@dataclass
class SentCopies:
    """Looks after one Sent folder. `copy` is [smtp] sent_copy; `looks` when a mail in doubt is looked for, since it is."""

    store: Store
    folder: SentFolder
    key: bytes
    now: Callable[[], datetime]
    copy: Literal["auto", "append", "server"]
    copy_after: timedelta
    looks: tuple[timedelta, ...]
    _looked_for_colleagues: datetime | None = None

    @property
    def mailbox(self) -> str:
        """Whose Sent folder it is."""
        return self.folder.mailbox

    def look_after(self) -> None:
        """One round: mails in doubt that are due to be looked for, copies that are due to be filed."""
        self._look_for_doubtful()
        self._look_for_colleagues()
        if self.copy == "append" or (self.copy == "auto" and not self.folder.filed_by_server):
            self._file()

    def reconcile(self) -> int:
        """Write down every mail of ours that only the Sent folder knows; how many. To be done before anything is sent."""
        with self.store.transaction() as session:
            last = outbox.last_finished(session)
        since = max(last - _MARGIN, self.now() - LOOK_BACK) if last else self.now() - LOOK_BACK
        found, colleagues = self._sorted(since)
        with self.store.transaction() as session:
            self._note(session, colleagues)
            known = outbox.known_message_ids(session, [one.mail.message_id for one in found])
            unknown = [one for one in found if one.mail.message_id not in known and not self._renamed(session, one)]
            for one in unknown:
                outbox.adopt(session, one.mail, one.header, self.now())
            if unknown:
                words = {"mails": len(unknown), "first": unknown[0].mail.message_id}
                conversations.audit(session, who="inboxbot", what="records older than the Sent folder", now=self.now(), detail=words)
        if unknown:
            _log.error("records_older_than_sent_folder", mails=len(unknown))
        return len(unknown)

    def _renamed(self, session: Session, found: FoundMail) -> bool:
        """Whether our records know it by its mark: a relay gave it another Message-ID, which is noted."""
        row = bounces.item_behind(session, (), [freeze.mark_token(found.mark, self.key)])
        if row is None:
            return False
        outbox.learn_wire_id(session, row.id or 0, found.mail.message_id)
        return True

    def _sorted(self, since: datetime) -> tuple[list[FoundMail], list[str]]:
        """Our own mails, and which messages others have answered from this account with a mail program."""
        ours, colleagues = [], []
        for one in self.folder.since(since):
            if self._is_ours(one):
                ours.append(one)
            elif one.mail.in_reply_to and not one.mail.automatic:
                colleagues.append(one.mail.in_reply_to)
        return ours, colleagues

    def _is_ours(self, found: FoundMail) -> bool:
        """By its form alone as well: nobody but us writes into our Sent folder, and the key may have been lost with the records."""
        return freeze.has_our_form(found.mail.message_id) or freeze.is_our_mark(found.mark, self.key)

    def _note(self, session: Session, answered: list[str]) -> None:
        """Colleagues were faster: what waits to answer the same mails never leaves."""
        for outbox_id in outbox.note_colleagues(session, answered, self.now()):
            _log.info("colleague_was_faster", outbox=outbox_id)
            conversations.audit(session, who="inboxbot", what="a colleague was faster", now=self.now(), detail={"outbox": outbox_id})

    def _look_for_colleagues(self) -> None:
        """Where answers have waited for a while, somebody may have answered by hand meanwhile."""
        now = self.now()
        if self._looked_for_colleagues is not None and now - self._looked_for_colleagues < COLLEAGUES_EVERY:
            return
        with self.store.transaction() as session:
            since = outbox.waits_since(session, now - COLLEAGUES_AFTER)
        if since is not None:
            _, colleagues = self._sorted(since)
            with self.store.transaction() as session:
                self._note(session, colleagues)
            self._looked_for_colleagues = now

    def _look_for_doubtful(self) -> None:
        with self.store.transaction() as session:
            due = outbox.to_look_for(session, self.now(), BATCH)
        for row in due:
            there = self.folder.find(row.message_id, mark_of(row.mime), row.sending_at or row.created_at)
            with self.store.transaction() as session:
                outbox.learn_wire_id(session, row.id or 0, there)
                if not there:
                    outbox.looked(session, row.id or 0, self._next_look(row.looks + 1, row.finished_at or self.now()))
                    continue
                doubt.prove(session, [row.message_id], "it lies in the Sent folder", self.now())
                outbox.filed(session, row.id or 0, self.now())

    def _next_look(self, looks: int, since: datetime) -> datetime | None:
        return since + self.looks[looks] if looks < len(self.looks) else None

    def _file(self) -> None:
        now = self.now()
        with self.store.transaction() as session:
            due = outbox.unfiled(session, sent_before=now - self.copy_after, sent_after=now - FILE_WITHIN, limit=BATCH)
        for row in due:
            there = self.folder.append(row.message_id, mark_of(row.mime), row.mime, row.finished_at or now)
            with self.store.transaction() as session:
                outbox.learn_wire_id(session, row.id or 0, there)
                outbox.filed(session, row.id or 0, self.now())
