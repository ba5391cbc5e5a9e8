"""Money in a text.

In: folded text, the sender's facts, spans that already have a role. Out: `AmountMention`s: marked with a currency, written
with cents, equal to something in the ledger, or beside a paying word. Percentages, counts and zeros are none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.deductions import pays, with_deductions
from inboxbot.classify.entities.findings import AmountMention, Span
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.spoken import find_spoken
from inboxbot.classify.entities.written_numbers import NUMBER, cents, grouped, value
from inboxbot.facts import Facts
from inboxbot.understanding import Amount

_CERTAIN = 100  # from here on two decimals are money by themselves; below they may be a section or a clock
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_LIKE = re.compile(r"[0-3]?\d\.[01]\d")
_LENGTHS = frozenset({"m", "mil"})  # metres, thousandths
_LINE_END = re.compile(r"[ ]*(?:[A-Z]{3})?[ ]*(?:$|\n)")
_OWN_DOLLARS = {"$": frozenset({"USD", "CAD", "AUD", "SGD", "NZD", "HKD"}), "kr": frozenset({"NOK", "SEK", "DKK", "ISK"})}
_DEFAULTS = {"$": "USD", "kr": ""}


@dataclass(frozen=True, slots=True)
class _Context:
    """What decides about every number of one mail."""

    currency: str
    ledger_values: frozenset[Decimal]


def find_amounts(text: str, facts: Facts, taken: Coverage, named: Sequence[str] = ()) -> list[AmountMention]:
    """Every amount of money, in order; the currency is the customer's where the text gives none. `named`: invoice numbers."""
    context = _Context(facts.currency or _only_currency(text), ledger_values(facts, named))
    found = []
    for match in _pattern().finditer(text):
        span = Span(match.start(), match.end())
        if not taken.hits(span):
            mention = _amount(match, span, context)
            if mention:
                found.append(mention)
    found += _spoken(text, context, taken)
    return with_deductions(text, sorted(found, key=lambda mention: mention.span), context.ledger_values)


def _spoken(text: str, context: _Context, taken: Coverage) -> Iterator[AmountMention]:
    """Amounts in words, where one of their readings is something that the ledger knows."""
    for run in find_spoken(text):
        known = next((reading for reading in run.readings if reading in context.ledger_values and reading), None)
        if known is not None and not taken.hits(run.span):
            yield AmountMention(Amount(known, context.currency), run.span)


def ledger_values(facts: Facts, named: Sequence[str] = ()) -> frozenset[Decimal]:
    """Every amount, balance and payment of the sender's customer, and the sums of the invoices that are named or open."""
    items = [value for invoice in facts.invoices for value in (invoice.amount, invoice.balance)]
    chosen = [invoice for invoice in facts.invoices if invoice.invoice_number in named]
    sums = [sum((invoice.amount for invoice in chosen), Decimal(0)), sum((invoice.balance for invoice in chosen), Decimal(0))]
    return frozenset([*items, *sums, *facts.balance().values(), *(payment.amount for payment in facts.payments)])


def _amount(match: re.Match[str], span: Span, context: _Context) -> AmountMention | None:
    mark = match["before"] or match["after"]
    number = value(match["number"]) * _scale(match["scale"])
    if not number or not _is_money(match, number, context):
        return None
    negative = bool(match["sign"] or match["inner_sign"]) or _is_bookkeepers_minus(match, number, context)
    return AmountMention(Amount(-number if negative else number, _currency(mark, context.currency)), span, currency_given=bool(mark))


def _is_bookkeepers_minus(match: re.Match[str], number: Decimal, context: _Context) -> bool:
    """Brackets at the end of a line, "(462.00)"; an amount in brackets within a sentence only explains."""
    if not (match["open"] and match["close"]) or match["before"] or number in context.ledger_values:
        return False
    line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
    return bool(_LINE_END.match(match.string, match.end())) and not re.search(r"\d{4}\s*\Z", line)


def _is_money(match: re.Match[str], number: Decimal, context: _Context) -> bool:
    if _not_money_after().match(match.string, match.end()):
        return False
    if match["before"] or match["after"]:
        return True
    known = number in context.ledger_values
    return _is_money_with_cents(match, number, known=known) if cents(match["number"]) else _is_whole_money(match, number, known=known)


