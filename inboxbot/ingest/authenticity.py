"""Is the sender who he says?

In: a `Message` and the configuration's `[security]` section. Out: `Authenticity` with its proof in words. Only a header
that our own gateway wrote counts (RFC 8601, 5): the topmost `Authentication-Results` with a trusted authserv-id. A pass
proves the From domain, never the customer.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from inboxbot.config import SecuritySection
from inboxbot.message import Authenticity, AuthenticityStatus, Message

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_MAX_VALUE = 16_384  # characters; the library's time grows with the square of a comment's length
_NOT_YET = ("microsoft365", "gmail", "dkim")


def authenticate(message: Message, section: SecuritySection) -> Authenticity:
    """Who vouches for the From domain; never raises."""
    domain = message.from_.domain if message.from_ else ""
    if not domain:
        return _unverified("", "the message has no single From address")
    if section.authentication == "off":
        return Authenticity(AuthenticityStatus.VERIFIED, domain, "authentication is off: everybody is believed")
    if section.authentication in _NOT_YET:
        return _unverified(domain, f"authentication {section.authentication!r} is not available yet")
    if not section.trusted_authserv_ids:
        return _unverified(domain, "no gateway is trusted: [security] trusted_authserv_ids is empty")
    return _by_gateway(message.headers.get("authentication-results", ()), section.trusted_authserv_ids, domain)


def _unverified(domain: str, proof: str) -> Authenticity:
    return Authenticity(AuthenticityStatus.UNVERIFIED, domain, proof)


def _by_gateway(values: Sequence[str], trusted: Sequence[str], domain: str) -> Authenticity:
    ids = {name.strip().lower() for name in trusted}
    for value in values:
        header = _parsed(value)
        if header is None and any(name in value.lower() for name in ids):
            # Perhaps our gateway's own verdict on a sender who chose his words so that nobody can read it: what stands
            # below was there before our gateway, and is not believed instead.
            return _unverified(domain, "the trusted gateway's Authentication-Results cannot be read")
        if header is None or str(header.authserv_id).lower() not in ids:
            continue
        return _judged(header.results, domain, str(header.authserv_id))
    return _unverified(domain, "no trusted gateway wrote Authentication-Results")


def _parsed(value: str) -> Any:
    """The header as authres reads it, or None for what is not exactly RFC 8601's form."""
    import authres  # noqa: PLC0415  commands that read no mail need not load it
    from authres import dmarc  # noqa: PLC0415

    # An encoded word or an 8-bit character has no place here (RFC 8601, 2.2): what they hide is not worth knowing.
    if len(value) > _MAX_VALUE or "=?" in value or not value.isascii():
        return None
    context = authres.FeatureContext(dmarc)
    try:
        return context.parse(f"Authentication-Results: {value}")
    except Exception:  # noqa: BLE001  authres raises its own errors, SyntaxError, TypeError, RecursionError
        return None


def _judged(results: Sequence[Any], domain: str, gateway: str) -> Authenticity:
    """The gateway's verdict on `domain`; a DMARC fail outweighs every pass (RFC 7489, 6.6.2)."""
    dmarc = [(_word(r.result), _claimed(r, "from")) for r in results if _word(r.method) == "dmarc"]
    if any(verdict == "fail" for verdict, _ in dmarc):
        return Authenticity(AuthenticityStatus.FAILED, domain, f"{gateway}: dmarc=fail")
    for verdict, claimed in dmarc:
        if verdict == "pass" and claimed and all(aligned(name, domain) for name in claimed):
            return Authenticity(AuthenticityStatus.VERIFIED, domain, f"{gateway}: dmarc=pass header.from={claimed[0]}")
    for name in _signing_domains(results):
        if aligned(name, domain):
            return Authenticity(AuthenticityStatus.VERIFIED, domain, f"{gateway}: dkim=pass for {name}")
    return _unverified(domain, f"{gateway}: neither dmarc=pass nor an aligned dkim=pass for {domain}")


def _signing_domains(results: Sequence[Any]) -> Iterator[str]:
    """The domains of good DKIM signatures: header.d, or header.i where there is no header.d."""
    for result in results:
        if _word(result.method) != "dkim" or _word(result.result) != "pass":
            continue
        named = _claimed(result, "d") or _claimed(result, "i")
        if len(named) == 1:
            yield named[0]


def _claimed(result: Any, name: str) -> list[str]:
    """The domains that a result's header.<name> properties name, lower case."""
    found = [p for p in result.properties if _word(p.type) == "header" and _word(p.name) == name]
    return [str(p.value).rpartition("@")[2].strip().rstrip(".").lower() for p in found]


def _word(value: object) -> str:
    return str(value or "").lower()


def aligned(name: str, domain: str) -> bool:
    """Whether two domains are one, or have the same organizational domain (RFC 7489, 3.1 and 3.2: relaxed)."""
    if not name or not domain:
        return False
    return name == domain or (_organizational(name) or name) == (_organizational(domain) or domain)


def _organizational(domain: str) -> str:
    """The name directly below the public suffix; '' for a public suffix itself."""
    return _suffixes().privatesuffix(domain) or ""


@cache
def _suffixes() -> "PublicSuffixList":
    """The shipped list; reading it takes a tenth of a second, so it is read once and only when asked for."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    return PublicSuffixList()
