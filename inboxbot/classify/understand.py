"""The way from a message to its meaning, step by step.

    concepts   words of the subject and the newest text that belong to known concepts
    entities   numbers, amounts, dates, judged by the ledger's facts
    document   the intent model's view of the whole
    clauses    its view of each sentence
    assert     which intents are asserted, and which is primary
    complete   what stays unexplained, which vetoes there are, how sure we are

In: `Message`, `Facts`, `MachineClass`. Out: `Understanding`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inboxbot.classify import completeness
from inboxbot.classify.completeness import ReadSentence
from inboxbot.classify.concepts import ConceptFinder, ConceptHit
from inboxbot.classify.entities.extract import extract, to_entities
from inboxbot.classify.intents import IntentModel, combine
from inboxbot.classify.normalise import normalise
from inboxbot.classify.sentences import Sentence, sentences
from inboxbot.facts import Facts
from inboxbot.message import MachineClass, Message
from inboxbot.understanding import Entities, Intent, IntentScore, Understanding

MOST_SENTENCES = 60
_BY_MACHINE = {
    MachineClass.BOUNCE: Intent.BOUNCE,
    MachineClass.RECEIPT: Intent.AUTO_REPLY,
    MachineClass.COMPLAINT: Intent.BOUNCE,
    MachineClass.AUTO_REPLY: Intent.AUTO_REPLY,
    MachineClass.BULK: Intent.SPAM,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What probabilities must reach: to assert an intent, to explain a sentence, to answer a mail."""

    assertion: float
    explanation: float
    answer: float
    certificate: str


class Understander:
    """Understands messages with one loaded model."""

    def __init__(self, model: IntentModel, finder: ConceptFinder) -> None:
        """Takes its thresholds from the model's card: they were chosen together with it."""
        self._model, self._finder = model, finder
        chosen = model.card["thresholds"]
        self._thresholds = Thresholds(chosen["assertion"], chosen["explanation"], chosen["answer"], model.card["certificate"])

    def understand(self, message: Message, facts: Facts, machine: MachineClass) -> Understanding:
        """What a message means."""
        text = f"{message.subject}\n{message.new_text}"
        hits = self._finder.find(text)
        entities = to_entities(extract(message.subject, message.new_text, facts, message.sent_at))
        read = self._read(text, hits)
        document = self._model.document(normalise(text), [hit.concept for hit in hits])
        scores = combine(document, [one.labels for one in read])
        intents = self._asserted(scores, read, machine)
        return self._understanding(message, intents, scores, read, hits, entities)

    def _read(self, text: str, hits: Sequence[ConceptHit]) -> list[ReadSentence]:
        return [
            ReadSentence(one, self._model.clause(normalise(one.text), [h.concept for h in hits if one.start <= h.start < one.end]))
            for one in sentences(text)[:MOST_SENTENCES]
        ]

    def _asserted(self, scores: Mapping[Intent, float], read: Sequence[ReadSentence], machine: MachineClass) -> tuple[IntentScore, ...]:
        """The asserted intents, primary first: a machine's class decides where it is one, else the scores."""
        chosen = [intent for intent in Intent if scores[intent] >= self._thresholds.assertion] or [max(Intent, key=scores.__getitem__)]
        if machine in _BY_MACHINE:
            chosen = [_BY_MACHINE[machine]]
        elif machine is MachineClass.AUTO_REPLY_CHANGE:
            chosen = [Intent.AUTO_REPLY, Intent.ACCOUNT_UPDATE]
        if len(chosen) > 1:
            chosen = [intent for intent in chosen if intent is not Intent.OTHER or scores[intent] >= max(scores.values())]
        ranked = sorted(chosen, key=lambda intent: (intent.routine, intent is Intent.OTHER, -scores[intent]))
        if machine is MachineClass.AUTO_REPLY_CHANGE:
            ranked = chosen
        return tuple(IntentScore(intent, scores[intent], _evidence(intent, read)) for intent in ranked)

    def _understanding(
        self,
        message: Message,
        intents: tuple[IntentScore, ...],
        scores: Mapping[Intent, float],
        read: Sequence[ReadSentence],
        hits: Sequence[ConceptHit],
        entities: Entities,
    ) -> Understanding:
        asserted = frozenset(score.intent for score in intents)
        least = self._thresholds.explanation
        return Understanding(
            intents=intents,
            entities=entities,
            unexplained=completeness.unexplained(read, asserted, least),
            vetoes=completeness.vetoes(message, hits, self._finder.risks, self._model.unfamiliar(normalise(message.new_text))),
            scores=scores,
            only_courtesy=completeness.only_courtesy(_new(read, message), least) and bool(message.new_text.strip()),
            model_version=self._model.version,
            confidence=completeness.confidence(read, asserted, scores),
            threshold=self._thresholds.answer,
            certificate=self._thresholds.certificate,
        )


def _new(read: Sequence[ReadSentence], message: Message) -> list[ReadSentence]:
    """The sentences of the body alone."""
    return [one for one in read if one.sentence.start > len(message.subject)]


def _evidence(intent: Intent, read: Sequence[ReadSentence]) -> str:
    """The sentence that speaks for an intent most."""
    best = max(read, key=lambda one: one.labels[intent], default=ReadSentence(Sentence("", 0, 0), {}))
    return best.sentence.text[:200]
