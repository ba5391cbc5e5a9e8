"""What can be seen of a line at the end of a mail: the features by which the line tagger tells text from signature.

In: the lines a writer wrote (nothing quoted), and what is known of his name. Out: for every line that is not blank the
names of its features. They speak of shape and place first (length, capitals, digits, distance from the end), then of words by
class (closing words, posts, legal forms, streets, asks), so that they hold in languages nobody taught; last of the words themselves.
"""

# ruff: noqa: RUF001  the punctuation of other languages is meant

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from inboxbot.ingest import phrases
from inboxbot.ingest.line_words import WORD_CLASSES

TAIL_LINES = 48  # lines that are not blank; above them everything is text
_MAX_LINE = 600  # characters of a line that are looked at
_FEW_WORDS = 24  # words of a line that are looked at one by one
MAY_ASK = "may ask"
_LONG_WORD = 6  # characters
_SHORT = 12  # words; a longer line is no closing formula

_AND = r"(?:\s(?:and|und|et|y|e|en|og|och|&)\s|\s?[,;/!.]\s?|\s)"
_CLOSING = re.compile(rf"\W{{0,3}}(?:{phrases.CLOSINGS})(?:{_AND}(?:{phrases.CLOSINGS}))?\b", re.IGNORECASE)
_FOOTER = re.compile(
    r"you(?:['’]re| are)? receiv(?:e|ing|ed) this (?:(?:e-?mail|message|notice|notification) )?(?:because|as|since)|powered by \S+$"
    r"|sie erhalten diese (?:e-?mail|nachricht|mail),? weil|vous recevez ce (?:message|courriel|mail) (?:car|parce que)"
    r"|(?:recibe|usted recibe|has recibido) este (?:correo|mensaje) porque|ricev\w+ quest[ao] (?:e-?mail|messaggio) perch[eé]"
    r"|u ontvangt (?:deze|dit) (?:e-?mail|bericht) omdat",
    re.IGNORECASE,
)
_GOES_ON = ("and ", "And ", "or ", "but ", "und ", "oder ", "et ", "y ", "e ", "en ", "og ", "och ")
_POSTSCRIPT = re.compile(rf"\W{{0,3}}(?:{phrases.POSTSCRIPTS})", re.IGNORECASE)
_DISCLAIMER = re.compile(phrases.DISCLAIMERS, re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d[\d.,:/-]*")
_LETTERS = re.compile(r"[^\W\d_]+")
_PHONE = re.compile(r"\+?\(?\d(?:[ ().\-/]{0,2}\d){6,}(?![.,]\d)")
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,60}\.\w")
_LINK = re.compile(r"https?:|www\.|\w\.(?:com|net|org|de|fr|eu|co\.uk|example)\b", re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]|\d[.,]\d{2}\b(?![.,/]\d)|\b(?:USD|EUR|GBP|CHF|SEK|CAD|NOK|DKK|PLN)\b")
_LONG_NUMBER = re.compile(r"\d{4,}")
_DAY = re.compile(r"\b\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?\b(?![-/.\d])|\b\d{4}-\d\d-\d\d\b")
_SINCE_YEAR = re.compile(r"(?:19|20)\d\d\b|24/7")
_DELIMITER = re.compile(r"(?:-- ?|––|—|-{2,3}|_{2,40})")
_DIVIDER = re.compile(r"\s[|·•/–—-]{1,2}\s|\|")
_POSTAL = re.compile(
    r"(?:^|[\s,-])\d{4,6} ?[A-ZÀ-Þ][a-zà-þA-Z]|\b\d{2}-\d{3} |\b\d{3} \d{2} [A-Z]|\b[A-Z]{2},? \d{5}\b"
    r"|\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b|\b\d{4} ?[A-Z]{2}\b|〒"
)
_STREET_ENDS = (
    *("straße", "strasse", "str", "weg", "platz", "gasse", "allee", "ring", "damm", "ufer", "straat", "laan"),
    *("gatan", "vägen", "vej", "vegen", "gade", "katu", "tie", "utca"),
)
_CONTACTS = re.compile(rf"{_ADDRESS.pattern}\S*|(?:https?://|www\.)\S+|{_PHONE.pattern}", re.IGNORECASE)
_HONORIFIC = re.compile(r"(?:i\. ?[AV]\.?|ppa\.?|p\.p\.?|pp\.?|Mr|Mrs|Ms|Dr|Herr|Frau|Mme|M\.|Sra?|Dott|Ing|Prof)\b")
_INITIALS = re.compile(r"(?:[A-Z]\.? ?){2,3}")


