"""TXT records, which is all that verifying a signature needs of the DNS.

In: a name. Out: its TXT records, () where it has none; `LookupFailedError` where nobody answered. Tests and whoever verifies
without a network hand in a function of their own (`TxtLookup`).
"""

import time
from collections.abc import Callable

from inboxbot.errors import LookupFailedError

TxtLookup = Callable[[str], tuple[bytes, ...]]
"""A name to its TXT records, each joined into one string; raises LookupFailedError."""

_SECONDS = 5.0  # for one name in all; a message waits for a few names at most
_MOST_REMEMBERED = 10_000
_ENOUGH_FAILURES = 3  # lookups one after the other to which nobody answered: then the DNS is away, and a mail does not wait for each name
_QUIET_SECONDS = 30.0


class DnsResolver:
    """Looks names up with the machine's own resolver and remembers answers for as long as they say.

    While nobody answers at all, it says so at once for half a minute instead of waiting for every name of every mail.
    """

    def __init__(self, seconds: float = _SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is looked up yet; `seconds` is the longest wait for one name."""
        from dns import resolver  # noqa: PLC0415 - needed only where signatures are verified here

        self._seconds, self._clock = seconds, clock
        self._failures, self._quiet_until = 0, 0.0
        self._resolver = resolver.Resolver()
        self._resolver.cache = resolver.LRUCache(_MOST_REMEMBERED)

    def __call__(self, name: str) -> tuple[bytes, ...]:
        """The TXT records of `name`; raises LookupFailedError."""
        from dns import exception, resolver  # noqa: PLC0415 - as above

        if self._clock() < self._quiet_until:
            raise LookupFailedError(f"{name} cannot be looked up: no name server has answered for a while")
        try:
            answer = self._resolver.resolve(name, "TXT", lifetime=self._seconds, search=False)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            self._failures = 0
            return ()
        except (exception.DNSException, OSError, ValueError, UnicodeError) as error:
            self._note_failure(error)
            raise LookupFailedError(f"{name} cannot be looked up: {type(error).__name__}") from error
        self._failures = 0
        return tuple(b"".join(record.strings) for record in answer)

    def _note_failure(self, error: Exception) -> None:
        from dns import exception  # noqa: PLC0415 - as above

        if not isinstance(error, (exception.Timeout, OSError)):
            return  # one domain's own trouble
        self._failures += 1
        if self._failures >= _ENOUGH_FAILURES:
            self._failures, self._quiet_until = 0, self._clock() + _QUIET_SECONDS
