"""Words that say that money is to go another way: a new bank or account, a payment that was diverted.

In: text. Out: the words that say so, or ''. No model is asked: what must never be answered must not depend on a mail's being understood.
The lists and the little language they are written in are data (`data/bank_changes.toml`). They are looked for in the text's plain form,
so that neither accents nor letters of another script, neither full-width nor spaced-out letters hide a word.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

_MOST_SEARCHED = 20_000  # characters
_MOST_SHOWN = 80
# Letters of other scripts that look like Latin ones (Unicode TR39's confusables, as far as words are written with them).
_LATIN = str.maketrans("аеорсхуіѕјԁһԛԝкмтнвгɑɡαβεικνορτυχω", "aeopcxyisjdhqwkmthbragabeikvoptuxw")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "Ł": "L", "Ø": "O", "Đ": "D"})
_ACCENTED = re.compile(r"([A-Za-z\u0370-\u03ff\u0400-\u04ff])[\u0300-\u036f]+")
_LATIN_LETTER, _OTHER_LETTER = re.compile(r"[A-Za-z]"), re.compile(r"[\u0370-\u03ff\u0400-\u052f\u0250-\u02af]")
_LETTERS = re.compile(r"[^\W\d_]+")
_BLANK_FREE = re.compile(r"\S+")
_SPACED_OUT = re.compile(r"(?<![^\W_])[^\W\d_](?:[ ._*-][^\W\d_]){3,}(?![^\W_])")
_MARK_FOR_LETTER = re.compile(r"(?<=[^\W\d_])[@013$](?=[^\W\d_])")
_LETTER_FOR = {"@": "a", "0": "o", "1": "l", "3": "e", "$": "s"}
_ACCOUNT_SIGN = re.compile(r"\ba\s?/\s?c\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
# A point behind one or two digits belongs to a day; a line that goes on with a small letter has merely been wrapped.
_SENTENCE_END = re.compile(r"(?<!\b\d)(?<!\b\d\d)\.(?=\s|$)|[!?…](?=\s|$)|[;。！？।]|\n\s*\n|\n(?=\s*[^\sa-z])")  # noqa: RUF001 - full-width marks end sentences too
_LETTERHEAD = re.compile(r"[,|•·/]\s|\s[-\u2013\u2014]\s")  # between its pieces
_SHOUTED = 2  # capital letters for every small one: in such a text they say nothing


def bank_change(text: str) -> str:
    """The first words of the text that have money go another way; '' where there are none."""
    folded = fold(text[:_MOST_SEARCHED])
    lists = _lists()
    found = next((words for sentence in _sentences(folded) if (words := lists.first(sentence))), "")
    return (found or ("" if folded.isascii() else lists.unspaced_in(folded.casefold())))[:_MOST_SHOWN]


def without_warnings(text: str) -> str:
    """What a footer says, each piece of a letterhead by itself, but for sentences that warn of mail about changed bank details."""
    warns = _lists().warns
    kept = (written for written in _SENTENCE_END.split(text[:_MOST_SEARCHED]) if not _holds(written, warns))
    return "\n\n".join(piece for written in kept for piece in _LETTERHEAD.split(written))


def asks_for_money(text: str) -> bool:
    """Whether words in a text make a bank's number behind it more than a letterhead's."""
    return _holds(text, _lists().asks)


def _sentences(folded: str) -> Iterator["_Sentence"]:
    shouted = sum(map(str.isupper, folded)) > _SHOUTED * sum(map(str.islower, folded))
    for written in _SENTENCE_END.split(folded):
        words = _WORD.findall(written)
        small = [word.casefold() for word in words]
        yield _Sentence(small, [not shouted and word != low for word, low in zip(words, small, strict=True)], frozenset(small))


def _holds(text: str, words: "_Words") -> bool:
    return any(words.stands_in(sentence) for sentence in _sentences(fold(text)))


def fold(text: str) -> str:
    """The text in plain letters: nothing invisible, no accents, no letters that only look like Latin ones, no addresses."""
    visible = text
    if not text.isascii():
        visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
        bare = _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", visible))
        visible = _LETTERS.sub(_one_script, unicodedata.normalize("NFC", bare).translate(_UNDECOMPOSED))
    without = _BLANK_FREE.sub(lambda one: " " if _is_address(one[0]) else one[0], visible)
    joined = _SPACED_OUT.sub(lambda one: re.sub(r"[ ._*-]", "", one[0]), without)
    return _ACCOUNT_SIGN.sub("acct", _MARK_FOR_LETTER.sub(lambda mark: _LETTER_FOR[mark[0]], joined))


def _is_address(written: str) -> bool:
    return "://" in written or "www." in written or "." in written.partition("@")[2]


def _one_script(word: re.Match[str]) -> str:
    """A word of Latin letters with look-alikes among them, in Latin letters alone."""
    written = word[0]
    if not _OTHER_LETTER.search(written) or not _LATIN_LETTER.search(written):
        return written
    return "".join(c.lower().translate(_LATIN).upper() if c.isupper() else c.translate(_LATIN) for c in written)


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: Sequence[str]  # in small letters
    capital: Sequence[bool]  # which of them were written with a capital letter
    different: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """One of these stands here: a word, the beginning or the end of one, or several words."""

    exact: frozenset[str]
    with_capital: frozenset[str]
    beginnings: tuple[str, ...]
    ends: tuple[str, ...]
    several: Mapping[str, tuple[tuple[str, ...], ...]]  # by their first word
    any_capital: bool = False
    sentence_end: bool = False

    def after(self, sentence: _Sentence, place: int) -> list[int]:
        """Where the sentence goes on behind each way in which these words stand at a place."""
        if place >= len(sentence.words):
            return [place] if self.sentence_end else []
        word = sentence.words[place]
        found = [place + len(words) for words in self.several.get(word, ()) if tuple(sentence.words[place : place + len(words)]) == words]
        if word in self.exact or self._is_one(word, capital=sentence.capital[place]):
            found.append(place + 1)
        return found

    def stands_in(self, sentence: _Sentence) -> bool:
        """Whether these stand anywhere in a sentence."""
        if self.exact.isdisjoint(sentence.different) and self.several.keys().isdisjoint(sentence.different):
            return any(word.startswith(self.beginnings) for word in sentence.different)
        return any(self.after(sentence, place) for place in range(len(sentence.words)))

    def _is_one(self, word: str, *, capital: bool) -> bool:
        return (
            (capital and (self.any_capital or word in self.with_capital))
            or word.startswith(self.beginnings)
            or (word.endswith(self.ends) and word not in self.ends)
        )

    @property
    def must_hold(self) -> frozenset[str]:
        """One of these words is in every sentence in which these stand; empty where that cannot be said so simply."""
        simple = not (self.with_capital or self.beginnings or self.ends or self.any_capital or self.sentence_end)
        return self.exact | self.several.keys() if simple else frozenset()


@dataclass(frozen=True, slots=True)
class _Element:
    """A step of a form: words that stand there, may be missing, or must not stand there; or a gap of some words."""

    words: _Words | None
    kind: str  # "one", "maybe", "not" or "gap"
    gap: int = 0


@dataclass(frozen=True, slots=True)
class _Form:
    steps: tuple[_Element, ...]
    must_hold: tuple[frozenset[str], ...]  # a sentence without any word of one of these holds no such form

    def end(self, sentence: _Sentence, place: int) -> int:
        """Where the form ends that stands at this place; -1 where it does not."""
        return -1 if any(map(sentence.different.isdisjoint, self.must_hold)) else _end(self.steps, 0, sentence, place)


@dataclass(frozen=True, slots=True)
class _Crude:
    """A language that is not read here: a word of each kind in a sentence suffices."""

    bank: _Words
    changed: _Words

    def stands_in(self, sentence: _Sentence) -> bool:
        return self.bank.stands_in(sentence) and self.changed.stands_in(sentence)


@dataclass(frozen=True, slots=True)
class _Unspaced:
    """Such a language in whose script words begin anywhere."""

    bank: tuple[str, ...]
    changed: tuple[str, ...]

    def stands_in(self, text: str) -> bool:
        return any(word in text for word in self.bank) and any(word in text for word in self.changed)


@dataclass(frozen=True, slots=True)
class _Lists:
    """Every language's forms by the word they begin with."""

    warns: _Words
    asks: _Words
    crude: list[_Crude]
    crude_banks: _Words  # of all of these languages
    unspaced: list[_Unspaced]
    by_word: dict[str, list[_Form]] = field(default_factory=dict)
    by_beginning: dict[str, list[_Form]] = field(default_factory=dict)

    def first(self, sentence: _Sentence) -> str:
        """The first words of a sentence that are in a form."""
        beginnings = tuple(self.by_beginning)
        for place, word in enumerate(sentence.words):
            for form in self._beginning_with(word) if word in self.by_word or word.startswith(beginnings) else ():
                end = form.end(sentence, place)
                if end > place:
                    return " ".join(sentence.words[place:end])
        crude = self.crude_banks.stands_in(sentence) and any(language.stands_in(sentence) for language in self.crude)
        return " ".join(sentence.words) if crude else ""

    def _beginning_with(self, word: str) -> Iterator[_Form]:
        yield from self.by_word.get(word, ())
        yield from (form for beginning, forms in self.by_beginning.items() if word.startswith(beginning) for form in forms)

    def unspaced_in(self, text: str) -> str:
        """The first sentence of a text that has both words of a language that is written without blanks."""
        those = [one for one in self.unspaced if one.stands_in(text)]
        sentences = _SENTENCE_END.split(text) if those else ()
        return next((" ".join(one.split()) for one in sentences if any(language.stands_in(one) for language in those)), "")


