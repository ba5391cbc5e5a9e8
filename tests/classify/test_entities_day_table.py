"""Days as people write them, one a line: what a mail of Tuesday 17 November 2026 means by them."""

from datetime import UTC, datetime

import pytest
from entity_facts import facts

from inboxbot.classify.entities.dates import find_dates, setting
from inboxbot.classify.entities.lexicon import fold

TUESDAY = datetime(2026, 11, 17, 12, tzinfo=UTC)

# text | day ...; several days are in order, "-" is none. The year is 2026 where none is given.
AMERICAN = """
pay it Friday 27th | 11-27
on Friday the 27th | 11-27
Friday, November 27 | 11-27
Friday, November 27, 2026 | 11-27
Fri 27 Nov | 11-27
Fri., Nov. 27th | 11-27
Sat 28 Nov | 11-28
Tuesday, December 1 | 12-01
Tuesday December 1st, 2026 | 12-01
Thursday 12/3 | 12-03
Thursday, 12/3/26 | 12-03
Thursday (12/3) | 12-03
12/3 (Thursday) | 12-03
December 3, Thursday | 12-03
27 November, Friday | 11-27
the 27th, Friday | 11-27
tomorrow, Wednesday | 11-18
tomorrow (Wednesday the 18th) | 11-18
today, November 17 | 11-17
COB Friday | 11-20
EOD tomorrow | 11-18
by end of day Thursday | 11-19
Friday by close of business | 11-20
Friday EOD | 11-20
by EOD | 11-17
on 25th | 11-25
due date 26th | 11-26
due date i.e. 26th | 11-26
the 25th at the latest | 11-25
30th. Not before. | 11-30
paid by the 5th | 12-05
the 16th of this month | 11-16
on the 5th of next month | 12-05
the 1st and the 15th | 12-01 12-15
on the first of December | 12-01
first of December | 12-01
December the fourth | 12-04
on the fifteenth | 12-15
by the twentieth | 11-20
the twenty-third of November | 11-23
a week today | 11-24
today week | 11-24
a week tomorrow | 11-25
a week from tomorrow | 11-25
a fortnight today | 12-01
a week on Friday | 11-27
a week from Friday | 11-27
a week Friday | 11-27
two weeks from Friday | 12-04
Thursday week | 11-26
Friday week | 11-27
Monday fortnight | 12-07
Tuesday week | 11-24
second Friday of December | 12-11
the 2nd Friday in December | 12-11
the first Monday in December | 12-07
last Friday of the month | 11-27
the last Monday of November | 11-30
first Tuesday of next month | 12-01
third Thursday of January | 2027-01-21
before the weekend | 11-20
by the weekend | 11-20
after the weekend | 11-23
mid next week | 11-25
middle of next week | 11-25
early next week | 11-24
beginning of next week | 11-23
later next week | 11-27
end of next week | 11-27
later this week | 11-20
the rest of the week | 11-20
midweek | 11-18
mid-week | 11-18
Wednesday of next week | 11-25
next week Wednesday | 11-25
next week, Wednesday | 11-25
Wednesday next week | 11-25
Wed of the week after next | 12-02
the week after next | 12-04
next Tuesday | 11-24
this coming Friday | 11-20
the Friday after next | 12-04
last Friday | 11-13
the day before Thanksgiving | 11-25
Monday after Thanksgiving | 11-30
the week after Thanksgiving | 12-04
before Thanksgiving | 11-25
Black Friday | 11-27
before Christmas | 12-24
on Christmas Eve | 12-24
by New Year's Eve | 12-31
mid-December | 12-15
mid December 2026 | 12-15
early December | 12-04
beginning of December | 12-01
late December | 12-31
end of December | 12-31
the last day of the month | 11-30
first week of December | 12-04
the second week of December | 12-11
last week of November | 11-27
end of the month | 11-30
month-end | 11-30
by month end | 11-30
EOM | 11-30
end of next month | 12-31
mid-month | 12-15
quarter end | 12-31
end of the quarter | 12-31
year-end | 12-31
in 10 days | 11-27
in ten days | 11-27
within 48 hours | 11-19
in the next couple of days | 11-19
in about two weeks | 12-01
in two weeks' time | 12-01
within five business days | 11-24
in a fortnight | 12-01
10 days from today | 11-27
3 days ago | 11-14
yesterday | 11-16
the day before yesterday | 11-15
the day after tomorrow | 11-19
w/c 23rd November | 11-27
week of November 23 | 11-27
week commencing Monday 23rd | 11-27
week ending 27 November | 11-27
week 49 | 12-04
11/25 | 11-25
11/25/26 | 11-25
11/25/2026 | 11-25
12-04-2026 | 12-04
2026-12-04 | 12-04
2026/12/04 | 12-04
4-Dec-26 | 12-04
04DEC2026 | 12-04
Dec. 4th | 12-04
Dec 4 or Dec 11 | 12-04 12-11
December 4 and 11 | 12-04 12-11
1st and 15th of December | 12-01 12-15
1-5 December | 12-01 12-05
January 8 | 2027-01-08
8 January | 2027-01-08
1/8 | 2027-01-08
Nov 3 | 11-03
4th of Dec '26 | 12-04
25/12 | 12-25
paid 11/25, then 12/3 | 11-25 12-03
sent 25/11, next 3/12 | 11-25 12-03
Friday's run | 11-20
Fridays run | 11-20
by mon | 11-23
el 12/3 | 2027-03-12
"""
BRITISH = """
23.11 is fine | -
on 23.11, to the usual account | 11-23
Friday 4/12 | 12-04
12/3 | 2027-03-12
Thursday 12/3 | 12-03
3/12/26 | 12-03
27/11 | 11-27
27-11-2026 | 11-27
on 27-11. | 11-27
1/2 of it on 1/12 | 12-01
"""
OTHERS = """
am Freitag, den 27. | 11-27
am Freitag, 27.11. | 11-27
Freitag, den 27. November | 11-27
Fr, 27.11.2026 | 11-27
am 25. | 11-25
am 25. zahlen wir | 11-25
zum 1. überweisen wir | 12-01
bis zum 15. | 12-15
am 5. des nächsten Monats | 12-05
zum Monatsletzten | 11-30
am Monatsletzten | 11-30
Ende November | 11-30
Anfang Dezember | 12-01
Mitte Dezember | 12-15
in der ersten Dezemberwoche | 12-04
in der zweiten Dezemberwoche | 12-11
erste Woche im Dezember | 12-04
kommenden Freitag | 11-20
am kommenden Dienstag | 11-24
nächsten Dienstag | 11-24
Freitagvormittag | 11-20
Dienstag nächster Woche | 11-24
Mitte nächster Woche | 11-25
Anfang kommender Woche | 11-23
übernächste Woche | 12-04
vor dem Wochenende | 11-20
heute in einer Woche | 11-24
Freitag in acht Tagen | 11-27
in 14 Tagen | 12-01
innerhalb von 10 Tagen | 11-27
morgen, Mittwoch | 11-18
uebermorgen | 11-19
gestern | 11-16
am ersten Montag im Dezember | 12-07
KW 49 | 12-04
am 23.11 gezahlt | 11-23
per 30.11. | 11-30
der 1. und 15. Dezember | 12-01 12-15
vendredi 27 | 11-27
le vendredi 27 novembre | 11-27
vendredi prochain | 11-20
mercredi prochain | 11-25
le 25 courant | 11-25
du 25 courant | 11-25
le 30. | 11-30
le 30 sans faute | 11-30
le 1er décembre | 12-01
le 5 du mois prochain | 12-05
d'ici vendredi | 11-20
avant le week-end | 11-20
fin de mois | 11-30
à la fin de la semaine prochaine | 11-27
mi-décembre | 12-15
début décembre | 12-01
dans dix jours | 11-27
mardi de la semaine prochaine | 11-24
le premier lundi de décembre | 12-07
mar. 1er déc. | 12-01
après-demain | 11-19
el lunes 30 | 11-30
el viernes 27 | 11-27
el martes 1 de diciembre | 12-01
El miércoles 25 les hacemos la transferencia | 11-25
el 25 se paga | 11-25
el día 25 | 11-25
el 25. | 11-25
el 5 del mes que viene | 12-05
a finales de mes | 11-30
la semana que viene | 11-27
el martes de la semana que viene | 11-24
pasado mañana | 11-19
en 15 días | 12-02
antes del fin de semana | 11-20
a mediados de diciembre | 12-15
el 1º de diciembre | 12-01
dia 30 | 11-30
no dia 30 | 11-30
até dia 30 | 11-30
na sexta-feira, 27 | 11-27
amanhã | 11-18
30 de novembro de 2026 | 11-30
na próxima semana | 11-27
venerdì 27 | 11-27
venerdì prossimo | 11-20
il 30 novembre | 11-30
entro il 30 | 11-30
entro fine mese | 11-30
lunedì 30/11 | 11-30
la settimana prossima | 11-27
metà dicembre | 12-15
il 5 del mese prossimo | 12-05
vrijdag 27 november | 11-27
vrijdag over een week | 11-27
volgende week dinsdag | 11-24
dinsdag volgende week | 11-24
aanstaande vrijdag | 11-20
op 25 november | 11-25
eind volgende week | 11-27
over 10 dagen | 11-27
vóór 27-11 | 11-27
eind van de maand | 11-30
w piątek 27 listopada | 11-27
do 30 listopada | 11-30
w przyszłym tygodniu | 11-27
do końca miesiąca | 11-30
jutro | 11-18
na fredag den 27 november | 11-27
fredag den 27:e | 11-27
på måndag | 11-23
nästa vecka | 11-27
i slutet av månaden | 11-30
om 10 dagar | 11-27
fredag 27. november | 11-27
den 25. | 11-25
neste uke | 11-27
innen utgangen av måneden | 11-30
i overmorgen | 11-19
mandag den 30. | 11-30
inden månedens udgang | 11-30
perjantaina 27.11. | 11-27
ensi viikolla | 11-27
huomenna | 11-18
12月4日 | 12-04
2026年12月4日 | 12-04
"""
NONE = """
Happy Friday!
Have a great weekend
Have a nice Friday
buen fin de semana
Schönes Wochenende
Bon week-end
Happy Thanksgiving to all of you
Merry Christmas
Guten Morgen, Frau Lind
por la mañana
ce jour-là
available 24/7
the 2nd invoice
this is my 3rd reminder
the first half of 20154
the second crate
invoice 20345/46
3/4 of the pallets
page 1/2
net 30 days
payable within 30 days of invoice
terms are 45 days end of month
45 jours fin de mois
over 30 days past due
two weeks overdue
at 10.30
section 4.12
1.12 kg
12.50 EUR
25 boxes
le 25 % restant
31 February
we may 2 or 3
every Friday
we pay on Fridays
may we
mon compte
10,11 and 12
INV-20101
1.234,56
call 630 555 0177
v2.11
per 100 pcs
"""


