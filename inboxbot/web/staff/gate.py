"""Who is behind a request: the session cookie, the CSRF token, and where somebody goes who is not signed in.

In: requests. Out: `Guest` (a viewer with their session) for the routes; NotSignedInError otherwise. Every request that
changes something must carry the session's own token, in a field or a header, and come from our own pages.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from inboxbot.desk import accounts, presence
from inboxbot.desk.office import Desk
from inboxbot.errors import InboxbotError
from inboxbot.staff import StaffSession, Viewer

LARGEST = 2**31 - 1  # what a database's row numbers can be
Number = Annotated[int, Path(ge=1, le=LARGEST)]
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
COOKIE = "inboxbot"
SECURE_COOKIE = "__Host-inboxbot"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
MOST_FIELDS = 600


class NotSignedInError(InboxbotError):
    """Nobody is signed in."""


class ForgedRequestError(InboxbotError):
    """This request did not come from a page of ours; reload the page and try again."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A signed-in person in a browser; `last_event` was the latest when the request came, before anything else was read."""

    session: StaffSession
    viewer: Viewer
    last_event: int = 0


def client_of(request: Request) -> str:
    """The address a request comes from."""
    return request.client.host if request.client else ""


def token_of(request: Request) -> str:
    """The session token a request carries."""
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE) or ""


def remember(response: Response, request: Request, token: str, by_tls: bool) -> None:  # noqa: FBT001 - one of two worlds
    """Put the session into the browser's cookie; over TLS one that no other host or plain connection can set.

    `by_tls`: people reach us by TLS whatever this request says, for a proxy in front ends it.
    """
    secure = by_tls or request.url.scheme == "https"
    response.set_cookie(SECURE_COOKIE if secure else COOKIE, token, secure=secure, httponly=True, samesite="lax", path="/")


def forget(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path="/")
    response.delete_cookie(SECURE_COOKIE, path="/", secure=True)


def check_origin(request: Request) -> None:
    """A write must come from our own pages: what a browser says about its origin must be us."""
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    foreign = site not in (None, "same-origin", "none")
    if origin not in (None, "null") and urlsplit(origin).netloc != request.url.netloc:
        foreign = True
    if foreign or origin == "null":
        raise ForgedRequestError


class Gate:
    """Makes the dependencies of the routes."""

    def __init__(self, desk: Desk) -> None:
        """`desk` knows the sessions."""
        self._desk = desk

    def guest(self, request: Request) -> Guest:
        """Who is signed in; raises NotSignedInError."""
        found = accounts.session_behind(self._desk, token_of(request))
        if found is None:
            raise NotSignedInError
        return Guest(found, accounts.viewer(self._desk, found.user), presence.latest(self._desk))

    @property
    def reader(self) -> Callable[..., Guest]:
        """Dependency of routes that only read."""

        def reader(request: Request) -> Guest:
            return self.guest(request)

        return reader

    @property
    def writer(self) -> Callable[..., Guest]:
        """Dependency of routes that change something: the session's CSRF token must come along."""

        def writer(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Guest:
            check_origin(request)
            guest = self.guest(request)
            given = request.headers.get(CSRF_HEADER) or str(form.get(CSRF_FIELD) or "")
            if not hmac.compare_digest(given.encode(), guest.session.csrf.encode()):
                raise ForgedRequestError
            return guest

        return writer


async def form_of(request: Request) -> FormData:
    """The fields of a posted form, bounded; no files."""
    return await request.form(max_files=0, max_fields=MOST_FIELDS)


def field(form: FormData, name: str, limit: int = 100_000) -> str:
    """One text field, "" where it is missing; line ends as LF."""
    value = form.get(name)
    return value.replace("\r\n", "\n")[:limit] if isinstance(value, str) else ""


def fields(form: FormData, name: str, limit: int = 500) -> list[str]:
    """Every value of a field."""
    return [value for value in form.getlist(name)[:limit] if isinstance(value, str)]


def safe_next(target: str, default: str) -> str:
    """Where to go after signing in: a path of the inbox and nothing else."""
    parts = urlsplit(target)
    plain = not parts.scheme and not parts.netloc and target.startswith("/inbox") and "\\" not in target and "//" not in target
    return target if plain and target.isprintable() else default
