"""The writers' plain-text format (see `models/corpus/GUIDE.md`), validated and turned into corpus lines.

In: draft files. Out: JSON objects for `mails/*.jsonl`, or a list of what is wrong and where.
"""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from inboxbot.classify.training.corpus import CONTEXT, COURTESY, NOT_NEW_TEXT
from inboxbot.errors import UsageError
from inboxbot.understanding import DisputeReason, Intent, PaymentMethod

_SINGLE = (
    "from",
    "subject",
    "date",
    "lang",
    "intents",
    "outcome",
    "invoices",
    "pos",
    "amounts",
    "promise",
    "method",
    "reference",
    "dispute",
    "twin",
    "sibling",
    "kind",
)
_REPEATED = {"header": "headers", "attach": "attach"}
_LISTS = {"intents": ",", "invoices": ",", "pos": ",", "amounts": ";", "kind": ","}
_TAGS = frozenset(Intent) | {COURTESY, CONTEXT} | NOT_NEW_TEXT
_OUTCOMES = ("answer", "route", "file")
_TAG = re.compile(r"\[([a-z_+]+)\] ?")


def convert(path: Path) -> list[dict[str, Any]]:
    """Every mail of a draft file; raises UsageError that names every defect."""
    mails = list(_mails(path))
    problems = [f"{path}: {mail['id']}: {problem}" for mail in mails for problem in _problems(mail)]
    ids = [mail["id"] for mail in mails]
    problems += [f"{path}: {name}: the id is there twice" for name in sorted({i for i in ids if ids.count(i) > 1})]
    if problems:
        raise UsageError("\n".join(problems))
    return mails


def write(mails: list[dict[str, Any]], path: Path) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(mail, ensure_ascii=False) + "\n" for mail in mails), encoding="utf-8")


def _mails(path: Path) -> Iterator[dict[str, Any]]:
    for chunk in re.split(r"(?m)^=== ", path.read_text(encoding="utf-8"))[1:]:
        head, _, body = chunk.partition("\n---\n")
        name, *lines = head.split("\n")
        yield {"id": name.strip(), **_head(lines), "segments": _segments(body.rstrip("\n"))}


def _head(lines: list[str]) -> dict[str, Any]:
    mail: dict[str, Any] = {"subject": ""}
    for line in filter(str.strip, lines):
        key, _, value = (part.strip() for part in line.partition(":"))
        if key in _REPEATED:
            mail.setdefault(_REPEATED[key], []).append(value)
        elif key in _LISTS:
            mail[key] = [part.strip() for part in value.split(_LISTS[key]) if part.strip()]
        elif key == "from":
            address, _, display = value.partition("|")
            mail["from"], mail["from_name"] = address.strip(), display.strip()
        elif value:
            mail[key] = value
    return mail


def _segments(body: str) -> list[list[str]]:
    before, *parts = _TAG.split(body)
    found = [[tag, text] for tag, text in zip(parts[::2], parts[1::2], strict=True)]
    return [["", before], *found] if before.strip() else found


def _problems(mail: dict[str, Any]) -> Iterator[str]:
    yield from (f"unknown key {key!r}" for key in mail if key not in {*_SINGLE, *_REPEATED.values(), "id", "from_name", "segments"})
    yield from (f"{key} is missing" for key in ("from", "date", "lang", "intents", "outcome") if not mail.get(key))
    yield from (f"unknown intent {name!r}" for name in mail.get("intents", ()) if name not in set(Intent))
    yield from (f"unknown tag {tag!r}" for tag, _ in mail["segments"] if set(tag.split("+")) - _TAGS)
    if mail.get("outcome") not in _OUTCOMES:
        yield f"outcome is none of {', '.join(_OUTCOMES)}"
    for key, values in (("method", PaymentMethod), ("dispute", DisputeReason)):
        if mail.get(key, next(iter(values))) not in set(values):
            yield f"{key} {mail[key]!r} is not known"
    yield from (
        f"amount {a!r} is not like '2169.54 USD'" for a in mail.get("amounts", ()) if not re.fullmatch(r"-?\d+(\.\d{1,2})? [A-Z]{3}", a)
    )
    yield from _bad_times(mail)


def _bad_times(mail: dict[str, Any]) -> Iterator[str]:
    try:
        if datetime.fromisoformat(mail.get("date", "")).tzinfo is None:
            yield "date lacks the UTC offset"
    except ValueError:
        yield "date is not an ISO time"
    try:
        date.fromisoformat(mail.get("promise", "2026-01-01"))
    except ValueError:
        yield "promise is not an ISO date"
