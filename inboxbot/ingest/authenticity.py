"""Is the sender who he says?

In: a `Message`, its raw bytes and the configuration's `[security]` section. Out: `Authenticity` with its proof in words. A
pass proves the From domain, never the customer. Each kind of `[security] authentication` is one function here:

    gateway        the topmost Authentication-Results under a name that we were told (RFC 8601, 5)
    microsoft365   Exchange Online's, which bears no name, told by its place
    gmail          Gmail's or Google Workspace's, told by its name and place
    dkim           the signature, verified here
    off            everybody is believed: closed networks and tests
"""

from collections.abc import Callable

from inboxbot.config import SecuritySection
from inboxbot.ingest import auth_results, dkim_check
from inboxbot.ingest.alignment import aligned
from inboxbot.ingest.auth_results import unverified
from inboxbot.ingest.dns import TxtLookup
from inboxbot.message import Authenticity, AuthenticityStatus, Message, RawMessage

__all__ = ["aligned", "authenticate", "nobody_answers"]


def nobody_answers(name: str) -> tuple[bytes, ...]:
    """A way to look records up that knows none: signatures then prove nothing."""
    del name
    return ()


def authenticate(message: Message, raw: RawMessage, section: SecuritySection, lookup: TxtLookup = nobody_answers) -> Authenticity:
    """Who vouches for the From domain; never raises. `lookup` finds DNS records, which only "dkim" needs."""
    domain = message.from_.domain if message.from_ else ""
    if not domain:
        return unverified("", "the message has no single From address")
    kinds: dict[str, Callable[[], Authenticity]] = {
        "gateway": lambda: _gateway(message, section, domain),
        "microsoft365": lambda: auth_results.by_microsoft365(message.trace, domain),
        "gmail": lambda: auth_results.by_gmail(message.trace, domain),
        "dkim": lambda: _dkim(raw, domain, lookup),
        "off": lambda: Authenticity(AuthenticityStatus.VERIFIED, domain, "authentication is off: everybody is believed"),
    }
    return kinds[section.authentication]()


def _gateway(message: Message, section: SecuritySection, domain: str) -> Authenticity:
    if not section.trusted_authserv_ids:
        return unverified(domain, "no gateway is trusted: [security] trusted_authserv_ids is empty")
    return auth_results.by_gateway(message.trace, section.trusted_authserv_ids, domain)


def _dkim(raw: RawMessage, domain: str, lookup: TxtLookup) -> Authenticity:
    if not raw.complete:
        return unverified(domain, "DKIM: only the beginning of the mail was read")
    return dkim_check.by_signature(raw.raw, domain, raw.received_at, lookup)
