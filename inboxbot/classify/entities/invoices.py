"""Invoice numbers, however written: found widely, judged by the ledger and by what stands around them.

In: folded text, the sender's facts, spans that already have a role (dates, purchase orders, payment references).
Out: `InvoiceMention`s in the ledger's own form, foreign and unknown ones included.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.findings import How, InvoiceMention, Owner, Span
from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.shapes import Shape, shape
from inboxbot.classify.entities.spoken import SpokenNumber
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.classify.entities.words import Hits
from inboxbot.facts import Facts

_REACH = 40  # characters in which a word before a number gives it its role
_MOST_IN_RANGE = 500
_POSTCODE_LEAD = re.compile(r"(?:[a-z],?\s[A-Z]{2}\s|\b[A-Z]{1,2}-)\Z")  # "Chicago, IL 60614", "D-20095"
_LIST_MARK = re.compile(r"[,/&+]|\n|[a-z]", re.IGNORECASE)  # more than a blank: columns of a table are no list
_UNKNOWN = re.compile(r"(?<![\w.,/\-])(?P<prefix>)(?P<core>\d{4,10})(?![\w/]|[.,:\-]\d)")
_LETTERS = re.compile(r"(?<![\w.,/\-])[A-Z]{1,4}[\-\s]?\Z")  # a number of somebody else's: "DM 3307"
_SIGN = re.compile(r"(?<![\w#])#\s?\Z|(?<!\w)(?:your|ihre|votre|vuestra|uw|vostra|deres)[ ]\Z", re.IGNORECASE)
_TOWN = re.compile(r"[ ][A-ZÀ-Þ][a-zà-ÿ]{2}")
_FEWEST, _MOST = 4, 10  # digits


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number of an invoice's shape, and what its own writing says."""

    number: str  # in ledger form
    span: Span
    prefixed: bool
    owner: Owner
    placed: bool = False  # a town's name follows: a postcode


@dataclass(frozen=True, slots=True)
class _Role:
    """What the surroundings say: an invoice, something else, or nothing."""

    explicit: bool = False
    other: bool = False


def find_invoices(
    tokens: Tokens, hits: Hits, view: LedgerView, taken: Coverage, spoken: Sequence[SpokenNumber] = ()
) -> list[InvoiceMention]:
    """Every invoice that the text names, lists, suffix lists ("20345/46") and ranges ("20101 - 20105") included."""
    text, facts = tokens.text, view.facts
    found: list[InvoiceMention] = []
    previous: tuple[_Candidate, _Role] | None = None
    vocal = facts.customer is not None or hits.has("numbers.invoice") or hits.has("numbers.receivables")
    for candidate in _candidates(tokens, hits, view, taken):
        role = _role(text, hits, candidate, previous)
        if _accepted(candidate, role, vocal=vocal):
            how = How.EXPLICIT if candidate.prefixed or role.explicit else How.BARE
            found.append(InvoiceMention(candidate.number, candidate.span, how, candidate.owner))
            found.extend(_suffixes(text, candidate, view))
        previous = (candidate, role)
    return sorted([*found, *_ranges(text, found, facts), *_spoken(spoken, view)], key=lambda mention: mention.span)


def _spoken(spoken: Sequence[SpokenNumber], view: LedgerView) -> Iterator[InvoiceMention]:
    """Numbers in words ("two oh one one seven"): the customer's own only."""
    for run in spoken:
        for form in view.facts.invoice_shapes if run.digits else ():
            fits = shape(form).digits == len(run.digits)
            number = shape(form).fill(run.digits) if fits else ""
            if fits and number in view.invoices:
                yield InvoiceMention(number, run.span, How.SPOKEN, Owner.OWN)


def _candidates(tokens: Tokens, hits: Hits, view: LedgerView, taken: Coverage) -> list[_Candidate]:
    found: list[_Candidate] = []
    for match, form in view.invoice_forms.find(tokens, _always):
        _take(found, _candidate(match, form.fill(match["core"]), view), taken)
    for i in tokens.numbers if hits.has("numbers.invoice") else ():
        if _FEWEST <= len(tokens.words[i]) <= _MOST and (unknown := _UNKNOWN.match(tokens.text, tokens.starts[i])):
            number = _ledger_form(unknown, view.facts.invoice_shapes, hits)
            if number:
                _take(found, _candidate(unknown, number, view), taken)
    return sorted(found, key=lambda candidate: candidate.span)


def _always(_: int, __: Shape) -> bool:
    return True


def _candidate(match: re.Match[str], number: str, view: LedgerView) -> _Candidate:
    placed = bool(_TOWN.match(match.string, match.end()))
    return _Candidate(number, Span(match.start(), match.end()), bool(match["prefix"]), _owner(number, view), placed)


def _take(found: list[_Candidate], candidate: _Candidate, taken: Coverage) -> None:
    if not taken.hits(candidate.span):
        taken.add(candidate.span)
        found.append(candidate)


def _ledger_form(match: re.Match[str], shapes: Sequence[str], hits: Hits) -> str:
    """A number that no shape fits, with the commonest shape's prefix: only an invoice word can make it one."""
    form: Shape | None = shape(shapes[0]) if shapes else None
    core = match["core"]
    if form is None or len(core) == form.digits or core[0] == "0" or re.fullmatch(r"20[12]\d", core):
        return ""
    if _LETTERS.search(match.string, max(0, match.start() - 6), match.start()):
        return ""
    return form.prefix + core if hits.before("numbers.invoice", match.start(), _worded(), _REACH) else ""


