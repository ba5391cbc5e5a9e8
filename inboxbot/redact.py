"""Nothing secret in a log or an error: values that we know, and forms that secrets have.

In: the secrets of a configuration. Out: text with them blotted out. Knowing the values is the net; the forms catch what came in
some other way: a token refreshed at night, a link's token in an address.
"""

import re
import sys
import traceback
from collections.abc import Iterable, MutableMapping
from types import TracebackType
from typing import Any

from inboxbot.errors import InboxbotError

HIDDEN = "[hidden]"
_SHORTEST = 6  # characters: a shorter secret stands in too many words to be blotted out
_MOST_FRAMES = 60  # told of one error
_FORMS = tuple(
    (re.compile(pattern, re.IGNORECASE), rf"\g<1>{HIDDEN}")
    for pattern in (
        r"(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}",
        r"(\bauth(?:enticate)?\s+(?:plain|login|xoauth2|cram-md5)\s+)[A-Za-z0-9+/=]{8,}",
        r"(\bLOGIN\s+\S{1,200}\s+)\S{1,200}",
        r"(\b(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|client_secret|refresh_token|access_token)\"?'?\s*[=:]\s*\"?'?)[^\s\"',;&]{4,}",
        r"(/account/)[A-Za-z0-9_-]{16,}",  # a customer's link
        r"(\b[a-z][a-z0-9+.-]*://[^/\s:@]{1,100}:)[^/\s@]{1,200}(?=@)",  # a database's address
    )
)


class Redactor:
    """Blots secrets out of text, and out of every text of a log event."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """`secrets`: values that must never be shown, longest first where one holds another."""
        self._secrets = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for form, shown in _FORMS:
            text = form.sub(shown, text)
        return text

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Structlog's processor."""
        return {key: self._plain(value) for key, value in event.items()}

    def _plain(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._plain(item) for item in value]
        return value if isinstance(value, int | float | bool | None) else self.text(str(value))


def frames(error: BaseException) -> str:
    """Where an error came from: files, lines, functions and types, its causes first; never what was being worked on.

    Only our own errors' words are told: others put into them whatever they were handed, a customer's mail for one.
    """
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n".join(_one(each) for each in reversed(chain))


def exception_frames(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Structlog's processor: `exc_info` becomes `exception`, as `frames` tells it."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    found = info[1] if isinstance(info, tuple) else info
    return {**event, "exception": frames(found)} if isinstance(found, BaseException) else event


def _one(error: BaseException) -> str:
    lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in _stack(error.__traceback__)]
    words = f": {error}" if isinstance(error, InboxbotError) else ""
    return "\n".join([*lines, f"{type(error).__module__}.{type(error).__qualname__}{words}"])


def _stack(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """The frames, outermost first; of a recursion that never ended its beginning and its end."""
    found = list(traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False))
    return found if len(found) <= _MOST_FRAMES else [*found[: _MOST_FRAMES // 2], *found[-_MOST_FRAMES // 2 :]]
