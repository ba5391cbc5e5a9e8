"""Other customers' invoices in a mail, named so that they are easily overlooked.

In: message, facts, what was understood. Out: the reasons. Somebody who names an invoice of their own openly, and another's in
the quoted mail, in letters for digits or in words, must not get half an answer as if the rest had not been there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from inboxbot.decision import Reason
from inboxbot.facts import Facts
from inboxbot.message import Message

_MOST_SEARCHED = 20_000  # characters
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_-]*[A-Za-z0-9]")
_NUMBER_WORD = re.compile(  # before digits alone: a postal code is no invoice
    r"(?:\binv(?:oices?)?|\brechnung(?:en)?|\bfact(?:ure|ura)s?|\bfattur[ae]|\bfactuur|\bfaktur[ay]?|\bbills?|#|\bn[or]\.?|n°)\W{0,3}$",
    re.IGNORECASE,
)
_BEFORE = 16  # characters
_LETTERS_FOR_DIGITS = str.maketrans("OoIlSB", "001158")
_DISGUISED = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{0,6}[-/ ]?)(?=[0-9OoIlSB]*[OoIlSB])(?=[0-9OoIlSB]*\d)([0-9OoIlSB]{4,12})(?![A-Za-z0-9])"
)
_DIGIT_WORDS = (
    "zero|oh|nought one two three four five six seven eight nine",
    "null eins|ein zwei|zwo drei vier fünf sechs sieben acht neun",
    "zéro|zero un deux trois quatre cinq six sept huit neuf",
    "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "zero uno due tre quattro cinque sei sette otto nove",
    "nul een twee drie vier vijf zes zeven acht negen",
    "zero um dois três quatro cinco seis sete oito nove",
)
_DIGITS = [{word: str(digit) for digit, words in enumerate(language.split()) for word in words.split("|")} for language in _DIGIT_WORDS]
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_SPOKEN = 4  # digits in a row: fewer are a count


def disguised(message: Message, facts: Facts, understood: Iterable[str]) -> Iterator[Reason]:
    """Why a mail needs a person for what it names beside `understood`, the invoices that were read in it."""
    own = {invoice.invoice_number for invoice in facts.invoices}
    for number in _quoted(message, facts, own):
        yield Reason("foreign_invoice", f"{number} in the quoted mail belongs to another customer")
    text = unicodedata.normalize("NFKC", f"{message.subject}\n{message.new_text}"[:_MOST_SEARCHED])
    known = set(understood)
    for written, numbers in (*_in_letters(text, facts), *_in_words(text, facts)):
        if any(number in facts.all_invoice_numbers and number not in own for number in numbers):
            yield Reason("foreign_invoice", f"{written!r} may be meant as another customer's invoice")
        elif numbers and known.isdisjoint(numbers):
            yield Reason("disguised_number", f"{written!r} may be meant as a number")


def _quoted(message: Message, facts: Facts, own: set[str]) -> list[str]:
    text = message.quoted_text[:_MOST_SEARCHED]
    places = [one for one in _TOKEN.finditer(text) if one[0] in facts.all_invoice_numbers and one[0] not in own]
    return list(dict.fromkeys(one[0] for one in places if not one[0].isdigit() or _NUMBER_WORD.search(text[: one.start()][-_BEFORE:])))


def _in_letters(text: str, facts: Facts) -> Iterator[tuple[str, set[str]]]:
    """Runs of digits with letters that look like digits among them, where one such number is in the ledger."""
    for found in _DISGUISED.finditer(text):
        digits = found[2].translate(_LETTERS_FOR_DIGITS)
        numbers = {*_shaped(digits, facts.invoice_shapes), digits, f"{found[1]}{digits}".upper().replace(" ", "-")}
        if not numbers.isdisjoint(facts.all_invoice_numbers):
            yield found[0].strip(), numbers


def _in_words(text: str, facts: Facts) -> Iterator[tuple[str, set[str]]]:
    """Runs of words for digits, in any one language."""
    words = _WORD.findall(text.casefold())
    for values in _DIGITS:
        run: list[str] = []
        for word in (*words, ""):
            if word in values:
                run.append(word)
                continue
            if len(run) >= _LEAST_SPOKEN:
                yield " ".join(run), _shaped("".join(values[one] for one in run), facts.invoice_shapes)
            run = []


def _shaped(digits: str, shapes: Iterable[str]) -> set[str]:
    """The digits in each of the ledger's forms of that many digits."""
    return {_filled(shape, digits) for shape in shapes if shape.count("#") == len(digits)}


def _filled(shape: str, digits: str) -> str:
    rest = iter(digits)
    return "".join(next(rest) if character == "#" else character for character in shape)
