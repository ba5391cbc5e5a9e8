"""TXT records, which is all that verifying a signature needs of the DNS.

In: a name. Out: its TXT records, () where it has none; `LookupFailedError` where nobody answered. Tests and whoever verifies
without a network hand in a function of their own (`TxtLookup`).
"""

from collections.abc import Callable

from inboxbot.errors import LookupFailedError

TxtLookup = Callable[[str], tuple[bytes, ...]]
"""A name to its TXT records, each joined into one string; raises LookupFailedError."""

_SECONDS = 5.0  # for one name in all; a message waits for a few names at most
_MOST_REMEMBERED = 10_000


class DnsResolver:
    """Looks names up with the machine's own resolver and remembers answers for as long as they say."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        """Nothing is looked up yet; `seconds` is the longest wait for one name."""
        from dns import resolver  # noqa: PLC0415 - needed only where signatures are verified here

        self._seconds = seconds
        self._resolver = resolver.Resolver()
        self._resolver.cache = resolver.LRUCache(_MOST_REMEMBERED)

    def __call__(self, name: str) -> tuple[bytes, ...]:
        """The TXT records of `name`; raises LookupFailedError."""
        from dns import exception, resolver  # noqa: PLC0415 - as above

        try:
            answer = self._resolver.resolve(name, "TXT", lifetime=self._seconds, search=False)
        except (resolver.NXDOMAIN, resolver.NoAnswer):
            return ()
        except (exception.DNSException, OSError, ValueError, UnicodeError) as error:
            raise LookupFailedError(f"{name} cannot be looked up: {type(error).__name__}") from error
        return tuple(b"".join(record.strings) for record in answer)
