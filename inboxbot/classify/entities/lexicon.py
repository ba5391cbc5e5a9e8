"""Word lists, which are data (`classify/data/entities_*.toml`), made into regular expressions once.

In: the name of a list file. Out: its tables, and alternations to build patterns from. In a list a blank stands for any
white space and a trailing `*` for the rest of a word.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

# One character for one, so that spans stay true.
_FOLD = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2011": "-",
        "\u2019": "'",
        "\u2018": "'",
        "\u00b4": "'",
        "\t": " ",
    }
)
_ADDRESSES = re.compile(r"\bhttps?://\S+|\bwww\.\S+|[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)*", re.IGNORECASE)


@cache
def tables(name: str) -> Mapping[str, Any]:
    """The tables of `entities_<name>.toml`."""
    source = files("inboxbot.classify").joinpath("data", f"entities_{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def alternation(words: Iterable[str]) -> str:
    """A group that matches any of the words, the longest first; the caller adds the word boundaries."""
    return "(?:" + "|".join(_pattern(word) for word in sorted(words, key=len, reverse=True)) + ")"


def whole_words(words: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the words where it stands alone, whatever its case."""
    return re.compile(rf"(?<!\w){alternation(words)}(?!\w)", re.IGNORECASE)


def fold(text: str) -> str:
    """The text with odd blanks, dashes and quotes made plain, and addresses blanked out; every position stays."""
    plain = text.replace("\t", " ") if text.isascii() else text.translate(_FOLD)
    if "@" in plain or "://" in plain or "www." in plain.lower():
        return _ADDRESSES.sub(lambda found: "\u00b7" * len(found[0]), plain)
    return plain


def _pattern(word: str) -> str:
    stem = word.removesuffix("*")
    escaped = re.escape(stem).replace(r"\ ", r"\s+")
    return escaped + (r"\w*" if stem != word else "")
