"""What happens, as it happens: server-sent events for every open page.

In: the audit trail and who is present, looked at a few times a second while anybody listens. Out: `hello`, `change` and
`presence` events. Because the database is what is looked at, it does not matter which process did something. Nothing needs to
be replayed: every page knows the latest event of its own making, `hello` says the latest one of all, and a browser that is
behind takes its page anew, whether it lost its connection or something happened before it had one.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import FormData

from inboxbot.desk import accounts, presence
from inboxbot.desk.office import Desk
from inboxbot.staff import Permission, Viewer
from inboxbot.store.inbox import Event
from inboxbot.web.staff.gate import Gate, Guest, Number, form_of, token_of
from inboxbot.web.staff.gate import field as form_field

LOOK_SECONDS = 0.3
BEAT_SECONDS = 15.0  # a comment that keeps proxies from closing a silent connection
CHECK_SECONDS = 30.0  # how long a signed-out browser may still listen
_LONGEST_QUEUE = 500
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found."""

    events: tuple[tuple[Event, str | None], ...]  # with the customer of the conversation
    present: dict[str, list[dict[str, Any]]] | None  # None: as before
    names: Mapping[str, str]  # of the people who did it


@dataclass(eq=False)
class Listener:
    """One open page."""

    viewer: Viewer
    queue: asyncio.Queue[Look | None] = field(default_factory=lambda: asyncio.Queue(_LONGEST_QUEUE))


class Hub:
    """Looks while anybody listens, and tells everybody."""

    def __init__(self, desk: Desk) -> None:
        """`desk` is looked at."""
        self._desk = desk
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._last: int | None = None
        self._looking = asyncio.Event()  # from here on nothing is missed
        self._present: dict[str, list[dict[str, Any]]] = {}
        self._closed = False

    def close(self) -> None:
        """End every stream: the server stops."""
        self._closed = True
        for listener in self._listeners:
            _put(listener, None)

    async def stream(self, viewer: Viewer, token: str) -> AsyncIterator[str]:
        """The events one viewer may see, until the browser goes, the session ends or the server stops."""
        listener = Listener(viewer)
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        checked = asyncio.get_running_loop().time()
        try:
            yield "retry: 2000\n\n"
            await self._looking.wait()
            yield _message("hello", {"last": await asyncio.to_thread(presence.latest, self._desk)})
            if viewer.may(Permission.READ_INTERNAL):
                yield _message("presence", self._present)
            while not self._closed:
                try:
                    look = await asyncio.wait_for(listener.queue.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                else:
                    if look is None:
                        return
                    for text in _told(look, viewer):
                        yield text
                now = asyncio.get_running_loop().time()
                if now - checked > CHECK_SECONDS:
                    checked = now
                    if await asyncio.to_thread(accounts.session_behind, self._desk, token) is None:
                        yield _message("bye", {})
                        return
        finally:
            self._listeners.discard(listener)

    async def _run(self) -> None:
        self._last = None
        self._looking.clear()
        while self._listeners and not self._closed:
            try:
                look = await asyncio.to_thread(self._look)
                self._looking.set()
            except Exception as error:  # noqa: BLE001 - a look that fails must not end all looking
                _log.warning("live_trouble", why=repr(error)[:300])
                look = None
            if look is not None and (look.events or look.present is not None):
                for listener in list(self._listeners):
                    _put(listener, look)
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self) -> Look:
        self._last, events, present = presence.happenings(self._desk, self._last)
        shown: dict[str, list[dict[str, Any]]] = {}
        for one in present:
            shown.setdefault(str(one.conversation_id), []).append({"who": one.who, "name": one.name, "typing": one.typing})
        changed = shown != self._present
        self._present = shown
        names = presence.names(self._desk, {event.who for event, _ in events})
        return Look(tuple(events), shown if changed else None, names)


def live_routes(desk: Desk, gate: Gate, hub: Hub) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/inbox/events")
    async def events(request: Request, guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(hub.stream(guest.viewer, token_of(request)), media_type="text/event-stream", headers=headers)

    @router.post("/inbox/c/{conversation_id}/here")
    def here(
        conversation_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]
    ) -> Response:
        if form_field(form, "gone", 1):
            presence.gone(desk, guest.viewer, conversation_id)
        else:
            presence.here(desk, guest.viewer, conversation_id, typing=bool(form_field(form, "typing", 1)))
        return Response(status_code=204)

    return router


def _told(look: Look, viewer: Viewer) -> list[str]:
    """What of it this viewer may know; several changes of one conversation in one look are told once each."""
    internal = viewer.may(Permission.READ_INTERNAL)
    told = []
    for event, customer_id in look.events:
        if event.conversation_id is None or not viewer.scope.covers(customer_id):
            continue
        change: dict[str, Any] = {"c": event.conversation_id, "what": event.what, "counts": event.what in _COUNTED}
        if internal:
            change["who"], change["name"] = event.who, look.names.get(event.who, event.who)
        told.append(_message("change", change))
    if look.present is not None and internal:
        told.append(_message("presence", look.present))
    return told


_COUNTED = frozenset(
    {
        *("opened", "reopened", "continued", "assigned", "status", "snoozed", "woke", "merged", "split", "lane", "customer", "replied"),
        *("noted", "took back", "corrected", "tagged", "priority"),
        *("reply waits for approval", "reply approved", "reply rejected", "reply withdrawn"),
    }
)


def _put(listener: Listener, look: Look | None) -> None:
    try:
        listener.queue.put_nowait(look)
    except asyncio.QueueFull:  # a browser that does not read; it takes its page anew when it is back
        while not listener.queue.empty():
            listener.queue.get_nowait()
        listener.queue.put_nowait(None)


def _message(kind: str, data: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