def _end(steps: Sequence[_Element], step: int, sentence: _Sentence, place: int) -> int:
    """Where the steps from this one on end that stand at this place of the sentence; -1 where they do not."""
    if step == len(steps):
        return place
    element = steps[step]
    if element.words is None:
        nexts: Iterable[int] = range(place, min(place + element.gap, len(sentence.words)) + 1)
    elif element.kind == "not":
        nexts = [] if element.words.after(sentence, place) else [place]
    elif element.kind == "maybe":
        nexts = [*element.words.after(sentence, place), place]
    else:
        nexts = element.words.after(sentence, place)
    for one in nexts:
        end = _end(steps, step + 1, sentence, one)
        if end >= 0:
            return end
    return -1


# How the lists are read.

_STEP = re.compile(r"-\((?P<nots>[^)]*)\)|\((?P<group>[^)]*)\)|\[(?P<maybe>[^\]]*)\]|~(?P<gap>\d+)|-(?P<not>\S+)|(?P<words>\S+)")
_KINDS = {"nots": "not", "group": "one", "maybe": "maybe", "not": "not", "words": "one"}


@cache
def _lists() -> _Lists:
    """Read when they are first asked for, once in a process."""
    data: Mapping[str, Any] = tomllib.loads(resources.files("inboxbot.policy.data").joinpath("bank_changes.toml").read_text("utf-8"))
    spaced = [entry for entry in data["crude"].values() if not entry.get("inside")]
    lists = _Lists(
        warns=_words(data["cut_off"]["warns"]),
        asks=_words(data["cut_off"]["asks"]),
        crude=[_Crude(_plain(entry["bank"]), _plain(entry["changed"])) for entry in spaced],
        crude_banks=_plain([word for entry in spaced for word in entry["bank"]]),
        unspaced=[_Unspaced(*map(_folded, (entry["bank"], entry["changed"]))) for entry in data["crude"].values() if entry.get("inside")],
    )
    for entry in (entry for entry in data.values() if "forms" in entry):
        classes = {**data["words"], **entry}
        for written in entry["forms"]:
            steps = tuple(_element(found, classes) for found in _STEP.finditer(written))
            needed = [one.words.must_hold for one in steps if one.words and one.kind == "one"]
            _enter(lists, _Form(steps, tuple(sorted(filter(None, needed), key=len))))
    return lists


