"""The API, put together.

In: a `Desk`. Out: a FastAPI application of its own, mounted under /api/v1; its description is at /api/v1/openapi.json.
"""

from fastapi import FastAPI

from inboxbot.desk.office import Desk
from inboxbot.web.api.door import PROBLEMS, add_problems, token_holder
from inboxbot.web.api.house import house_routes
from inboxbot.web.api.reading import reading_routes
from inboxbot.web.api.working import working_routes

PREFIX = "/api/v1"
_ABOUT = """\
The shared inbox for scripts: everything that a person does there can be done here, with the same rules and the same records.

Send `Authorization: Bearer TOKEN`. A token is made under *Your settings*; its scope is `read`, `work` or `manage`, and it can never do
more than the account it belongs to. Lists come a page at a time: ask again with `after` until it is null."""


def api_app(desk: Desk) -> FastAPI:
    """The application."""
    app = FastAPI(
        title="inboxbot",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
    )
    holder = token_holder(desk)
    for router in (reading_routes(desk, holder), working_routes(desk, holder), house_routes(desk, holder)):
        app.include_router(router, responses=dict(PROBLEMS))
    add_problems(app)
    return app
