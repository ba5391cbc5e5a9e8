"""What the model says of one mail: the nouns that pass between reading, verdict, gate and completeness.

In: nothing (values only). Out: `ReadSentence`, `View`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inboxbot.classify.sentences import Sentence
from inboxbot.understanding import Intent

COURTESY, CONTEXT = "hi", "ctx"  # the clause model's labels beside the intents
ANSWERABLE = "answerable"  # the document model's label of mails that a machine may answer, beside the intents
SURELY_COURTESY = 0.6


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with the clause model's probabilities (by label) for it."""

    sentence: Sentence
    labels: Mapping[str, float]
    is_subject: bool = False  # a subject names the matter; it need not be a sentence that means something by itself
    untaught: bool = False  # most of its words training never saw: whatever is said of it is a guess

    def explained(self, asserted: frozenset[Intent]) -> float:
        """How probable it is that the sentence is courtesy, context or one of the asserted intents (0..1)."""
        neutral = max(self.labels[COURTESY], self.labels[CONTEXT])
        wanted = max((self.labels[intent] for intent in asserted), default=0.0)
        return 1.0 - (1.0 - neutral) * (1.0 - wanted)

    def unexpected(self, asserted: frozenset[Intent]) -> float:
        """The highest probability among intents that were not asserted (0..1)."""
        return max((self.labels[intent] for intent in Intent if intent not in asserted), default=0.0)


@dataclass(frozen=True, slots=True)
class View:
    """What the parts of the model say of one mail."""

    document: Mapping[str, float]  # by label, of the mail as a whole
    read: Sequence[ReadSentence]  # its clauses
    sentences: Sequence[ReadSentence]
    scores: Mapping[Intent, float]  # the verdict
    answerable: float  # the verdict's probability that a machine may answer
    unfamiliar: float  # share of words never seen
    words: int


def must_be_explained(read: Sequence[ReadSentence]) -> Sequence[ReadSentence]:
    """The body's sentences; the subject's where there is no body."""
    return [one for one in read if not one.is_subject] or read


def speaking(read: Sequence[ReadSentence]) -> Sequence[ReadSentence]:
    """The sentences that say what is wanted: the body's; where those are courtesy alone, the subject's too.

    A subject that only names an invoice must not ask for its copy.
    """
    body = [one for one in read if not one.is_subject]
    return read if all(one.labels[COURTESY] >= SURELY_COURTESY for one in body) else body


def only_courtesy(read: Sequence[ReadSentence]) -> bool:
    """Nothing but thanks and greetings."""
    return bool(read) and all(one.labels[COURTESY] >= SURELY_COURTESY for one in read)
