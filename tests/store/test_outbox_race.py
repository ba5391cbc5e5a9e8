"""Several senders over one database: every mail leaves once."""

import random
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from factories import NOW, frozen_mail, open_store

from inboxbot.reply import OutboxState
from inboxbot.store import outbox
from inboxbot.store.engine import Store

MAILS, SENDERS = 60, 3


def test_senders_that_race_send_each_mail_once(tmp_path: Path) -> None:
    """Leases are over at once, so that the senders take items from one another all the time."""
    first = open_store(tmp_path)
    with first.transaction() as session:
        for number in range(MAILS):
            outbox.add(session, frozen_mail(number), NOW)
    left: list[int] = []
    together = threading.Barrier(SENDERS)

    def send(seed: int, store: Store) -> None:
        chance = random.Random(seed)  # noqa: S311 - any order will do
        together.wait()
        moment = NOW + timedelta(seconds=seed)
        while True:
            moment += timedelta(seconds=SENDERS)
            with store.transaction() as session:
                items = outbox.claim(session, moment, timedelta(0), chance.randint(1, 5))
            if not items:
                break
            for item in items:
                with store.transaction() as session:
                    begun = outbox.begin_sending(session, item, moment, timedelta(hours=1))
                if begun:
                    left.append(item.outbox_id)
                    with store.transaction() as session:
                        assert outbox.finish(session, item, OutboxState.SENT, moment)
        store.close()

    senders = [threading.Thread(target=send, args=(seed, open_store(tmp_path))) for seed in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    with first.transaction() as session:
        assert outbox.counts(session) == {
            "ready": 0,
            "sending": 0,
            "sent": MAILS,
            "failed": 0,
            "in_doubt": 0,
            "awaiting_approval": 0,
            "cancelled": 0,
        }
    assert Counter(left) == Counter(range(1, MAILS + 1))
