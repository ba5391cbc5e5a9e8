"""What an answer leaves unexplained: a second day that may be the promised one is a person's to choose, other days are not."""

from dataclasses import replace
from datetime import date

import pytest
from entity_facts import MONDAY_NOON, facts

from inboxbot.classify.completeness import past_days, rival_dates, unexplained
from inboxbot.classify.entities.extract import extract
from inboxbot.classify.sentences import Sentence
from inboxbot.classify.view import CONTEXT, COURTESY, ReadSentence
from inboxbot.understanding import Intent

ZERO = dict.fromkeys((*Intent, COURTESY, CONTEXT), 0.0)


def read(*clauses: tuple[str, dict[str, float]]) -> tuple[str, list[ReadSentence]]:
    """A body of clauses, each with what the model says of it."""
    text, found = "", []
    for words, labels in clauses:
        found.append(ReadSentence(Sentence(words, len("\n") + len(text), len("\n") + len(text) + len(words)), ZERO | labels))
        text += words + " "
    return text, found


def rivals(*clauses: tuple[str, dict[str, float]], promised: date | None) -> list[str]:
    text, clauses_read = read(*clauses)
    findings = extract("", text, facts(), MONDAY_NOON)
    return [one.text.rstrip(".") for one in rival_dates(findings, clauses_read, promised, MONDAY_NOON.date())]


PROMISE = {Intent.PROMISE_TO_PAY: 0.9}
BACKGROUND = {CONTEXT: 0.9}
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("other", "labels", "expected"),
    [
        ("20103 follows on December 4.", PROMISE, ["December 4"]),
        ("We are closed on December 4.", BACKGROUND, []),
        ("Is 20103 due on December 4?", {Intent.BALANCE_QUERY: 0.9}, []),
        ("My boss signed it today.", PROMISE, []),
        ("It was due on November 2.", PROMISE, []),
    ],
)
def test_only_a_day_that_may_be_promised_too_is_a_rival(other: str, labels: dict[str, float], expected: list[str]) -> None:
    assert rivals(("We pay 20101 on November 20.", PROMISE), (other, labels), promised=DAY) == expected


def test_another_day_in_the_promising_clause_is_a_rival_whatever_the_model_says() -> None:
    assert rivals(("We pay 20101 on November 20, or on December 4.", BACKGROUND), promised=DAY) == ["December 4"]


def test_without_a_promise_no_day_has_a_rival() -> None:
    assert rivals(("We pay 20101 on November 20, or on December 4.", PROMISE), promised=None) == []


@pytest.mark.parametrize(
    ("labels", "is_explained"),
    [({COURTESY: 0.2}, True), ({Intent.INVOICE_COPY: 0.2}, True), ({}, False), ({CONTEXT: 0.5, Intent.DISPUTE: 0.95}, False)],
)
def test_a_clause_that_nothing_speaks_for_or_something_speaks_against_is_unexplained(labels: dict[str, float], is_explained: bool) -> None:
    _, clauses_read = read(("Whatever this means.", labels))
    assert (unexplained(clauses_read, frozenset({Intent.INVOICE_COPY}), 0.1) == ()) is is_explained


def test_what_is_written_in_words_that_nobody_taught_is_unexplained_whatever_is_said_of_it() -> None:
    _, clauses_read = read(("Skicka allas.", {COURTESY: 0.9}))
    untaught = [replace(one, untaught=True) for one in clauses_read]
    assert [one.why for one in unexplained(untaught, frozenset({Intent.INVOICE_COPY}), 0.1)] == ["words that nobody taught"]


def past(body: str, *asserted: Intent, subject: str = "") -> list[str]:
    findings = extract(subject, body, facts(), MONDAY_NOON)
    return [one.text.rstrip(".") for one in past_days(findings, frozenset(asserted), MONDAY_NOON.date())]


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("Please send a statement as of 31 October.", "31 October"),
        ("Your balance as at 31/10/2026 please", "31/10/2026"),
        ("Wie ist unser Saldo per 31.10.2026?", "31.10.2026"),
        ("Merci pour le relevé arrêté au 31 octobre.", "31 octobre"),
        ("Necesito el saldo a fecha de 31 de octubre.", "31 de octubre"),
        ("Qual è il saldo al 31 ottobre?", "31 ottobre"),
    ],
)
def test_an_account_as_of_a_day_that_is_over_is_unexplained(body: str, day: str) -> None:
    assert past(body, Intent.BALANCE_QUERY) == [day]
    assert past(body, Intent.STATEMENT_REQUEST, Intent.INVOICE_COPY) == [day]
    assert past(body, Intent.INVOICE_COPY) == []


@pytest.mark.parametrize(
    "body",
    [
        "What do we owe as of today?",
        "What do we owe as of November 16?",
        "Please send a statement as at close of business yesterday.",
        "What will be due as of December 1?",
        "What do we owe? We paid 20101 on 31 October.",
        "I retired at the end of October, what is left?",
    ],
)
def test_other_days_beside_a_balance_are_not(body: str) -> None:
    assert past(body, Intent.BALANCE_QUERY) == []


def test_the_subject_of_what_is_answered_says_nothing_of_a_day() -> None:
    assert past("And what is still open?", Intent.BALANCE_QUERY, subject="Re: Statement as of 31 October") == []
