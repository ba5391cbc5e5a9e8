"""The way from a message to its meaning, step by step.

    signals    clauses, concepts, entities judged by the ledger's facts
    view       the intent model's view of each clause and of the whole
    assert     which intents are asserted, and which is primary
    promise    which of the days named is the promised one
    complete   what stays unexplained, which vetoes there are, how sure we are

In: `Message`, `Facts`, `MachineClass`. Out: `Understanding`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inboxbot.classify import completeness
from inboxbot.classify.certificate import from_json
from inboxbot.classify.entities.extract import read_file, to_entities
from inboxbot.classify.evidence import gather
from inboxbot.classify.gate import gate_values
from inboxbot.classify.intents import IntentModel
from inboxbot.classify.promised import promised_day
from inboxbot.classify.reasons import Reasons
from inboxbot.classify.sentences import Sentence
from inboxbot.classify.signals import Signals, find_signals
from inboxbot.classify.view import ReadSentence, View, only_courtesy
from inboxbot.classify.word_lists import WordLists
from inboxbot.facts import Facts
from inboxbot.message import MachineClass, Message
from inboxbot.understanding import Entities, Family, Intent, IntentScore, Remittance, Understanding

RISK, CONFIDENCE = 0.02, 0.95  # as `[model]` has them where nothing else is said
PERHAPS_PROMISED = 0.15  # a dated paying clause, and the model does not rule a promise out: the date is shown, not acted on
CARRIES = 0.5  # a clause this likely to mean an intent carries it
_ABOUT_PAYMENTS = frozenset({Intent.PROMISE_TO_PAY, Intent.REMITTANCE_ADVICE, Intent.PAYMENT_STATUS, Intent.DEDUCTION, Intent.PAYMENT_PLAN})
_BY_MACHINE = {
    MachineClass.BOUNCE: (Intent.BOUNCE,),
    MachineClass.RECEIPT: (Intent.AUTO_REPLY,),
    MachineClass.COMPLAINT: (Intent.BOUNCE,),
    MachineClass.AUTO_REPLY_CHANGE: (Intent.AUTO_REPLY, Intent.ACCOUNT_UPDATE),
    MachineClass.BULK: (Intent.SPAM,),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What probabilities must reach: to assert an intent, to explain a sentence, to answer a mail."""

    assertion: float
    explanation: float
    answer: float
    certificate: str
    drafted: frozenset[Family] = frozenset()  # families whose answers are only drafted


def thresholds_of(card: Mapping[str, Any], risk: float, confidence: float) -> Thresholds:
    """The card's thresholds; where it holds a calibration, the loosest that keeps this risk at this confidence (both 0..1)."""
    chosen = card["thresholds"]
    fixed = Thresholds(chosen["assertion"], chosen["explanation"], chosen["answer"], card["certificate"])
    if not card.get("calibration"):
        return fixed
    made = from_json(card["calibration"]).for_risk(risk, confidence)
    return replace(fixed, answer=made.threshold, certificate=made.words, drafted=made.drafted)


