"""FETCH, believed only where it is beyond doubt.

In: an `IMAPClient` with a folder selected, and UIDs. Out: for each UID the attributes that one answer with that very
UID gave. IMAPClient's own `fetch` files an answer without a UID under its sequence number, and so can give one
message the body of another.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

_Line = bytes | tuple[bytes, bytes]  # imaplib gives a literal as (what stood before it, the literal)
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"')
_FLAGS = re.compile(
    rb'"(?:[^"\\]|\\.)*"|(?<=[ (])FLAGS \(.*?\)(?= (?:UID|RFC822|INTERNALDATE|BODY|ENVELOPE|MODSEQ|EMAILID|THREADID|X-GM-)|\)?$)',
    re.IGNORECASE,
)
_SYSTEM_FLAG = re.compile(rb"\\[A-Za-z]+")
_NO_STRING = re.compile(rb'(?<=[ (])BODY\[[^\]]*\](?:<\d+>)? +(?![ "{]|NIL[ )])', re.IGNORECASE)  # an atom or a list where a string belongs
_NAMES = re.compile(rb"(?<=[ (])(?:UID|RFC822\.SIZE|INTERNALDATE|FLAGS|BODY\[[^\]]*\])(?=[ <])")
_YEARS = range(2, 9999)  # whoever reckons with a day at either end of what a datetime holds falls off it
_ANSWER_START = re.compile(rb"\d+ \(")  # "12 (UID 345 ..."; what follows a literal never begins so


@dataclass(frozen=True, slots=True)
class Fetched:
    """What the server answered about one message."""

    uid: int
    size: int | None  # RFC822.SIZE
    received_at: datetime | None  # INTERNALDATE
    body: bytes | None
    answered: bool = False  # its \\Answered flag


def sizes(client: IMAPClient, uids: Collection[int]) -> dict[int, int]:
    """UID -> RFC822.SIZE in bytes, of those that are there."""
    answers = _answers(client, uids, "(UID RFC822.SIZE)")
    return {answer.uid: answer.size for answer in answers if answer.size is not None}


def bodies(client: IMAPClient, uids: Collection[int], first_bytes: int | None = None) -> dict[int, Fetched]:
    """UID -> what was answered with a body, whole or its `first_bytes`; contradicting answers are left out."""
    part = "BODY.PEEK[]" if first_bytes is None else f"BODY.PEEK[]<0.{first_bytes}>"  # PEEK: \Seen stays as it is
    found: dict[int, Fetched] = {}
    doubtful: set[int] = set()
    for answer in _answers(client, uids, f"(UID RFC822.SIZE INTERNALDATE FLAGS {part})"):
        if answer.body is None:  # somebody else's flag change; or a body that is NIL
            continue
        if found.setdefault(answer.uid, answer).body != answer.body:
            doubtful.add(answer.uid)
    return {uid: answer for uid, answer in found.items() if uid not in doubtful}


def headers(client: IMAPClient, uids: Collection[int], fields: Iterable[str] = ()) -> dict[int, Fetched]:
    """UID -> what was answered with the header block as its body: the whole one, or only these fields."""
    wanted = f".FIELDS ({' '.join(fields)})" if fields else ""
    answers = _answers(client, uids, f"(UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[HEADER{wanted}])") if uids else iter(())
    return {answer.uid: answer for answer in answers if answer.body is not None}


def structure(client: IMAPClient, uid: int) -> Any:
    """The message's parts as the library's BodyData; None when the server does not tell."""
    try:
        found = list(_fields(client, [uid], "(UID BODYSTRUCTURE)"))
    except (IndexError, TypeError, AttributeError, KeyError, RecursionError):  # the answer is there, but describes nothing
        return None
    return next((fields[b"BODYSTRUCTURE"] for fields in found if fields.get(b"UID") == uid and fields.get(b"BODYSTRUCTURE")), None)


def part(client: IMAPClient, uid: int, section: str, first_bytes: int) -> bytes | None:
    """The beginning of one part's body, still encoded; None when it does not come."""
    wanted = f"BODY[{section}]".encode()
    for fields in _fields(client, [uid], f"(UID BODY.PEEK[{section}]<0.{first_bytes}>)"):
        found = next((value for key, value in fields.items() if key.startswith(wanted)), None)
        if fields.get(b"UID") == uid and isinstance(found, bytes):
            return found
    return None


