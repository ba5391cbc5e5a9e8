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
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.shapes import Shape, shape, shapes_of
from inboxbot.classify.entities.spoken import SpokenNumber
from inboxbot.facts import Facts

_REACH = 40  # characters in which a word before a number gives it its role
_MOST_IN_RANGE = 500
_POSTCODE_LEAD = re.compile(r"(?:[a-z],?\s[A-Z]{2}\s|\b[A-Z]{1,2}-)\Z")  # "Chicago, IL 60614", "D-20095"
_LIST_MARK = re.compile(r"[,/&+]|\n|[a-z]", re.IGNORECASE)  # more than a blank: columns of a table are no list
_UNKNOWN = re.compile(r"(?<![\w.,/\-])(?:(?P<prefix>[A-Z]{1,4})[\-\s]?)?(?P<core>\d{4,10})(?![\w/]|[.,:\-]\d)")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A number of an invoice's shape, and what its own writing says."""

    number: str  # in ledger form
    span: Span
    prefixed: bool
    owner: Owner


@dataclass(frozen=True, slots=True)
class _Role:
    """What the surroundings say: an invoice, something else, or nothing."""

    explicit: bool = False
    other: bool = False


def find_invoices(text: str, facts: Facts, taken: Coverage, spoken: Sequence[SpokenNumber] = ()) -> list[InvoiceMention]:
    """Every invoice that the text names, lists, suffix lists ("20345/46") and ranges ("20101 - 20105") included."""
    found: list[InvoiceMention] = []
    previous: tuple[_Candidate, _Role] | None = None
    vocal = bool(_words().search(text))
    for candidate in _candidates(text, facts, taken):
        role = _role(text, candidate, previous)
        if _accepted(candidate, role, vocal=vocal):
            how = How.EXPLICIT if candidate.prefixed or role.explicit else How.BARE
            found.append(InvoiceMention(candidate.number, candidate.span, how, candidate.owner))
            found.extend(_suffixes(text, candidate, facts))
        previous = (candidate, role)
    return sorted([*found, *_ranges(text, found, facts), *_spoken(spoken, facts)], key=lambda mention: mention.span)


def _spoken(spoken: Sequence[SpokenNumber], facts: Facts) -> Iterator[InvoiceMention]:
    """Numbers in words ("two oh one one seven"): the customer's own only."""
    for run in spoken:
        for form in facts.invoice_shapes if run.digits else ():
            fits = shape(form).digits == len(run.digits)
            number = shape(form).fill(run.digits) if fits else ""
            if fits and facts.invoice(number):
                yield InvoiceMention(number, run.span, How.SPOKEN, Owner.OWN)


def _candidates(text: str, facts: Facts, taken: Coverage) -> list[_Candidate]:
    own = {invoice.invoice_number for invoice in facts.invoices}
    found: list[_Candidate] = []
    for form in dict.fromkeys([*shapes_of(own), *(shape(one) for one in facts.invoice_shapes)]):
        for match in form.pattern.finditer(text):
            _take(found, _candidate(match, form.fill(match["core"]), own, facts), taken)
    for match in _UNKNOWN.finditer(text):
        number = _ledger_form(match, facts.invoice_shapes)
        if number:
            _take(found, _candidate(match, number, own, facts), taken)
    return sorted(found, key=lambda candidate: candidate.span)


def _candidate(match: re.Match[str], number: str, own: set[str], facts: Facts) -> _Candidate:
    owner = Owner.OWN if number in own else Owner.FOREIGN if number in facts.all_invoice_numbers else Owner.UNKNOWN
    return _Candidate(number, Span(match.start(), match.end()), bool(match["prefix"]), owner)


def _take(found: list[_Candidate], candidate: _Candidate, taken: Coverage) -> None:
    if not taken.hits(candidate.span):
        taken.add(candidate.span)
        found.append(candidate)


def _ledger_form(match: re.Match[str], shapes: Sequence[str]) -> str:
    """A number that no shape fits, with the commonest shape's prefix: only an invoice word can make it one."""
    form: Shape | None = shape(shapes[0]) if shapes else None
    core = match["core"]
    if form is None or match["prefix"] or len(core) == form.digits or core[0] == "0" or re.fullmatch(r"20[12]\d", core):
        return ""
    if not _worded().search(match.string, max(0, match.start() - _REACH), match.start()):
        return ""
    return form.prefix + core


def _accepted(candidate: _Candidate, role: _Role, *, vocal: bool) -> bool:
    if candidate.prefixed:
        return True
    if role.other:
        return False
    if candidate.owner is Owner.OWN:
        return True
    if candidate.owner is Owner.FOREIGN:
        return role.explicit or vocal
    return role.explicit


