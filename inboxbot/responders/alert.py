"""An alarm as a mail: made at once and handed over at once, past the outbox.

In: words, whom they are for. Out: an `OutboxItem` that no store has seen.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from inboxbot.reply import OutboxItem
from inboxbot.responders import freeze
from inboxbot.responders.headers import address_header, one_address, plain
from inboxbot.responders.wording import many_lines


def item(subject: str, text: str, *, to: str, sender: str, key: bytes, now: datetime) -> OutboxItem:
    """A plain mail that no machine answers (RFC 3834, 5: auto-generated)."""
    message_id = freeze.new_message_id(sender.rpartition("@")[2], key)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address_header(sender, "inboxbot")
    mail["To"] = address_header(one_address(to), "")
    mail["Subject"] = plain(subject)
    mail["Date"] = now
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Inboxbot-Id"] = freeze.loop_mark(key, message_id)
    mail.set_content(many_lines(text), cte="quoted-printable")
    return OutboxItem(
        outbox_id=0,
        message_id=message_id,
        mail_from=sender,
        rcpt_to=to,
        mime=mail.as_bytes(),
        kind="alert",
        customer_id="",
        documents=(),
        attempts=1,
        claim="",
        created_at=now,
    )
