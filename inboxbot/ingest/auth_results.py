"""What a gateway we trust wrote about the sender: Authentication-Results (RFC 8601) in three houses' hands.

In: the trace of a message (Received and Authentication-Results in their order, topmost first). Out: `Authenticity`.
What anybody may write into a mail counts for nothing, so each house has its own way of telling its own header from a
forged one: a name that we were told (`by_gateway`), or the place between the house's own Received lines (Microsoft 365,
which writes no name, and Gmail, whose name everybody knows).
"""

import re
from collections.abc import Iterator, Sequence

from inboxbot.ingest.alignment import aligned
from inboxbot.ingest.results_header import MAX_VALUE, Result, parsed
from inboxbot.message import Authenticity, AuthenticityStatus

Trace = Sequence[tuple[str, str]]

_COMMENT = re.compile(r"\([^()]*\)")
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_MICROSOFT = ("outlook.com", "office365.com", "exchangelabs.com", "office365.us", "outlook.cn", "office365.cn")
_MICROSOFT_EDGE = tuple(f"protection.{house}" for house in _MICROSOFT)  # where mail from outside enters
_GOOGLE_ID = "mx.google.com"
_GOOGLE_INSIDE = re.compile(r"2002:a[0-9a-f]{1,2}:[0-9a-f:]+|(?:[a-z0-9-]+\.)*google\.com", re.IGNORECASE)


def by_gateway(trace: Trace, trusted: Sequence[str], domain: str) -> Authenticity:
    """The verdict of the topmost header under a trusted authserv-id (RFC 8601, 5)."""
    ids = {name.strip().lower() for name in trusted}
    for value in _results(trace):
        header = parsed(value)
        if header is None and any(name in value.lower() for name in ids):
            # Perhaps our gateway's own verdict on a sender who chose his words so that nobody can read it: what stands
            # below was there before our gateway, and is not believed instead.
            return unverified(domain, "the trusted gateway's Authentication-Results cannot be read")
        if header is None or header.authserv_id not in ids:
            continue
        return _judged(header.results, domain, header.authserv_id)
    return unverified(domain, "no trusted gateway wrote Authentication-Results")


def by_microsoft365(trace: Trace, domain: str) -> Authenticity:
    """The verdict of Exchange Online: the topmost header, if it stands where only Microsoft's own can.

    That place is above the Received line of the edge that took the mail from outside, and below none but Microsoft's own:
    whatever the sender wrote stands below that edge's line. `compauth=pass` must be there too.
    """
    if not is_microsofts(trace):
        return unverified(domain, "the topmost Authentication-Results is not where Microsoft 365 writes its own")
    header = parsed(f"microsoft365; {next(_results(trace))}")
    if header is None:
        return unverified(domain, "Authentication-Results is not in Microsoft 365's form")
    composite = {result.result for result in header.results if result.method == "compauth"}
    if "fail" in composite:
        return Authenticity(AuthenticityStatus.FAILED, domain, "Microsoft 365: compauth=fail")
    verdict = _judged(header.results, domain, "Microsoft 365")
    if verdict.verified and composite != {"pass"}:
        return unverified(domain, "Microsoft 365: no compauth=pass")
    return verdict


def by_gmail(trace: Trace, domain: str) -> Authenticity:
    """The verdict of Gmail or Google Workspace: the topmost header, under Google's name and among Google's own lines."""
    if not is_gmails(trace):
        return unverified(domain, f"the topmost Authentication-Results is not {_GOOGLE_ID}'s, or not where Gmail writes its own")
    header = parsed(next(_results(trace)))
    return _judged(header.results if header else (), domain, _GOOGLE_ID)


def is_microsofts(trace: Trace) -> bool:
    """Whether the topmost verdict stands where only Microsoft 365 can have written it, and bears no name."""
    found = _enclosed(trace)
    if found is None:
        return False
    above, value, below = found
    inside = all(_within(host, _MICROSOFT) and not _within(host, _MICROSOFT_EDGE) for host in above)
    return inside and bool(below) and _within(below[0], _MICROSOFT_EDGE) and "=" in value.partition(";")[0]