def _role(text: str, candidate: _Candidate, previous: tuple[_Candidate, _Role] | None) -> _Role:
    start, end = candidate.span.start, candidate.span.end
    low = max(0, start - _REACH)
    if _money_or_count().match(text, end):
        return _Role(other=True)
    if previous and start - previous[0].span.end <= _REACH and _joiner().fullmatch(text, previous[0].span.end, start):
        first, role = previous
        listed = bool(_LIST_MARK.search(text, first.span.end, start)) and not role.other and first.owner is Owner.OWN
        return _Role(explicit=role.explicit or first.prefixed or listed, other=role.other)
    if _money_before().search(text, max(0, start - 8), start):
        return _Role(other=True)
    if _explicit().search(text, low, start):
        return _Role(explicit=True)
    return _Role(other=bool(_POSTCODE_LEAD.search(text, max(0, start - 8), start)) or bool(_other_role().search(text, low, start)))


def _suffixes(text: str, first: _Candidate, facts: Facts) -> Iterator[InvoiceMention]:
    """The short numbers of "20345/46/48": each replaces the last digits of the number before it."""
    number, position = first.number, first.span.end
    while match := _SUFFIX.match(text, position):
        digits = match["digits"]
        number = number[: -len(digits)] + digits
        owner = _owner(number, facts)
        if owner is Owner.UNKNOWN:
            return
        yield InvoiceMention(number, Span(match.start("digits"), match.end()), How.SUFFIX, owner)
        position = match.end()


_SUFFIX = re.compile(r"[ ]?[/&+][ ]?(?P<digits>\d{2,4})(?![\d.,:]\d|\w|\s?[%€$])")


def _owner(number: str, facts: Facts) -> Owner:
    if facts.invoice(number):
        return Owner.OWN
    return Owner.FOREIGN if number in facts.all_invoice_numbers else Owner.UNKNOWN


def _ranges(text: str, found: Sequence[InvoiceMention], facts: Facts) -> Iterator[InvoiceMention]:
    """What lies between the ends of "20101 - 20105", as far as it is the customer's."""
    for first, last in pairwise(found):
        if not _range().fullmatch(text, first.span.end, last.span.start):
            continue
        between = [i.invoice_number for i in facts.invoices if first.number < i.invoice_number < last.number]
        if len(first.number) == len(last.number) and len(between) <= _MOST_IN_RANGE:
            span = Span(first.span.end, last.span.start)
            yield from (InvoiceMention(number, span, How.RANGE, Owner.OWN) for number in sorted(between))


@cache
def _words() -> re.Pattern[str]:
    words = tables("numbers")
    return re.compile(rf"(?<!\w){alternation([*words['invoice'], *words['receivables']])}(?!\w)", re.IGNORECASE)


@cache
def _explicit() -> re.Pattern[str]:
    """An invoice word, perhaps "no.", and then the number; or a number sign of its own."""
    words = tables("numbers")
    number = rf"(?:{alternation(words['number'])})[\s.:#(\-]*"
    return re.compile(rf"(?:(?<!\w){alternation(words['invoice'])}[\s.:#(\-]*(?:{number}){{0,2}}|(?<![\w#])#\s?)\Z", re.IGNORECASE)


@cache
def _worded() -> re.Pattern[str]:
    """An invoice word on the same line."""
    words = tables("numbers")
    number = rf"(?:{alternation(words['number'])})[ .:#]*"
    return re.compile(rf"(?<!\w){alternation(words['invoice'])}[ .:#]*(?:{number}){{0,2}}\Z", re.IGNORECASE)


@cache
def _other_role() -> re.Pattern[str]:
    words = tables("numbers")
    roles = [*words["other_role"], *words["purchase_order"]]
    return re.compile(rf"(?<!\w){alternation(roles)}[ .:#]*(?:(?:{alternation(words['number'])})[ .:#]*)?\Z", re.IGNORECASE)


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
    return re.compile(rf"(?:(?<![A-Za-z]){marks}\.?\s?|\d[.,'/\-]|\+\d{{1,3}}\s?)\Z")


@cache
def _money_or_count() -> re.Pattern[str]:
    """Decimals, a currency, or a unit after a number."""
    units = alternation([*tables("numbers")["unit"], *tables("money")["after"]])
    return re.compile(rf"(?:[.,]\d{{1,2}}(?!\d)|[.,]\d{{3}}(?!\d)|\s?{units}(?!\w)|\s?%)", re.IGNORECASE)
