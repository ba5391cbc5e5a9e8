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
from inboxbot.classify.entities.lexicon import alternation, fold, tables, whole_words
from inboxbot.facts import Facts

# A full stop before a small letter or a digit, or after a single letter ("i.e. 26th", "Rs. 500"), ends nothing.
_SENTENCE_END = re.compile(r"[!?]+|(?<!\b\w)\.(?=\s+[^\sa-zà-ÿ\d]|\s*$|\s*\n)|;\s|\n(?=[ ]*(?:\n|[^a-zà-ÿ\s]))")
_CONTINUING = frozenset({"and", "und", "et", "y", "e", "en", "og", "och", "i"})
_SHORT_CLAUSE = 5  # words; "the whole thing, Wednesday" leans on what stands before it
_FAR = 300  # characters around a day; no longer sentence is looked at
_MOST_DAYS = 200


@dataclass(frozen=True, slots=True)
class _Scene:
    """A day, the clause it stands in, and the sentence around."""

    mention: DateMention
    start: int  # of the clause
    clause: str
    sentence: str
    question: bool
    lead: str  # what stands right before the day
    before: str  # the sentence up to the day

    @property
    def around(self) -> str:
        """The clause; of a fragment ("the whole thing, Wednesday"; "and mailed by Friday") the sentence."""
        words = self.clause.split()
        return self.sentence if len(words) <= _SHORT_CLAUSE or words[0].lower() in _CONTINUING else self.clause


def promise_date(text: str, sent_at: datetime, facts: Facts, lang_hint: str = "") -> tuple[date | None, Span | None]:
    """The promised day in a text, and where it stands; (None, None) where nothing is promised."""
    folded = fold(text)
    day = setting(sent_at, facts, lang_hint)
    found = find_promise(folded, find_dates(folded, day), day.today)
    return (found.day, found.span) if found else (None, None)


def find_promise(text: str, dates: Sequence[DateMention], today: date) -> DateMention | None:
    """The earliest promised day among those a folded text names; a calendar day beats a weekday of the same clause."""
    promised: list[DateMention] = []
    for span in _sentences(text, dates[:_MOST_DAYS]):
        scenes = [_scene(text, span, m) for m in dates[:_MOST_DAYS] if span.start <= m.span.start < span.end and m.day >= today]
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


def _scene(text: str, sentence: Span, mention: DateMention) -> _Scene:
    start, end = max(sentence.start, mention.span.start - _FAR), min(sentence.end, mention.span.end + _FAR)
    whole, before = text[start:end], text[start : mention.span.start]
    for match in _clause_end().finditer(text, start, end):
        if match.end() <= mention.span.start:
            start = match.start()
        elif match.start() >= mention.span.end:
            end = match.start()
            break
    day = mention.span.start
    return _Scene(mention, start, text[start:end], whole, "?" in whole[-3:], text[max(0, day - 25) : day], before)


def _is_promise(scene: _Scene, today: date) -> bool:
    here = _has("strong", scene.clause)
    if scene.question or _is_conditional(scene) or _is_negated(scene) or _no_commitment().search(scene.lead):
        return False
    if not here and (_is_past(scene) or _has("request", scene.around) or scene.mention.day == today):
        return False
    if here:
        return True
    if _has("other_event", scene.clause) and not _has("paying", scene.clause):
        return False
    return _has("strong", scene.sentence) or _speaks_of_paying(scene)


def _speaks_of_paying(scene: _Scene) -> bool:
    """A word of paying or money in the clause itself, or, of a mere fragment, in the sentence; and one of future."""
    if _has("other_event", scene.clause):
        return False
    return (_has("paying", scene.around) or _names_money(scene.around)) and (_has("future", scene.sentence) or _names_money(scene.sentence))


def _is_conditional(scene: _Scene) -> bool:
    return _has("condition", _without("not_condition", scene.sentence))


def _names_money(text: str) -> bool:
    """An amount or a number of an invoice's length: "20251: next Wednesday"."""
    return bool(re.search(r"\d{4}|\d[.,]\d\d\b|\d[kK]\b", text))


def _is_past(scene: _Scene) -> bool:
    """A word of the past, and none before the day that puts it into the future ("will be cut and mailed", "wird bezahlt")."""
    return _has("past", scene.clause) and not (_has("not_past", scene.before) or _has("not_past", scene.clause))


def _is_negated(scene: _Scene) -> bool:
    corrected = _taken_back().sub(" ", scene.lead)
    clause = scene.clause.replace(scene.lead.strip(), corrected) if corrected != scene.lead else scene.clause
    return _has("negation", _without("not_negation", clause)) or "n't" in clause


def _has(name: str, text: str) -> bool:
    return bool(_pattern(name).search(text))


def _without(name: str, text: str) -> str:
    return _pattern(name).sub(" ", text)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return whole_words(tables("promises")[name])


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