@dataclass(frozen=True, slots=True)
class Sender:
    """What is known of the writer's names, in lower case: his own, and that of his firm."""

    names: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()


@dataclass(slots=True)
class Line:
    """A line that is not blank, taken apart once."""

    index: int
    text: str
    words: list[str] = field(default_factory=list)  # as written
    folded: list[str] = field(default_factory=list)
    gap: bool = False  # a blank line above
    closing: bool = False
    classes: frozenset[str] = frozenset()


def sender(name: str, address: str = "") -> Sender:
    """The words of a display name and an address."""
    local, _, domain = address.casefold().partition("@")
    names = {word for word in _LETTERS.findall(f"{name} {local}".casefold()) if len(word) > 1}
    firm = {label for label in domain.split(".")[:-1] for label in [label.replace("-", "")] if len(label) > 3}  # noqa: PLR2004
    firm |= {word for label in domain.split(".")[:-1] for word in label.split("-") if len(word) > 3}  # noqa: PLR2004
    return Sender(frozenset(names), frozenset(firm))


def looked_at(lines: Sequence[str]) -> list[Line]:
    """The lines that are not blank, from the last `TAIL_LINES` on."""
    found: list[Line] = []
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].strip()
        if text:
            if len(found) == TAIL_LINES:
                break
            found.append(taken_apart(index, text[:_MAX_LINE]))
        elif found:
            found[-1].gap = True
    return found[::-1]


def taken_apart(index: int, text: str) -> Line:
    """The words of a line that is not blank, and their classes."""
    words = _WORD.findall(text)
    folded = [word.casefold() for word in words]
    line = Line(index, text, words, folded)
    line.classes = frozenset(name for word in folded[:_FEW_WORDS] for name in WORD_CLASSES.get(word, ()))
    if any(word.endswith(_STREET_ENDS) for word in folded[:_FEW_WORDS] if len(word) > _LONG_WORD):
        line.classes |= {"street"}
    line.closing = is_closing(line)
    return line


def is_closing(line: Line) -> bool:
    """Whether a line is short and begins as closing formulas do, or ends in a comma with a closing word in it."""
    if not line.words:
        return _DELIMITER.fullmatch(line.text) is not None
    if len(line.words) > _SHORT or "?" in line.text:
        return False
    if _CLOSING.match(line.text):
        return not line.classes & {"ask"} or len(line.words) <= 3  # noqa: PLR2004
    if len(line.words) <= 3 and "closing" in line.classes and not asks(line) and line.text[-1] not in ".:":  # noqa: PLR2004
        return not any(map(str.isdigit, line.text))
    return "closing" in line.classes and line.text.endswith((",", "!"))


def features(lines: Sequence[Line], total: int, who: Sender) -> list[list[str]]:
    """The features of every line, in the same order; `total` is how many lines that are not blank the text has."""
    answer = []
    since = 9  # lines since the last one that looks like a closing formula
    for place, line in enumerate(lines):
        above = lines[place - 1] if place else None
        found = _shape(line, who)
        found += _place(place, len(lines), total - len(lines) + place, line, above)
        found.append(f"since={min(since, 6)}")
        if since == 1:
            found.extend(
                (
                    f"below closing {_bucket(len(line.words))}",
                    "below closing upper" if line.text[0].isupper() else "below closing not upper",
                )
            )
        found += [f"w={word}" for word in {*line.folded[:_FEW_WORDS]} if not word[0].isdigit()]
        answer.append(found)
        since = 1 if line.closing else min(since + 1, 9)
    return answer


