"""A mail taken apart for the model: its clauses, and what is known of each beyond its words.

In: subject, newest text, facts, the mail's date. Out: `Signals`, whose names are features of the intent model. The same
function serves training and prediction. Places count in `text`: the subject, a line break, the newest text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inboxbot.classify.concepts import ConceptHit
from inboxbot.classify.entities.extract import extract
from inboxbot.classify.entities.findings import EntityFindings, Mention
from inboxbot.classify.features import ClauseWords
from inboxbot.classify.sentences import Sentence, clauses, sentences
from inboxbot.classify.tokens import words_of
from inboxbot.classify.word_lists import WordLists
from inboxbot.facts import Facts

MOST_CHARACTERS = 20_000  # of subject and newest text together that are read; what is longer is for a person
MOST_SENTENCES = 60


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut up: `words[i]` are those of `places[i]`."""

    places: tuple[Sentence, ...]
    words: tuple[ClauseWords, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """A mail's text with everything found in it, cut into sentences, and into clauses."""

    text: str
    body_start: int
    sentences: Pieces
    clauses: Pieces
    concepts: tuple[ConceptHit, ...]
    findings: EntityFindings


def find_signals(subject: str, new_text: str, facts: Facts, sent_at: datetime, lists: WordLists) -> Signals:
    """Everything found in the first pages of one mail."""
    subject = subject[:MOST_CHARACTERS]
    new_text = new_text[: MOST_CHARACTERS - len(subject)]
    text, body_start = f"{subject}\n{new_text}", len(subject) + 1
    findings = extract(subject, new_text, facts, sent_at, views=lists.views)
    concepts = tuple(lists.concepts.find(text))
    marks = [*((hit.concept, hit.start) for hit in concepts), *_entity_marks(findings)]
    whole = sentences(text, body_start)[:MOST_SENTENCES]
    parts = [clause for sentence in whole for clause in clauses(text, sentence)]
    read = dict(zip(parts, clause_words(parts, marks, lists), strict=True))
    longer = [sentence for sentence in whole if sentence not in read]  # most sentences are one clause
    read |= zip(longer, clause_words(longer, marks, lists), strict=True)
    return Signals(text, body_start, _pieces(whole, read), _pieces(parts, read), concepts, findings)


def _pieces(places: Sequence[Sentence], read: Mapping[Sentence, ClauseWords]) -> Pieces:
    return Pieces(tuple(places), tuple(read[place] for place in places))


def clause_words(found: Sequence[Sentence], marks: Sequence[tuple[str, int]], lists: WordLists) -> list[ClauseWords]:
    """The words of each sentence, with the marks (name, place) that begin in it and its head words."""
    words = [words_of(one.text) for one in found]
    language = lists.glossary.language({word for clause in words for word in clause})
    return [
        ClauseWords(
            clause, [*(f"#{name}" for name, place in marks if one.start <= place < one.end), *lists.glossary.features(clause, language)]
        )
        for one, clause in zip(found, words, strict=True)
    ]


def _entity_marks(findings: EntityFindings) -> Iterator[tuple[str, int]]:
    kinds: tuple[tuple[str, Sequence[Mention]], ...] = (
        ("=invoice", findings.invoices),
        ("=order", findings.purchase_orders),
        ("=amount", findings.amounts),
        ("=date", findings.dates),
        ("=reference", findings.references),
    )
    for name, mentions in kinds:
        yield from ((name, mention.span.start) for mention in mentions)
    if findings.promise_span:
        yield "=promise", findings.promise_span.start
    if findings.dispute_reason:
        yield f"=dispute {findings.dispute_reason}", findings.body_start
