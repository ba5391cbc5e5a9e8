from datetime import date, datetime

import pytest
from entity_facts import FRIDAY_NOON, MONDAY_NOON, facts

from inboxbot.classify.entities.dates import find_dates, setting
from inboxbot.classify.entities.promises import promise_date


def days(text: str, sent: datetime = MONDAY_NOON, currency: str = "USD", lang: str = "en") -> list[str]:
    return [mention.day.isoformat() for mention in find_dates(text, setting(sent, facts(currency), lang))]


def promised(text: str, sent: datetime = MONDAY_NOON, currency: str = "USD", lang: str = "en") -> str | None:
    day, _ = promise_date(text, sent, facts(currency), lang)
    return day.isoformat() if day else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-04", "2026-12-04"), ("12/4", "2026-12-04"), ("12/4/26", "2026-12-04"), ("25/12", "2026-12-25"),
        ("Dec 4th", "2026-12-04"), ("4 December", "2026-12-04"), ("30-Nov-2026", "2026-11-30"), ("December fifteenth", "2026-12-15"),
        ("4 January", "2027-01-04"), ("today", "2026-11-16"), ("tomorrow", "2026-11-17"), ("day after tomorrow", "2026-11-18"),
        ("Friday", "2026-11-20"), ("this Friday", "2026-11-20"), ("next Friday", "2026-11-27"), ("Friday of next week", "2026-11-27"),
        ("Friday week", "2026-11-27"), ("a week on Friday", "2026-11-27"), ("two weeks from today", "2026-11-30"),
        ("Friday fortnight", "2026-12-04"), ("COB Thursday", "2026-11-19"), ("Monday", "2026-11-23"), ("EOM", "2026-11-30"),
        ("end of next month", "2026-12-31"), ("end of the week", "2026-11-20"), ("next week", "2026-11-27"),
        ("mid-December", "2026-12-15"), ("first week of December", "2026-12-04"), ("w/c 23rd November", "2026-11-27"),
        ("the 15th", "2026-12-15"), ("by the 20th", "2026-11-20"), ("in 10 days", "2026-11-26"), ("within two weeks", "2026-11-30"),
        ("in five business days", "2026-11-23"), ("Monday after Thanksgiving", "2026-11-30"),
        ("the day before Thanksgiving", "2026-11-25"), ("last Friday", "2026-11-13"),
    ],
)  # fmt: skip
def test_english_days(text: str, expected: str) -> None:
    assert days(text) in ([expected], [days("today")[0], expected])


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("am 4.12.", "de", "2026-12-04"), ("Ende des Monats", "de", "2026-11-30"), ("per Ultimo November", "de", "2026-11-30"),
        ("übermorgen", "de", "2026-11-18"), ("Freitag kommender Woche", "de", "2026-11-27"), ("nächste Woche", "de", "2026-11-27"),
        ("kommende Woche Mittwoch", "de", "2026-11-25"), ("KW 50", "de", "2026-12-11"), ("fin de mois", "fr", "2026-11-30"),
        ("la semaine prochaine", "fr", "2026-11-27"), ("lundi en huit", "fr", "2026-11-30"), ("vendredi prochain", "fr", "2026-11-20"),
        ("le 17 décembre prochain", "fr", "2026-12-17"), ("a fin de mes", "es", "2026-11-30"), ("el 25", "es", "2026-11-25"),
        ("el 7 de diciembre", "es", "2026-12-07"), ("la prossima settimana", "it", "2026-11-27"), ("entro fine mese", "it", "2026-11-30"),
        ("uiterlijk 15 december", "nl", "2026-12-15"), ("volgende week", "nl", "2026-11-27"), ("na próxima semana", "pt", "2026-11-27"),
        ("w przyszłym tygodniu", "pl", "2026-11-27"), ("nästa vecka", "sv", "2026-11-27"), ("på fredag", "sv", "2026-11-20"),
        ("i morgen", "no", "2026-11-17"), ("på mandag", "da", "2026-11-23"), ("12/4", "fr", "2027-04-12"),
    ],
)  # fmt: skip
def test_days_in_other_languages(text: str, lang: str, expected: str) -> None:
    assert days(text, currency="EUR", lang=lang) == [expected]


@pytest.mark.parametrize(
    "text", ["Guten Morgen", "24/7", "20101/03", "45 jours fin de mois", "10 %", "31 February", "may we", "mon compte"]
)
def test_no_days(text: str) -> None:
    assert days(text, currency="EUR", lang="fr") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We will pay INV-20101 on Friday.", "2026-11-20"),
        ("You'll have it EOM.", "2026-11-30"),
        ("20101 is scheduled for 12/1", "2026-12-01"),
        ("12k tomorrow.", "2026-11-17"),
        ("$9656.88, by wire, first of December.", "2026-12-01"),
        ("It goes out in our Wednesday November 25 EFT run, $3,953.19 in full.", "2026-11-25"),
        ("The check will be cut and mailed by Friday of next week.", "2026-11-27"),
        ("We pay half on Friday and the rest on December 4.", "2026-11-20"),
        ("We will pay on Wednesday, not Friday.", "2026-11-18"),
        ("We will pay not Friday but Tuesday.", "2026-11-17"),
        ("You get it by Wednesday the 25th at the latest.", "2026-11-25"),
    ],
)
def test_a_promise_has_its_day(text: str, expected: str) -> None:
    assert promised(text) == expected


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("20101 wird am 1.12. bezahlt", "de", "2026-12-01"),
        ("Am Donnerstag zahlen wir CHF 2'138.87.", "de", "2026-11-19"),
        ("Le règlement partira vendredi 27 novembre.", "fr", "2026-11-27"),
        ("L'importo vi sarà accreditato entro fine mese.", "it", "2026-11-30"),
        ("Faktura 20101 bliver betalt på mandag.", "da", "2026-11-23"),
        ("kr 800 sendes i morgen", "no", "2026-11-17"),
    ],
)
def test_promises_in_other_languages(text: str, lang: str, expected: str) -> None:
    assert promised(text, currency="EUR", lang=lang) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We paid INV-20101 on Friday.",
        "When will you ship, Friday?",
        "Please send the statement by Friday.",
        "We cannot pay before December 4.",
        "We will pay once the credit note is booked, maybe Friday.",
        "Could we pay on December 15?",
        "We close the books on Monday.",
        "Which invoices fall due before December 1?",
        "Payment was sent on November 12.",
        "From December 1 invoices go to our new address.",
        "We will pay soon.",
        "20101 was due on November 1 and we will pay.",
        "Value date: 11/23/2026",
        "Have a nice weekend, see you Monday",
    ],
)
def test_no_promise(text: str) -> None:
    assert promised(text) is None


def test_the_span_shows_the_day() -> None:
    text = "We will pay on Friday."
    day, span = promise_date(text, FRIDAY_NOON, facts(), "en")
    assert day == date(2026, 11, 27)
    assert span is not None
    assert text[span.start : span.end] == "Friday"
