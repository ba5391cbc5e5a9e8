"""What is known of a text beyond its words: concepts and entities, each with its place.

In: subject, newest text, facts, the mail's date. Out: `Signals`, whose names are features of the intent model. The same
function serves training and prediction. Places count in `text`: the subject, a line break, the newest text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from inboxbot.classify.concepts import ConceptHit
from inboxbot.classify.entities.extract import extract
from inboxbot.classify.entities.findings import EntityFindings, Mention
from inboxbot.classify.glossary import Glossary
from inboxbot.classify.normalise import normalise
from inboxbot.classify.word_lists import WordLists
from inboxbot.facts import Facts

MOST_CHARACTERS = 20_000  # of subject and newest text together that are read; what is longer is for a person


@dataclass(frozen=True, slots=True)
class Signals:
    """A mail's text with everything found in it."""

    text: str
    body_start: int
    concepts: tuple[ConceptHit, ...]
    findings: EntityFindings
    marks: tuple[tuple[str, int], ...]  # (name, where it begins)
    language: str
    glossary: Glossary

    def names(self, start: int = 0, end: int | None = None) -> list[str]:
        """The features of a range of the text (default: all) beyond its words: what begins in it, and its head words."""
        last = len(self.text) if end is None else end
        found = [name for name, place in self.marks if start <= place < max(last, start + 1)]
        return [*found, *self.glossary.features(normalise(self.text[start:last]), self.language)]


def find_signals(subject: str, new_text: str, facts: Facts, sent_at: datetime, lists: WordLists) -> Signals:
    """Everything found in the first pages of one mail."""
    subject = subject[:MOST_CHARACTERS]
    new_text = new_text[: MOST_CHARACTERS - len(subject)]
    text = f"{subject}\n{new_text}"
    findings = extract(subject, new_text, facts, sent_at, views=lists.views)
    concepts = tuple(lists.concepts.find(text))
    marks = (*((hit.concept, hit.start) for hit in concepts), *_entity_marks(findings))
    language = lists.glossary.language(normalise(text))
    return Signals(text, len(subject) + 1, concepts, findings, marks, language, lists.glossary)


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
