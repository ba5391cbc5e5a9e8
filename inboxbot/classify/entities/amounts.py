"""Money in a text.

In: tokens of the folded text, the sender's facts, spans that already have a role. Out: `AmountMention`s: marked with a
currency, written with cents, equal to something in the ledger, needed by its arithmetic, or beside a paying word.
Percentages, counts and zeros are none.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from inboxbot.classify.entities.coverage import Coverage
from inboxbot.classify.entities.deductions import Wholes, pays, with_deductions
from inboxbot.classify.entities.findings import AmountMention, Span
from inboxbot.classify.entities.ledger_view import LedgerView
from inboxbot.classify.entities.lexicon import alternation, tables
from inboxbot.classify.entities.money_numbers import MoneyNumber, find_numbers, marks
from inboxbot.classify.entities.spoken import SpokenNumber
from inboxbot.classify.entities.tokens import Tokens
from inboxbot.classify.entities.words import Hits
from inboxbot.understanding import Amount

_CERTAIN = 100  # from here on two decimals are money by themselves; below they may be a section or a clock
_SURELY_SPOKEN = 3  # words that make up a value of the ledger hardly do so by chance
_LEAST = 10  # a smaller whole number needs a currency
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_LIKE = re.compile(r"[0-3]?\d\.[01]\d")
_LENGTHS = frozenset({"m", "mil"})  # metres, thousandths
_AFTER_ROLE = re.compile(r"[ .:#]*(?:(?:no|nr|number)[ .:#]*)?", re.IGNORECASE)
_NUMBER_SIGN = re.compile(r"[#:]\d+:?\Z|\d:\Z")
_ROLE_REACH, _NEAR = 12, 40  # characters
_LINE_END = re.compile(r"[ ]*(?:[A-Z]{3})?[ ]*(?:$|\n)")
_OWN_DOLLARS = {"$": frozenset({"USD", "CAD", "AUD", "SGD", "NZD", "HKD"}), "kr": frozenset({"NOK", "SEK", "DKK", "ISK"})}
_DEFAULTS = {"$": "USD", "kr": ""}
_OTHER_NUMBER = re.compile(r"\d[\d,.]*\d[ ]{2,}$|\d{4}\s*\Z")


@dataclass(frozen=True, slots=True)
class _Context:
    """What decides about every number of one mail."""

    currency: str
    wholes: Wholes
    prices: bool  # the mail speaks of prices: 12.85 is one
    hits: Hits

    @property
    def known(self) -> frozenset[Decimal]:
        return self.wholes.known


def find_amounts(
    tokens: Tokens, hits: Hits, view: LedgerView, taken: Coverage, spoken: Sequence[SpokenNumber] = (), named: Sequence[str] = ()
) -> list[AmountMention]:
    """Every amount of money, in order; the currency is the customer's where the text gives none. `named`: invoices and orders."""
    numbers = [number for number in find_numbers(tokens) if not taken.hits(number.span)]
    if not numbers and not spoken:
        return []
    context = _Context(view.facts.currency or _only_currency(tokens.text), wholes(view, named), _speaks_of_prices(hits, numbers), hits)
    found: list[AmountMention] = []
    weak: list[AmountMention] = []
    for number in numbers:
        mention = _mention(number, context)
        if _is_money(tokens.text, number, context):
            found.append(mention)
        elif _may_be_money(tokens.text, number, context):
            weak.append(mention)
    _add_spoken(tokens.text, spoken, context, taken, found, weak)
    return with_deductions(tokens.text, hits, sorted(found, key=lambda mention: mention.span), weak, context.wholes)


