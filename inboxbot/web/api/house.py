"""The API's housekeeping: canned replies, saved views, accounts and invitations.

In: a token's viewer and a body. Out: what became of it. Passwords, sessions and tokens are not reachable with a token: who
steals one must not be able to make it last.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends

from inboxbot.desk import accounts, canned, reading
from inboxbot.desk.office import Desk
from inboxbot.staff import Viewer
from inboxbot.web.api import given, shown
from inboxbot.web.api.given import PathName, PathNumber

Holder = Callable[..., Viewer]


def house_routes(desk: Desk, holder: Holder) -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["house"])
    _canned_routes(router, desk, holder)
    _people_routes(router, desk, holder)
    return router


def _canned_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/canned")
    def listing(viewer: Annotated[Viewer, Depends(holder)]) -> list[shown.CannedOut]:
        """Every canned reply."""
        return [shown.canned(one) for one in canned.listing(desk, viewer)]

    @router.post("/canned")
    def add(body: given.CannedGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """A new canned reply."""
        return shown.Made(id=canned.put(desk, viewer, None, body.name, body.text))

    @router.put("/canned/{canned_id}")
    def change(canned_id: PathNumber, body: given.CannedGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Made:
        """Other words for a canned reply."""
        return shown.Made(id=canned.put(desk, viewer, canned_id, body.name, body.text))

    @router.delete("/canned/{canned_id}")
    def remove(canned_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Take a canned reply out of the list."""
        canned.remove(desk, viewer, canned_id)
        return shown.Done()

    @router.get("/conversations/{conversation_id}/canned/{canned_id}")
    def filled(conversation_id: PathNumber, canned_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.TextOut:
        """A canned reply with this conversation's facts."""
        return shown.TextOut(text=canned.filled(desk, viewer, canned_id, conversation_id))

    @router.post("/views")
    def save_view(body: given.ViewGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.ViewOut:
        """Keep a filter under a name."""
        wanted = reading.queue_filter(body.filter)
        saved = reading.save_view(desk, viewer, body.name, wanted, shared=body.shared)
        return shown.view(saved, None, reading.filter_values(saved.filter))

    @router.delete("/views/{key}")
    def remove_view(key: PathName, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Remove a saved view."""
        reading.remove_view(desk, viewer, key)
        return shown.Done()


def _people_routes(router: APIRouter, desk: Desk, holder: Holder) -> None:
    @router.get("/users")
    def users(viewer: Annotated[Viewer, Depends(holder)]) -> shown.PeopleOut:
        """Every account and every open invitation."""
        found, offered = accounts.users(desk, viewer)
        return shown.PeopleOut(users=[shown.user(one) for one in found], invitations=[shown.invitation(one) for one in offered])

    @router.put("/users/{user_id}")
    def change(user_id: PathNumber, body: given.UserGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.UserOut:
        """Change an account; whoever loses anything is signed out everywhere."""
        until = accounts.end_of_day(desk, body.until)
        changed = accounts.change_user(
            desk, viewer, user_id, role=body.role, active=body.active, customers=body.customers, expires_at=until
        )
        return shown.user(changed)

    @router.post("/invitations")
    def invite(body: given.InvitationGiven, viewer: Annotated[Viewer, Depends(holder)]) -> shown.InvitedOut:
        """Invite somebody; the link is shown this once."""
        until = accounts.end_of_day(desk, body.until)
        token = accounts.invite(desk, viewer, email=body.email, name=body.name, role=body.role, customers=body.customers, expires_at=until)
        return shown.InvitedOut(link=f"{desk.base_url}/inbox/invitation/{token}")

    @router.delete("/invitations/{invitation_id}")
    def revoke(invitation_id: PathNumber, viewer: Annotated[Viewer, Depends(holder)]) -> shown.Done:
        """Take an invitation back."""
        accounts.revoke_invitation(desk, viewer, invitation_id)
        return shown.Done()