def _name(count: int) -> str:
    for limit, name in ((0, "0"), (1, "1"), (2, "2"), (3, "3"), (5, "4-5"), (8, "6-8"), (14, "9-14"), (25, "15-25")):
        if count <= limit:
            return name
    return "26+"


_BUCKETS = tuple(_name(count) for count in range(27))


def _bucket(count: int) -> str:
    return _BUCKETS[min(count, 26)]


def _shape(line: Line, who: Sender) -> list[str]:
    text, words, count = line.text, line.words, len(line.words)
    letters = [word for word in words[:_FEW_WORDS] if word[0].isalpha()]
    big = sum(word[0].isupper() for word in letters)
    small = sum(
        word[0].islower() and folded not in phrases.CONNECTORS for word, folded in zip(words[:_FEW_WORDS], line.folded, strict=False)
    )
    digits = sum(map(str.isdigit, text))
    name = name_share(line, who)
    firm = any(label in "".join(line.folded) for label in who.firm)
    found = [
        "bias",
        f"words={_bucket(count)}",
        f"end={kind(text[-1])}",
        f"begin={kind(text[0])}",
        f"big={0 if not letters else 4 * big // len(letters)}",
        f"small={_bucket(small)}",
        f"digits={_bucket(digits)}",
        f"name={name}",
        f"name={name} words={_bucket(count)}",
        f"first={line.folded[0] if words else text[:2]}",
        f"last={line.folded[-1] if words else ''}",
        *(f"class={one}" for one in line.classes),
        *(f"class={one} words={_bucket(count)}" for one in line.classes),
    ]
    if not small and count <= 6:  # noqa: PLR2004
        found.append("all capitalised")
        if not line.classes:
            found.append(f"name-like words={_bucket(count)} name={name}")
        found.append(f"all capitalised words={_bucket(count)} end={kind(text[-1])}")
    if firm:
        found.extend(("firm", f"firm words={_bucket(count)}", f"firm small={_bucket(small)}"))
    if text.isupper():
        found.append("shouted")
    if "?" in text:
        found.append("question")
    if text.count(".") + text.count("!") > 1:
        found.append("sentences")
    found += _patterns(text, digits)
    if may_ask(line):
        found.append(MAY_ASK)
    if line.closing:
        found.extend(("closing", f"closing words={_bucket(count)}"))
    contacts = {"phone", "address", "link"} & {*found}
    if contacts and len(_LETTERS.findall(_CONTACTS.sub("", text))) <= 2:  # noqa: PLR2004
        found.append("only contact")
    if contacts or "contact" in line.classes or "postal" in found or "register" in line.classes:
        found.append(f"particulars words={_bucket(count)} small={_bucket(small)}")
    if "notice" in line.classes:
        found.append(f"notices={_bucket(notices(line))}")
    if ":" in text:
        found.append(f"colon words={_bucket(count)} digits={_bucket(digits)}")
    return found


def notices(line: Line) -> int:
    """How many of the line's words are those of disclaimers and of machines' notices."""
    return sum("notice" in WORD_CLASSES.get(word, ()) for word in line.folded) if "notice" in line.classes else 0


def asks(line: Line) -> bool:
    """Whether a line asks for something in so many words, or goes on with what was asked."""
    if "request" in line.classes or ("talk" in line.classes and len(line.words) > 1 and "mobile" not in line.classes):
        return True
    return line.text.startswith(_GOES_ON)


_PARTICULARS = frozenset({"post", "firm", "street", "contact", "register", "mobile"})


def is_prose(line: Line, who: Sender) -> bool:
    """Whether nearly all words of a line are small, and none is a post, a firm, a place or the sender's name."""
    count = len(line.words)
    if count <= 2 or line.classes & _PARTICULARS:  # noqa: PLR2004
        return False
    small = sum(word[0].islower() and folded not in phrases.CONNECTORS for word, folded in zip(line.words, line.folded, strict=True))
    return small >= max(2, count - 2) and name_share(line, who) not in ("all", "first", "some")


