"""The shared inbox put together, and what a person sees when something is not possible.

In: a `Desk`. Out: routes and error handlers for the web application.
"""

import json
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from inboxbot.desk.office import Desk
from inboxbot.errors import InboxbotError, NotFoundError, ThrottledError
from inboxbot.web.staff.actions import action_routes
from inboxbot.web.staff.assets import Assets
from inboxbot.web.staff.audit import audit_routes
from inboxbot.web.staff.exports import export_routes
from inboxbot.web.staff.filed import filed_routes
from inboxbot.web.staff.gate import Gate, Guest, NotSignedInError
from inboxbot.web.staff.live import Hub, live_routes
from inboxbot.web.staff.nowhere import add_nowhere
from inboxbot.web.staff.people import people_routes
from inboxbot.web.staff.queue import queue_routes
from inboxbot.web.staff.render import Pages
from inboxbot.web.staff.sign_in import sign_in_routes
from inboxbot.web.staff.statuses import status_of
from inboxbot.web.staff.talk import Talks, talk_routes


def add_inbox(app: FastAPI, desk: Desk) -> tuple[Gate, Pages]:
    """Add the inbox's routes and handlers; what further pages are made with."""
    assets = Assets()
    gate, pages = Gate(desk), Pages(desk, assets)
    talks, hub = Talks(desk, pages), Hub(desk)
    app.state.close_streams = hub.close
    for router in (
        assets.routes(),
        sign_in_routes(desk, gate, pages),
        export_routes(desk, gate),  # before the views: `mine.csv` is no view
        queue_routes(desk, gate, pages),
        talk_routes(desk, gate, pages, assets, talks),
        action_routes(desk, gate, talks),
        filed_routes(desk, gate, pages),
        live_routes(desk, gate, hub),
        people_routes(desk, gate, pages),
        audit_routes(desk, gate, pages),
    ):
        app.include_router(router, include_in_schema=False)
    add_nowhere(app, gate, pages)

    @app.exception_handler(NotSignedInError)
    def not_signed_in(request: Request, _error: NotSignedInError) -> Response:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"/inbox/sign-in?next={quote(here)}" if request.method == "GET" and here.startswith("/inbox/") else "/inbox/sign-in"
        if request.headers.get("hx-request"):
            return Response(status_code=401, headers={"HX-Redirect": target})
        return RedirectResponse(target, 303)

    @app.exception_handler(InboxbotError)
    def not_possible(request: Request, error: InboxbotError) -> Response:
        status, heading = status_of(error)
        words = f"{str(error)[:1].upper()}{str(error)[1:]}"
        if isinstance(error, NotFoundError):
            words += ". It may never have been there, or is not among the customers that your account may see."
        guest = _guest(gate, request)
        if request.headers.get("hx-request"):  # the page stays as it is, the words appear below
            shown = {"HX-Reswap": "none", "HX-Trigger": json.dumps({"toast": {"words": words}})}
            return Response(words, status, headers=shown, media_type="text/plain")
        headers = {"Retry-After": f"{error.retry_after:.0f}"} if isinstance(error, ThrottledError) else None
        return pages.page("trouble.html.j2", guest, status, headers, heading=heading, words=words)

    return gate, pages


def _guest(gate: Gate, request: Request) -> Guest | None:
    try:
        return gate.guest(request)
    except InboxbotError:
        return None
