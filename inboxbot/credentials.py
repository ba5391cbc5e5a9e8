"""What is shown at a login: a password that lies somewhere, or an OAuth access token that is fetched and kept fresh.

In: a `Secret`, or an `[[oauth]]` table. Out: `Credential`s, shared by whoever logs in with them. A token is renewed before it
expires, by a clock that never jumps; one that a server refuses is thrown away, and the next login brings a new one. The
endpoint speaks RFC 6749: the client credentials grant (4.4, Microsoft 365's application access) or a refresh token (6).
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import structlog

from inboxbot.config import MailboxSection, OAuthSection, Secret, SmtpSection, write_secret
from inboxbot.errors import TokenError, TokenRefusedError

NO_TOKEN = "no access token: "  # noqa: S105 - how the trouble of a part begins that cannot log in for want of one
_SECONDS = 15.0  # for an answer of the endpoint
_LIFE = 3600.0  # of a token whose answer names none
_AHEAD, _SHARE = 300.0, 0.2  # renewed so many seconds before its end, but never in more than this share of its life
_LONGEST_WORDS = 300
# Errors that no second try changes (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6): people must act.
_FINAL = frozenset({
    "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_request",
    "access_denied", "consent_required", "interaction_required", "login_required",
})  # fmt: skip

_log = structlog.get_logger(__name__)


class Credential(Protocol):
    """Something to log in with."""

    def get(self) -> str:
        """The password or token; raises ConfigError where it does not lie, TokenError or TokenRefusedError where it cannot be fetched."""

    def refused(self, value: str) -> bool:
        """A server has refused `value`; True when `get` gives another one now, so that a second try makes sense."""

    def seal(self) -> str:
        """Changes when what lies behind it has changed: then a login that was refused is worth another try."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A password, or a token that somebody else keeps fresh. `key` names it in errors."""

    secret: Secret
    key: str

    def get(self) -> str:
        """See `Credential`."""
        return self.secret.read(self.key)

    def refused(self, value: str) -> bool:
        """See `Credential`: true where it was written anew since it was read."""
        return self.secret.peek() not in ("", value)

    def seal(self) -> str:
        """See `Credential`."""
        return _digest(self.secret.peek())


def stored(section: MailboxSection | SmtpSection) -> Stored:
    """The section's own password or token, where no `[[oauth]]` table fetches one."""
    return Stored(section.password, f"mailbox.{section.name}.password" if isinstance(section, MailboxSection) else "smtp.password")


@dataclass
class OAuthToken:
    """An access token of one `[[oauth]]` table; calls from several threads take turns."""

    section: OAuthSection
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _token: str = ""
    _fresh_until: float = 0.0
    _rotated: str = ""  # a refresh token that could not be kept but in memory

    def get(self) -> str:
        """See `Credential`."""
        with self._lock:
            if not self._token or self.clock() >= self._fresh_until:
                self._renew()
            return self._token

    def refused(self, value: str) -> bool:
        """See `Credential`: it may have been taken back, however young it is."""
        with self._lock:
            if self._token == value:
                self._token = ""
        return True

    def seal(self) -> str:
        """See `Credential`."""
        return _digest(f"{self.section.client_secret.peek()}\0{self.section.refresh_token.peek()}")

    def _renew(self) -> None:
        asked = self.clock()
        answer = self._ask(self._form())
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token:
            raise TokenError(f"the answer of {self.section.token_url} holds no access_token")
        life = _seconds(answer.get("expires_in")) or _LIFE
        self._token = token
        self._fresh_until = asked + life - min(_AHEAD, life * _SHARE)
        self._keep(answer.get("refresh_token"))
        _log.info("token_fetched", oauth=self.section.name, expires_in=life)

    def _form(self) -> dict[str, str]:
        section, key = self.section, f"oauth.{self.section.name}"
        form = {"client_id": section.client_id}
        if section.client_secret.named:
            form["client_secret"] = section.client_secret.read(f"{key}.client_secret")
        if section.scope:
            form["scope"] = section.scope
        if section.refresh_token.named:
            token = self._rotated or section.refresh_token.read(f"{key}.refresh_token")
            return {**form, "grant_type": "refresh_token", "refresh_token": token}
        return {**form, "grant_type": "client_credentials"}

    def _ask(self, form: Mapping[str, str]) -> dict[str, Any]:
        place = self.section.token_url
        try:
            answer = httpx.post(place, data=dict(form), timeout=_SECONDS, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise TokenError(f"{place} does not answer: {type(error).__name__}: {error}") from None
        found = _json(answer)
        if answer.status_code == httpx.codes.OK:
            return found
        code, said = str(found.get("error", "")), str(found.get("error_description", ""))
        words = f"{place}: {answer.status_code} {code} {' '.join(said.split())}".strip()[:_LONGEST_WORDS]
        if code in _FINAL and answer.is_client_error:
            raise TokenRefusedError(words)
        raise TokenError(words, retry_after=_seconds(answer.headers.get("retry-after")))

    def _keep(self, token: object) -> None:
        """Some providers give a new refresh token with every access token, and the old one ends (RFC 6749, 6)."""
        if not isinstance(token, str) or not token or not self.section.refresh_token.named or token == self.section.refresh_token.peek():
            return
        self._rotated = token
        path = self.section.refresh_token.file
        if path is None:
            _log.warning("refresh_token_not_kept", oauth=self.section.name, why="only refresh_token_file can be written anew")
            return
        try:
            write_secret(path, token, anew=True)
        except OSError as error:
            _log.error("refresh_token_not_kept", oauth=self.section.name, why=str(error))
            return
        self._rotated = ""


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(value: object) -> float | None:
    """A positive number, also where it is written as text, as some providers do."""
    try:
        found = float(value) if isinstance(value, int | float | str) else -1.0
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()
