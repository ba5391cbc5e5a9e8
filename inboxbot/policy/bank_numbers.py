"""Numbers of bank accounts in a text.

In: text. Out: what kind of number stands where. An IBAN is told by its check digits wherever it stands (ISO 13616), however
it is spaced; codes that other words look like (BIC, routing number, sort code) only beside a word that says what they are.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import bic, iban, luhn
from stdnum.us import rtn

_NEAR = 60  # characters between a code and the word that says what it is
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[\s.:-]{0,3}\d[\s.:/_-]{0,3}\d(?:[\s.:/_-]{0,3}[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_SEPARATORS = re.compile(r"[\s.:/_-]+")
_BIC = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{4}[ -]?[A-Za-z]{2}[ -]?[A-Za-z0-9]{2}(?:[ -]?[A-Za-z0-9]{3})?(?![A-Za-z0-9])")
_BIC_WORD = re.compile(r"\b(?:bic|swift)\b", re.IGNORECASE)
_BIC_LABEL = re.compile(  # right before the code: "BIC:", "SWIFT code", "swift is"
    r"\b(?:bic|swift)(?:\s?[/&-]\s?(?:bic|swift))?"
    r"(?:[ -]?(?:code|no\.?|number|nr\.?|id)\s*(?:is|lautet|[:=#])?|\s*(?:is|lautet|[:=#]))\s*$",
    re.IGNORECASE,
)
_LONGEST_LABEL = 40
_NINE_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){8}(?!\d)")
_ROUTING_WORD = re.compile(r"\b(?:routing|aba|rtn|transit|fedwire|acct|refunds?|credits)\b", re.IGNORECASE)
_SORT_CODE = re.compile(r"(?<!\d)\d{2}[ -]\d{2}[ -]\d{2}(?!\d)|(?<!\d)\d{6}(?!\d)")
_SORT_WORD = re.compile(r"\bsort[ -]?code\b|\bbsb\b|\bsort:?\s{1,3}(?=\d{2}[ -]\d{2}[ -]\d{2}(?!\d))", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?<![\w.])\d(?:[ -]?\d){5,17}(?!\w)")
_ACCOUNT_WORD = re.compile(
    r"\b(?:bank|beneficiary|receiving|new|iban)\s{1,3}(?:a/c|acc(?:oun)?t)\b|\ba/c\s{0,2}(?:no|number|#)|\bkonto(?:nummer|nr)\b|\bclabe\b|\bifsc\b"
    r"|\bnum[ée]ro de compte\b|\bn[úu]mero de cuenta\b|\brekeningnummer\b|\bcoordonn[ée]es bancaires\b",
    re.IGNORECASE,
)
_SHORT_ACCOUNT = re.compile(r"(?<![\w.])\d(?:[ -]?\d){7,17}(?!\w)")
_SHORT_WORD = re.compile(r"\b(?:acct|accnt)\b[ .:#]{0,4}(?:no|nr|number)?[ .:#]{0,4}(?=\d)", re.IGNORECASE)  # right before the number
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_CARD_WORD = re.compile(r"\b(?:cards?|visa|master ?card|amex|american express|kreditkarte|carte|tarjeta|carta)\b", re.IGNORECASE)
_MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class BankNumber:
    """A number of a bank account or a bank, as it stands in the text, and in its bare form."""

    kind: str  # "IBAN", "BIC", "routing number", "sort code", "card number" or "account number"
    written: str
    bare: str


def bank_numbers(text: str) -> Iterator[BankNumber]:
    """Every number of the text that names a bank account or a bank."""
    plain = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])
    yield from _ibans(plain)
    yield from (found for found in _beside("BIC", _BIC, _BIC_WORD, plain, bic.is_valid) if _is_a_code(found, plain))
    yield from _beside("routing number", _NINE_DIGITS, _ROUTING_WORD, plain, rtn.is_valid)
    yield from _beside("sort code", _SORT_CODE, _SORT_WORD, plain, lambda _bare: True)
    yield from _right_behind("account number", _SHORT_ACCOUNT, _SHORT_WORD, plain)
    yield from _beside("card number", _CARD, _CARD_WORD, plain, luhn.is_valid)
    yield from _beside("account number", _ACCOUNT, _ACCOUNT_WORD, plain, lambda bare: bare.isdigit())


def bare_form(number: str) -> str:
    """A number without the blanks and marks that make it readable, upper case."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", number)).upper()


def _ibans(text: str) -> Iterator[BankNumber]:
    """A run of letters and digits may begin or end with a neighbouring word: the longest valid beginning counts."""
    for found in _IBAN.finditer(text):
        bare = bare_form(found[0])
        for end in range(len(bare), 14, -1):
            if iban.is_valid(bare[:end]):
                yield BankNumber("IBAN", found[0].strip(), bare[:end])
                break


def _is_a_code(found: BankNumber, text: str) -> bool:
    """Many words are valid BICs ("attached", "find that"): what is one is written like a code, or named as one."""
    if any(character.isdigit() for character in found.written):
        return True
    shouted = found.written.isupper()
    if not shouted and not found.written.isalpha():
        return False
    places = [one.start() for one in re.finditer(re.escape(found.written), text)]
    around = (text[max(0, place - _NEAR) : place + _NEAR] for place in places)
    return any(_BIC_LABEL.search(text[max(0, place - _LONGEST_LABEL) : place]) for place in places) or (
        shouted and any(any(character.islower() for character in one) for one in around)
    )


def _beside(kind: str, number: re.Pattern[str], word: re.Pattern[str], text: str, valid: object) -> Iterator[BankNumber]:
    places = [found.span() for found in word.finditer(text)]
    for found in number.finditer(text) if places else ():
        near = any(start - _NEAR <= found.end() and found.start() <= end + _NEAR for start, end in places)
        overlaps = any(start < found.end() and found.start() < end for start, end in places)
        bare = bare_form(found[0])
        if near and not overlaps and valid(bare):  # type: ignore[operator]
            yield BankNumber(kind, found[0], bare)


def _right_behind(kind: str, number: re.Pattern[str], word: re.Pattern[str], text: str) -> Iterator[BankNumber]:
    for label in word.finditer(text):
        found = number.match(text, label.end())
        if found:
            yield BankNumber(kind, found[0], bare_form(found[0]))