def _answers(client: IMAPClient, uids: Collection[int], items: str) -> Iterator[Fetched]:
    asked = frozenset(uids)
    return (answer for fields in _fields(client, uids, items) if (answer := _parsed(fields)) and answer.uid in asked)


def _fields(client: IMAPClient, uids: Collection[int], items: str) -> Iterator[dict[bytes, Any]]:
    """The fields of each single answer."""
    typ, lines = client._imap.uid("FETCH", ",".join(map(str, uids)), items)  # noqa: SLF001 - see the module's docstring
    if typ != "OK":
        raise IMAPClient.Error(f"fetch failed: {lines!r}")
    for group in _groups(_readable(line) for line in lines):
        if _says_twice(group):
            raise ProtocolError("one answer says the same twice: a literal of it has not the length that was stated")
        parsed: dict[int, dict[bytes, Any]] = parse_fetch_response(group, normalise_times=False, uid_is_key=False)
        if len(parsed) != 1:
            raise ProtocolError(f"one answer speaks of {len(parsed)} messages")
        given = not _NO_STRING.search(_text(group))
        for fields in parsed.values():
            yield {name: value for name, value in fields.items() if given or not name.startswith(b"BODY[")}


def _readable(line: _Line | None) -> _Line | None:
    """The line without what the library stumbles over: keywords such as `a[b` (legal; only the system's own flags are of use here)."""
    if line is None:
        return None
    if isinstance(line, tuple):
        return _FLAGS.sub(_system_flags, line[0]), line[1]
    return _FLAGS.sub(_system_flags, line)


def _system_flags(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0].startswith(b'"') else b"FLAGS (" + b" ".join(_SYSTEM_FLAG.findall(found[0])) + b")"


def _text(group: Iterable[_Line]) -> bytes:
    """What is said around literals, quoted strings emptied."""
    return _QUOTED.sub(b'""', b" ".join(line[0] if isinstance(line, tuple) else line for line in group))


def _says_twice(group: Iterable[_Line]) -> bool:
    """Whether an attribute stands twice in one answer: a literal that is said to be too long swallows the beginning of the next answer.

    What follows then is the next message's body, perhaps of the right length, under this one's UID.
    """
    names = _NAMES.findall(_text(group))
    return len(names) != len(set(names))


def _groups(lines: Iterable[_Line | None]) -> Iterator[list[_Line]]:
    """The lines of each single answer."""
    group: list[_Line] = []
    for line in lines:
        if line is None:  # imaplib's "nothing at all"
            continue
        if group and _ANSWER_START.match(line[0] if isinstance(line, tuple) else line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _parsed(fields: dict[bytes, Any]) -> Fetched | None:
    """One answer; None when it does not say which message it is about."""
    uid = fields.get(b"UID")
    if not isinstance(uid, int):
        return None
    return Fetched(uid, fields.get(b"RFC822.SIZE"), _utc(fields.get(b"INTERNALDATE")), _body(fields), _is_answered(fields.get(b"FLAGS")))


def _is_answered(flags: Any) -> bool:
    return isinstance(flags, tuple) and any(isinstance(flag, bytes) and flag.lower() == b"\\answered" for flag in flags)


def _body(fields: dict[bytes, Any]) -> bytes | None:
    body = next((value for key, value in fields.items() if key.startswith((b"BODY[]", b"BODY[HEADER"))), None)
    return body if isinstance(body, bytes) else None


def _utc(moment: datetime | None) -> datetime | None:
    """The moment in UTC; None for one that is no real date: servers give a message whose date they lost the first or the last there is."""
    try:
        utc = moment.astimezone(UTC) if moment else None
    except (OverflowError, ValueError, OSError):  # beyond a datetime's ends, or a zone a day and more away from UTC
        return None
    return utc if utc and utc.year in _YEARS else None