def _add_spoken(
    text: str, spoken: Sequence[SpokenNumber], context: _Context, taken: Coverage, found: list[AmountMention], weak: list[AmountMention]
) -> None:
    """Amounts in words: with a currency, of thousands, or where one of their readings is something that the ledger knows."""
    for run in spoken:
        if taken.hits(run.span) or _joins(text, run, found):
            continue
        known = next((reading for reading in run.readings if reading in context.known and reading), None)
        plain = known if known is not None else run.plain
        if not plain:
            continue
        mention = AmountMention(Amount(plain, _currency(run.mark, context.currency)), run.span, currency_given=bool(run.mark))
        if (
            (known is not None and len(run.words) >= _SURELY_SPOKEN)
            or run.mark
            or _is_instalment(text, run)
            or (run.large and _paid_in_words(context.hits, run))
        ):
            found.append(mention)
        else:
            weak.extend(
                AmountMention(Amount(value, context.currency), run.span) for value in dict.fromkeys((plain, *run.readings)) if value
            )


def _joins(text: str, run: SpokenNumber, found: list[AmountMention]) -> bool:
    """Adds the cents of "211 bucks and sixteen cents" to the amount before them."""
    for k, mention in enumerate(found if run.only_cents else ()):
        if text[mention.span.end : run.span.start] == " and ":
            whole = Amount(mention.amount.value + run.only_cents, mention.amount.currency)
            found[k] = replace(mention, amount=whole, span=Span(mention.span.start, run.span.end))
            return True
    return False


def _is_instalment(text: str, run: SpokenNumber) -> bool:
    return (run.large or len(run.words) > 1) and bool(_rate_after().match(text, run.span.end))


def _paid_in_words(hits: Hits, run: SpokenNumber) -> bool:
    return pays(hits, run.span.start) or hits.within("money.limit", run.span.start - _NEAR, run.span.start)


def _speaks_of_prices(hits: Hits, numbers: Sequence[MoneyNumber]) -> bool:
    small = any(number.mark and number.cents and number.value < _CERTAIN for number in numbers)
    return small or hits.has("money.price")


def wholes(view: LedgerView, named: Sequence[str] = ()) -> Wholes:
    """What the ledger holds: every amount, balance and payment of the customer, and the sums of the invoices named or open."""
    wanted = frozenset(named)
    chosen = (
        [invoice for invoice in view.facts.invoices if invoice.invoice_number in wanted or invoice.po_number in wanted] if wanted else []
    )
    if not chosen:
        return Wholes(view.known, frozenset(), view.values - {Decimal(0)})
    sums = [sum((invoice.amount for invoice in chosen), Decimal(0)), sum((invoice.balance for invoice in chosen), Decimal(0))]
    about = frozenset(value for value in [*sums, *(value for invoice in chosen for value in (invoice.amount, invoice.balance))] if value)
    return Wholes(view.known.union(sums), about, about)


def _mention(number: MoneyNumber, context: _Context) -> AmountMention:
    negative = number.negative or _is_bookkeepers_minus(number, context)
    value = -number.value if negative else number.value
    return AmountMention(Amount(value, _currency(number.mark, context.currency)), number.span, currency_given=bool(number.mark))


def _is_bookkeepers_minus(number: MoneyNumber, context: _Context) -> bool:
    """Brackets at the end of a line, "(462.00)"; an amount in brackets within a sentence only explains."""
    if not number.brackets or number.mark_before or number.value in context.known:
        return False
    text = number.text
    line = text[text.rfind("\n", 0, number.span.start) + 1 : number.span.start]
    return bool(_LINE_END.match(text, number.span.end)) and not re.search(r"\d{4}\s*\Z", line)


def _is_money(text: str, number: MoneyNumber, context: _Context) -> bool:
    if not number.value or _not_money_after().match(text, number.end):
        return False
    if number.mark:
        return True
    known = number.value in context.known
    return _is_money_with_cents(text, number, context) if number.cents else _is_whole_money(text, number, context, known=known)


def _is_money_with_cents(text: str, number: MoneyNumber, context: _Context) -> bool:
    if number.value >= _CERTAIN or number.value in context.known or _unit_price_after().match(text, number.end):
        return True
    if _has_other_role(text, number.start, context.hits) or _is_clock(text, number):
        return False
    if _DAY_LIKE.fullmatch(number.written):
        return context.prices and not _day_before().search(text, max(0, number.start - 8), number.start)
    return context.prices or pays(context.hits, number.start) or bool(_lighter_after().match(text, number.end))


