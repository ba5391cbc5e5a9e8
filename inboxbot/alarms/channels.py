"""The ways to people: mail handed to the SMTP server at once, past the outbox, and a webhook.

In: a `Notice`. Out: nothing, or AlertError with the reason. Neither needs our records: they may be what is broken.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import httpx

from inboxbot.alarms.notices import Notice
from inboxbot.errors import AlertError, InboxbotError
from inboxbot.reply import OutboxItem

_WEBHOOK_SECONDS = 10.0


class Channel(Protocol):
    """One way."""

    name: str

    def tell(self, notice: Notice, now: datetime) -> None:
        """Tell it; raises AlertError."""


class Transport(Protocol):
    """What hands a mail to an SMTP server."""

    async def send(self, item: OutboxItem, begin: Callable[[], Awaitable[bool]]) -> str:
        """Send one mail."""

    async def aclose(self) -> None:
        """Say goodbye."""


@dataclass
class MailChannel:
    """A mail to each address. `write` makes the item for one of them."""

    to: tuple[str, ...]
    transport: Callable[[], Transport]
    write: Callable[[Notice, str, datetime], OutboxItem]
    name: str = "mail"

    def tell(self, notice: Notice, now: datetime) -> None:
        """Told when one of the addresses has it: the others' trouble must not wake that one again."""
        asyncio.run(self._send_all(notice, now))

    async def _send_all(self, notice: Notice, now: datetime) -> None:
        transport, errors = self.transport(), []
        try:
            for address in self.to:
                try:
                    await transport.send(self.write(notice, address, now), _yes)
                except InboxbotError as error:
                    errors.append(error)
        finally:
            await transport.aclose()
        if len(errors) == len(self.to):
            raise AlertError(f"no alert mail could be sent: {errors[0]}") from errors[0]


@dataclass
class Webhook:
    """A JSON POST; its key `text` is what chat systems show."""

    url: str
    name: str = "webhook"

    def tell(self, notice: Notice, _now: datetime) -> None:
        """Told when the other end answers with success."""
        try:
            httpx.post(self.url, json=notice.json, timeout=_WEBHOOK_SECONDS, follow_redirects=False).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise AlertError(f"the webhook did not take an alert: {type(error).__name__}: {error}") from error


async def _yes() -> bool:
    return True
