"""The marks of mail on values: one mailbox behind many addresses, and subjects that answer ours."""

import pytest

from inboxbot.markers import answers_subject, bare


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("ann@alder.example", "ann@alder.example"),
        (" Ann@Alder.Example ", "ann@alder.example"),
        ("ann+ap@alder.example", "ann@alder.example"),
        ("ann+a+b@alder.example", "ann@alder.example"),
        ("ann+@alder.example", "ann@alder.example"),
        ("ann@googlemail.com", "ann@gmail.com"),
        ("ann+x@googlemail.com", "ann@gmail.com"),
        ("+x@alder.example", "+x@alder.example"),  # there is no mailbox without a name
        ("+y@alder.example", "+y@alder.example"),
        ("ann-ap@alder.example", "ann-ap@alder.example"),  # a hyphen belongs to names
        ("ann@xgooglemail.com", "ann@xgooglemail.com"),
        ("", ""),
    ],
)
def test_the_mailbox_behind_an_address(email: str, expected: str) -> None:
    assert bare(email) == expected


ANSWERS = [
    *("Re: Invoice INV-1", "RE: RE: invoice  inv-1", "Re[2]: Invoice INV-1", "AW: Invoice INV-1", "Antwort: Invoice INV-1"),
    *("Automatic reply: Invoice INV-1", "Automatische Antwort: Invoice INV-1", "Réponse automatique : Invoice INV-1"),
    *("Respuesta automática: Re: Invoice INV-1", "Risposta automatica: Invoice INV-1", "Automatisch antwoord: Invoice INV-1"),
    *("Autosvar: Invoice INV-1", "Automaattinen vastaus: Invoice INV-1", "Odpowiedź automatyczna: Invoice INV-1"),
    *(
        "Автоответ: Invoice INV-1",
        "自动答复\uff1aInvoice INV-1",
        "自動返信: Invoice INV-1",
        "회신: Invoice INV-1",
        "رد تلقائي: Invoice INV-1",
    ),
    *("[T-12] Re: Invoice INV-1", "Re: [#4711] Invoice INV-1", "[Alder] Invoice INV-1", "(AP-12) Invoice INV-1"),
    *("INC0012345 - Invoice INV-1", "INC0012345 \u2013 Re: Invoice INV-1", "Ticket 5 | Invoice INV-1", "Case 12 received: Invoice INV-1"),
    *("Your request 'Invoice INV-1' was received", "Ihre Anfrage „Re: Invoice INV-1“ ist eingegangen"),
    *("Re: Invoice INV-1 [Ticket#88121]", "Re: Invoice INV-1 - CASE 12", "Invoice INV-1 [#88121]", "Invoice INV-1 (#12)"),
]
OTHERS = [
    *("Invoice INV-1", "invoice inv-1 ", "Invoice INV-2", "Re: Invoice INV-2", "Re: Invoice INV-12", "Re: Invoice INV-1 and a statement"),
    *(
        "Payment of Invoice INV-1",
        "Copy of Invoice INV-1",
        "Invoice INV-1 again",
        "Invoice INV-1 (copy)",
        "Invoice INV-1 (2)",
        "Re: Statement",
        "",
        "Re:",
        "Re: ",
    ),
    *("Second Invoice INV-1", "Pre-Invoice INV-1", "Re: Rechnung INV-1"),
]


@pytest.mark.parametrize("original", ["Invoice INV-1", "Re: Invoice INV-1", "WG: AW:  Invoice\r\n INV-1"])
def test_a_subject_that_answers_ours_is_known_whatever_stands_around_it(original: str) -> None:
    assert [subject for subject in ANSWERS if not answers_subject(subject, original)] == []
    assert [subject for subject in OTHERS if answers_subject(subject, original)] == []


@pytest.mark.parametrize(
    ("subject", "original", "expected"),
    [
        ("Re: Q", "Q", True),
        ("Re: e", "e", True),  # the letter stands in the prefix too
        ("Re: your message", "", True),
        ("AW:", "Re: ", True),
        ("", "", False),
        ("Statement", "", False),
        ("Re: 20021", "20021", True),
        ("INV-20021", "20021", False),
        ("Ref: Straße", "STRASSE", True),
        ("Re: " + "long " * 39, "long " * 90, True),  # as far as our own subject goes
        ("Re: " + "other " * 39, "long " * 90, False),
        ("long " * 90, "long " * 90, False),
        ("re: " * 10_000 + "x", "x" * 100_000, False),
        ("x", "re: " * 100_000, False),
    ],
)
def test_edges_of_subjects(subject: str, original: str, expected: bool) -> None:
    assert answers_subject(subject, original) is expected