def _enter(lists: _Lists, form: _Form) -> None:
    """A form under every word that it may begin with."""
    for element in form.steps:
        if element.words is None or element.kind == "not" or element.words.any_capital or element.words.ends:
            raise ValueError(f"a form must begin with words: {form}")
        for word in (*element.words.exact, *element.words.with_capital, *element.words.several):
            lists.by_word.setdefault(word, []).append(form)
        for beginning in element.words.beginnings:
            lists.by_beginning.setdefault(beginning, []).append(form)
        if element.kind == "one":
            return


def _element(found: re.Match[str], classes: Mapping[str, Any]) -> _Element:
    kind = str(found.lastgroup)
    if kind == "gap":
        return _Element(None, kind, int(found[kind]))
    members = [member for one in found[kind].split("|") for member in (classes[one[1:-1]] if one.startswith("{") else (one,))]
    return _Element(_words(members), _KINDS[kind])


def _words(members: Sequence[str]) -> _Words:
    single, more = [one for one in members if " " not in one], [one for one in members if " " in one]
    if unread := [one for one in more if set(one) & set("*^{")]:
        raise ValueError(f"several words are taken as they stand: {unread}")
    return _Words(
        exact=frozenset(one for one in single if one[0] not in "^*." and one[-1] != "*"),
        with_capital=frozenset(one[1:] for one in single if one[0] == "^" and one != "^"),
        beginnings=tuple(one[:-1] for one in single if one[-1] == "*"),
        ends=tuple(one[1:] for one in single if one[0] == "*"),
        several={one.split()[0]: tuple(tuple(o.split()) for o in more if o.split()[0] == one.split()[0]) for one in more},
        any_capital="^" in single,
        sentence_end="." in single,
    )


def _plain(words: Sequence[str]) -> _Words:
    return _words(_folded(words))


def _folded(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(fold(word).casefold() for word in words)
