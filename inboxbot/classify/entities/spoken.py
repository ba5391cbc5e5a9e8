"""English numbers spoken into a telephone: "two oh one one seven", "seven thousand four forty four and seventy cents".

In: tokens. Out: runs of number words with their spans, as digits (an invoice), as the plain amount that they say, and as
the readings a listener could make of them: of these only one that the ledger knows is believed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inboxbot.classify.entities.findings import Span
from inboxbot.classify.entities.tokens import Tokens

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"),
    *("fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_UNITS)} | {word: 10 * (n + 2) for n, word in enumerate(_TENS)} | {"oh": 0}
_SINGLE = {word: str(value) for value, word in enumerate(_UNITS[:10])} | {"oh": "0"}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000}
_MONEY = frozenset({"dollars", "bucks", "pounds", "euros", "quid"})
_CENTS = frozenset({"cents", "pence", "p", "cent"})
_FILLERS = _MONEY | _CENTS | {"and"}
NUMBER_WORDS = frozenset(_VALUES) | frozenset(_SCALES)
_VAGUE = frozenset({"few", "couple", "several", "of", "many"})  # "a couple of hundred" is no amount
_MOST_WORDS = 40  # nobody says a longer number
_TEN, _TWENTY, _HUNDRED = 10, 20, 100


@dataclass(frozen=True, slots=True)
class SpokenNumber:
    """A run of number words, lower case."""

    words: tuple[str, ...]
    span: Span

    @property
    def digits(self) -> str:
        """Digit by digit ("two oh one"), or '' where it was not spoken so."""
        singles = [_SINGLE.get(word, "") for word in self.words]
        return "".join(singles) if all(singles) else ""

    @property
    def mark(self) -> str:
        """The currency that is said, or ''."""
        return next((word for word in self.words if word in _MONEY), "")

    @property
    def large(self) -> bool:
        """Whether hundreds or thousands are said, and how many."""
        return len(self.words) > 1 and any(word in _SCALES for word in self.words)

    @property
    def only_cents(self) -> Decimal:
        """The cents of "sixteen cents"; 0 where it says anything else."""
        return (
            self.readings[0] / 100
            if self.words[-1] in _CENTS and not self.large and not self.mark and self.readings[0] < _HUNDRED
            else Decimal(0)
        )

    @property
    def plain(self) -> Decimal:
        """The amount as it is said."""
        readings = self.readings
        said_cents = bool(readings) and self.words[-1] in _CENTS and len(readings) > 1
        return readings[1] if said_cents else readings[0] if readings else Decimal(0)

    @property
    def readings(self) -> tuple[Decimal, ...]:
        """The amounts that the words can mean, the plainest first."""
        return tuple(dict.fromkeys(_amounts(_groups([word for word in self.words if word not in _FILLERS]))))


def find_spoken(tokens: Tokens) -> list[SpokenNumber]:
    """Every run of number words."""
    if NUMBER_WORDS.isdisjoint(tokens.words):
        return []
    found, i = [], 0
    while i < len(tokens):
        end = _run_end(tokens, i) if tokens.words[i] in NUMBER_WORDS or _is_one(tokens, i) else i
        if end > i and i and tokens.words[i - 1] in _VAGUE:
            i = end
            continue
        if i < end <= i + _MOST_WORDS:
            found.append(SpokenNumber(tuple(tokens.words[i:end]), Span(tokens.starts[i], tokens.ends[end - 1])))
        i = max(end, i + 1)
    return found


def _run_end(tokens: Tokens, i: int) -> int:
    """The token after the run that begins at token i: numbers, and what joins them or names their money."""
    end = i + 1
    while end < len(tokens) and tokens.gap_kind(end - 1) == " ":
        word = tokens.words[end]
        after = tokens.words[end + 1] if end + 1 < len(tokens) and tokens.gap_kind(end) == " " else ""
        goes_on = word in NUMBER_WORDS or (word in _FILLERS and (after in NUMBER_WORDS or (after.isdecimal() and len(after) == 2)))  # noqa: PLR2004
        if word in _CENTS or (word in _MONEY and not goes_on and not _cents_follow(tokens, end)):
            return end + 1
        goes_on = goes_on or word in _MONEY
        if not goes_on and not (word.isdecimal() and len(word) == 2):  # noqa: PLR2004
            return end
        end += 1
    return end


def _cents_follow(tokens: Tokens, i: int) -> bool:
    """Whether "and seven pence" stands after token i."""
    return tokens.words[i + 1 : i + 2] == ["and"] and tokens.words[i + 2 : i + 3] != [] and tokens.words[i + 2] in _VALUES


def _is_one(tokens: Tokens, i: int) -> bool:
    """The "a" of "a hundred", "a grand"."""
    return tokens.words[i] == "a" and i + 1 < len(tokens) and tokens.words[i + 1] in _SCALES and tokens.gap_kind(i) == " "


def _amounts(groups: list[int | str]) -> Iterator[Decimal]:
    """Whole, then with the last group as cents, of the part after "thousand" or of everything."""
    at = next((k for k, group in enumerate(groups) if group in ("thousand", "grand")), None)
    if at is None:
        yield from _units_and_cents(groups)
    else:
        head = _joined(groups[:at]) if groups[:at] else Decimal(1)
        yield from (head * 1000 + rest for rest in _units_and_cents([one for one in groups[at + 1 :] if one not in ("thousand", "grand")]))


def _units_and_cents(groups: list[int | str]) -> Iterator[Decimal]:
    yield _joined(groups)
    if groups and isinstance(groups[-1], int) and groups[-1] < _HUNDRED:
        yield _joined(groups[:-1]) + Decimal(groups[-1]) / 100


def _joined(groups: list[int | str]) -> Decimal:
    """Groups side by side: 74, 44 as 7444; 3, "hundred", 1 as 301."""
    if "hundred" in groups:
        at = groups.index("hundred")
        rest = [group for group in groups[at + 1 :] if group != "hundred"]
        return (_joined(groups[:at]) if groups[:at] else Decimal(1)) * 100 + _joined(rest)
    return Decimal("".join(str(group) for group in groups) or "0")


def _groups(words: list[str]) -> list[int | str]:
    """Words as numbers below 100 and the marks "hundred" and "thousand"; a ten takes the unit that follows it."""
    found: list[int | str] = []
    open_ten = False
    for word in words:
        value = _VALUES.get(word)
        if value is None:
            if word != "a":
                found.append(int(word) if word.isdecimal() else word)
        elif open_ten and 0 < value < _TEN:
            found[-1] = int(found[-1]) + value
        else:
            found.append(value)
        open_ten = value is not None and value >= _TWENTY
    return found