def is_gmails(trace: Trace) -> bool:
    """Whether the topmost verdict bears Google's name and stands among Google's own lines."""
    found = _enclosed(trace)
    if found is None:
        return False
    above, _, below = found
    beside = {*above[-1:], *below[:1]}
    return all(_GOOGLE_INSIDE.fullmatch(host) for host in above) and _GOOGLE_ID in beside and topmost_id(trace) == _GOOGLE_ID


def topmost_id(trace: Trace) -> str:
    """The authserv-id of the topmost verdict, lower case; '' where there is none."""
    header = parsed(next(_results(trace), ""))
    return header.authserv_id if header is not None else ""


def unverified(domain: str, proof: str) -> Authenticity:
    """Nobody we trust said anything, and why."""
    return Authenticity(AuthenticityStatus.UNVERIFIED, domain, proof)


def received_by(value: str) -> str:
    """The host that wrote a Received line, lower case; '' where it names none (RFC 5321, 4.4)."""
    plain = value[:MAX_VALUE]
    while (shorter := _COMMENT.sub(" ", plain)) != plain:
        plain = shorter
    found = _BY.search(plain)
    return found[1].rstrip(".").lower() if found else ""


def _results(trace: Trace) -> Iterator[str]:
    return (value for name, value in trace if name == "authentication-results")


def _enclosed(trace: Trace) -> tuple[list[str], str, list[str]] | None:
    """The topmost Authentication-Results with the hosts of the Received lines above and below it; None without one."""
    place = next((index for index, (name, _) in enumerate(trace) if name == "authentication-results"), None)
    if place is None:
        return None
    above, below = ([received_by(value) for name, value in part if name == "received"] for part in (trace[:place], trace[place + 1 :]))
    return above, trace[place][1], below


def _within(host: str, houses: Sequence[str]) -> bool:
    return any(host.endswith(f".{house}") for house in houses)


def _judged(results: Sequence[Result], domain: str, gateway: str) -> Authenticity:
    """The gateway's verdict on `domain`; a DMARC fail outweighs every pass (RFC 7489, 6.6.2)."""
    dmarc = [r for r in results if r.method == "dmarc"]
    verdicts, claimed = {r.result for r in dmarc}, [name for r in dmarc for name in _claimed(r, "from")]
    if "fail" in verdicts:
        return Authenticity(AuthenticityStatus.FAILED, domain, f"{gateway}: dmarc=fail")
    if len(verdicts) > 1:
        # A mail has one DMARC verdict. Two that differ were perhaps smuggled in by a sender's address that was written unquoted.
        return unverified(domain, f"{gateway}: DMARC verdicts that contradict each other")
    if verdicts == {"pass"} and claimed and all(aligned(name, domain) for name in claimed):
        return Authenticity(AuthenticityStatus.VERIFIED, domain, f"{gateway}: dmarc=pass header.from={claimed[0]}")
    for name in _signing_domains(results):
        if aligned(name, domain):
            return Authenticity(AuthenticityStatus.VERIFIED, domain, f"{gateway}: dkim=pass for {name}")
    return unverified(domain, f"{gateway}: neither dmarc=pass nor an aligned dkim=pass for {domain}")


def _signing_domains(results: Sequence[Result]) -> Iterator[str]:
    """The domains of good DKIM signatures: header.d, or header.i where there is no header.d."""
    for result in results:
        if (result.method, result.result) != ("dkim", "pass"):
            continue
        named = _claimed(result, "d") or _claimed(result, "i")
        if len(named) == 1:
            yield named[0]


def _claimed(result: Result, name: str) -> list[str]:
    """The domains that a result's header.<name> properties name."""
    return [value.rpartition("@")[2].rstrip(".") for key, value in result.properties if key == f"header.{name}"]
