"""The intent model: how probable each intent is, from the whole text and from each of its clauses.

In: the clauses of a mail. Out: probabilities by label. Two linear models (see `artifact`): one learned from whole
mails, one from clauses and their neighbours, which also knows courtesy and harmless context; `verdict` makes one
probability an intent from what both say. What a word adds to either is looked up once (see `contributions`).
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from inboxbot.classify.artifact import Array, Artifact
from inboxbot.classify.contributions import Contributions, Share, label_probabilities, scores
from inboxbot.classify.features import AFTER, BEFORE, ClauseWords, place_names
from inboxbot.classify.gate import Gate
from inboxbot.classify.signals import Pieces, Signals
from inboxbot.classify.verdict import Verdict
from inboxbot.classify.view import ANSWERABLE, ReadSentence, View
from inboxbot.understanding import Intent

_UNPARTED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{4}")  # Thai, Lao, Japanese, Chinese, Korean
CONTEXT_SHARE = 0.5  # length of the part of a clause's features that its neighbours give; its own part has length 1


class IntentModel:
    """Predicts with a loaded artefact."""

    def __init__(self, artifact: Artifact) -> None:
        """Keeps the artefact; what words contribute is computed when they are first seen."""
        self.card = artifact.card
        self.version = artifact.version
        self.gate = Gate(artifact.forest, artifact.line)
        self.reasons = artifact.reasons
        self._document, self._clause = artifact.document, artifact.clause
        self._verdict = Verdict(artifact.verdict)
        own, before, after = (Share(artifact.clause, prefix) for prefix in ("", BEFORE, AFTER))
        self._contributions = Contributions(Share(artifact.document), own, before, after)

    def view(self, signals: Signals) -> View:
        """What both models say of a mail, and the verdict."""
        words = signals.clauses.words
        document, clauses, sentences = self._read(signals)
        verdict = self._verdict.probabilities(document, clauses, sentences)
        unknown, count = self._unfamiliar(words)
        scores = {intent: verdict[intent] for intent in Intent}
        return View(document, clauses, sentences, scores, verdict[ANSWERABLE], unknown, count)

    def _read(self, signals: Signals) -> tuple[dict[str, float], list[ReadSentence], list[ReadSentence]]:
        """What the document model says of the whole, and the clause model of every clause and every sentence."""
        distinct = list({id(words): words for words in (*signals.clauses.words, *signals.sentences.words)}.values())
        rows = {id(words): row for row, words in enumerate(distinct)}
        whole, *shares = self._contributions.sums(distinct)
        clauses, sentences = ([rows[id(words)] for words in pieces.words] for pieces in (signals.clauses, signals.sentences))
        document = label_probabilities(self._document, scores(whole[clauses].sum(axis=0, keepdims=True)))[0]
        read = self._pieces(signals.clauses, [share[clauses] for share in shares], signals.body_start)
        if clauses == sentences:  # every sentence is one clause
            return document, read, read
        return document, read, self._pieces(signals.sentences, [share[sentences] for share in shares], signals.body_start)

    def _pieces(self, pieces: Pieces, shares: Sequence[Array], body_start: int) -> list[ReadSentence]:
        """What the clause model says of pieces that follow each other, given what each shares with itself and its neighbours."""
        if not pieces.places:
            return []
        own, before, after = shares
        count = len(pieces.places)
        context = np.array([self._contributions.named(name, 1) for index in range(count) for name in place_names(index, count)])
        context = context.reshape(count, 2, -1).sum(axis=1)
        context[1:] += before[:-1]
        context[:-1] += after[1:]
        labels = label_probabilities(self._clause, scores(own) + scores(context) * CONTEXT_SHARE)
        return [
            ReadSentence(one, label, one.start < body_start, self._untaught(words))
            for one, words, label in zip(pieces.places, pieces.words, labels, strict=True)
        ]

    def _untaught(self, clause: ClauseWords) -> bool:
        """Whether half of a clause's words or more are unknown; one alone is a name, but where words are not parted it is a sentence."""
        words = _written(clause)
        unknown = [word for word in words if word not in self._document.vocabulary]
        return 2 * len(unknown) >= len(words) and (len(unknown) > 1 or any(map(_UNPARTED.search, unknown)))

    def _unfamiliar(self, clauses: Iterable[ClauseWords]) -> tuple[float, int]:
        """The share of a text's words (0..1) that training never saw (a language or trade it does not know), and the words."""
        known = self._document.vocabulary
        words = [word for clause in clauses for word in _written(clause)]
        unknown = sum(word not in known for word in words)
        return (unknown / len(words) if words else 0.0), len(words)


def _written(clause: ClauseWords) -> list[str]:
    """A clause's words, without numbers, marks and single letters."""
    return [word for word in clause.words if len(word) > 1 and word.isalpha()]
