"""The MIME tree: which parts are the text, which are files.

In: the compat32 message. Out: `Section`s of body text (plain and HTML form of the same words) and `Attachment`s. A
message inside the message is a file: its words are not the writer's.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import Message as MimeMessage
from hashlib import sha256
from itertools import islice

from inboxbot.errors import UnreadableMessageError
from inboxbot.filenames import safe_name
from inboxbot.ingest import charset, clearsigned, harmless, headers, html_text, table_files
from inboxbot.message import Attachment

MAX_TEXT = 1_000_000  # characters of body text that are read
_STUB = re.compile(
    r"html|view (?:this|the|it)? ?(?:e-?mail|message|it)? ?(?:in|with) (?:your|a) (?:web )?browser|im browser (?:ansehen|öffnen|anzeigen)"
    r"|dans (?:votre|un) navigateur|en (?:su|tu|el) navegador|nel (?:tuo |vostro )?browser|this is a multi-?part message",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+")
_LEAST_DIGITS = 4
_MOST_OTHER_WORDS = 12
_MAX_STUB = 400  # characters; a longer plain text is somebody's words


@dataclass(frozen=True, slots=True)
class Section:
    """One body text in the forms the mail has it in; '' for a form it has not."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """The whole body as text."""

    text: str = ""
    has_html: bool = False
    hidden_text: bool = False
    cut: bool = False  # the body is longer than what is read


def body(message: MimeMessage) -> Body:
    """The visible text: plain where the sender wrote it, else the HTML as text."""
    texts, has_html, hidden = [], False, False
    for section in sections(message):
        rendered = html_text.render(section.html) if section.html else html_text.Rendered("")
        plain, html = clearsigned.opened(charset.tidy(section.plain)), charset.tidy(rendered.text)
        has_html, hidden = has_html or bool(section.html), hidden or rendered.hidden_text or _tells_more(html, plain)
        texts.append(_better(plain, html))
    text = "\n\n".join(text for text in texts if text)
    return Body(text[:MAX_TEXT], has_html, hidden, cut=len(text) > MAX_TEXT)


def _better(plain: str, html: str) -> str:
    words = plain.strip()
    stub = len(words) <= _MAX_STUB and len(words) < len(html) and _STUB.search(words)
    return html if html and (not words or stub) else plain.strip("\n")


def _tells_more(html: str, plain: str) -> bool:
    """Whether a reader of the HTML sees numbers, or a good part of words, that the plain text does not have (RFC 2046, 5.1.4).

    The machine would then answer what one form says, and people would see the other.
    """
    if not plain.strip() or not html.strip() or _better(plain, html) is html:
        return False
    known = set(_TOKEN.findall(plain.casefold()))
    more = [token for token in dict.fromkeys(_TOKEN.findall(html.casefold())) if token not in known]
    numbers = [token for token in more if sum(c.isdigit() for c in token) >= _LEAST_DIGITS]
    return bool(numbers) or len(more) > max(_MOST_OTHER_WORDS, len(known) // 5)


def sections(part: MimeMessage) -> list[Section]:
    """The body texts under `part`, in reading order."""
    if not part.is_multipart():
        return _leaf(part)
    kids = [kid for kid in part.get_payload() if isinstance(kid, MimeMessage)]
    if part.get_content_maintype() == "message":
        return []
    found = [sections(kid) for kid in kids]
    if part.get_content_subtype() == "alternative":  # RFC 2046, 5.1.4: the same words in several forms
        return [Section(*("\n".join(filter(None, (getattr(s, form) for ss in found for s in ss))) for form in ("plain", "html")))]
    if part.get_content_subtype() == "related":  # RFC 2387: the first part is the document, the rest belongs to it
        return next((texts for texts in found if texts), [])
    return [section for texts in found for section in texts]


def _leaf(part: MimeMessage) -> list[Section]:
    if not _is_body(part):
        return []
    text = _text(part)
    return [Section(html=text) if part.get_content_subtype() == "html" else Section(plain=text)]


def _is_body(part: MimeMessage) -> bool:
    """Whether a reader sees the part as text in the mail, not as a file beside it."""
    if part.get_content_type() not in ("text/plain", "text/html"):
        return False
    disposition = part.get_content_disposition()
    return disposition == "inline" or (disposition is None and not part.get_filename())


def _text(part: MimeMessage) -> str:
    payload = part.get_payload(decode=True)
    text = charset.decode(payload if isinstance(payload, bytes) else b"", str(part.get_content_charset() or ""))
    if str(part.get_param("format") or "").lower() == "flowed" and part.get_content_subtype() == "plain":
        return unflow(text.replace("\r\n", "\n"), delete_space=str(part.get_param("delsp") or "").lower() == "yes")
    return text


def unflow(text: str, *, delete_space: bool = False) -> str:
    """format=flowed text with its soft line breaks taken out (RFC 3676, 4.2)."""
    lines: list[str] = []
    open_depth = -1  # quote depth of a paragraph that goes on; -1: none does
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        content = content[:-1] if soft and delete_space else content
        if depth == open_depth and content != "-- ":
            lines.append(content)
        else:
            lines.append(("\n" if lines else "") + (">" * depth + " " if depth else "") + content)
        open_depth = depth if soft else -1
    return "".join(lines)


def attachments(message: MimeMessage) -> tuple[Attachment, ...]:
    """The files in the message; a text shown in the mail that has a name is both text and file."""
    kinds = harmless.parts(message)
    files = list(_files(message))
    shown = harmless.shown("\n".join(section.html for section in sections(message))) if any("content-id" in part for part in files) else ()
    return tuple(_attachment(part, shown, kinds.get(id(part), "")) for part in files)


def file_at(message: MimeMessage, number: int) -> tuple[str, bytes] | None:
    """(name, bytes) of the file that `attachments` has at this place."""
    part = next(islice(_files(message), number, None), None)
    return (_name(part), _content(part)) if part is not None else None


def file_with(message: MimeMessage, sha256_hex: str) -> bytes:
    """The content of the file in a message that has this SHA-256; raises UnreadableMessageError where none has."""
    for part in _files(message):
        content = _content(part)
        if sha256(content).hexdigest() == sha256_hex:
            return content
    raise UnreadableMessageError("the mail holds no such file")


def _files(part: MimeMessage) -> Iterator[MimeMessage]:
    if part.get_content_maintype() == "message" or not part.is_multipart():
        if not _is_body(part) or part.get_filename():
            yield part
        return
    for kid in part.get_payload():
        if isinstance(kid, MimeMessage):
            yield from _files(kid)


def _attachment(part: MimeMessage, shown: Collection[str], kind: str) -> Attachment:
    content = _content(part)
    disposition = part.get_content_disposition()
    name = _name(part)
    return Attachment(
        name=name,
        content_type=part.get_content_type(),
        size=len(content),
        sha256=sha256(content).hexdigest(),
        inline=disposition == "inline"
        or (disposition is None and "content-id" in part)
        or (part.get_content_maintype() == "image" and _content_id(part) in shown),
        text=table_files.read(name, part.get_content_type(), content),
        harmless=kind,
    )


def _content_id(part: MimeMessage) -> str:
    """A part's Content-ID without its brackets (RFC 2392, 2), or ''."""
    return str(part.get("content-id") or "").strip().strip("<>")


def _content(part: MimeMessage) -> bytes:
    if part.is_multipart():
        return b"".join(kid.as_bytes() for kid in part.get_payload() if isinstance(kid, MimeMessage))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: MimeMessage) -> str:
    """The file's name, made safe (RFC 2183, 2.3), or the subject of an enclosed message; '' for none."""
    name = headers.decoded(_legible(part).get_filename() or "")
    if not name and part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        name = headers.decoded(headers.unfold(str(inner.get("subject") or ""))) if isinstance(inner, MimeMessage) else ""
    return safe_name(name, "")


def _legible(part: MimeMessage) -> MimeMessage:
    """`part`, or its two header fields with 8-bit bytes decoded, where it has some: the library would blot them out."""
    fields = [(name, value) for name, value in part.raw_items() if name.lower() in ("content-disposition", "content-type")]
    if all(value.isascii() for _, value in fields):
        return part
    view = MimeMessage(policy=part.policy)
    for name, value in fields:
        view[name] = headers.unfold(value)
    return view
