"""The words that machines' mail is made of, from `data/machine_words.toml`.

In: text. Out: which kind of words it begins with or holds. Text and entries are folded alike (case, accents, the Turkish dotless
i and its like, typographic apostrophes and dashes, white space): "Réponse automatique" and "reponse automatique" are one.
"""

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

LONGEST = 5_000  # characters of a text that are looked at: no notice says what it is further down
MOST_SENTENCES = 80
_TYPOGRAPHY = str.maketrans(
    {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u2013": "-", "\u2014": "-", "\u2011": "-", "\u00a0": " "}
    | {"\u0131": "i", "\u0142": "l", "\u0111": "d", "\u00f8": "o", "\u00e6": "ae"}  # letters that no decomposition takes apart
)
_NO_SPACES = frozenset({"ja", "zh", "ko", "th"})  # written without spaces: a word may stand inside others
_WARNING = re.compile(r"^[\[(*<{ ]*(?:external|extern|externe|ext|externo|esterno)(?: e-?mail| sender)?[\])*>}: ]+")
_WRAPPED = re.compile(r"([^\n.!?:;]{50,}[^\n.!?:;\s])[ \t]*\n(?=[^\W_])")
_CLASS = re.compile(r"\[\]?[^\]]*\]")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[\u3002\uff01\uff1f])|\n+")


def fold(text: str) -> str:
    """Lower case without accents, plain apostrophes and dashes, one space between words."""
    return " ".join(_bare(text[:LONGEST].casefold()).split())


def subject(text: str) -> str:
    """The folded subject without the warnings that gateways put before it."""
    return _WARNING.sub("", fold(text).lstrip("*! "))


def sentences(text: str) -> list[str]:
    """The folded sentences of a text; a line break ends one too, except where the line is merely full."""
    return [folded for part in _SENTENCE.split(_WRAPPED.sub(r"\1 ", text[:LONGEST])) if (folded := fold(part))][:MOST_SENTENCES]


def found(kind: str, folded: str) -> str:
    """The first words of that kind in a folded text, or ''."""
    match = _pattern(kind).search(folded)
    return match[0].strip() if match else ""


def begins(kind: str, folded: str) -> str:
    """The words of that kind with which a folded text begins, or ''."""
    match = _pattern(kind).match(folded)
    return match[0].strip() if match else ""


def kinds() -> dict[str, dict[str, list[str]]]:
    """Every entry by kind and language, as written."""
    text = files("inboxbot.classify").joinpath("data/machine_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@cache
def _table() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(_alternatives(by)) for kind, by in kinds().items()}


def _pattern(kind: str) -> re.Pattern[str]:
    return _table()[kind]


def _alternatives(entries: dict[str, list[str]]) -> str:
    """All entries of a kind as one pattern; where a word begins is asked once for all of them, not once for each."""
    anywhere = [_bare(text) for language, texts in entries.items() if language in _NO_SPACES for text in texts]
    at_words = [_bare(text) for language, texts in entries.items() if language not in _NO_SPACES for text in texts]
    parts = [rf"(?<!\w)(?:{_joined(at_words)})"] if at_words else []
    return "|".join([*parts, _joined(anywhere)] if anywhere else parts)


def _joined(entries: list[str]) -> str:
    return "|".join(part for entry in entries for part in _led_by_letters(entry))


def _led_by_letters(entry: str) -> list[str]:
    """The same entry as alternatives that begin with letters: "(a|b)?c" is "ac|bc|c". `re` passes over those by their first letter."""
    if not entry.startswith("(") or entry.startswith("(?"):
        letter, optional, rest = entry[:1], entry[1:2], entry[2:]
        return [letter + rest, *_led_by_letters(rest)] if optional == "?" and letter.isalpha() and rest[:1] != "?" else [entry]
    options, rest = _group(entry)
    if rest[:1] in {"*", "+", "{"} or rest[:2] == "??":
        return [entry]
    if rest[:1] == "?":
        options, rest = [*options, ""], rest[1:]
    return [part for option in options for part in _led_by_letters(option + rest)]


def _group(entry: str) -> tuple[list[str], str]:
    """What stands in the group with which an entry begins, by its alternatives, and what follows the group."""
    options, depth, at = [""], 0, 0
    while True:
        piece = entry[at : at + 2] if entry[at] == "\\" else _CLASS.match(entry, at)[0] if entry[at] == "[" else entry[at]  # type: ignore[index]
        at += len(piece)
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if not depth:
            return options, entry[at:]
        if piece == "|" and depth == 1:
            options.append("")
        elif at > 1:
            options[-1] += piece
