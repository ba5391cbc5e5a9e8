"""The corpus made ready for fitting: every mail and every clause as feature counts with its labels.

In: the corpus folder, the ledger's facts. Out: `Material`. Clauses are cut as live mail is cut; a clause carries the
labels of all labelled segments that it touches, and counts as courtesy or context only if it is nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inboxbot.classify.features import context_names, document, own_features
from inboxbot.classify.sentences import Sentence
from inboxbot.classify.signals import Pieces, Signals, clause_words, find_signals
from inboxbot.classify.training import corpus
from inboxbot.classify.training.corpus import CONTEXT, COURTESY, UNTOLD, LabelledMail, Segment
from inboxbot.classify.training.corrections import CorrectedMail
from inboxbot.classify.training.validate import without_near_duplicates
from inboxbot.classify.view import ANSWERABLE
from inboxbot.classify.word_lists import WordLists
from inboxbot.facts import Facts

FactsOf = Callable[[str], Facts]
_NEUTRAL = frozenset({COURTESY, CONTEXT})


@dataclass(frozen=True, slots=True)
class Example:
    """A text as the model sees it and the labels it carries: counts of its own features, and of its neighbours' names."""

    own: Mapping[str, int]
    context: Mapping[str, int]
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Material:
    """The train split and what staff put right, made ready: mails, their signals, and the examples they give, index by index."""

    mails: Sequence[LabelledMail]
    signals: Sequence[Signals]
    documents: Sequence[Example]
    clauses: Sequence[Sequence[Example]]
    lone_clauses: Sequence[Example]


def prepare(folder: Path, facts_of: FactsOf, lists: WordLists, corrections: Sequence[CorrectedMail] = ()) -> Material:
    """The train split and the corrections as examples."""
    known = [(mail, facts_of(mail.from_email)) for mail in training_mails(folder)] + [(one.mail, one.facts) for one in corrections]
    mails = [mail for mail, _ in known]
    signals = [find_signals(mail.subject, mail.new_text, facts, mail.sent_at, lists) for mail, facts in known]
    pairs = list(zip(mails, signals, strict=True))
    return Material(
        mails=mails,
        signals=signals,
        documents=[document_example(mail, one) for mail, one in pairs],
        clauses=[clause_examples(mail, one) for mail, one in pairs],
        lone_clauses=[lone_clause(clause, lists) for clause in corpus.load_clauses(folder)],
    )


def training_mails(folder: Path) -> list[LabelledMail]:
    """The train split without what nearly repeats an earlier mail or one of the mails that judge."""
    judging = [mail for split in ("calibration", "test") for mail in corpus.load(folder, split)]
    return without_near_duplicates(corpus.load(folder, "train"), kept_apart=judging)


def labels_of(mail: LabelledMail) -> frozenset[str]:
    """The document model's labels of a mail."""
    return frozenset(intent.value for intent in mail.intents) | ({ANSWERABLE} if mail.outcome == "answer" else set())


def document_example(mail: LabelledMail, signals: Signals) -> Example:
    """A whole mail: subject and newest text."""
    return Example(Counter(document(signals.clauses.words)), {}, labels_of(mail))


def clause_examples(mail: LabelledMail, signals: Signals) -> list[Example]:
    """Each clause of the newest text, and each sentence of several, with the labels of the segments it touches."""
    segments = list(_places(mail, signals.body_start))
    known = set(signals.clauses.places)
    examples = [_example(signals, signals.clauses, index, segments) for index in range(len(signals.clauses.places))]
    examples += [
        _example(signals, signals.sentences, index, segments) for index, place in enumerate(signals.sentences.places) if place not in known
    ]
    return [example for example in examples if example.labels]


def _example(signals: Signals, pieces: Pieces, index: int, segments: Sequence[tuple[Segment, int, int]]) -> Example:
    place = pieces.places[index]
    labels = {
        label
        for segment, start, end in segments
        if any(one.isalnum() for one in signals.text[max(start, place.start) : min(end, place.end)])
        for label in segment.labels
        if label != UNTOLD
    }
    context = Counter(context_names(pieces.words, index))
    return Example(Counter(own_features(pieces.words[index])), context, frozenset(labels - _NEUTRAL or labels))


def _places(mail: LabelledMail, body_start: int) -> Iterator[tuple[Segment, int, int]]:
    """The segments of the newest text with their places in a `Signals.text`."""
    new = [segment for segment in mail.segments if segment.is_new]
    written = "".join(segment.text for segment in new)
    place = body_start - (len(written) - len(written.lstrip()))
    for segment in new:
        yield segment, max(place, body_start), place + len(segment.text)
        place += len(segment.text)


def lone_clause(clause: Segment, lists: WordLists) -> Example:
    """A clause that was written without a mail around it."""
    whole = Sentence(clause.text, 0, len(clause.text))
    marks = [(hit.concept, hit.start) for hit in lists.concepts.find(clause.text)]
    (words,) = clause_words([whole], marks, lists)
    return Example(Counter(own_features(words)), {}, clause.labels)
