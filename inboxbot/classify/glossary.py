"""Other languages' words, and English synonyms and inflections, as plain English head words.

In: the words of a text (see `tokens`). Out: its language, and head-word features ("@invoice", "@not receive"), so that what English mails
taught serves German ones. The lists are data: `data/glossary/<language>.toml`, one flat table of word = head word.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from itertools import pairwise

ENGLISH = "en"


@dataclass(frozen=True)
class Glossary:
    """Head words by language."""

    heads: Mapping[str, Mapping[str, str]]

    @cached_property
    def _words(self) -> Mapping[str, frozenset[str]]:
        return {language: frozenset(heads) for language, heads in self.heads.items()}

    def language(self, words: AbstractSet[str]) -> str:
        """The language whose list knows most of a text's words; English where none knows more."""
        hits = {language: len(known & words) for language, known in self._words.items()}
        return max(hits, key=lambda language: (hits[language], language == ENGLISH), default=ENGLISH)

    def features(self, words: Iterable[str], language: str) -> Iterator[str]:
        """Head words of a clause, alone and in pairs; words without one are passed over."""
        table = self.heads.get(language, {})
        found = [table[word] for word in words if word in table]
        yield from (f"@{head}" for head in found)
        yield from (f"@{left} {right}" for left, right in pairwise(found))


def load_glossary() -> Glossary:
    """Read the data files that ship with the package."""
    folder = resources.files("inboxbot.classify.data").joinpath("glossary")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda one: one.name)
    return Glossary({file.name.removesuffix(".toml"): tomllib.loads(file.read_text(encoding="utf-8")) for file in files})
