"""The day on which a writer commits to pay.

In: folded text and the days it names. Out: the earliest day that stands in a clause about paying in future, which is no
question, no request, no negation, no condition and no payment already made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from inboxbot.classify.entities.dates import find_dates, setting
from inboxbot.classify.entities.findings import DateMention, Span
from inboxbot.classify.entities.lexicon import alternation, fold, tables
from inboxbot.classify.entities.tokens import Tokens, tokenise
from inboxbot.classify.entities.words import Hits, promise_words
from inboxbot.facts import Facts

# A full stop before a small letter or a digit, or after a single letter ("i.e. 26th", "Rs. 500"), ends nothing.
_SENTENCE_END = re.compile(r"[!?]+|(?<!\b\w)\.(?=\s+[^\sa-zà-ÿ\d]|\s*$|\s*\n)|;\s|\n(?=[ ]*(?:\n|[^a-zà-ÿ\s]))")
_CONTINUING = frozenset({"and", "und", "et", "y", "e", "en", "og", "och", "i"})
_SHORT_CLAUSE = 5  # words; "the whole thing, Wednesday" leans on what stands before it
_FAR = 300  # characters around a day; no longer sentence is looked at
_MOST_DAYS = 200
_LEAD = 25  # characters before a day
_MONEY = re.compile(r"\d{4}|\d[.,]\d\d\b|\d[kK]\b")


@dataclass(frozen=True, slots=True)
class _Scene:
    """A day, the clause it stands in, and the sentence around, as places in the text."""

    mention: DateMention
    text: str
    hits: Hits
    start: int  # of the clause
    end: int
    sentence: tuple[int, int]
    question: bool

    @property
    def lead(self) -> str:
        """What stands right before the day."""
        return self.text[max(0, self.mention.span.start - _LEAD) : self.mention.span.start]

    @property
    def around(self) -> tuple[int, int]:
        """The clause; of a fragment ("the whole thing, Wednesday"; "and mailed by Friday") the sentence."""
        words = self.text[self.start : self.end].split()
        return self.sentence if len(words) <= _SHORT_CLAUSE or words[0].lower() in _CONTINUING else (self.start, self.end)

    def has(self, name: str, place: tuple[int, int]) -> bool:
        """Whether a word of the list stands there."""
        return self.hits.inside(name, *place)

    @property
    def clause(self) -> tuple[int, int]:
        """Where the clause begins and ends."""
        return self.start, self.end


def promise_date(text: str, sent_at: datetime, facts: Facts, lang_hint: str = "") -> tuple[date | None, Span | None]:
    """The promised day in a text, and where it stands; (None, None) where nothing is promised."""
    folded = fold(text)
    day = setting(sent_at, facts, lang_hint)
    found = find_promise(folded, find_dates(folded, day), day.today)
    return (found.day, found.span) if found else (None, None)


def find_promise(text: str, dates: Sequence[DateMention], today: date, tokens: Tokens | None = None) -> DateMention | None:
    """The earliest promised day among those a folded text names; a calendar day beats a weekday of the same clause."""
    coming = [mention for mention in dates[:_MOST_DAYS] if mention.day >= today]
    if not coming:
        return None
    hits = promise_words().find(tokens or tokenise(text))
    promised: list[DateMention] = []
    for span in _sentences(text, dates[:_MOST_DAYS]):
        scenes = [_scene(text, hits, span, m) for m in coming if span.start <= m.span.start < span.end]
        held = [scene for scene in scenes if _is_promise(scene, today)]
        exact = {scene.start for scene in held if scene.mention.exact}
        promised += [scene.mention for scene in held if scene.mention.exact or scene.start not in exact]
    return min(_corrected(promised, text), key=lambda mention: mention.day, default=None)


def _corrected(mentions: list[DateMention], text: str) -> list[DateMention]:
    """Without the days that are taken back: "not Friday but Tuesday"."""
    return [mention for mention in mentions if not _taken_back().search(text, max(0, mention.span.start - 25), mention.span.start)]


def _sentences(text: str, dates: Sequence[DateMention]) -> Iterator[Span]:
    """Sentences; a full stop inside a day ("4. Dezember") ends none."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not any(mention.span.start <= match.start() < mention.span.end - 1 for mention in dates):
            yield Span(start, match.end())
            start = match.end()
    yield Span(start, len(text))


