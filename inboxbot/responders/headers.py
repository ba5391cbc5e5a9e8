"""Header values that can neither become another header nor another recipient.

In: names, subjects, addresses and ids as others wrote them. Out: values safe for `EmailMessage`, or ReplyError where a
value cannot be made safe without changing what it means.
"""

import re
import unicodedata
from collections.abc import Iterable
from email.headerregistry import Address as HeaderAddress
from email.policy import Policy

from inboxbot.errors import ReplyError
from inboxbot.responders.wording import one_line

LONGEST_SUBJECT = 200
_LONGEST_NAME = 80
_LONGEST_ID = 500  # a line holds 998 octets at most (RFC 5322, 2.1.1)
_MOST_REFERENCES = 20
_REPLY_PREFIX = re.compile(r"(?:(?:re|aw|antw|sv|vs|odp|回复|答复)\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]\s*)+", re.IGNORECASE)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"  # dot-atom (RFC 5322, 3.2.3): a quoted local part hides too much to be worth it
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_LONGEST_LOCAL, _LONGEST_ADDRESS = 64, 254  # RFC 5321, 4.5.3.1
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+>")  # printable ASCII without spaces and angle brackets
_PRINTABLE = re.compile(r"[!-~]{1,200}")


class MessageIds(str):
    """Message-IDs as a header value: folded between ids and never encoded.

    `EmailMessage` would write an id longer than a line as an encoded word, which ends the thread (RFC 2047, 5).
    """

    __slots__ = ("name",)
    name: str

    @classmethod
    def header(cls, name: str, ids: Iterable[str]) -> "MessageIds":
        """The value for the header `name`; ids as `message_ids` gives them."""
        value = cls(" ".join(ids))
        value.name = name
        return value

    def fold(self, *, policy: Policy) -> str:
        """One id a line."""
        return f"{self.name}: {f'{policy.linesep} '.join(self.split())}{policy.linesep}"


def reply_subject(subject: str) -> str:
    """`Re: ...` once, one line of at most 200 characters, nothing in it that reads as an encoded word."""
    whole = plain(subject)
    prefix = _REPLY_PREFIX.match(whole)
    words = whole[prefix.end() :] if prefix else whole
    return f"Re: {words or 'your message'}"[:LONGEST_SUBJECT].rstrip()


def plain(text: str, limit: int = LONGEST_SUBJECT) -> str:
    """One line without hidden characters; `=?` is broken up because `EmailMessage` would decode what follows it."""
    return one_line(re.sub(r"=(?=\?)", "= ", one_line(text, limit)), limit)


def display_name(name: str) -> str:
    """A name of letters, digits and a few marks: what separates addresses or quotes them is left out."""
    kept = (c if c in " .'\u2019-&/+" or unicodedata.category(c)[0] in "LMN" else " " for c in one_line(name, _LONGEST_NAME))
    return " ".join("".join(kept).split())


def one_address(email: str) -> str:
    """The address itself if it is exactly one plain address (RFC 5321, 4.1.2 dot-string); raises ReplyError."""
    local = email.rpartition("@")[0]
    if not _ADDRESS.fullmatch(email) or len(local) > _LONGEST_LOCAL or len(email) > _LONGEST_ADDRESS or "=?" in email:
        raise ReplyError(f"{one_line(email)!r} is not one plain mail address")
    return email


def address_header(email: str, name: str) -> HeaderAddress:
    """An address with its name, for From and To."""
    return HeaderAddress(display_name(name), addr_spec=one_address(email))


def message_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """The well-formed ids, each once: at most 20, the first (the thread's root) and the last ones."""
    good = list(dict.fromkeys(i for i in ids if len(i) <= _LONGEST_ID and _MESSAGE_ID.fullmatch(i)))
    return tuple(good if len(good) <= _MOST_REFERENCES else good[:1] + good[1 - _MOST_REFERENCES :])


def one_message_id(value: str) -> str:
    """The id itself if it is one well-formed id; raises ReplyError."""
    if not message_ids([value]):
        raise ReplyError(f"{one_line(value)!r} is not a Message-ID")
    return value


def token(value: str, what: str) -> str:
    """A value of printable ASCII without spaces; raises ReplyError."""
    if not _PRINTABLE.fullmatch(value):
        raise ReplyError(f"{what} holds characters that no header may hold")
    return value


def file_name(name: str) -> str:
    """A file name without folders, hidden or quoting characters."""
    base = re.split(r"[/\\]", plain(name))[-1]
    return re.sub(r'[<>:"|?*;,=]', "_", base).strip(". ")[-100:] or "document"
