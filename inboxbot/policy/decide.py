"""The decision table: one pure function from everything known about a message to what is done with it.

In: `Understood`, `History`, `Config`, now. Out: a `Decision` with every reason. Nothing here reads a clock, a file or a store; live
mail, `explain` and `simulate` call the same `decide`.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from inboxbot.config import Config
from inboxbot.decision import Decision, History, Outcome, Priority, Reason, Understood
from inboxbot.facts import SenderStanding
from inboxbot.message import MachineClass
from inboxbot.policy import rules as rule_language
from inboxbot.policy.disguise import disguised
from inboxbot.policy.fraud import CALL_BACK, LANE, imitated, in_lane, strongly_suspicious, suspicions
from inboxbot.policy.guard import OwnIdentity, acknowledged_enough, guard
from inboxbot.policy.release import beyond_share, withheld
from inboxbot.policy.requirements import unmet
from inboxbot.understanding import Intent

LEAST_PROBABILITY = 0.6  # of every single intent that is answered: nobody wants what they did not ask for
_STRANGE = "unfamiliar_words"  # the veto on words that nobody taught: what they mean is not for the machine to say
SURE_MACHINE = 0.9  # how sure the words alone must make us before a seemingly human mail is filed as machine mail or spam


_FILED = {
    MachineClass.OWN: Reason("own_mail", "our own mail came back"),
    MachineClass.BOUNCE: Reason("bounce", "a delivery report"),
    MachineClass.RECEIPT: Reason("read_receipt", "a read receipt"),
    MachineClass.COMPLAINT: Reason("complaint", "a complaint report"),
    MachineClass.AUTO_REPLY: Reason("auto_reply", "a temporary automatic reply"),
    MachineClass.BULK: Reason("bulk", "list mail or marketing"),
}
_ROUTED = {
    MachineClass.AUTO_REPLY_CHANGE: Reason("contact_change", "an automatic reply that changes a contact for good"),
    MachineClass.ROBOT: Reason("robot", "a machine's mail with a person's business in it"),
    MachineClass.CALENDAR: Reason("calendar", "a meeting request or reply"),
    MachineClass.ENCRYPTED: Reason("encrypted", "encrypted; it cannot be read here"),
    MachineClass.UNREADABLE: Reason("unreadable", "it cannot be read"),
}
_NO_ACKNOWLEDGEMENT = frozenset(
    {
        *LANE,
        *("foreign_invoice", "foreign_po", "unknown_invoice", "unknown_po"),  # one like the other: nobody learns what exists
        *("authentication_failed", "reply_to_elsewhere", "hidden_text", "instruction", "outsider", "other_customer"),
    }
)
_BY_SENDER = frozenset({MachineClass.AUTO_REPLY, MachineClass.BULK})  # the sender chose the marks that make it so


def decide(case: Understood, history: History, config: Config, now: datetime) -> Decision:
    """What is done with a message, and why: the decision table, row by row."""
    effect = rule_language.apply(config.rule, case.understanding, case.facts, case.message)
    digest = rule_language.digest(config.rule)
    filed = _filed(case, history)
    if filed:
        return Decision(Outcome.FILE, filed, rules=effect.names, rules_hash=digest)
    suspicious = suspicions(case, config.company.bank_accounts)
    release = withheld(case.message, case.authenticity, case.facts, config.security, config.own_addresses)
    guarded = guard(case.message, case.machine, history, config.limits, own_identity(config), now)
    share = beyond_share(case.understanding, case.facts, history.released, config.release)
    blocked = (*_machine(case), *suspicious, *release, *guarded, *_understanding(case, config), *share, *_rule(effect))
    fraud = in_lane((reason.code for reason in blocked), case.understanding.asserted)
    routine = tuple(s.intent for s in case.understanding.intents if s.intent.routine)
    if not release and _pure_thanks(case) and case.machine is MachineClass.PERSON:
        return Decision(Outcome.FILE, (Reason("thanks", "a pure thank-you"),), rules=effect.names, rules_hash=digest)
    priority = Priority.URGENT if fraud else effect.priority or _priority(case, blocked)
    if not blocked:
        return Decision(
            Outcome.ANSWER,
            _why_answered(case),
            answers=routine,
            recipient=case.message.from_,
            priority=priority,
            rules=effect.names,
            rules_hash=digest,
        )
    wanted = config.answers.acknowledge == "known" and not acknowledged_enough(history)
    acknowledge = wanted and not release and not guarded and _may_acknowledge(case, blocked)
    return Decision(
        Outcome.ROUTE,
        (*blocked, CALL_BACK) if fraud else blocked,
        answers=routine,
        recipient=case.message.from_,
        acknowledge=acknowledge,
        assignee=effect.assignee,
        priority=priority,
        rules=effect.names,
        rules_hash=digest,
        suspicious=fraud,
    )


def own_identity(config: Config) -> OwnIdentity:
    """Who we are, for the guard."""
    return OwnIdentity(config.own_addresses, config.company.domain)


def _filed(case: Understood, history: History) -> tuple[Reason, ...]:
    """The first rows of the table: machine mail that needs nobody."""
    if case.machine is MachineClass.OWN or history.own_message:
        return (_FILED[MachineClass.OWN],)
    if history.duplicate_of is not None:
        return (Reason("duplicate", f"the same mail is recorded as {history.duplicate_of}"),)
    if case.machine in _FILED and not (_brings_business(case) or (case.machine in _BY_SENDER and imitated(case))):
        known = _FILED[case.machine]
        return (Reason(known.code, case.machine_words or known.words),)
    return _filed_by_words(case)


def _brings_business(case: Understood) -> bool:
    """What calls itself automatic and lists payments, or asks or tells what people do: a payer's system, or a person's own words below."""
    told = any(not intent.nobodys for intent in case.understanding.asserted)
    return case.machine is MachineClass.AUTO_REPLY and (told or bool(case.understanding.entities.remittances))


def _filed_by_words(case: Understood) -> tuple[Reason, ...]:
    """A mail without any machine mark whose words alone say that it needs nobody."""
    understanding = case.understanding
    stranger = case.facts.standing in (SenderStanding.UNKNOWN, SenderStanding.FREE_MAIL)
    sure = understanding.scores.get(understanding.primary, 0.0) >= SURE_MACHINE and len(understanding.intents) == 1
    strange = any(veto.code == _STRANGE for veto in understanding.vetoes)
    if case.machine is not MachineClass.PERSON or not sure or strange or strongly_suspicious(case):
        return ()
    if understanding.primary is Intent.SPAM and stranger and not understanding.entities.invoice_numbers:
        return (Reason("spam", "unsolicited mail that is not about receivables"),)
    if understanding.primary in (Intent.AUTO_REPLY, Intent.BOUNCE):
        return (Reason(understanding.primary.value, "its words are those of machine mail"),)
    return ()


def _machine(case: Understood) -> tuple[Reason, ...]:
    known = _ROUTED.get(MachineClass.ROBOT if _brings_business(case) else case.machine)
    return (Reason(known.code, case.machine_words or known.words),) if known else ()


def _understanding(case: Understood, config: Config) -> tuple[Reason, ...]:
    """Why the words, or the facts behind them, do not allow an answer."""
    understanding = case.understanding
    reasons = [_not_answerable(score.intent, config) for score in understanding.intents]
    found = [reason for reason in reasons if reason]
    found += [
        Reason("family_drafted", f"{family.value} answers have a bad record with this model: a person sends them")
        for family in sorted({score.intent.family for score in understanding.intents if score.intent.family in understanding.drafted})
        if family
    ]
    found += [Reason(veto.code, veto.words) for veto in understanding.vetoes]
    found += [Reason("unexplained", f"{item.why}: {item.text[:80]!r}") for item in understanding.unexplained]
    found += [
        Reason("not_sure", f"{score.intent.value} is understood with a probability of only {score.probability:.2f}")
        for score in understanding.intents
        if score.probability < LEAST_PROBABILITY
    ]
    if understanding.confidence < understanding.threshold:
        words = (
            f"confidence {understanding.confidence:.2f} is below the threshold {understanding.threshold:.2f} ({understanding.certificate})"
        )
        found.append(Reason("not_sure", words))
    if case.facts.customer:
        found += unmet(understanding, case.facts, _mail_day(case, config))
        found += disguised(case.message, case.facts, understanding.entities.invoice_numbers)
    return tuple(dict.fromkeys(found))


def _not_answerable(intent: Intent, config: Config) -> Reason | None:
    if not intent.routine:
        return Reason("not_routine", f"{intent.value} is a person's to handle")
    if not config.answers.allows(intent):
        return Reason("answer_off", f"[answers] {intent.value} = false")
    return None


def _mail_day(case: Understood, config: Config) -> date:
    return case.message.sent_at.astimezone(ZoneInfo(config.company.timezone)).date()


def _rule(effect: rule_language.RuleEffect) -> tuple[Reason, ...]:
    return (Reason("rule", f"rule {effect.forbidden_by!r} wants a person"),) if effect.forbidden_by else ()


def _pure_thanks(case: Understood) -> bool:
    """Nothing but courtesy: every sentence is explained, and no intent but `other` is asserted."""
    understanding = case.understanding
    files = any(not attachment.harmless for attachment in case.message.attachments)
    return understanding.only_courtesy and not understanding.vetoes and not files


def _may_acknowledge(case: Understood, blocked: tuple[Reason, ...]) -> bool:
    """Never a reply: whoever answers has been heard before, and two machines that acknowledge each other have no end."""
    codes = {reason.code for reason in blocked}
    begins = not (case.message.in_reply_to or case.message.references)
    return (
        begins
        and not codes & _NO_ACKNOWLEDGEMENT
        and not any(intent.nobodys or intent is Intent.BANK_DETAILS for intent in case.understanding.asserted)
        and case.machine is MachineClass.PERSON
    )


def _priority(case: Understood, blocked: tuple[Reason, ...]) -> Priority:
    if any(reason.code == "display_name" for reason in blocked):
        return Priority.HIGH
    if Intent.SPAM in case.understanding.asserted:
        return Priority.LOW
    return Priority.NORMAL


def _why_answered(case: Understood) -> tuple[Reason, ...]:
    understanding, facts = case.understanding, case.facts
    customer = facts.customer
    return (
        Reason("verified", case.authenticity.proof),
        Reason(
            "belongs",
            f"{case.message.from_.email if case.message.from_ else ''} is {customer.name if customer else ''}'s ({facts.standing.value})",
        ),
        Reason("explained", f"everything in the new text is {', '.join(sorted(i.value for i in understanding.asserted))} or courtesy"),
        Reason(
            "sure",
            f"confidence {understanding.confidence:.2f} reaches the threshold {understanding.threshold:.2f} ({understanding.certificate})",
        ),
    )
