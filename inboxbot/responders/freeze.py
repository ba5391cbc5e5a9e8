"""From a reply to the bytes that leave: frozen once, never made again.

In: a `Reply`, who sends it, and the ids. Out: a `FrozenMail` with complete MIME bytes (CRLF, 7-bit), one recipient and one
envelope; and our own Message-IDs, which only we can make.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.policy import default as default_policy

from inboxbot.message import Address
from inboxbot.reply import Document, FrozenMail, Reply
from inboxbot.responders.headers import MessageIds, address_header, file_name, message_ids, one_address, one_message_id, plain, token
from inboxbot.responders.wording import many_lines

_OURS = re.compile(r"<inboxbot\.([0-9a-f]{24})\.([0-9a-f]{24})@[^@<>\s]+>")
_HEX_DIGITS = 24  # 96 bits: neither a token met twice nor a tag guessed
_RETURN_DIGITS = 12  # 48 bits: a local part holds 64 octets (RFC 5321, 4.5.3.1.1), and a guess costs a mail


def new_message_id(domain: str, key: bytes) -> str:
    """`<inboxbot.TOKEN.TAG@domain>`: a random token, and its tag under our key."""
    made = secrets.token_hex(_HEX_DIGITS // 2)
    return f"<inboxbot.{made}.{_tag(made, key)}@{domain}>"


def is_ours(message_id: str, key: bytes) -> bool:
    """Whether we made this Message-ID; compares in constant time."""
    found = _OURS.fullmatch(message_id.strip())
    return found is not None and hmac.compare_digest(_tag(found[1], key), found[2])


def has_our_form(message_id: str) -> bool:
    """Whether it has the form of our Message-IDs, whoever's key made it: enough where nobody else can write."""
    return _OURS.fullmatch(message_id.strip()) is not None


def loop_mark(key: bytes, message_id: str = "") -> str:
    """A value for X-Inboxbot-Id that shows a mail is ours, and which one, even where a relay has given it another Message-ID."""
    found = _OURS.fullmatch(message_id.strip())
    made = found[1] if found else secrets.token_hex(_HEX_DIGITS // 2)
    return f"{made}.{_tag(f'mark {made}', key)}"


def is_our_mark(value: str, key: bytes) -> bool:
    """Whether we made this X-Inboxbot-Id; compares in constant time."""
    return bool(mark_token(value, key))


def mark_token(value: str, key: bytes) -> str:
    """The token of the Message-ID that a mark of ours stands for; '' for a mark that we did not make."""
    made, _, tag = value.strip().partition(".")
    return made if value.isascii() and made and hmac.compare_digest(_tag(f"mark {made}", key), tag) else ""


def return_path(template: str, message_id: str, key: bytes) -> str:
    """The envelope sender of one mail: `{id}` in the template becomes a signed token of its own (VERP).

    A report that comes back to it names the mail, whatever the report's text says, and nobody but the mail's receiver can
    have the address. Without `{id}` the template is the address.
    """
    found = _OURS.fullmatch(message_id.strip())
    if "{id}" not in template or found is None:
        return template.replace("+{id}", "").replace("{id}", "")
    made = found[1]
    return template.replace("{id}", f"{made}{_tag(f'return {made}', key)[:_RETURN_DIGITS]}")


def returned_token(address: str, template: str, key: bytes) -> str:
    """The token of the mail whose own return address this is; '' for any other address, and for one with a wrong tag."""
    before, placeholder, behind = template.lower().partition("{id}")
    address = address.lower()
    if not placeholder or not (address.startswith(before) and address.endswith(behind)):
        return ""
    middle = address[len(before) : len(address) - len(behind)]
    made, tag = middle[:_HEX_DIGITS], middle[_HEX_DIGITS:]
    if len(middle) != _HEX_DIGITS + _RETURN_DIGITS or not middle.isascii():
        return ""
    return made if hmac.compare_digest(_tag(f"return {made}", key)[:_RETURN_DIGITS], tag) else ""


def _tag(made: str, key: bytes) -> str:
    return hmac.new(key, made.encode("ascii"), hashlib.sha256).hexdigest()[:_HEX_DIGITS]


def freeze(  # noqa: PLR0913 - an envelope has that many sides
    reply: Reply,
    *,
    sender: Address | str,
    company_name: str,
    mail_from: str,
    message_id: str,
    thread_root: str,
    now: datetime,
    automatic: bool,
    loop_header: str,
) -> FrozenMail:
    """The complete mail; `mail_from` "" is the null path. Raises ReplyError for an address or id that is not exactly one."""
    to = one_address(reply.to.email)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address_header(sender if isinstance(sender, str) else sender.email, company_name)
    mail["To"] = address_header(to, reply.to.name)
    mail["Subject"] = plain(reply.subject)
    mail["Date"] = now
    _add_thread(mail, reply, one_message_id(message_id))
    _add_marks(mail, token(loop_header, "X-Inboxbot-Id"), automatic=automatic)
    if reply.kind == "notice":
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: nobody's mail is answered by it
    _add_body(mail, reply)
    return FrozenMail(
        message_id=message_id,
        thread_root=thread_root,
        mail_from=one_address(mail_from) if mail_from else "",
        rcpt_to=to,
        mime=mail.as_bytes(),
        kind=reply.kind,
        customer_id=reply.customer_id,
        automatic=automatic,
        in_reply_to=reply.in_reply_to,
        documents=tuple((d.name, d.sha256, d.customer_id, d.invoice_number) for d in reply.documents),
        claims=reply.claims,
    )


def text_of(mime: bytes) -> str:
    """The plain text of a mail that we made."""
    body = message_from_bytes(mime, policy=default_policy).get_body(("plain",))
    return str(body.get_content()).strip() if body is not None else ""


def _add_thread(mail: EmailMessage, reply: Reply, message_id: str) -> None:
    """Message-ID, In-Reply-To and References (RFC 5322, 3.6.4; for automatic replies RFC 5230, 5.8)."""
    parent = message_ids([reply.in_reply_to])
    ids = {"Message-ID": (message_id,), "In-Reply-To": parent, "References": message_ids((*reply.references, *parent))}
    for name, values in ids.items():
        if values:
            mail[name] = MessageIds.header(name, values)


def _add_marks(mail: EmailMessage, loop_header: str, *, automatic: bool) -> None:
    """What tells other machines not to answer us, and us that a mail is our own."""
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"  # RFC 3834, 5
        mail["X-Auto-Response-Suppress"] = "All"  # Exchange's own word for the same
    mail["X-Inboxbot-Id"] = loop_header


def _add_body(mail: EmailMessage, reply: Reply) -> None:
    """Text, the same as HTML, and the files; quoted-printable because not every relay takes eight bits."""
    mail.set_content(many_lines(reply.text), cte="quoted-printable")
    if reply.html:
        mail.add_alternative(many_lines(reply.html), subtype="html", cte="quoted-printable")
    for document in reply.documents:
        maintype, subtype = _content_type(document)
        mail.add_attachment(document.content, maintype=maintype, subtype=subtype, filename=file_name(document.name))


def _content_type(document: Document) -> tuple[str, str]:
    """As declared, where that is a plain file's type: a file is never to be read as mail structure."""
    found = re.fullmatch(r"(application|image|text)/([A-Za-z0-9][A-Za-z0-9.+-]{0,60})", document.content_type)
    return (found[1], found[2]) if found else ("application", "octet-stream")
