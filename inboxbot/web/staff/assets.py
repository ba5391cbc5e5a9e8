"""The inbox's style sheet and scripts, under addresses that change with their content.

In: files of `templates/staff`. Out: routes that may be kept by the browser for ever.
"""

from hashlib import sha256

from fastapi import APIRouter
from fastapi.responses import Response

from inboxbot.responders import templates

_FILES = {
    "inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
    "htmx.js": ("vendor/htmx.min.js", "text/javascript; charset=utf-8"),
    "inter-latin.woff2": ("vendor/inter-latin.woff2", "font/woff2"),
    "inter-latin-ext.woff2": ("vendor/inter-latin-ext.woff2", "font/woff2"),
}


class Assets:
    """Knows every asset's address."""

    def __init__(self) -> None:
        """Reads the files once."""
        self._content = {name: (templates.folder() / "staff" / path).read_bytes() for name, (path, _) in _FILES.items()}
        style = self._content["inbox.css"]  # its fonts have addresses of their own
        for name in _FILES:
            style = style.replace(f'url("{name}")'.encode(), f'url("{self[name]}")'.encode())
        self._content["inbox.css"] = style

    def __getitem__(self, name: str) -> str:
        """The address of an asset."""
        return f"/assets/inbox/{sha256(self._content[name]).hexdigest()[:12]}/{name}"

    def routes(self) -> APIRouter:
        """Serves them."""
        router = APIRouter()

        @router.get("/assets/inbox/{digest}/{name}")
        def asset(digest: str, name: str) -> Response:
            if name not in _FILES or self[name] != f"/assets/inbox/{digest}/{name}":
                return Response("not found", 404)
            return Response(
                self._content[name], media_type=_FILES[name][1], headers={"Cache-Control": "public, max-age=31536000, immutable"}
            )

        return router
