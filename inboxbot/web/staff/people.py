"""A person's own settings, the accounts of everybody, and the canned replies.

In: forms. Out: pages. What is shown once (a token, an invitation's link) is on the page that answers its making and nowhere else.
"""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from inboxbot.desk import accounts, canned, reading
from inboxbot.desk.office import Desk
from inboxbot.errors import InboxbotError, UsageError
from inboxbot.staff import TOKEN_SCOPES, Role
from inboxbot.web.staff.gate import Gate, Guest, Number, client_of, field, fields, form_of
from inboxbot.web.staff.render import Pages


def people_routes(desk: Desk, gate: Gate, pages: Pages) -> APIRouter:
    """The routes."""
    router, made = APIRouter(), _PeoplePages(desk, pages)
    _own_routes(router, desk, gate, made)
    _people_routes(router, desk, gate, made)
    _canned_routes(router, desk, gate, made)
    return router


def _own_routes(router: APIRouter, desk: Desk, gate: Gate, made: "_PeoplePages") -> None:
    @router.get("/inbox/settings")
    def settings(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        return made.settings(guest)

    @router.post("/inbox/settings")
    def save(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        try:
            accounts.change_own(
                desk,
                guest.viewer,
                name=field(form, "name", 120),
                timezone=field(form, "timezone", 60),
                theme=field(form, "theme", 10),
                notify=fields(form, "notify"),
            )
        except UsageError as error:
            return made.settings(guest, 422, problem=str(error))
        return RedirectResponse("/inbox/settings", 303)

    @router.post("/inbox/settings/password")
    def password(request: Request, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        new = field(form, "new", 1024)
        try:
            if new != field(form, "again", 1024):
                raise UsageError("the two new passwords are not the same")
            old = field(form, "old", 1024)
            accounts.change_password(desk, guest.viewer, guest.session.session_id, old, new, client=client_of(request))
        except InboxbotError as error:
            return made.settings(guest, 422, problem=str(error))
        return made.settings(guest, done="The password is changed; you are signed out everywhere else.")

    @router.post("/inbox/settings/tokens")
    def token(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        days = field(form, "days", 5)
        try:
            made_token = accounts.add_token(
                desk, guest.viewer, field(form, "name", 80), field(form, "scope", 10), int(days) if days.isdigit() else None
            )
        except UsageError as error:
            return made.settings(guest, 422, problem=str(error))
        return made.settings(guest, token=made_token)

    @router.post("/inbox/settings/tokens/{token_id}/revoke")
    def revoke_token(token_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        accounts.revoke_token(desk, guest.viewer, token_id)
        return RedirectResponse("/inbox/settings", 303)

    @router.post("/inbox/settings/sessions/{session_id}/revoke")
    def revoke_session(session_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        accounts.revoke_own_session(desk, guest.viewer, session_id)
        return RedirectResponse("/inbox/settings", 303)


def _people_routes(router: APIRouter, desk: Desk, gate: Gate, made: "_PeoplePages") -> None:
    @router.get("/inbox/people")
    def people(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        return made.people(guest)

    @router.post("/inbox/people/invite")
    def invite(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        try:
            token = accounts.invite(
                desk,
                guest.viewer,
                email=field(form, "email", 254),
                name=field(form, "name", 120),
                role=_role(field(form, "role", 10)),
                customers=_customers(form),
                expires_at=accounts.end_of_day(desk, field(form, "until", 10)),
            )
        except UsageError as error:
            return made.people(guest, 422, problem=str(error))
        return made.people(guest, link=f"{desk.base_url}/inbox/invitation/{token}")

    @router.post("/inbox/people/{user_id}")
    def change(user_id: Number, guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        try:
            accounts.change_user(
                desk,
                guest.viewer,
                user_id,
                role=_role(field(form, "role", 10)),
                active=bool(field(form, "active", 1)),
                customers=_customers(form),
                expires_at=accounts.end_of_day(desk, field(form, "until", 10)),
            )
        except UsageError as error:
            return made.people(guest, 422, problem=str(error))
        return RedirectResponse("/inbox/people", 303)

    @router.post("/inbox/invitations/{invitation_id}/revoke")
    def revoke(invitation_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        accounts.revoke_invitation(desk, guest.viewer, invitation_id)
        return RedirectResponse("/inbox/people", 303)


def _canned_routes(router: APIRouter, desk: Desk, gate: Gate, made: "_PeoplePages") -> None:
    @router.get("/inbox/canned")
    def listing(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        return made.canned(guest)

    @router.post("/inbox/canned")
    def put(guest: Annotated[Guest, Depends(gate.writer)], form: Annotated[FormData, Depends(form_of)]) -> Response:
        number, name, text = field(form, "canned", 10), field(form, "name", 100), field(form, "text", 20_000)
        try:
            canned.put(desk, guest.viewer, int(number) if number.isdigit() else None, name, text)
        except UsageError as error:
            return made.canned(guest, 422, problem=str(error), typed={"name": name, "text": text})
        return RedirectResponse("/inbox/canned", 303)

    @router.post("/inbox/canned/{canned_id}/remove")
    def remove(canned_id: Number, guest: Annotated[Guest, Depends(gate.writer)]) -> Response:
        canned.remove(desk, guest.viewer, canned_id)
        return RedirectResponse("/inbox/canned", 303)


class _PeoplePages:
    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk, self._pages = desk, pages

    def settings(self, guest: Guest, status: int = 200, **values: Any) -> Response:
        """A person's own settings, fresh from the records."""
        user = next(s.user for s in accounts.own_sessions(self._desk, guest.viewer) if s.session_id == guest.session.session_id)
        shown = {
            "user": user,
            "sessions": accounts.own_sessions(self._desk, guest.viewer),
            "this_session": guest.session.session_id,
            "tokens": accounts.own_tokens(self._desk, guest.viewer),
            "scopes": list(TOKEN_SCOPES),
            "zones": accounts.ZONES,
            "problem": "",
            "done": "",
            "token": "",
        }
        return self._page("settings.html.j2", guest, status, {**shown, **values})

    def people(self, guest: Guest, status: int = 200, **values: Any) -> Response:
        """Everybody's accounts."""
        users, invitations = accounts.users(self._desk, guest.viewer)
        zone = ZoneInfo(self._desk.config.company.timezone)
        last_days = {u.user_id: (u.expires_at.astimezone(zone) - timedelta(days=1)).date().isoformat() for u in users if u.expires_at}
        shown = {
            "users": users,
            "invitations": invitations,
            "roles": [role.value for role in Role],
            "problem": "",
            "link": "",
            "last_days": last_days,
        }
        return self._page("people.html.j2", guest, status, {**shown, **values})

    def canned(self, guest: Guest, status: int = 200, **values: Any) -> Response:
        """The canned replies."""
        shown = {"canned": canned.listing(self._desk, guest.viewer), "placeholders": canned.PLACEHOLDERS, "problem": ""}
        return self._page("canned.html.j2", guest, status, {"typed": {"name": "", "text": ""}, **shown, **values})

    def _page(self, template: str, guest: Guest, status: int, values: dict[str, Any]) -> Response:
        sidebar = reading.views(self._desk, guest.viewer)
        numbers = reading.counts(self._desk, guest.viewer, sidebar)
        return self._pages.page(template, guest, status, sidebar=sidebar, counts=numbers, here="", **values)


def _role(name: str) -> Role:
    if name not in list(Role):
        raise UsageError(f"a role is one of {', '.join(Role)}")
    return Role(name)


def _customers(form: FormData) -> list[str]:
    return [part.strip() for part in field(form, "customers", 4000).split(",") if part.strip()]
