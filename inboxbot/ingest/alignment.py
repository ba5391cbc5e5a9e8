"""Do two domains belong to the same owner, as DMARC sees it?

In: domain names in A-labels, lower case. Out: whether they are aligned (RFC 7489, 3.1), and a name's organizational domain.
"""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def aligned(name: str, domain: str, *, strict: bool = False) -> bool:
    """Whether two domains are one, or (unless `strict`) have the same organizational domain (RFC 7489, 3.1 and 3.2)."""
    if not name or not domain:
        return False
    if name == domain:
        return True
    return not strict and (organizational(name) or name) == (organizational(domain) or domain)


def organizational(domain: str) -> str:
    """The name directly below the public suffix; '' for a public suffix itself."""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> "PublicSuffixList":
    """The shipped list; reading it takes a tenth of a second, so it is read once and only when asked for."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()
