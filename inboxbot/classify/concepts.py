"""Words that mean the same, in several languages: concepts as features, and risk words as vetoes.

In: text. Out: the concepts in it, with their words. The lists are data (`data/concepts/*.toml`), found by spaCy's
PhraseMatcher over a blank multilingual pipeline: no downloaded model is involved.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

MOST_CHARACTERS = 20_000  # of a text that are looked at
_RULE = re.compile(r"(?:[^\w\s]|_){20,}")  # a drawn line; spaCy takes such a run apart in time that grows with its square


@dataclass(frozen=True, slots=True)
class ConceptHit:
    """A concept found in a text: its name, its words as written, and where."""

    concept: str
    words: str
    start: int  # character offset
    end: int


@dataclass(frozen=True, slots=True)
class ConceptLists:
    """The phrases of every concept; `risks` maps risk concepts to the words that explain the veto."""

    phrases: Mapping[str, tuple[str, ...]]
    risks: Mapping[str, str]


def load_lists() -> ConceptLists:
    """Read the data files that ship with the package; a concept stands in one file only."""
    concepts: dict[str, Any] = {}
    for file in sorted(resources.files("inboxbot.classify.data").joinpath("concepts").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            concepts |= tomllib.loads(file.read_text(encoding="utf-8")).get("concept", {})
    phrases = {name: tuple(entry["phrases"]) for name, entry in concepts.items()}
    return ConceptLists(phrases, {name: entry["veto"] for name, entry in concepts.items() if "veto" in entry})


class ConceptFinder:
    """Finds concepts; built once, then used for every text.

    Taking thirty thousand phrases apart costs spaCy a second, and a text can hold only those whose first word is one of its own:
    a phrase is given to the matcher when a text with its first word comes for the first time.
    """

    def __init__(self, lists: ConceptLists) -> None:
        """Builds the matcher; importing spaCy costs half a second, so it happens here and not at import."""
        import spacy  # noqa: PLC0415 - heavy, see above
        from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - heavy, see above

        self.risks = lists.risks
        self._pipeline: Any = spacy.blank("xx")
        self._matcher: Any = PhraseMatcher(self._pipeline.vocab, attr="LOWER")
        self._special = {text.lower() for text in self._pipeline.tokenizer.rules}  # what the tokenizer takes apart in its own way
        self._waiting: dict[str, list[tuple[str, str]]] = {}  # first word -> (concept, phrase)
        for concept, phrases in lists.phrases.items():
            for phrase in map(str.lower, phrases):
                self._waiting.setdefault(self._first_word(phrase), []).append((concept, phrase))

    def find(self, text: str) -> list[ConceptHit]:
        """Every concept in a text, by place; of overlapping phrases of one concept the longest."""
        plain = _RULE.sub(lambda run: " " * len(run[0]), text[:MOST_CHARACTERS]).replace("\u2019", "'")
        with self._pipeline.memory_zone():  # frees the words of this text: spaCy would remember them for ever
            doc = self._pipeline.make_doc(plain)
            new = self._waiting.keys() & {token.lower_ for token in doc}
            if not new:
                return self._hits(doc)
        for word in sorted(new):  # outside the zone: these words are kept
            for concept, phrase in self._waiting.pop(word):
                self._matcher.add(concept, [self._pipeline.make_doc(phrase)])
        with self._pipeline.memory_zone():
            return self._hits(self._pipeline.make_doc(plain))

    def _hits(self, doc: Any) -> list[ConceptHit]:
        strings = self._pipeline.vocab.strings
        hits = []
        ends: dict[str, int] = {}
        for start, minus_end, concept in sorted((start, -end, strings[key]) for key, start, end in self._matcher(doc)):
            if start >= ends.get(concept, 0):
                ends[concept] = -minus_end
                span = doc[start:-minus_end]
                hits.append(ConceptHit(concept, span.text, span.start_char, span.end_char))
        return hits

    def _first_word(self, phrase: str) -> str:
        """The first token of a phrase, in lower case. What is all letters is one, unless it is a special case; spaCy knows the others'."""
        word = phrase.partition(" ")[0]
        if word.isalpha() and word not in self._special:
            return word.lower()
        return str(self._pipeline.make_doc(phrase)[0].lower_)
