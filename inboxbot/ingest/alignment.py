"""Do two domains belong to the same owner, as DMARC sees it?

In: domain names in A-labels, lower case. Out: whether they are aligned (RFC 7489, 3.1), and a name's organizational domain.
"""

from inboxbot.domains import organizational


def aligned(name: str, domain: str, *, strict: bool = False) -> bool:
    """Whether two domains are one, or (unless `strict`) have the same organizational domain (RFC 7489, 3.1 and 3.2)."""
    if not name or not domain:
        return False
    if name == domain:
        return True
    return not strict and (organizational(name) or name) == (organizational(domain) or domain)
