"""GET /healthz: how we are, for a supervisor or a load balancer.

In: `WebServices.health`. Out: its mapping as JSON, status 503 when its item "ok" is False.
"""

from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from inboxbot.web.services import WebServices


def health_routes(services: WebServices) -> APIRouter:
    """The one route."""
    router = APIRouter()

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    def healthz() -> JSONResponse:
        state = services.health()
        status = 503 if state.get("ok") is False else 200
        return JSONResponse(jsonable_encoder(dict(state)), status, headers={"Cache-Control": "no-store"})

    return router