def _scene(text: str, hits: Hits, sentence: Span, mention: DateMention) -> _Scene:
    start, end = max(sentence.start, mention.span.start - _FAR), min(sentence.end, mention.span.end + _FAR)
    whole = (start, end)
    for match in _clause_end().finditer(text, start, end):
        if match.end() <= mention.span.start:
            start = match.start()
        elif match.start() >= mention.span.end:
            end = match.start()
            break
    return _Scene(mention, text, hits, start, end, whole, "?" in text[max(whole[0], whole[1] - 3) : whole[1]])


def _is_promise(scene: _Scene, today: date) -> bool:
    here = scene.has("strong", scene.clause)
    if scene.question or _is_conditional(scene) or _is_negated(scene) or _no_commitment().search(scene.lead):
        return False
    if not here and (_is_past(scene) or scene.has("request", scene.around) or scene.mention.day == today):
        return False
    if here:
        return True
    if scene.has("other_event", scene.clause) and not scene.has("paying", scene.clause):
        return False
    return scene.has("strong", scene.sentence) or _speaks_of_paying(scene)


def _speaks_of_paying(scene: _Scene) -> bool:
    """A word of paying or money in the clause itself, or, of a mere fragment, in the sentence; and one of future."""
    if scene.has("other_event", scene.clause):
        return False
    paying = scene.has("paying", scene.around) or _names_money(scene, scene.around)
    return paying and (scene.has("future", scene.sentence) or _names_money(scene, scene.sentence))


def _is_conditional(scene: _Scene) -> bool:
    return scene.hits.inside("condition", *scene.sentence, but="not_condition")


def _names_money(scene: _Scene, place: tuple[int, int]) -> bool:
    """An amount or a number of an invoice's length: "20251: next Wednesday"."""
    return bool(_MONEY.search(scene.text, *place))


def _is_past(scene: _Scene) -> bool:
    """A word of the past, and none before the day that puts it into the future ("will be cut and mailed", "wird bezahlt")."""
    before = (scene.sentence[0], scene.mention.span.start)
    return scene.has("past", scene.clause) and not (scene.has("not_past", before) or scene.has("not_past", scene.clause))


def _is_negated(scene: _Scene) -> bool:
    day = scene.mention.span.start
    taken_back = _taken_back().search(scene.lead)
    barred = (day - len(taken_back[0]), day) if taken_back else (0, 0)
    negated = scene.hits.inside("negation", *scene.clause, but="not_negation", barred=barred)
    return negated or "n't" in scene.text[scene.start : scene.end]


@cache
def _no_commitment() -> re.Pattern[str]:
    """What makes a day a field of a form ("Value date: …") or the beginning of something ("from 1 December")."""
    words = tables("promises")
    field, named = alternation(words["field"]), alternation(words["named_date"])
    return re.compile(rf"\b(?:{field}[ .]*:[ ]*(?:\w+,[ ]*)?|{named}[ ]+|{alternation(words['beginning'])}\s+(?:the\s+)?)\Z", re.IGNORECASE)


@cache
def _taken_back() -> re.Pattern[str]:
    words = tables("promises")
    return re.compile(rf"\b{alternation(words['taken_back'])}\s+(?:{alternation(words['article'])}\s+)?\Z", re.IGNORECASE)


@cache
def _clause_end() -> re.Pattern[str]:
    return re.compile(rf",\s|;|:\s|\s-+\s|\(|\)|\n|\b{alternation(tables('promises')['joining'])}\b", re.IGNORECASE)
