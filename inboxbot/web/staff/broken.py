"""Something broke on our side: staff see a page that says so and names the line of the log, customers see theirs.

In: the handler of the customers' pages. Out: one handler for the whole application.
"""

import json
import secrets
from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import Response

from inboxbot.web.headers import SECURITY_HEADERS
from inboxbot.web.staff.gate import Gate
from inboxbot.web.staff.nowhere import guest_of
from inboxbot.web.staff.render import Pages

_HEADING = "Something broke on our side"
_log = structlog.get_logger(__name__)


def add_broken(app: FastAPI, gate: Gate, pages: Pages, elsewhere: Callable[[Request, Exception], Response]) -> None:
    """Add the handler; `elsewhere` answers outside /inbox."""

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        if not request.url.path.startswith("/inbox"):
            return elsewhere(request, error)
        name = secrets.token_hex(4)
        _log.error("page_failed", name=name, path=request.url.path, why=repr(error)[:300])
        words = f"Nothing that you sent before is lost. Try again; if it stays so, the log of inboxbot names it: page_failed {name}."
        if request.headers.get("hx-request"):
            shown = {"HX-Reswap": "none", "HX-Trigger": json.dumps({"toast": {"words": f"{_HEADING}. {words}"}})}
            return Response(words, 500, headers={**SECURITY_HEADERS, **shown}, media_type="text/plain")
        return pages.page("trouble.html.j2", guest_of(gate, request), 500, _missing_headers(), heading=_HEADING, words=words)


def _missing_headers() -> dict[str, str]:
    """Outside the middleware that adds them; the page has a policy of its own."""
    return {name: value for name, value in SECURITY_HEADERS.items() if name not in ("Content-Security-Policy", "Referrer-Policy")}
