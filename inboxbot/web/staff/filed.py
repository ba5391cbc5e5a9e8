"""Mail that was filed: nobody had to see it, but anybody may look, and say that it needs a person after all.

In: a place in the list. Out: a page.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from inboxbot.desk import corrections, reading
from inboxbot.desk.office import Desk
from inboxbot.web.staff.gate import Before, Gate, Guest
from inboxbot.web.staff.render import Pages

PER_PAGE = 50


def filed_routes(desk: Desk, gate: Gate, pages: Pages) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/inbox/filed")
    def filed(guest: Annotated[Guest, Depends(gate.reader)], before: Before = None) -> Response:
        viewer = guest.viewer
        mails = corrections.filed(desk, viewer, before, PER_PAGE)
        sidebar = reading.views(desk, viewer)
        more = f"/inbox/filed?before={mails[-1].row_id}" if len(mails) == PER_PAGE else ""
        numbers = reading.counts(desk, viewer, sidebar)
        return pages.page("filed.html.j2", guest, mails=mails, more=more, sidebar=sidebar, counts=numbers, here="filed")

    return router
