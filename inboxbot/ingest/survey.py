"""What the mailbox's own mail says about who vouches for its senders, and which setting fits.

In: some of the mailbox's latest messages, the present `[security]` section. Out: lines for an operator. Nothing is decided
by them: a setting is made by people, because a forged header must never choose who is believed.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inboxbot.config import SecuritySection
from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import auth_results, parse
from inboxbot.ingest.authenticity import authenticate
from inboxbot.ingest.dns import TxtLookup
from inboxbot.message import Message, RawMessage

SAMPLE = 50  # messages that are looked at
MICROSOFT, GMAIL = 'authentication = "microsoft365"', 'authentication = "gmail"'
_MOST = 0.5  # of the mails must agree before a setting is named


@dataclass(frozen=True, slots=True)
class Survey:
    """How many mails were looked at, what was found on them, and how many the present setting believes."""

    mails: int
    microsoft: int  # with a verdict where Microsoft 365 writes its own
    gmail: int
    gateways: Counter[str]  # the name in the topmost Authentication-Results -> mails
    signed: int  # with a DKIM signature
    believed: int
    doubts: Counter[str]  # why the present setting does not believe -> mails
    would_believe: Counter[str]  # a setting, as a line of the configuration -> mails whose sender it would believe
    buried: Counter[str]  # a gateway's name -> mails whose verdict stands in a lower header of it

    @property
    def advice(self) -> str:
        """The setting that fits most of these mails, as a line of the configuration; '' where none does."""
        least = max(1, _MOST * self.mails)
        if self.microsoft >= least:
            return MICROSOFT
        if self.gmail >= least:
            return GMAIL
        name, count = self.gateways.most_common(1)[0] if self.gateways else ("", 0)
        if count >= least:
            return _gateway(name)
        return 'authentication = "dkim"' if self.signed >= least else ""

    def lines(self, section: SecuritySection) -> list[str]:
        """What was found, in plain words."""
        if not self.mails:
            return ["no mail from outside to look at yet"]
        found = [f"{count} of {self.mails} mails bear Authentication-Results of {name}" for name, count in self.gateways.most_common(3)]
        for count, words in (
            (self.microsoft, "bear Microsoft 365's verdict"),
            (self.gmail, "bear Gmail's verdict"),
            (self.signed, "are signed (DKIM)"),
        ):
            if count:
                found.append(f"{count} of {self.mails} mails {words}")
        found.append(f'the present setting (authentication = "{section.authentication}") believes {self.believed} of {self.mails} senders')
        found += [f"  not believed, {count} mails: {why}" for why, count in self.doubts.most_common(3)]
        found.append(self._fit())
        found += [
            f"  in {count} mails {name} wrote its verdict into a lower header; only its topmost one is believed, so let the filter that"
            " judges DMARC write last"
            for name, count in self.buried.most_common(1)
        ]
        if self.advice.startswith('authentication = "gateway"'):
            found.append("  make sure that this is your own gateway's name, and that it removes such headers from mail that comes in")
        return found

    def _fit(self) -> str:
        if not self.advice:
            return "no setting fits most of these mails: nobody vouches for them"
        would = self.would_believe.get(self.advice)
        return f"what fits them: [security] {self.advice}" + ("" if would is None else f" (believes {would} of {self.mails} senders)")


def survey(raws: Iterable[RawMessage], section: SecuritySection, own: frozenset[str], lookup: TxtLookup) -> Survey:
    """Look at messages; `own` are our domains, whose mail never passes the gateway and is left out."""
    mails = [(raw, message) for raw in raws if (message := _read(raw)) and not (message.from_ and message.from_.domain in own)]
    answers = [authenticate(message, raw, section, lookup) for raw, message in mails]
    return Survey(
        mails=len(mails),
        microsoft=sum(auth_results.is_microsofts(message.trace) for _, message in mails),
        gmail=sum(auth_results.is_gmails(message.trace) for _, message in mails),
        gateways=Counter(name for _, message in mails if (name := auth_results.topmost_id(message.trace))),
        signed=sum("dkim-signature" in message.headers for _, message in mails),
        believed=sum(answer.verified for answer in answers),
        doubts=Counter(answer.proof for answer in answers if not answer.verified),
        would_believe=Counter(setting for _, message in mails for setting in _believing(message)),
        buried=Counter(name for _, message in mails if (name := _buried(message))),
    )


def _believing(message: Message) -> Iterator[str]:
    """The settings that would believe this sender, of those that a header alone decides."""
    domain = message.from_.domain if message.from_ else ""
    name = auth_results.topmost_id(message.trace)
    if domain and auth_results.by_microsoft365(message.trace, domain).verified:
        yield MICROSOFT
    if domain and auth_results.by_gmail(message.trace, domain).verified:
        yield GMAIL
    if domain and name and auth_results.by_gateway(message.trace, [name], domain).verified:
        yield _gateway(name)


def _buried(message: Message) -> str:
    """The topmost verdict's gateway, where not that one but a lower one of the same name passes the sender; else ''."""
    name, domain = auth_results.topmost_id(message.trace), message.from_.domain if message.from_ else ""
    if not (name and domain) or auth_results.by_gateway(message.trace, [name], domain).verified:
        return ""
    places = [place for place, (header, _) in enumerate(message.trace) if header == "authentication-results"]
    below = (message.trace[place:] for place in places[1:])
    return name if any(auth_results.by_gateway(trace, [name], domain).verified for trace in below) else ""


def _gateway(name: str) -> str:
    return f'authentication = "gateway", trusted_authserv_ids = ["{name}"]'


def latest(uids: Sequence[int]) -> list[int]:
    """The UIDs of the messages worth looking at."""
    return sorted(uids)[-SAMPLE:]


def _read(raw: RawMessage) -> Message | None:
    try:
        return parse.parse(raw)
    except UnreadableMessageError:
        return None
