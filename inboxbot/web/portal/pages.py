"""The routes of the account page; all of them only read.

In: a link's token. Out: the page, a PDF of the link's own customer, or the page for links that do not work: the same
one for an unknown, an expired and a revoked link, and for what belongs to somebody else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from inboxbot.config import CompanySection
from inboxbot.errors import DocumentMissingError
from inboxbot.facts import Facts
from inboxbot.reply import Document
from inboxbot.responders import templates
from inboxbot.web.headers import SECURITY_HEADERS
from inboxbot.web.limits import GuessLimit
from inboxbot.web.portal.links import AccountLinks
from inboxbot.web.portal.view import account_view
from inboxbot.web.services import WebServices

_READ = ["GET", "HEAD"]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_PRIVATE = {"Cache-Control": "no-store"}


def portal_routes(services: WebServices) -> APIRouter:
    """The page, its documents and its style sheet."""
    router, portal = APIRouter(), _Portal(services, GuessLimit())
    router.add_api_route("/account/{token}", portal.account, methods=_READ, response_class=HTMLResponse)
    router.add_api_route("/account/{token}/statement.pdf", portal.statement, methods=_READ, response_class=Response)
    router.add_api_route("/account/{token}/invoices/{number:path}.pdf", portal.invoice, methods=_READ, response_class=Response)
    router.add_api_route("/assets/account.css", _style, methods=_READ, response_class=Response)
    return router


def trouble_page(company: CompanySection) -> Callable[[Request, Exception], HTMLResponse]:
    """What a visitor sees when something broke on our side: no detail, and whom to write to."""

    def show(_request: Request, _error: Exception) -> HTMLResponse:
        return _page("trouble", company, 500, headers=SECURITY_HEADERS)

    return show


@dataclass(frozen=True, slots=True)
class _Portal:
    services: WebServices
    guesses: GuessLimit

    def account(self, token: str, request: Request) -> Response:
        facts = self._facts_behind(token)
        if facts is None:
            return self._nowhere(request)
        links = AccountLinks(token, facts, self.services.statement_of is not None, self.services.pay_url_template)
        return _page("account", self.services.company, 200, account=account_view(facts, self.services.company, links))

    def statement(self, token: str, request: Request) -> Response:
        facts = self._facts_behind(token)
        if facts is None or self.services.statement_of is None:
            return self._nowhere(request)
        return self._download(self.services.statement_of(facts), facts, request)

    def invoice(self, token: str, number: str, request: Request) -> Response:
        facts = self._facts_behind(token)
        invoice = facts.invoice(number) if facts else None
        if facts is None or invoice is None:
            return self._nowhere(request)
        try:
            return self._download(self.services.document_of(invoice), facts, request)
        except DocumentMissingError:
            return _page("missing", self.services.company, 404, number=number)

    def _facts_behind(self, token: str) -> Facts | None:
        """The account a token opens; what cannot be a token is not even looked up."""
        customer_id = self.services.customer_behind(token) if _TOKEN.fullmatch(token) else None
        facts = self.services.facts_of(customer_id) if customer_id else None
        return facts if facts and facts.customer and facts.customer.customer_id == customer_id else None

    def _nowhere(self, request: Request) -> Response:
        client = request.client.host if request.client else ""
        if self.guesses.miss(client, self.services.now()):
            return _page("nowhere", self.services.company, 404)
        return _page("slower", self.services.company, 429, headers={"Retry-After": "60"})

    def _download(self, document: Document, facts: Facts, request: Request) -> Response:
        """The last check before a document leaves: is it this customer's?"""
        if facts.customer is None or document.customer_id != facts.customer.customer_id:
            return self._nowhere(request)
        headers = {**_PRIVATE, "Content-Disposition": _attachment(document.name)}
        return Response(document.content, media_type=document.content_type, headers=headers)


def _page(name: str, company: CompanySection, status: int, headers: dict[str, str] | None = None, **values: object) -> HTMLResponse:
    html = templates.render(f"portal/{name}.html.j2", company=company, style=_style_address(), **values)
    return HTMLResponse(html, status, headers={**_PRIVATE, **(headers or {})})


def _style() -> Response:
    """The style sheet; its address changes with its content, so browsers may keep it."""
    return Response(_style_bytes(), media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})


def _style_bytes() -> bytes:
    return (templates.folder() / "portal" / "account.css").read_bytes()


def _style_address() -> str:
    return f"/assets/account.css?v={sha256(_style_bytes()).hexdigest()[:12]}"


def _attachment(name: str) -> str:
    """Content-Disposition with a name any browser can save (RFC 6266, 4.3; RFC 8187)."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "document"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
