"""The managers' patterns: RE2 only, so that no pattern and no mail can make matching take long.

In: patterns as a rule writes them, and a text. Out: whether one matches; ValueError, in words, for a pattern that RE2 does not
take: look-around and back-references cannot be matched in bounded time, and are not needed.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

LONGEST_PATTERN = 500  # characters
MOST_PATTERNS = 50  # in one condition
MOST_TEXT = 100_000  # characters of a text that are looked at
_MEMORY = 1 << 20  # bytes for one pattern's program and its automaton


def checked(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns themselves; raises ValueError for the first that cannot be used."""
    found = tuple(patterns)
    if len(found) > MOST_PATTERNS:
        raise ValueError(f"expected at most {MOST_PATTERNS} patterns, got {len(found)}")
    for pattern in found:
        _compiled(pattern)
    return found


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns is found anywhere in the text, whatever the case of its letters."""
    looked_at = text[:MOST_TEXT]
    return any(_compiled(pattern).search(looked_at) is not None for pattern in patterns)


@lru_cache(maxsize=2_000)
def _compiled(pattern: str) -> Any:
    import re2  # noqa: PLC0415 - only where rules have patterns

    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"expected a pattern of 1 to {LONGEST_PATTERN} characters, got {len(pattern)}")
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        words = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        hint = (
            "look-around and back-references are not available"
            if "invalid perl operator" in words or "escape" in words
            else "see RE2's syntax"
        )
        raise ValueError(f"expected a pattern that RE2 takes, got {pattern[:60]!r}: {words} ({hint})") from None
