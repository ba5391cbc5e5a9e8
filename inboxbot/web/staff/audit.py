"""The audit trail: every change by whom and when, narrowed as wished, and as a file.

In: a filter. Out: a page, newest first; the same lines as CSV.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from inboxbot.desk import accounts, reading
from inboxbot.desk.office import Desk
from inboxbot.errors import UsageError
from inboxbot.staff import Viewer
from inboxbot.store.inbox import Event
from inboxbot.web.staff.csv_file import Cell, csv_response
from inboxbot.web.staff.gate import LARGEST, Gate, Guest
from inboxbot.web.staff.render import Pages

PER_PAGE, PER_PIECE, MOST_ROWS = 100, 1000, 1_000_000
_FIELDS = ("who", "what", "conversation", "since", "until")
_DIGITS = 10
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$")
KINDS = (  # offered while typing; any other word of the trail can be typed too
    "accepted invitation",
    "added user",
    "address released",
    "address stopped",
    "assigned",
    "changed own password",
    "changed own settings",
    "changed user",
    "confirmed contact",
    "corrected",
    "customer",
    "fraud lane: it is fraud",
    "fraud lane: looks genuine",
    "invited",
    "lane",
    "made token",
    "merged",
    "noted",
    "opened",
    "priority",
    "proposed contact",
    "removed canned reply",
    "removed view",
    "reopened",
    "reply approved",
    "reply rejected",
    "reply waits for approval",
    "reply withdrawn",
    "replied",
    "revoked contact",
    "revoked invitation",
    "revoked session",
    "revoked token",
    "saved canned reply",
    "saved view",
    "set password",
    "sign-in failed",
    "signed in",
    "signed out",
    "snoozed",
    "split",
    "status",
    "tagged",
    "took back",
    "woke",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; what is empty does not narrow. Days are days of the viewer's zone, the last one included."""

    who: str = ""
    what: str = ""
    conversation_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def audit_routes(desk: Desk, gate: Gate, pages: Pages) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/inbox/audit")
    def page(request: Request, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        viewer, typed = guest.viewer, {name: request.query_params.get(name, "")[:254].strip() for name in _FIELDS}
        before, problem = number(request.query_params.get("before", "")), ""
        try:
            wanted = wanted_of(typed, viewer.timezone)
        except UsageError as error:
            wanted, problem = Wanted(), str(error)
        events = _lines(desk, viewer, wanted, before, PER_PAGE)
        query = {name: value for name, value in typed.items() if value}
        more = f"/inbox/audit?{urlencode({**query, 'before': events[-1].event_id})}" if len(events) == PER_PAGE else ""
        sidebar = reading.views(desk, viewer)
        values: dict[str, Any] = {
            "events": events,
            "details": {one.event_id: detail_words(one.detail, viewer.timezone) for one in events},
            "typed": typed,
            "problem": problem,
            "more": more,
            "narrowed": bool(query),
            "csv": f"/inbox/audit.csv{'?' + urlencode(query) if query else ''}",
            "people": {user.email: user.name for user in accounts.colleagues(desk, viewer)},
            "kinds": KINDS,
        }
        numbers = reading.counts(desk, viewer, sidebar)
        return pages.page("audit.html.j2", guest, 422 if problem else 200, sidebar=sidebar, counts=numbers, here="", **values)

    @router.get("/inbox/audit.csv")
    def export(request: Request, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        viewer = guest.viewer
        wanted = wanted_of({name: request.query_params.get(name, "")[:254].strip() for name in _FIELDS}, viewer.timezone)
        first = _lines(desk, viewer, wanted, None, PER_PIECE)
        header = ("number", "at", "who", "what", "conversation", "message", "detail")
        return csv_response("audit", header, _rows(desk, viewer, wanted, first), viewer.timezone)

    return router


def wanted_of(typed: dict[str, str], timezone: str) -> Wanted:
    """The filter as typed; raises UsageError."""
    conversation = typed.get("conversation", "").removeprefix("#")
    if conversation and number(conversation) is None:
        raise UsageError(f"{conversation!r} is no conversation's number")
    until = _day(typed.get("until", ""), timezone)
    return Wanted(
        typed.get("who", "").lower(),
        typed.get("what", ""),
        number(conversation),
        _day(typed.get("since", ""), timezone),
        until + timedelta(days=1) if until else None,
    )


def detail_words(detail: dict[str, Any], timezone: str) -> list[tuple[str, str]]:
    """The detail of a line as names and plain values; times in the viewer's zone."""
    zone = ZoneInfo(timezone)
    return [(name.replace("_", " "), _plain(value, zone)) for name, value in detail.items() if value not in (None, "", [], {})]


def number(text: str) -> int | None:
    """A row's number, None for anything else."""
    return min(int(text), LARGEST) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _plain(value: Any, zone: ZoneInfo) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_plain(one, zone) for one in value)
        case dict():
            return "; ".join(f"{name.replace('_', ' ')}: {words}" for name, one in value.items() if (words := _plain(one, zone)))
        case str() if _MOMENT.match(value):
            return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
        case None:
            return ""
        case _:
            return str(value)


def _day(text: str, timezone: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day such as 2026-12-31") from None
    if not 1970 < day.year < 9000:  # noqa: PLR2004 - within what a database's clock can tell
        raise UsageError(f"{text!r} is not a day of our times")
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))


def _lines(desk: Desk, viewer: Viewer, wanted: Wanted, before: int | None, limit: int) -> list[Event]:
    return reading.audit_trail(
        desk,
        viewer,
        who=wanted.who,
        what=wanted.what,
        conversation_id=wanted.conversation_id,
        since=wanted.since,
        until=wanted.until,
        before=before,
        limit=limit,
    )


def _rows(desk: Desk, viewer: Viewer, wanted: Wanted, page: list[Event]) -> Iterator[tuple[Cell, ...]]:
    count = 0
    while page and count < MOST_ROWS:
        for one in page:
            detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True) if one.detail else ""
            yield (one.event_id, one.at, one.who, one.what, one.conversation_id, one.message_id, detail)
        if len(page) < PER_PIECE:
            return
        count += len(page)
        page = _lines(desk, viewer, wanted, page[-1].event_id, PER_PIECE)
