"""What the mailbox's own mail says about who vouches for its senders, and which setting fits.

In: some of the mailbox's latest messages, the present `[security]` section. Out: lines for an operator. Nothing is decided
by them: a setting is made by people, because a forged header must never choose who is believed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inboxbot.config import SecuritySection
from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import auth_results, parse
from inboxbot.ingest.authenticity import authenticate
from inboxbot.ingest.dns import TxtLookup
from inboxbot.message import Message, RawMessage

SAMPLE = 50  # messages that are looked at
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

    @property
    def advice(self) -> str:
        """The setting that fits most of these mails, as a line of the configuration; '' where none does."""
        least = max(1, _MOST * self.mails)
        if self.microsoft >= least:
            return 'authentication = "microsoft365"'
        if self.gmail >= least:
            return 'authentication = "gmail"'
        name, count = self.gateways.most_common(1)[0] if self.gateways else ("", 0)
        if count >= least:
            return f'authentication = "gateway", trusted_authserv_ids = ["{name}"]'
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
        found.append(
            f"what fits them: [security] {self.advice}" if self.advice else "no setting fits most of these mails: nobody vouches for them"
        )
        if self.advice.startswith('authentication = "gateway"'):
            found.append("  make sure that this is your own gateway's name, and that it removes such headers from mail that comes in")
        return found


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
    )


def latest(uids: Sequence[int]) -> list[int]:
    """The UIDs of the messages worth looking at."""
    return sorted(uids)[-SAMPLE:]


def _read(raw: RawMessage) -> Message | None:
    try:
        return parse.parse(raw)
    except UnreadableMessageError:
        return None
