"""A limit on guessing: how often one client may open links that lead nowhere.

In: a client's address and a moment. Out: whether it has had its share. Memory is bounded whoever comes.
"""

import ipaddress
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

_WINDOW = timedelta(minutes=1)
_MOST_CLIENTS = 10_000
_IPV6_PREFIX = 64  # one household or machine has as many IPv6 addresses as it likes below this


class GuessLimit:
    """Counts misses per client in windows of one minute; the clients longest unseen are forgotten first."""

    def __init__(self, allowed: int = 20, most_clients: int = _MOST_CLIENTS) -> None:
        """`allowed` misses a minute are answered; what comes on top is over the limit."""
        self._allowed, self._most = allowed, most_clients
        self._misses: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def miss(self, client: str, now: datetime) -> bool:
        """Count a miss; True while the client is within its limit."""
        key = _network(client)
        with self._lock:
            since, count = self._misses.pop(key, (now, 0))
            if now - since >= _WINDOW:
                since, count = now, 0
            self._misses[key] = since, count + 1
            if len(self._misses) > self._most:
                self._misses.popitem(last=False)
            return count < self._allowed

    def __len__(self) -> int:
        return len(self._misses)


def _network(client: str) -> str:
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client[:64]
    return str(address) if address.version == 4 else str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))  # noqa: PLR2004
