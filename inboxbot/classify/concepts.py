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
    """Finds concepts; built once, then used for every text."""

    def __init__(self, lists: ConceptLists) -> None:
        """Builds the matcher; importing spaCy costs half a second, so it happens here and not at import."""
        import spacy  # noqa: PLC0415 - heavy, see above
        from spacy.matcher import PhraseMatcher  # noqa: PLC0415 - heavy, see above

        self.risks = lists.risks
        self._pipeline: Any = spacy.blank("xx")
        self._matcher: Any = PhraseMatcher(self._pipeline.vocab, attr="LOWER")
        for concept, phrases in lists.phrases.items():
            self._matcher.add(concept, [self._pipeline.make_doc(phrase.lower()) for phrase in phrases])

    def find(self, text: str) -> list[ConceptHit]:
        """Every concept in a text, by place; of overlapping phrases of one concept the longest."""
        with self._pipeline.memory_zone():  # frees the words of this text: spaCy would remember them for ever
            plain = _RULE.sub(lambda run: " " * len(run[0]), text[:MOST_CHARACTERS])
            doc = self._pipeline.make_doc(plain.replace("\u2019", "'"))
            found = sorted(self._matcher(doc), key=lambda hit: (hit[1], -hit[2]))
            hits = []
            ends: dict[int, int] = {}
            for concept, start, end in found:
                if start >= ends.get(concept, 0):
                    ends[concept] = end
                    span = doc[start:end]
                    hits.append(ConceptHit(self._pipeline.vocab.strings[concept], span.text, span.start_char, span.end_char))
        return hits
