"""The words of a text as the intent model sees them: what only names something is replaced by the kind of thing it is.

In: raw text, usually one clause. Out: lower-case words, marks and placeholders, in order. A model that never sees the
names cannot learn them: renumbering an invoice does not change the intents. One pass, and every repetition that could
begin anywhere is bounded, so that a page of nothing but digits costs linear time.
"""

import re
import unicodedata

_SIGNS = r"[$€£¥₹]"
_KINDS = {
    # A plain word first: it is the commonest. It must not be the beginning of a link, an address or a number.
    "word": r"[^\W\d_]+(?:'[^\W\d_]+)?(?![\w@]|[-/.#]\d|[\w.+-]{0,64}@\w|://|\.[\w-]+[./])",
    "xlink": r"https?://\S+|www\.\S+",
    "xaddress": r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",  # RFC 5321, 4.5.3.1.1: 64 before the @
    "xiban": r"[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b",
    "xamount": (
        rf"{_SIGNS}\s?-?\d[\d.,' \u00a0\u2009]{{0,40}}(?:\s?k\b)?"
        rf"|\d[\d.,' \u00a0]{{0,40}}\s?{_SIGNS}"
        r"|\d{1,3}(?:[.,' \u00a0]\d{3})+(?:[.,]\d{2})?(?![\d%])|\d+[.,]\d{2}(?![\d.%/-])"
    ),
    "xpercent": r"\d+(?:[.,]\d+)?\s?%",
    "xdate": r"\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}[./]\d{1,2}\b\.?",
    "xordinal": r"\d{1,2}(?:st|nd|rd|th|er|º|ª)\b",
    "xtime": r"\d{1,2}[:.h]\d{2}\b",
    "xnumber": r"[a-z]{1,5}[-/.#]?\d[\w/.-]{0,60}|#\s?\d+|\d{4,}(?:/\d+)*",
    "xdigit": r"\d+",
    "rest": r"[^\W\d_]+(?:'[^\W\d_]+)?",
    "mark": r"[?!]+",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()), re.IGNORECASE)
_AS_WRITTEN = frozenset({"word", "rest", "mark"})
_LONGEST_WORD = 30  # characters; what follows in a longer one tells nothing


def words_of(text: str) -> list[str]:
    """Words, marks and placeholders in order; letters keep their accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        found.append(match[0].lower()[:_LONGEST_WORD] if kind in _AS_WRITTEN else kind)
    return found