def may_ask(line: Line) -> bool:
    """Whether a line might want something done: only strong evidence takes it for signature or disclaimer."""
    if "?" in line.text or _POSTSCRIPT.match(line.text):
        return True
    if not line.classes and not any(map(str.isdigit, line.text)) and not _MONEY.search(line.text):
        return not line.words
    if notices(line) > 1:
        return False
    contact = line.classes & {"post", "contact", "register", "mobile"} or "@" in line.text
    return not contact and ("ask" in line.classes or "day" in line.classes or says_something(line))


def is_answer(line: Line) -> bool:
    """Whether a line is a lone word that answers a question."""
    return len(line.words) == 1 and line.folded[0] in phrases.ANSWERS


def is_disclaimer(line: Line) -> bool:
    """Whether a line says by itself that it is a disclaimer."""
    if _FOOTER.match(line.text):
        return True
    if notices(line) < 2:  # noqa: PLR2004  one such word may be anybody's
        return False
    found = None if "?" in line.text else _DISCLAIMER.search(line.text)
    return found is not None and not any(mark in line.text[: found.start()] for mark in (". ", "! "))


def says_something(line: Line) -> bool:
    """Whether a line holds what no signature holds: money, a share, a day, a number alone, or a change that somebody must note."""
    text = line.text
    if "...." in text:
        return True  # a form's dotted line
    if "change" in line.classes and (any(map(str.isdigit, _SINCE_YEAR.sub("", text))) or ":" in text):
        return True
    if _PHONE.search(text) or "contact" in line.classes:
        return False
    return (
        "%" in text or _DAY.search(text) is not None or _MONEY.search(text) is not None or not any(word[0].isalpha() for word in line.words)
    )


def _patterns(text: str, digits: int) -> list[str]:
    """What a line holds that follows a pattern; each is looked for only where its signs are."""
    found = ["honorific"] if _HONORIFIC.match(text) else []
    if "." in text:
        if "@" in text and _ADDRESS.search(text):
            found.append("address")
        if _LINK.search(text):
            found.append("link")
    if digits:
        found += [name for name, least, pattern in _NUMBERS if digits >= least and pattern.search(text)]
    if _DIVIDER.search(text):
        found.append("divider")
    return found


_NUMBERS = (("phone", 7, _PHONE), ("money", 2, _MONEY), ("long number", 4, _LONG_NUMBER), ("postal", 3, _POSTAL))


def name_share(line: Line, who: Sender) -> str:
    """How much of a line is the sender's name: all, first, some or none."""
    letters = [word for word in line.folded[:_FEW_WORDS] if word[0].isalpha()]
    if not letters:
        return "no words"
    initials = {name[0] for name in who.names}
    known = [word in who.names or (len(word) <= 2 and set(word) <= initials) for word in letters]  # noqa: PLR2004
    if all(known) and len(letters) <= 4:  # noqa: PLR2004
        return "all"
    if known[0]:
        return "first"
    if any(word in who.names for word in letters):
        return "some"
    if any(word.startswith(name[:3]) or name.startswith(word[:3]) for word in letters[:1] for name in who.names if len(word) > 2):  # noqa: PLR2004
        return "alike"
    return "none"


def _place(place: int, last: int, before: int, line: Line, above: Line | None) -> list[str]:
    """Where the line stands, and what stands above it."""
    below = last - 1 - place
    found = [f"from end={_bucket(below)}", f"above={min(before, 3)}", f"gap={line.gap}", f"gap={line.gap} words={_bucket(len(line.words))}"]
    if above is None:
        return found
    end = kind(above.text[-1])
    found.extend((f"end above={end}", f"end above={end} words={_bucket(len(line.words))} begin={kind(line.text[0])}"))
    found.append(f"words above={_bucket(len(above.words))}")
    if len(above.text) <= 3 and not above.words:  # noqa: PLR2004
        found.append("delimiter above")
    return found


def kind(character: str) -> str:
    """A character's kind: a language-free shape."""
    if character.isalpha():
        return "A" if character.isupper() else "a" if character.islower() else "x"
    return "9" if character.isdigit() else character
