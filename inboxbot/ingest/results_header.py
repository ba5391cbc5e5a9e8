"""The form of one Authentication-Results header (RFC 8601, 2.2).

In: its unfolded value. Out: `ResultsHeader`, or None for what can be read in more than one way.

Two readers must agree on where one result ends and the next begins: the splitting here, which knows quotes and comments, and
authres, which reads each piece alone. So nothing in a sender's address or a comment can become a result of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_VALUE = 16_384  # characters; authres' time grows with the square of a comment's length
_MOST_RESULTS = 60
_UNDERSTOOD = frozenset({None, "1"})  # method versions (RFC 8601, 2.2); results of others are passed over
_JUDGED = frozenset({"dmarc", "dkim", "compauth"})  # what a verdict is made of must be readable
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)\s*(?:/\s*\d+\s*)?=\s*[a-z]", re.IGNORECASE)
_BARE_DOMAIN = re.compile(r"(?:^|\s)d=([a-z0-9.-]+)(?:\s|$)", re.IGNORECASE)  # Cisco's gateways: dmarc=pass (...) d=customer.example
_PLAIN = re.compile(r'[^"();\\]+')


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result; everything in lower case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...]  # (type.name, value)


@dataclass(frozen=True, slots=True)
class ResultsHeader:
    """Who wrote it, lower case, and what."""

    authserv_id: str
    results: tuple[Result, ...]


def parsed(value: str) -> ResultsHeader | None:
    """The header, or None. A result that cannot be read is passed over only where no verdict depends on it."""
    # An encoded word or an 8-bit character has no place here (RFC 8601, 2.2): what they hide is not worth knowing.
    if len(value) > MAX_VALUE or "=?" in value or not value.isascii():
        return None
    pieces = _pieces(value)
    if pieces is None:
        return None
    (head, _), *rest = pieces
    if len(rest) > 1 and not rest[-1][1].strip():  # many gateways end their header with a semicolon
        rest.pop()
    if not 1 <= len(rest) <= _MOST_RESULTS:
        return None
    known = _read(f"{head}; none")
    if known is None:
        return None
    found = []
    for written, bare in rest:
        if bare.strip().lower() == "none":
            continue
        result = _result(written, bare)
        if result is not None:
            found.append(result)
        elif not _may_be_passed_over(bare):
            return None
    return ResultsHeader(str(known.authserv_id).lower(), tuple(r for r in found if r.method))


def _result(written: str, bare: str) -> Result | None:
    """One piece as authres reads it; a method version that nobody knows gives a result without a method."""
    header = _read(f"x; {written}")
    if header is None or len(header.results) != 1:
        return None
    one = header.results[0]
    if one.version not in _UNDERSTOOD:
        return Result("", "", ())
    properties = tuple((f"{p.type}.{p.name}".lower(), str(p.value).strip().lower()) for p in one.properties)
    method = str(one.method).lower()
    if method == "dmarc" and not any(name == "header.from" for name, _ in properties):
        properties += tuple(("header.from", domain.lower()) for domain in _BARE_DOMAIN.findall(bare))
    return Result(method, str(one.result or "").lower(), properties)


def _may_be_passed_over(bare: str) -> bool:
    found = _METHOD.match(bare)
    return found is not None and found[1].lower() not in _JUDGED


def _read(value: str) -> Any:
    import authres  # noqa: PLC0415  commands that read no mail need not load it
    from authres import dmarc  # noqa: PLC0415

    try:
        return authres.FeatureContext(dmarc).parse(f"Authentication-Results: {value}")
    except Exception:  # noqa: BLE001  authres raises its own errors, SyntaxError, TypeError, RecursionError
        return None


def _pieces(value: str) -> list[tuple[str, str]] | None:
    """What stands between the semicolons, as written and without comments; None where a quote or a comment never ends."""
    pieces, start, bare, place = [], 0, [""], 0
    for place, end, kind in _tokens(value):
        if kind == "broken":
            return None
        if kind == ";":
            pieces.append((value[start:place], "".join(bare)))
            start, bare = end, []
        else:
            bare.append(" " if kind == "comment" else value[place:end])
    return [*pieces, (value[start:], "".join(bare))]


def _tokens(value: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of plain text, quoted strings, comments and semicolons (RFC 5322, 3.2)."""
    place = 0
    while place < len(value):
        character = value[place]
        if character == ";":
            end, kind = place + 1, ";"
        elif character == '"':
            end, kind = _quoted_end(value, place), "quoted"
        elif character == "(":
            end, kind = _comment_end(value, place), "comment"
        elif plain := _PLAIN.match(value, place):
            end, kind = plain.end(), "plain"
        else:
            end = 0  # a lone ")" or "\\"
        if not end:
            yield place, place, "broken"
            return
        yield place, end, kind
        place = end


def _quoted_end(value: str, start: int) -> int:
    """Behind the closing quote; 0 where there is none."""
    place = start + 1
    while place < len(value):
        if value[place] == '"':
            return place + 1
        place += 2 if value[place] == "\\" else 1
    return 0


def _comment_end(value: str, start: int) -> int:
    """Behind the parenthesis that closes the comment; comments nest. 0 where there is none."""
    depth, place = 0, start
    while place < len(value):
        if value[place] == "\\":
            place += 1
        else:
            depth += (value[place] == "(") - (value[place] == ")")
            if not depth:
                return place + 1
        place += 1
    return 0
