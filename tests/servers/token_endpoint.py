"""An OAuth token endpoint (RFC 6749) with the introspection that a mail server asks for (RFC 7662), on a free loopback port.

In: whose token it is, for how long, and how the endpoint behaves. Out: `TokenEndpoint`: tokens that Dovecot, and through it
Postfix, really check. Nothing is scripted: what it issued and did not take back or let expire is active, all else is not.
"""

import json
import secrets
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

CLIENT_ID, CLIENT_SECRET = "inboxbot-client", "client secret"


@dataclass
class Issued:
    """One access token."""

    user: str
    until: float


class TokenEndpoint(ThreadingHTTPServer):
    """`client_credentials` gives a token for `user` named in the scope; `refresh_token` for whom the refresh token belongs to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.life = 3600.0  # seconds of a token, as it says and as it keeps
        self.says_life: float | None = None  # what it says instead
        self.down = ""  # "refused": connections are cut; "busy": 503; "nonsense": 200 without sense
        self.secret = CLIENT_SECRET
        self.refresh_tokens: dict[str, str] = {}  # refresh token -> user
        self.rotate = False  # every use of a refresh token ends it, and gives another one
        self.issued: dict[str, Issued] = {}
        self.asked = 0  # for tokens
        self.checked = 0  # by mail servers
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()

    def grant(self, user: str) -> str:
        """A refresh token for `user`."""
        made = secrets.token_urlsafe(24)
        self.refresh_tokens[made] = user
        return made

    def revoke(self, user: str) -> None:
        """Every access token of `user` ends now."""
        for one in self.issued.values():
            if one.user == user:
                one.until = 0

    def issue(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """The answer to a request for a token."""
        self.asked += 1
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, self.secret):
            return 401, {"error": "invalid_client", "error_description": "who are you?"}
        grant, answer = form.get("grant_type"), {}
        if grant == "client_credentials":
            user = form.get("scope", "")
        elif grant == "refresh_token":
            user = self.refresh_tokens.get(form.get("refresh_token", ""), "")
            if not user:
                return 400, {"error": "invalid_grant", "error_description": "the refresh token is not known (any more)"}
            if self.rotate:
                del self.refresh_tokens[form["refresh_token"]]
                answer["refresh_token"] = self.grant(user)
        else:
            return 400, {"error": "unsupported_grant_type"}
        token = secrets.token_urlsafe(24)
        self.issued[token] = Issued(user, time.monotonic() + self.life)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": self.says_life or self.life, **answer}

    def introspect(self, token: str) -> dict[str, object]:
        """Whose token it is, as mail servers ask."""
        self.checked += 1
        one = self.issued.get(token)
        active = one is not None and time.monotonic() < one.until
        return {"active": True, "username": one.user, "email": one.user} if active and one else {"active": False}


class _Request(BaseHTTPRequestHandler):
    server: TokenEndpoint
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {key: values[0] for key, values in parse_qs(content, keep_blank_values=True).items()}
        if urlsplit(self.path).path == "/introspect":
            self._answer(200, self.server.introspect(form.get("token", "")))
        elif self.server.down == "refused":
            self.close_connection = True
        elif self.server.down == "busy":
            self._answer(503, {"error": "temporarily_unavailable"})
        elif self.server.down == "nonsense":
            self._answer(200, {"hello": "world"})
        else:
            self._answer(*self.server.issue(form))

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self._answer(200, self.server.introspect(query.get("token", [""])[0]))

    def _answer(self, status: int, values: dict[str, object]) -> None:
        content = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""
