"""Raw bytes to a `Message`.

In: `RawMessage`. Out: `Message`, or UnreadableMessageError and then a stub of one. Nothing is decided here and nothing
is believed: whether the sender is who he says is `authenticity`'s question.
"""

from collections.abc import Sequence
from email.message import Message as MimeMessage
from hashlib import sha256

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import addresses, body, charset, headers, mime, pointers, reports
from inboxbot.ingest.headers import Headers
from inboxbot.markers import bare_subject
from inboxbot.message import Attachment, Message, RawMessage

_STUB_BYTES = 64 * 1024


def parse(raw: RawMessage) -> Message:
    """The message; raises UnreadableMessageError for what no parser here can read or what is over a limit."""
    try:
        return _parse(raw)
    except UnreadableMessageError:
        raise
    except Exception as error:  # parsers raise whatever they like on hostile mail
        raise UnreadableMessageError(f"the message cannot be parsed: {type(error).__name__}") from error


def _parse(raw: RawMessage) -> Message:
    headers.check_limits(raw.raw)
    tree = headers.parse(raw.raw)
    headers.check_tree(tree)
    values = headers.mapping(tree)
    content = mime.body(tree)
    who = addresses.parties(tree, values)
    subject = headers.decoded(_first(values, "subject"))
    parts = body.split(content.text, *((who.from_.name, who.from_.email) if who.from_ else ()))
    smuggled = headers.smuggled(raw.raw)
    attachments = mime.attachments(tree)
    return Message(
        message_id=headers.message_id(_first(values, "message-id")),
        subject=subject,
        from_=None if smuggled else who.from_,
        received_at=raw.received_at,
        date=headers.date(_first(values, "date")),
        sender=who.sender,
        reply_to=who.reply_to,
        to=who.to,
        cc=who.cc,
        return_path=_return_path(values),
        in_reply_to=next(iter(headers.message_ids(_first(values, "in-reply-to"))), ""),
        references=headers.message_ids(_first(values, "references")),
        headers=values,
        trace=headers.trace(tree),
        text=content.text,
        new_text=parts.new_text,
        only_points=pointers.only_points(parts.new_text),
        quoted_text=parts.quoted_text,
        signature=parts.signature,
        has_html=content.has_html,
        hidden_text=content.hidden_text,
        content_type=tree.get_content_type(),
        report_type=reports.kind(tree),
        report_text=reports.text(tree),
        attachments=attachments,
        defects=_defects(raw, values, who.defect, content, tree),
        content_key=_content_key(values, content.text, attachments),
        text_key=text_key(subject, parts.new_text, attachments),
    )


def stub(raw: RawMessage, reason: str) -> Message:
    """What a scan of the header alone can save of a message that cannot be parsed; never raises."""
    values: Headers = {}
    who = addresses.Parties(from_=None)
    try:
        tree = headers.parse(headers.block(raw.raw)[:_STUB_BYTES])
        values = headers.mapping(tree)
        who = addresses.parties(tree, values)
    except Exception as error:  # noqa: BLE001  whatever is missing then stays empty
        reason = f"{reason}; the header neither: {type(error).__name__}"
    clean = who.from_ is not None and not headers.smuggled(raw.raw)
    return Message(
        message_id=headers.message_id(_first(values, "message-id")),
        subject=headers.decoded(_first(values, "subject")),
        from_=who.from_ if clean else None,
        received_at=raw.received_at,
        date=headers.date(_first(values, "date")),
        return_path=_return_path(values),
        headers=values,
        defects=(reason,),
        content_key=sha256(raw.raw).hexdigest(),
        text_key=sha256(raw.raw).hexdigest(),
    )


def text_key(subject: str, new_text: str, attachments: Sequence[Attachment] = ()) -> str:
    """SHA-256 over the newest text, the subject without its "Re:", and the files: the same request again has the same key."""
    return sha256(f"{_folded(new_text)}\n{_folded(bare_subject(subject))}{_digests(attachments)}".encode()).hexdigest()


def _content_key(values: Headers, text: str, attachments: Sequence[Attachment]) -> str:
    fields = [_first(values, name) for name in ("message-id", "from", "date", "subject")]
    digest = sha256(f"{_folded(text)}{_digests(attachments)}".encode()).hexdigest()
    return sha256("\0".join([*fields, digest]).encode("utf-8", "replace")).hexdigest()


def _digests(attachments: Sequence[Attachment]) -> str:
    """Behind the text: two scans without a word are two mails. A mail without files keeps the key that earlier versions gave it."""
    return "".join(f"\n{one.sha256}" for one in attachments)


def _folded(text: str) -> str:
    return " ".join(text.split())


def _first(values: Headers, name: str) -> str:
    return next(iter(values.get(name, ())), "")


def _return_path(values: Headers) -> str | None:
    """The envelope sender the last server wrote down: '' is the null path (RFC 5321, 4.5.5), None no header."""
    found = values.get("return-path")
    return charset.one_line(found[0]).strip("<> ").lower() if found else None


def _defects(raw: RawMessage, values: Headers, from_defect: str, content: mime.Body, tree: MimeMessage) -> tuple[str, ...]:
    """Everything that is wrong with the message's form, in words, each once."""
    found = [*headers.defects(raw.raw, values), *filter(None, (from_defect,))]
    if not raw.complete:
        found.append(f"size: only the beginning of {raw.size} bytes was read")
    if content.cut:
        found.append(f"size: only the first {mime.MAX_TEXT} characters of the text were read")
    found.extend(f"MIME: {type(defect).__name__}" for part in tree.walk() for defect in part.defects)
    return tuple(dict.fromkeys(found))
