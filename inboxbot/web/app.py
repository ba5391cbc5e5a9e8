"""The web application, put together.

In: `WebServices`. Out: a FastAPI application for uvicorn; it keeps no state but the count of guesses.
"""

from fastapi import FastAPI

from inboxbot.web.api.application import PREFIX, api_app
from inboxbot.web.api.docs import docs_routes
from inboxbot.web.headers import SecurityHeaders
from inboxbot.web.health import health_routes
from inboxbot.web.portal.pages import portal_routes, trouble_page
from inboxbot.web.services import WebServices
from inboxbot.web.staff.broken import add_broken
from inboxbot.web.staff.routes import add_inbox

__all__ = ["WebServices", "create_app"]


def create_app(services: WebServices) -> FastAPI:
    """The customers' account page, the health page, the shared inbox. GET never changes anything: mail scanners follow links."""
    app = FastAPI(title="inboxbot", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    customers_trouble = trouble_page(services.company)
    app.add_exception_handler(Exception, customers_trouble)
    app.include_router(health_routes(services))
    app.include_router(portal_routes(services))
    if services.desk is not None:
        gate, pages = add_inbox(app, services.desk)
        add_broken(app, gate, pages, customers_trouble)
        api = api_app(services.desk)
        app.include_router(docs_routes(services.desk, gate, pages, api))
        app.mount(PREFIX, api)
    return app
