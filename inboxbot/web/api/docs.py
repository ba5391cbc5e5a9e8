"""The page that shows the API: every operation with its parameters, made from the OpenAPI description itself.

In: the description. Out: a page; nothing of it comes from elsewhere, so it works in a closed network.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import Response

from inboxbot.desk import reading
from inboxbot.desk.office import Desk
from inboxbot.web.api.application import PREFIX
from inboxbot.web.staff.gate import Gate, Guest
from inboxbot.web.staff.render import Pages

_ORDER = ["reading", "working", "house"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter or a field of the body."""

    name: str
    place: str  # path, query, body
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for."""

    method: str
    path: str
    words: str
    parameters: tuple[Parameter, ...]


def docs_routes(desk: Desk, gate: Gate, pages: Pages, api: FastAPI) -> APIRouter:
    """The route."""
    router = APIRouter()

    @router.get("/api/docs")
    def docs(guest: Annotated[Guest, Depends(gate.reader)]) -> Response:
        sidebar = reading.views(desk, guest.viewer)
        numbers = reading.counts(desk, guest.viewer, sidebar)
        found = operations(api.openapi())
        return pages.page("api.html.j2", guest, groups=found, prefix=PREFIX, base=desk.base_url, sidebar=sidebar, counts=numbers, here="")

    return router


def operations(description: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations by tag, as the description has them."""
    found: dict[str, list[Operation]] = {}
    for path, methods in description["paths"].items():
        for method, one in methods.items():
            parameters = tuple(_parameters(one)) + tuple(_body(one, description))
            words = one.get("description") or one["summary"]
            found.setdefault(one["tags"][0], []).append(Operation(method.upper(), path, words, parameters))
    return {tag: found[tag] for tag in sorted(found, key=_ORDER.index)}


def _parameters(one: dict[str, Any]) -> list[Parameter]:
    return [
        Parameter(p["name"], p["in"], _kind(p["schema"]), p.get("required", False), p.get("description", ""))
        for p in one.get("parameters", ())
    ]


def _body(one: dict[str, Any], description: dict[str, Any]) -> list[Parameter]:
    content = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if not name:
        return []
    schema = description["components"]["schemas"][name]
    required = schema.get("required", [])
    return [
        Parameter(field, "body", _kind(value), field in required, value.get("description", ""))
        for field, value in schema["properties"].items()
    ]


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2].lower()
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
