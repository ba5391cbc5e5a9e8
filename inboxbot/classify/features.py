"""The features of the intent model, the same function for training and for prediction.

In: normalised text. Out: feature names: words, pairs of words, and letter groups inside words. Plain Python, because
building them this way and looking them up in a dict is faster, one mail at a time, than scikit-learn's vectoriser.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[?!]+|\U0001f300-\U0001faff")
_LETTERS = (3, 4, 5)
_LONGEST_WORD = 30
MOST_CHARACTERS = 8_000  # of a text; what a writer wants stands in the first pages


def features(text: str) -> Iterator[str]:
    """Every feature of a normalised text, repeated as often as it occurs."""
    words = words_of(text)
    yield from words
    for left, right in pairwise(words):
        yield f"{left} {right}"
    for word in words:
        if word.isalpha():
            yield from _letter_groups(word)


def words_of(text: str) -> list[str]:
    """The words and marks of a normalised text, in order."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(text[:MOST_CHARACTERS])]


def _letter_groups(word: str) -> Iterator[str]:
    padded = f"_{word}_"
    for size in _LETTERS:
        for start in range(len(padded) - size + 1):
            yield f"~{padded[start : start + size]}"
