"""Signing in and out, and taking up an invitation.

In: forms. Out: a session cookie, or the form again with one plain sentence.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from inboxbot.desk import accounts
from inboxbot.desk.office import Desk
from inboxbot.errors import InboxbotError, NotFoundError, SignInError, ThrottledError, UsageError
from inboxbot.web.staff.gate import Gate, Guest, check_origin, client_of, field, forget, form_of, remember, safe_next, token_of
from inboxbot.web.staff.render import Pages

HOME = "/inbox"


def sign_in_routes(desk: Desk, gate: Gate, pages: Pages) -> APIRouter:
    """The routes."""
    router = APIRouter()
    by_tls = desk.base_url.startswith("https://")

    def show(email: str = "", problem: str = "", target: str = "", status: int = 200) -> Response:
        return pages.page("sign_in.html.j2", None, status, email=email, problem=problem, next=target, nobody=accounts.nobody_yet(desk))

    @router.get("/inbox/sign-in")
    def form(request: Request, next: str = "") -> Response:  # noqa: A002 - the query's name
        if accounts.session_behind(desk, token_of(request)):
            return RedirectResponse(safe_next(next, HOME), 303)
        return show(target=next)

    @router.post("/inbox/sign-in")
    def sign_in(request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        check_origin(request)
        email, target = field(form, "email", 254), field(form, "next", 500)
        agent = request.headers.get("user-agent", "")
        try:
            signed = accounts.sign_in(
                desk, email, field(form, "password", 1024), client=client_of(request), agent=agent, old_token=token_of(request)
            )
        except SignInError as error:
            return show(email, str(error), target, 401)
        except ThrottledError as error:
            response = show(email, str(error), target, 429)
            response.headers["Retry-After"] = f"{error.retry_after:.0f}"
            return response
        response = RedirectResponse(safe_next(target, HOME), 303)
        remember(response, request, signed.token, by_tls)
        return response

    @router.post("/inbox/sign-out")
    def sign_out(guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        accounts.sign_out(desk, guest.session)
        response = RedirectResponse("/inbox/sign-in", 303, headers={"Clear-Site-Data": '"cache", "storage"'})
        forget(response)
        return response

    @router.get("/inbox/invitation/{token}")
    def invitation(token: str) -> Response:
        offered = accounts.invitation_behind(desk, token)
        if offered is None:
            return pages.page("trouble.html.j2", None, 404, heading="This invitation does not work any more", words=_NEW_INVITATION)
        return pages.page("invitation.html.j2", None, offered=offered, token=token, problem="", name=offered.name)

    @router.post("/inbox/invitation/{token}")
    def accept(token: str, request: Request, form: Annotated[FormData, Depends(form_of)]) -> Response:
        check_origin(request)
        name = field(form, "name", 120)
        try:
            if field(form, "password", 1024) != field(form, "again", 1024):
                raise UsageError("the two passwords are not the same")
            signed = accounts.accept(
                desk,
                token,
                name,
                field(form, "password", 1024),
                client=client_of(request),
                agent=request.headers.get("user-agent", ""),
            )
        except NotFoundError:
            return pages.page("trouble.html.j2", None, 404, heading="This invitation does not work any more", words=_NEW_INVITATION)
        except InboxbotError as error:
            offered = accounts.invitation_behind(desk, token)
            return pages.page("invitation.html.j2", None, 422, offered=offered, token=token, problem=str(error), name=name)
        response = RedirectResponse(HOME, 303)
        remember(response, request, signed.token, by_tls)
        return response

    return router


_NEW_INVITATION = "Invitations work once and for a few days. Ask whoever invited you for a new one."