def rows(table: str) -> list[tuple[str, list[str]]]:
    lines = [line.rpartition(" | ") for line in table.strip().splitlines()]
    return [(text, [day if len(day) > 5 else f"2026-{day}" for day in days.split() if day != "-"]) for text, _, days in lines]


def days(text: str, currency: str) -> list[str]:
    return [mention.day.isoformat() for mention in find_dates(fold(text), setting(TUESDAY, facts(currency)))]


@pytest.mark.parametrize(("text", "expected"), rows(AMERICAN))
def test_days_of_a_dollar_customer(text: str, expected: list[str]) -> None:
    assert days(text, "USD") == expected


@pytest.mark.parametrize(("text", "expected"), rows(BRITISH))
def test_days_of_a_sterling_customer(text: str, expected: list[str]) -> None:
    assert days(text, "GBP") == expected


@pytest.mark.parametrize(("text", "expected"), rows(OTHERS))
def test_days_in_other_languages(text: str, expected: list[str]) -> None:
    assert days(text, "EUR") == expected


@pytest.mark.parametrize("text", NONE.strip().splitlines())
def test_what_is_no_day(text: str) -> None:
    assert [days(text, "USD"), days(text, "EUR")] == [[], []]


def test_the_table_is_long() -> None:
    assert len(rows(AMERICAN) + rows(BRITISH) + rows(OTHERS)) + len(NONE.strip().splitlines()) >= 200
    assert all(found for _, found in rows(AMERICAN))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("we pay Friday, 27 November, by wire", "Friday, 27 November"), ("out on the 25th at the latest", "25th"),
        ("next week Wednesday we pay", "next week Wednesday"), ("il 30.", "30"), ("COB Friday at the latest", "COB Friday"),
    ],
)  # fmt: skip
def test_the_span_covers_the_words(text: str, words: str) -> None:
    (mention,) = find_dates(fold(text), setting(TUESDAY, facts("USD")))
    assert text[mention.span.start : mention.span.end].rstrip(".") == words
