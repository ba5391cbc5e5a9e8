"""What is wanted beside an invoice, or in another form, is a person's; the same words in passing are nobody's."""

import pytest

from inboxbot.classify.word_lists import WordLists

OTHER_PAPERS = [
    "Send 20155 again, and proof of delivery.",
    "Kindly resend 20146, also e-way bill and lorry receipt.",
    "Please send the invoice with the certificate of origin.",
    "We need the invoice and the safety data sheet.",
    "Bitte die Rechnung und das Sicherheitsdatenblatt.",
    "Ci serve anche la scheda di sicurezza del lubrificante.",
    "Necesitamos la factura y el certificado de conformidad.",
    "Merci d'envoyer la facture et la fiche de sécurité.",
    "Proszę o fakturę i dowód dostawy.",
]
OTHER_FORMS = [
    "May we have an up to date statement as a spreadsheet?",
    "Outstanding list in excel please",
    "Please send the statement in xml format.",
    "Resend 20155 and fax it to the marina.",
    "We need a signed copy of 20155.",
    "A statement on your letterhead, please.",
    "He says best got company chop.",
    "Bitte den Kontoauszug als Excel-Datei.",
    "Envíen el estado de cuenta en formato excel.",
]
IN_PASSING = [
    "Got the packing slip, never got the bill.",
    "Only the delivery note reached us, please send the invoice.",
    "That peon has misplaced the hard copy, kindly share 20229.",
    "Cheque 92455 went by courier Thursday.",
    "The check is stamped and posted.",
    "20259 is attested now and goes out on Friday.",
    "Auf meinem Schreibtisch liegt nur der Lieferschein, die Rechnung fehlt.",
    "Ledger confirmation: kindly share our outstanding.",
    "My spreadsheet shows 1,200.00 open.",
]


def codes(lists: WordLists, text: str) -> set[str]:
    return {hit.concept for hit in lists.concepts.find(text)} & {"other_paper", "other_form"}


@pytest.mark.parametrize("text", OTHER_PAPERS)
def test_another_paper_forbids_an_answer(word_lists: WordLists, text: str) -> None:
    assert codes(word_lists, text) == {"other_paper"}
    assert "other_paper" in word_lists.concepts.risks


@pytest.mark.parametrize("text", OTHER_FORMS)
def test_another_form_forbids_an_answer(word_lists: WordLists, text: str) -> None:
    assert codes(word_lists, text) == {"other_form"}
    assert "other_form" in word_lists.concepts.risks


@pytest.mark.parametrize("text", IN_PASSING)
def test_the_same_words_in_passing_do_not(word_lists: WordLists, text: str) -> None:
    assert codes(word_lists, text) == set()
