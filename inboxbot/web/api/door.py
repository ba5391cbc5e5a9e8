"""Who is behind a request of a script, and how the API says that something is not possible.

In: an `Authorization: Bearer` header. Out: a `Viewer` with no more than the token's scope; errors as `{"error": "words"}`. Cookies
mean nothing here, so no page of another site can use a signed-in browser for it.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from inboxbot.desk import accounts
from inboxbot.desk.office import Desk
from inboxbot.errors import InboxbotError, ThrottledError
from inboxbot.staff import Viewer
from inboxbot.web.staff.statuses import status_of

_BEARER = HTTPBearer(auto_error=False, description="A token made under *Your settings* in the inbox: read, work or manage.")
_log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """What is not possible, in words."""

    error: str = Field(description="What is wrong, and what helps.")
    where: list[str] = Field(default=[], description="The fields that are wrong, where it is about fields.")


class NoTokenError(InboxbotError):
    """Send a valid token: Authorization: Bearer TOKEN. Tokens are made under Your settings in the inbox."""


PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No valid token."},
    403: {"model": Problem, "description": "Not with this account or this token's scope."},
    404: {"model": Problem, "description": "Not there, or not among the customers that this account may see."},
    409: {"model": Problem, "description": "Somebody else was faster; read it anew."},
    422: {"model": Problem, "description": "What was sent does not work; the words say why."},
}


def token_holder(desk: Desk) -> Callable[..., Viewer]:
    """Dependency of every route: who asks."""

    def holder(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Viewer:
        token = given.credentials if given else ""
        viewer = accounts.viewer_behind_token(desk, token) if token and len(token) < 200 else None  # noqa: PLR2004
        if viewer is None:
            raise NoTokenError
        return viewer

    return holder


def add_problems(app: FastAPI) -> None:
    """What is said when something is not possible."""

    @app.exception_handler(NoTokenError)
    def no_token(_request: Request, error: NoTokenError) -> Response:
        return problem(401, str(error), headers={"WWW-Authenticate": "Bearer"})

    @app.exception_handler(InboxbotError)
    def not_possible(_request: Request, error: InboxbotError) -> Response:
        headers = {"Retry-After": f"{error.retry_after:.0f}"} if isinstance(error, ThrottledError) else None
        return problem(status_of(error)[0], str(error), headers=headers)

    @app.exception_handler(RequestValidationError)
    def not_understood(_request: Request, error: RequestValidationError) -> Response:
        found = [(".".join(str(part) for part in one["loc"]), str(one["msg"])) for one in error.errors()[:20]]
        return problem(422, "; ".join(f"{place}: {words}" for place, words in found), [place for place, _ in found])

    @app.exception_handler(HTTPException)
    def of_the_protocol(_request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.BAD_REQUEST:  # what the framework says of a body that is no JSON
            return problem(422, "the body is not JSON in UTF-8", ["body"])
        return problem(error.status_code, f"{error.detail}", headers=error.headers)

    @app.exception_handler(Exception)
    def trouble(request: Request, error: Exception) -> Response:
        _log.error("api_failed", path=request.url.path, why=repr(error)[:300])
        return problem(500, f"{HTTPStatus.INTERNAL_SERVER_ERROR.phrase}: the log says why")


def problem(status: int, words: str, where: list[str] | None = None, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error's answer."""
    shown = words.encode("utf-8", "replace").decode()
    return JSONResponse(
        Problem(error=shown, where=where or []).model_dump(), status, headers={"Cache-Control": "no-store", **(headers or {})}
    )
