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
from inboxbot.store import conversations, doubt, outbox
from inboxbot.store.engine import Store

BATCH = 20
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

    @property
    def mailbox(self) -> str:
        """Whose Sent folder it is."""
        return self.folder.mailbox

    def look_after(self) -> None:
        """One round: mails in doubt that are due to be looked for, copies that are due to be filed."""
        self._look_for_doubtful()
        if self.copy == "append" or (self.copy == "auto" and not self.folder.filed_by_server):
            self._file()

    def reconcile(self) -> int:
        """Write down every mail of ours that only the Sent folder knows; how many. To be done before anything is sent."""
        with self.store.transaction() as session:
            last = outbox.last_finished(session)
        since = max(last - _MARGIN, self.now() - LOOK_BACK) if last else self.now() - LOOK_BACK
        found = [one for one in self.folder.since(since) if self._is_ours(one)]
        with self.store.transaction() as session:
            known = outbox.known_message_ids(session, [one.mail.message_id for one in found])
            unknown = [one for one in found if one.mail.message_id not in known]
            for one in unknown:
                outbox.adopt(session, one.mail, one.header, self.now())
            if unknown:
                words = {"mails": len(unknown), "first": unknown[0].mail.message_id}
                conversations.audit(session, who="inboxbot", what="records older than the Sent folder", now=self.now(), detail=words)
        if unknown:
            _log.error("records_older_than_sent_folder", mails=len(unknown))
        return len(unknown)

    def _is_ours(self, found: FoundMail) -> bool:
        return freeze.is_ours(found.mail.message_id, self.key)

    def _look_for_doubtful(self) -> None:
        with self.store.transaction() as session:
            due = outbox.to_look_for(session, self.now(), BATCH)
        for row in due:
            there = self.folder.find(row.message_id, mark_of(row.mime), row.sending_at or row.created_at)
            with self.store.transaction() as session:
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
            self.folder.append(row.message_id, mark_of(row.mime), row.mime, row.finished_at or now)
            with self.store.transaction() as session:
                outbox.filed(session, row.id or 0, self.now())
