"""The word lists that reading a mail needs, loaded once: concepts and glossary.

In: the package's data files. Out: `WordLists`.
"""

from dataclasses import dataclass, field

from inboxbot.classify.concepts import ConceptFinder, load_lists
from inboxbot.classify.entities.ledger_view import LedgerViews
from inboxbot.classify.glossary import Glossary, load_glossary


@dataclass(frozen=True, slots=True)
class WordLists:
    """Concepts to find, and head words for words."""

    concepts: ConceptFinder
    glossary: Glossary
    views: LedgerViews = field(default_factory=LedgerViews)  # what is worked out from a ledger, kept for the next mail


def load_word_lists() -> WordLists:
    """Read and prepare both; takes about a quarter of a second."""
    return WordLists(ConceptFinder(load_lists()), load_glossary())