def _accepted(candidate: _Candidate, role: _Role, *, vocal: bool) -> bool:
    if candidate.prefixed:
        return True
    if role.other:
        return False
    if candidate.owner is Owner.OWN:
        return True
    if candidate.owner is Owner.FOREIGN:
        return role.explicit or (vocal and not candidate.placed)
    return role.explicit


def _role(text: str, hits: Hits, candidate: _Candidate, previous: tuple[_Candidate, _Role] | None) -> _Role:
    start, end = candidate.span.start, candidate.span.end
    if _money_or_count().match(text, end):
        return _Role(other=True)
    if previous and start - previous[0].span.end <= _REACH and _joiner().fullmatch(text, previous[0].span.end, start):
        first, role = previous
        listed = bool(_LIST_MARK.search(text, first.span.end, start)) and not role.other and first.owner is Owner.OWN
        return _Role(explicit=role.explicit or first.prefixed or listed, other=role.other)
    if _money_before().search(text, max(0, start - 8), start):
        return _Role(other=True)
    if hits.before("numbers.invoice", start, _explicit(), _REACH) or _SIGN.search(text, max(0, start - 9), start):
        return _Role(explicit=True)
    if _POSTCODE_LEAD.search(text, max(0, start - 8), start):
        return _Role(other=True)
    roles = ("numbers.other_role", "numbers.purchase_order")
    other = any(hits.before(name, start, _after_role(), _REACH) for name in roles)
    return _Role(other=other and not hits.before("numbers.no_role", start, _after_role(), _REACH))


def _suffixes(text: str, first: _Candidate, view: LedgerView) -> Iterator[InvoiceMention]:
    """The short numbers of "20345/46/48": each replaces the last digits of the number before it."""
    number, position = first.number, first.span.end
    while match := _SUFFIX.match(text, position):
        digits = match["digits"]
        number = number[: -len(digits)] + digits
        owner = _owner(number, view)
        if owner is Owner.UNKNOWN:
            return
        yield InvoiceMention(number, Span(match.start("digits"), match.end()), How.SUFFIX, owner)
        position = match.end()


_SUFFIX = re.compile(r"[ ]?(?:[/&+][ ]?|,[ ]?/)(?P<digits>\d{2,4})(?![\d.,:]\d|\w|\s?[%€$])")


def _owner(number: str, view: LedgerView) -> Owner:
    if number in view.invoices:
        return Owner.OWN
    return Owner.FOREIGN if number in view.facts.all_invoice_numbers else Owner.UNKNOWN


def _ranges(text: str, found: Sequence[InvoiceMention], facts: Facts) -> Iterator[InvoiceMention]:
    """What lies between the ends of "20101 - 20105", as far as it is the customer's."""
    for first, last in pairwise(found):
        if not _range().fullmatch(text, first.span.end, last.span.start):
            continue
        between = [i.invoice_number for i in facts.invoices if first.number < i.invoice_number < last.number]
        if len(first.number) == len(last.number) and len(between) <= _MOST_IN_RANGE:
            span = Span(first.span.end, last.span.start)
            yield from (InvoiceMention(number, span, How.RANGE, Owner.OWN) for number in sorted(between))


def _number() -> str:
    return rf"(?:{alternation(tables('numbers')['number'])})"


@cache
def _explicit() -> re.Pattern[str]:
    """What may stand between an invoice word and its number: "no.", brackets."""
    return re.compile(rf"[\s.:#(\-]*(?:{_number()}[\s.:#(\-]*){{0,2}}", re.IGNORECASE)


@cache
def _worded() -> re.Pattern[str]:
    """The same, on the same line."""
    return re.compile(rf"[ .:#]*(?:{_number()}[ .:#]*){{0,2}}", re.IGNORECASE)


@cache
def _after_role() -> re.Pattern[str]:
    return re.compile(rf"[ .:#]*(?:{_number()}[ .:#]*)?", re.IGNORECASE)


@cache
def _joiner() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:[,;/&+\-]|(?<!\w){alternation(tables('numbers')['and'])}(?!\w)|\s|#)+\s*", re.IGNORECASE)


@cache
def _range() -> re.Pattern[str]:
    return re.compile(rf"[ ]*(?:-+|\.\.+|{alternation(tables('numbers')['to'])})[ ]*(?:#|inv[\-\s.]*|nos?\.?[ ]*)?", re.IGNORECASE)


@cache
def _money_before() -> re.Pattern[str]:
    """A currency, a decimal or thousands mark, or a dialling code before a number."""
    marks = alternation(word for word in tables("money")["before"])
    return re.compile(rf"(?:(?<![A-Za-z]){marks}\.?[ ]?|\d[.,'/\-]|\+\d{{1,3}}\s?)\Z")


@cache
def _money_or_count() -> re.Pattern[str]:
    """Decimals, a currency, or a unit after a number."""
    units = alternation([*tables("numbers")["unit"], *tables("money")["after"]])
    return re.compile(rf"(?:[.,]\d{{1,2}}(?!\d)|[.,]\d{{3}}(?!\d)|\s?{units}(?!\w)|\s?%)", re.IGNORECASE)
