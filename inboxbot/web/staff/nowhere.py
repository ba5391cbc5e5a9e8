"""Addresses under /inbox that lead nowhere, or hold what cannot be meant: a page that helps, instead of the framework's JSON.

In: the application. Out: its handlers for HTTP errors and for values out of range; everything outside /inbox stays as it was.
"""

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from inboxbot.errors import InboxbotError
from inboxbot.web.staff.gate import Gate, Guest
from inboxbot.web.staff.render import Pages

_WORDS = "The address may be mistyped, or what it named is not among your customers. Search for it, or go back to the list."


def guest_of(gate: Gate, request: Request) -> Guest | None:
    """Who is behind a request, if anybody."""
    try:
        return gate.guest(request)
    except InboxbotError:
        return None


def add_nowhere(app: FastAPI, gate: Gate, pages: Pages) -> None:
    """Add the handlers."""

    def nowhere(request: Request, status: int) -> Response:
        return pages.page("trouble.html.j2", guest_of(gate, request), status, heading="Nothing is here", words=_WORDS)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        ours = request.url.path.startswith("/inbox") and error.status_code == 404  # noqa: PLR2004 - not found
        return await run_in_threadpool(nowhere, request, 404) if ours else await http_exception_handler(request, error)

    @app.exception_handler(RequestValidationError)
    async def not_valid(request: Request, error: RequestValidationError) -> Response:
        ours = request.url.path.startswith("/inbox")
        return await run_in_threadpool(nowhere, request, 404) if ours else await request_validation_exception_handler(request, error)