class Understander:
    """Understands messages with one loaded model."""

    def __init__(self, model: IntentModel, lists: WordLists, *, risk: float = RISK, confidence: float = CONFIDENCE) -> None:
        """Takes its thresholds from the model's card: they were chosen together with it, for a risk at a confidence."""
        self._model, self._lists = model, lists
        self._gate, self._reasons = model.gate, Reasons(model.reasons)
        self._thresholds = thresholds_of(model.card, risk, confidence)

    def understand(self, message: Message, facts: Facts, machine: MachineClass) -> Understanding:
        """What a message means."""
        signals = find_signals(message.subject, message.new_text, facts, message.sent_at, self._lists)
        view = self._model.view(signals)
        intents = asserted_intents(view, machine, self._thresholds.assertion)
        files = self._remittance_files(message, facts) if Intent.REMITTANCE_ADVICE in {score.intent for score in intents} else ()
        found = self._understanding(message, intents, view, signals, files)
        return replace(found, evidence=gather(signals, view.read, found))

    def _remittance_files(self, message: Message, facts: Facts) -> tuple[Remittance, ...]:
        """The attached tables of payments; those that hold anything else besides stay unread."""
        names = [attachment.name for attachment in message.attachments]
        single = [one for one in message.attachments if names.count(one.name) == 1]  # of two with one name, which was read?
        found = (read_file(one.name, one.text, facts, self._lists.views) for one in single)
        return tuple(one for one in found if one and one.rows and not one.others)

    def _understanding(
        self, message: Message, intents: tuple[IntentScore, ...], view: View, signals: Signals, files: tuple[Remittance, ...]
    ) -> Understanding:
        asserted = frozenset(score.intent for score in intents)
        least = self._thresholds.explanation
        promised = Intent.PROMISE_TO_PAY in asserted or view.scores[Intent.PROMISE_TO_PAY] >= PERHAPS_PROMISED
        day = promised_day(signals.findings, view.read, message.sent_at.date()) if promised else None
        return Understanding(
            intents=intents,
            entities=self._relevant(_with_files(replace(to_entities(signals.findings), promise_date=day), files), asserted, view, signals),
            unexplained=(
                *completeness.unexplained(view.read, asserted, least),
                *completeness.numbers_without_role(signals.findings),
                *completeness.past_days(signals.findings, asserted, message.sent_at.date()),
                *completeness.rival_dates(
                    signals.findings, view.read, day if Intent.PROMISE_TO_PAY in asserted else None, message.sent_at.date()
                ),
            ),
            vetoes=(
                *completeness.vetoes(
                    message,
                    [*signals.concepts, *self._lists.concepts.below(message.signature)],
                    self._lists.concepts.risks,
                    view.unfamiliar,
                    [one.file for one in files],
                ),
                *completeness.unread(f"{message.subject}\n{message.new_text}", view.read),
            ),
            scores=view.scores,
            only_courtesy=Intent.OTHER in asserted and _only_courtesy(view),
            model_version=self._model.version,
            confidence=self._gate.confidence(gate_values(view, signals, asserted)),
            threshold=self._thresholds.answer,
            certificate=self._thresholds.certificate,
            drafted=self._thresholds.drafted,
        )

    def _relevant(self, entities: Entities, asserted: frozenset[Intent], view: View, signals: Signals) -> Entities:
        """The entities that the asserted intents give a meaning: a reference needs a payment, a dispute has a reason."""
        paying = bool(asserted & _ABOUT_PAYMENTS)
        contested = Intent.DISPUTE in asserted or (Intent.DEDUCTION in asserted and entities.dispute_reason is not None)
        return replace(
            entities,
            payment_method=entities.payment_method if paying else None,
            payment_reference=entities.payment_reference if paying else None,
            dispute_reason=self._reasons.reason(signals, view) if contested else None,
        )


def _with_files(entities: Entities, files: Sequence[Remittance]) -> Entities:
    return replace(entities, remittances=(*entities.remittances, *files))


def asserted_intents(view: View, machine: MachineClass, least: float) -> tuple[IntentScore, ...]:
    """The asserted intents, primary first: a machine's class decides where it is one, else the scores."""
    scores = view.scores
    if machine is MachineClass.AUTO_REPLY:  # the words that make it so are people's too: what else it says counts
        business = (intent for intent in Intent if not intent.nobodys and scores[intent] >= least)
        ranked = [*_ranked(business, view), Intent.AUTO_REPLY]
    elif machine in _BY_MACHINE:
        ranked = list(_BY_MACHINE[machine])
    elif _only_courtesy(view):
        ranked = [Intent.OTHER]
    else:
        chosen = [intent for intent in Intent if scores[intent] >= least] or [max(Intent, key=scores.__getitem__)]
        ranked = _ranked(chosen, view)
    return tuple(IntentScore(intent, scores[intent], _evidence(intent, view.read)) for intent in ranked)


def _ranked(intents: Iterable[Intent], view: View) -> list[Intent]:
    """Primary first: what a person must see before what a machine may answer, and what is said first before the rest."""
    return sorted(intents, key=lambda intent: (intent.routine, intent is Intent.OTHER, _first_said(intent, view.read)))


def _first_said(intent: Intent, read: Sequence[ReadSentence]) -> int:
    """The index of the first clause that carries an intent (else of the likeliest): people put their main matter first."""
    body = [(index, one.labels[intent]) for index, one in enumerate(read) if not one.is_subject]
    sure = [index for index, probability in body if probability >= CARRIES]
    return sure[0] if sure else max(body, key=lambda pair: pair[1], default=(0, 0.0))[0]


def _only_courtesy(view: View) -> bool:
    """A body that is thanks and greetings in words that are known, and nothing else."""
    body = [one for one in view.read if not one.is_subject]
    return view.unfamiliar <= completeness.MOST_UNFAMILIAR and only_courtesy(body)


def _evidence(intent: Intent, read: Sequence[ReadSentence]) -> str:
    """The sentence that speaks for an intent most."""
    best = max(read, key=lambda one: one.labels[intent], default=ReadSentence(Sentence("", 0, 0), {}))
    return best.sentence.text[:200]