def _is_money_with_cents(match: re.Match[str], number: Decimal, *, known: bool) -> bool:
    if number >= _CERTAIN or known or _unit_price_after().match(match.string, match.end()):
        return True
    return not _DAY_LIKE.fullmatch(match["number"]) and pays(match.string, match.start())


def _is_whole_money(match: re.Match[str], number: Decimal, *, known: bool) -> bool:
    text, start, end, written = match.string, match.start(), match.end(), match["number"]
    if _other_role_before().search(text, max(0, start - 25), start) or _count_after().match(text, end):
        return False
    paid = pays(text, start)
    if match["scale"]:
        return paid or match["scale"].lower() not in _LENGTHS
    if grouped(written) and " " not in written:
        return known or paid or bool(_stands_alone().match(text, end))
    return known or (paid and number >= _CERTAIN and not _YEAR.fullmatch(written))


def _scale(written: str | None) -> int:
    return int(_scales()[written.lower()]) if written else 1


def _currency(mark: str | None, own: str) -> str:
    """`$` and `kr` are the customer's own dollars or crowns; no mark: the customer's currency."""
    if not mark:
        return own
    code: str = _marks()[re.sub(r"\s+", " ", mark.lower().rstrip("."))]
    if code in _OWN_DOLLARS:
        return own if own in _OWN_DOLLARS[code] else _DEFAULTS[code] or own
    return code


def _only_currency(text: str) -> str:
    """The one currency that a stranger's mail names, or ''."""
    codes = {code for code in re.findall(r"\b[A-Z]{3}\b", text) if code in _marks().values()}
    return codes.pop() if len(codes) == 1 else ""


@cache
def _marks() -> dict[str, str]:
    money = tables("money")
    return {word.lower(): code for word, code in (money["before"] | money["after"]).items()}


@cache
def _scales() -> dict[str, int]:
    return {word.lower(): factor for word, factor in tables("money")["scale"].items()}


@cache
def _pattern() -> re.Pattern[str]:
    money = tables("money")
    before, after, scale = (alternation(money[name]) for name in ("before", "after", "scale"))
    marked = rf"(?<![A-Za-z$])(?P<before>{before})\.?[ ]{{0,2}}(?P<inner_sign>-)?"
    return re.compile(
        rf"(?P<open>\()?(?P<sign>(?<![\w).\-/])-)?(?:{marked}|(?<![\w.,'/\-])|(?<=[\s;(|]-))(?P<number>{NUMBER})(?!\d)"
        rf"(?:[ ]?(?P<scale>{scale})(?!\w))?(?:\.?[ ]?(?P<after>{after})(?!\w|[ ]?\d))?(?P<close>\))?",
        re.IGNORECASE,
    )


@cache
def _not_money_after() -> re.Pattern[str]:
    """A percentage, an ordinal, or more of the same number or word."""
    percent = alternation(tables("money")["words"]["percent"])
    return re.compile(rf"[ ]?{percent}|[\w]|:\d|/\d|-\w|\.\d", re.IGNORECASE)


@cache
def _count_after() -> re.Pattern[str]:
    """A unit or a time of day."""
    return re.compile(rf"[ ]?(?:{alternation(tables('numbers')['unit'])}(?!\w)|[ap]\.?m\b|uhr\b|h\b)", re.IGNORECASE)


@cache
def _unit_price_after() -> re.Pattern[str]:
    return re.compile(rf"[ ]?(?:/|per |each|a piece|pro |je |{alternation(tables('numbers')['unit'])}(?!\w))", re.IGNORECASE)


@cache
def _other_role_before() -> re.Pattern[str]:
    numbers = tables("numbers")
    roles = alternation(
        [*numbers["other_role"], *numbers["purchase_order"], "section", "sec", "art", "clause", "page", "version", "v", "iso", "rev"]
    )
    return re.compile(rf"(?:(?<!\w){roles}[ .:#]*(?:(?:no|nr|number)[ .:#]*)?|[#:]\d+:?|\d:)\Z", re.IGNORECASE)


@cache
def _stands_alone() -> re.Pattern[str]:
    """What follows 13,652 when it is money: the end of a phrase, not the thing that is counted."""
    words = "for|by|on|against|to|in|goes|is|was|will|towards|und|et|y|e|für|pour|por|per|voor|and|of|from|das|that|over"
    return re.compile(rf"[ ]?(?:$|[\n.,;:!?)|/=\-]|(?:{words})\b)", re.IGNORECASE)