def _is_clock(text: str, number: MoneyNumber) -> bool:
    """At 10.30; but 12.85 is no time."""
    hour, _, minute = number.written.partition(".")
    is_time = minute.isdecimal() and int(minute) < 60 and int(hour) < 24  # noqa: PLR2004
    return is_time and bool(_clock().search(text, max(0, number.start - 6), number.start))


def _is_whole_money(text: str, number: MoneyNumber, context: _Context, *, known: bool) -> bool:
    start, end = number.start, number.end
    if _has_other_role(text, start, context.hits) or _count_after().match(text, end):
        return False
    paid = pays(context.hits, start)
    if number.scale:
        return paid or number.scale not in _LENGTHS
    if number.grouped:
        return known or paid or number.closed or bool(_stands_alone().match(text, end))
    if number.value >= _LEAST and _rate_after().match(text, end):
        return True
    return known or (paid and number.value >= _CERTAIN and not _YEAR.fullmatch(number.written))


def _may_be_money(text: str, number: MoneyNumber, context: _Context) -> bool:
    """A number without any other role, which arithmetic may make money."""
    if not number.value or number.value < _LEAST or _not_money_after().match(text, number.end) or number.scale:
        return False
    return not (
        _has_other_role(text, number.start, context.hits) or _count_after().match(text, number.end) or _YEAR.fullmatch(number.written)
    )


def _currency(mark: str, own: str) -> str:
    """`$` and `kr` are the customer's own dollars or crowns; no mark: the customer's currency."""
    if not mark:
        return own
    code = marks()[mark]
    if code in _OWN_DOLLARS:
        return own if own in _OWN_DOLLARS[code] else _DEFAULTS[code] or own
    return code


def _only_currency(text: str) -> str:
    """The one currency that a stranger's mail names, or ''."""
    codes = {code for code in re.findall(r"\b[A-Z]{3}\b", text) if code in marks().values()}
    return codes.pop() if len(codes) == 1 else ""


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
    return re.compile(
        rf"[ ]?(?:/[ ]?[a-z]|per |each|a piece|a unit|pro |je |{alternation(tables('numbers')['unit'])}(?!\w))", re.IGNORECASE
    )


def _has_other_role(text: str, position: int, hits: Hits) -> bool:
    """Whether a word before the number makes it a reference, an order, a section, a count."""
    if any(
        hits.before(name, position, _AFTER_ROLE, _ROLE_REACH)
        for name in ("numbers.other_role", "numbers.purchase_order", "numbers.chapter")
    ):
        return True
    return bool(_NUMBER_SIGN.search(text, max(0, position - _ROLE_REACH), position))


@cache
def _stands_alone() -> re.Pattern[str]:
    """What follows 13,652 when it is money: the end of a phrase, not the thing that is counted."""
    words = alternation(tables("money")["words"]["closing"])
    return re.compile(rf"[ ]?(?:$|[\n.,;:!?)|/=\-]|{words}(?!\w))", re.IGNORECASE)


@cache
def _rate_after() -> re.Pattern[str]:
    """500 a month, 800 every second Friday: an instalment."""
    return re.compile(rf"[ ]{alternation(tables('money')['words']['each_time'])}(?!\w)", re.IGNORECASE)


@cache
def _lighter_after() -> re.Pattern[str]:
    return re.compile(r"[ ](?:lighter|light|under|short|off|less|lower)\b", re.IGNORECASE)


@cache
def _clock() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:at|um|à|om|kl|alle|las|till|til|from|ab|bis)\.?[ ]\Z", re.IGNORECASE)


@cache
def _day_before() -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:am|on|den|vom|zum|bis|per|ab|dal|du|del|le|el|il|op|på)[ ]\Z|\d\.?[ ]?[/\-+][ ]?\Z", re.IGNORECASE)
