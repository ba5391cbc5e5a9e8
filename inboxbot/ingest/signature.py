"""Signatures: what stands below a writer's closing words.

In: the lines a writer wrote, and what is known of his name. Out: the lines to keep (the closing formula among them) and
the lines of the signature. A line that might ask for something is kept: a signature read as text costs a question to
staff, an ask read as signature is lost.
"""

# ruff: noqa: RUF001  the punctuation of other languages is meant

import re
from collections.abc import Sequence

from inboxbot.ingest import phrases

_MAX_LINE = 200  # characters; nothing longer is a signature's line, save a firm's legal particulars
_TAIL_LINES = 14  # a signature without closing words is looked for in this many lines at the end

_AND = r"(?:\s(?:and|und|et|y|e|en|og|och|&)\s|\s?[,;/!.]\s?|\s)"
_CLOSING = re.compile(rf"\W{{0,3}}(?:{phrases.CLOSINGS})(?:{_AND}(?:{phrases.CLOSINGS}))?\b", re.IGNORECASE)
_LOOSE_CLOSING = re.compile(rf"\b(?:{phrases.CLOSING_STEMS})\b", re.IGNORECASE)
_DELIMITER = re.compile(r"(?:-- ?|––|—|-{2,3})")
_MOBILE = re.compile(rf"\W{{0,3}}(?:{phrases.MOBILE})", re.IGNORECASE)
_POSTSCRIPT = re.compile(rf"\W{{0,3}}(?:{phrases.POSTSCRIPTS})", re.IGNORECASE)
_ASK = re.compile(rf"\b(?:{phrases.ASKS})\b", re.IGNORECASE)
_CONTACT = re.compile(phrases.CONTACTS, re.IGNORECASE)
_LEGAL = re.compile(phrases.LEGAL_FORMS, re.IGNORECASE)
_TITLE = re.compile(phrases.POSTS, re.IGNORECASE)
_STREET = re.compile(phrases.STREETS, re.IGNORECASE)
_MONEY = re.compile(r"[$€£¥]|\d[.,]\d{2}\b|\b(?:usd|eur|gbp|chf|sek|cad)\b", re.IGNORECASE)
_FIELD = re.compile(r"\s*[|,;/·•–—(]\s*|\s-\s")
_LONE_NUMBER = re.compile(r"(?<![\d-])(?!(?:19|20)\d\d\b)\d{4,}")
_ON_BEHALF = re.compile(r"(?:i\.\s?[av]\.?|ppa\.?|p\.\s?p\.|pp|for|für|pour|per|on behalf of)\s+", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+")
_WORD = re.compile(r"[^\W\d_]+")

Split = tuple[list[str], list[str]]


def cut(lines: Sequence[str], sender: str = "") -> Split:
    """(lines to keep, lines of signatures); `sender` holds the words of the sender's name and address."""
    kept: list[str] = []
    out: list[str] = []
    names = frozenset(word.casefold() for word in _WORD.findall(sender) if len(word) > 1)
    below = False  # whether the lines stand below closing words, with nothing but signature between
    body = gap = False  # whether anything was written above; whether a blank line was taken out just above
    for index, line in enumerate(lines):
        if _is_mobile(line) or (below and (not line.strip() or is_signature_line(line, names))):
            out.append(line)
            gap = gap or not line.strip()
        elif body and _DELIMITER.fullmatch(line.strip()):
            out.append(line)
            below = True
        else:
            kept.extend(["", line] if gap else [line])
            gap = False
            below = is_closing(line, names) or (bool(kept) and _is_loose_closing(lines, index))
            body = body or bool(line.strip())
    return _cut_tail(_trimmed(kept), out, names)


def _is_mobile(line: str) -> bool:
    """Whether the line is what a telephone's mail program adds by itself."""
    found = _MOBILE.match(line[:_MAX_LINE])
    return found is not None and len(line[found.end() :].split()) <= 6 and "?" not in line and not _LONE_NUMBER.search(line)  # noqa: PLR2004


def is_closing(line: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether the line is a closing formula, alone or with a name behind it."""
    words = line.strip()
    if not words or len(words) > 80 or _asks(words):  # noqa: PLR2004
        return False
    found = _CLOSING.match(words)
    if not found:
        return False
    rest = words[found.end() :].strip(" ,;.!-–—:)🙂")
    return not rest or _is_name(rest) or _all_known(rest, names)


def _is_loose_closing(lines: Sequence[str], index: int) -> bool:
    """A short line with a closing word that ends in a comma, near the end: "Sunny greetings from Fremont,"."""
    line = lines[index].strip()
    near_end = len(lines) - index <= _TAIL_LINES
    return near_end and line.endswith(",") and len(line.split()) <= 8 and bool(_LOOSE_CLOSING.search(line)) and not _asks(line)  # noqa: PLR2004


def is_signature_line(line: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a line below closing words belongs to a signature."""
    words = _ON_BEHALF.sub("", line.strip(" \t*_|>"), count=1)
    if _all_known(words, names):
        return True
    if "?" in _WEB.sub("", words[:_MAX_LINE]) or _POSTSCRIPT.match(words):
        return False
    if _is_particulars(words):
        return True
    return not (len(words) > _MAX_LINE or _MONEY.search(words) or _asks(words)) and _is_short(words)


def _is_particulars(words: str) -> bool:
    """A firm's legal particulars: the one long line a signature may have."""
    return len(words) <= 2 * _MAX_LINE and bool(_LEGAL.search(words) and _CONTACT.search(words))


def _is_short(words: str) -> bool:
    """Whether the line is as short, and as little like a sentence, as the lines of a signature are."""
    count = len(words.split())
    if _CONTACT.search(words) or _LEGAL.search(words) or _STREET.search(words):
        return count <= 16  # noqa: PLR2004
    lower = sum(word[:1].islower() and word.casefold() not in phrases.CONNECTORS for word in words.split()[1:])
    sentence = (count >= 6 and words.endswith((".", "!", ":"))) or _is_prose(words, count, lower)  # noqa: PLR2004
    running = count >= 3 and words[:1].islower() and not _TITLE.search(words)  # noqa: PLR2004
    return count <= 12 and not (sentence or running or _LONE_NUMBER.search(words))  # noqa: PLR2004


def _is_prose(words: str, count: int, lower: int) -> bool:
    """Whether a line tells something: mostly words that no name or post would write small."""
    if _TITLE.search(words):
        return False
    return (count >= 4 and 2 * lower >= count - 1) or (count >= 3 and lower >= 1 and words.endswith((".", "!")))  # noqa: PLR2004


def _cut_tail(kept: list[str], out: list[str], names: frozenset[str]) -> Split:
    """Cuts a signature that stands at the end without closing words."""
    first = len(kept)
    for index in range(len(kept) - 1, max(len(kept) - _TAIL_LINES, 0) - 1, -1):
        line = kept[index]
        if line.strip() and (not is_signature_line(line, names) or is_closing(line, names)):
            break
        if line.strip() and index and _begins_signature(kept, index, names):
            first = index
    return (_trimmed(kept[:first]), [*kept[first:], *out]) if first < len(kept) else (kept, out)


def _begins_signature(kept: Sequence[str], index: int, names: frozenset[str]) -> bool:
    """Whether a signature begins here: the sender's own name, or a name with a post, a firm or a telephone below it."""
    line = kept[index].strip(" \t*-–—~/,.")
    if not any(above.strip() for above in kept[:index]):
        return False
    if _is_own_name(line, names) or _is_firm(line):
        return True
    before = next(above.strip() for above in reversed(kept[:index]) if above.strip())
    if not (
        before.endswith((".", "!", "?", ",", ")", "…", "。")) or is_closing(before, names) or _LOOSE_CLOSING.search(before[-_MAX_LINE:])
    ):
        return False
    first = _FIELD.split(line, maxsplit=1)
    told = len(first) == 1 or _TITLE.search(line) or _LEGAL.search(line) or _CONTACT.search(line)
    return bool(told) and _is_name(first[0].strip()) and first[0].split()[0].casefold().strip(".") not in phrases.ANSWERS


def _is_firm(line: str) -> bool:
    """Whether the line is a firm's name: a legal form, and no word that is not capitalised."""
    words = _ON_BEHALF.sub("", line).split()
    capitalised = all(
        word[0].isupper() or word[0].isdigit() or word.casefold() in phrases.CONNECTORS or not word[0].isalnum() for word in words
    )
    return len(words) <= 10 and capitalised and bool(_LEGAL.search(line)) and not _asks(line)  # noqa: PLR2004


def _is_own_name(line: str, names: frozenset[str]) -> bool:
    words = _WORD.findall(line)
    if not words or len(words) > 12:  # noqa: PLR2004
        return False
    mine = [word for word in words if word.casefold() in names]
    if is_closing(line, names):
        return False
    return _all_known(line, names) or (bool(mine) and len(words) <= 5 and line[:1].isupper() and not _asks(line))  # noqa: PLR2004


def _all_known(words: str, names: frozenset[str]) -> bool:
    """Whether all the words are the sender's names, or initials of them."""
    found = [word.casefold() for word in _WORD.findall(words)]
    initials = {name[0] for name in names}
    known = [word in names or (len(word) <= 2 and set(word) <= initials) for word in found]  # noqa: PLR2004
    return bool(found) and all(known)


def _is_name(words: str) -> bool:
    """Whether the words look like a person's name: one to four, capitalised, nothing else."""
    found = words.replace(".", " ").replace("-", " ").replace("'", " ").split()
    if not 1 <= len(found) <= 4 or _asks(words):  # noqa: PLR2004
        return False
    return all(word.isalpha() and (word[0].isupper() or word in ("de", "van", "von", "der", "la", "di")) for word in found)


def _asks(words: str) -> bool:
    return "?" in words or _ASK.search(words[:_MAX_LINE]) is not None


def _trimmed(lines: Sequence[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return list(lines[:end])
