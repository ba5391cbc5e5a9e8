"""Text as the intent model sees it: what only names something is replaced by the kind of thing it is.

In: raw text. Out: lower-case text in which numbers, amounts, dates, addresses and links are placeholder words. A model
that never sees the names cannot learn them: renumbering an invoice does not change the intents. Repetitions that could
begin anywhere are bounded, so that a page of nothing but digits costs linear time.
"""

import re
import unicodedata

_REPLACEMENTS = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"https?://\S+|www\.\S+", " xlink "),
        (r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", " xaddress "),  # RFC 5321, 4.5.3.1.1: 64 before the @
        (r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?\b", " xiban "),
        (r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|cad|aud|sek|nok|dkk|inr|sgd|rs\.?)\b)\s?-?\d[\d.,' \u00a0\u2009]*\d?(?:\s?k\b)?", " xamount "),
        (
            r"\d[\d.,' \u00a0]{0,40}\s?(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|cad|aud|sek|nok|dkk|inr|sgd|kr|euros?|dollars?|pounds?|lakhs?)\b)",
            " xamount ",
        ),
        (r"\b\d+(?:[.,]\d+)?\s?%", " xpercent "),
        (r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}[./]\d{1,2}\b\.?", " xdate "),
        (r"\b\d{1,3}(?:[.,' \u00a0]\d{3})+(?:[.,]\d{2})?\b|\b\d+[.,]\d{2}\b", " xamount "),
        (r"\b\d{1,2}(?:st|nd|rd|th|er|º|ª)\b", " xordinal "),
        (r"\b\d{1,2}[:.h]\d{2}\b", " xtime "),
        (r"\b[a-z]{1,5}[-/.#]?\d[\w/.-]{0,60}\d\b|#\s?\d+", " xnumber "),
        (r"\d{4,}(?:/\d+)*", " xnumber "),
        (r"\d+", " xdigit "),
    )
)


def normalise(text: str) -> str:
    """Lower-case text with placeholders; letters keep their accents, white space is folded."""
    text = unicodedata.normalize("NFKC", text).replace("\u2019", "'")
    for pattern, word in _REPLACEMENTS:
        text = pattern.sub(word, text)
    return " ".join(text.lower().split())
