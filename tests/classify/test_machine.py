"""Classes of mail that no marker in a table settles: words in many languages, and people who sound like machines."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify import machine_words
from inboxbot.classify.machine import classify
from inboxbot.message import Address, Attachment, MachineClass, Message

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWN = frozenset({"ar@brightwater.example", "brightwater@gmail.com"})
C = MachineClass


def mail(subject: str = "", text: str = "", sender: str = "ann@customer.example", **changes: Any) -> Message:
    plain = Message(
        "<1@customer.example>", subject, Address(sender), NOW, text=text, new_text=text, to=(Address("ar@brightwater.example"),)
    )
    return replace(plain, **changes)


def machine(message: Message) -> MachineClass:
    return classify(message, OWN, lambda message_id: message_id == "<ours@brightwater.example>").machine


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Statement of account", "Out of Office: Re: past due", "AUTO: Automatic Reply", "Autoreply: hello",
        "Automatische Antwort: Ihre Rechnung", "Abwesenheitsnotiz", "Réponse automatique : relance", "Absence du bureau : Facture",
        "Respuesta automática: Recordatorio", "Risposta automatica: Sollecito", "Resposta automática: lembrete",
        "Automatisch antwoord: aanmaning",
        "Afwezigheidsbericht", "Automatiskt svar: Faktura", "Frånvaromeddelande", "Automatisk svar: Faktura", "Fraværsmelding",
        "Automaattinen vastaus: Lasku", "Autoodpowiedź: Statement", "Automatická odpověď: Faktura", "Automatikus válasz: Számla",
        "Răspuns automat: Factura", "Otomatik yan\u0131t: Fatura", "Αυτόματη απάντηση: Τιμολόγιο", "Автоматический ответ: Счёт",
        "自動返信: Invoice", "不在通知", "自动回复: Payment", "자동 회신: Invoice", "Fuori sede", "Fora do escritório",
        "[EXTERNAL] Automatic reply: Statement",
    ],
)  # fmt: skip
def test_a_subject_that_only_machines_write_is_an_automatic_reply(subject: str) -> None:
    assert machine(mail(subject, "…")) is C.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("We have received your request [#12345]", "Your request has been received and is being reviewed by our support staff."),
        ("Re: Invoice INV-20108", "##- Please type your reply above this line -##\nYour request (8812) has been received."),
        ("Ticket 4711 created", "Thank you for contacting us. We will respond within 2 business days."),
        ("Eingangsbestätigung", "Ihre Nachricht ist bei uns eingegangen."),
        ("Away until Monday", "I'm on leave until Monday with no access to e-mail."),
        (
            "Re: your invoice",
            "Thank you for your message. I am on annual leave until 30 November. In urgent cases contact my colleague Bob.",
        ),
        (
            "RE: Rechnung",
            "Vielen Dank für Ihre Nachricht. Ich bin bis zum 30.11. nicht im Büro. In dringenden Fällen wenden Sie sich an die Zentrale.",
        ),
        ("Re: relance", "Merci de votre message. Je suis absente du bureau jusqu'au 30. En cas d'urgence, appelez le standard."),
    ],
)
def test_an_automatic_reply_is_known_by_its_words(subject: str, text: str) -> None:
    assert machine(mail(subject, text)) is C.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "Kayla Dufresne no longer works here. Please write to accounts@customer.example from now on.",
        "This mailbox is no longer monitored. Use ap@customer.example.",
        "Bob has left the company.",
        "Our e-mail address has changed.",
        "Ich arbeite nicht mehr bei der Gruber GmbH. Wenden Sie sich künftig an Frau Moser.",
        "Je ne travaille plus chez Jardin. Merci d'écrire désormais à compta@customer.example.",
        "Ya no trabajo en esta empresa. A partir de ahora escriban a pagos@customer.example.",
        "Non lavoro più in Rossi. D'ora in poi scrivete a Giulia.",
        "Ik ben niet meer werkzaam bij Vandermeer. Mail voortaan naar Jan.",
        "Jag arbetar inte längre på Lindqvist. Kontakta Erik.",
        "Jeg jobber ikke lenger her. Skriv til regnskap heretter.",
        "Já não trabalho nesta empresa. Novo contacto: Rui.",
        "Piotr już nie pracuje w naszej firmie. Nowy adres: m.lis@customer.example.",
        "担当の佐藤は退職いたしました。今後は鈴木までご連絡ください。",
        "陈慧玲已离职。今后请联系李明。",
    ],
)
def test_an_automatic_reply_that_changes_something_for_good_is_told_apart(text: str) -> None:
    assert machine(mail("Automatic reply: Statement", text)) is C.AUTO_REPLY_CHANGE


@pytest.mark.parametrize(
    "text",
    [
        "I am away until Monday and will answer then.",
        "Our office is closed on 26 and 27 November.",
        "Ich bin bis 27.11. im Urlaub.",
        "You've reached the bills box. It is read on Tuesdays only.",
    ],
)
def test_a_passing_absence_changes_nothing(text: str) -> None:
    assert machine(mail("Automatic reply: Statement", text)) is C.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Out next week", "I am out of office next week, please send the statement before Friday."),
        ("Away", "I'm on leave from Monday. Can you confirm that 20108 is paid?"),
        ("Re: past due", "I was out of the office, sorry. We paid 20108 on Tuesday."),
        ("Re: past due", "Thank you for your message. I am out of the office until Monday, so payment will go out on Tuesday."),
        ("Re: Automatic reply: Statement", "Fine, then I will ask Bob."),
        ("Fwd: Undelivered Mail Returned to Sender", "This came back: <bob@customer.example>: 550 5.1.1 User unknown"),
        ("Returned goods", "The message we got from the driver was that the pallet could not be delivered."),
        ("Delivery failed", "Your driver was here on Monday and the pallet was returned to sender. Please credit invoice 20108."),
        ("Undelivered order 88123", "Could not be delivered on 11/12. What now?"),
        ("mail trouble", "Your e-mails are rejected by our server with 550 5.7.1. Can you ask your IT?"),
        ("statement", "My new e-mail address is ann@customer.example. Could you send the statement there from now on?"),
        ("We have received your invoice", "We have received your invoice 20108 but the price is wrong."),
        ("Ticket 889 created for your dispute", "I opened a ticket with my team. We dispute invoice 20108."),
        ("Received: pallet 7", "We've received the goods, two boxes were broken."),
        ("newsletter", "Please take me off your newsletter and unsubscribe me from reminders."),
        ("Absence of PO number", "The invoice lacks our PO number."),
        ("Read: your reminder", "I read it, you will have the money on Friday."),
        ("", ""),
    ],
)
def test_people_who_sound_like_machines_stay_people(subject: str, text: str) -> None:
    assert machine(mail(subject, text)) is C.PERSON


def test_a_person_at_postmaster_is_a_person() -> None:
    text = "Hello, our server was down yesterday, some of your messages could not be delivered. Please resend them."
    assert machine(mail("Mail trouble yesterday", text, sender="postmaster@customer.example")) is C.PERSON


@pytest.mark.parametrize(
    ("subject", "text", "changes", "expected"),
    [
        ("Remittance advice", "INV-20108 5,326.38", {"auto-submitted": ("auto-generated",)}, C.ROBOT),
        ("vendor rejection notice", "Document: INV-20322\nStatus: REJECTED", {"precedence": ("bulk",)}, C.ROBOT),
        ("Invoice disputed", "INV-20242 has been disputed. Unsubscribe", {"list-unsubscribe": ("<https://x.example>",)}, C.ROBOT),
        ("statement please", "Please send our statement.\nUnsubscribe", {"list-unsubscribe": ("<https://x.example>",)}, C.ROBOT),
        ("Re: lunch", "Good idea.", {"list-id": ("<ap.customer.example>",)}, C.ROBOT),
        ("call me", "Ring me tomorrow.", {"list-id": ("<ap.customer.example>",), "list-post": ("<mailto:ap@customer.example>",)}, C.ROBOT),
        ("Cut your DSO", "Free demo! Overdue invoices keep you up? Unsubscribe", {"list-unsubscribe": ("<https://x.example>",)}, C.BULK),
        (
            "Cut your DSO",
            "Free demo! Overdue invoices keep you up? Unsubscribe",
            {"list-unsubscribe": ("<https://x.example>",), "return-path": ("<bounce-8841@x.example>",)},
            C.BULK,
        ),
        ("November at Apex", "A pumpkin pie recipe from the canteen.", {"list-id": ("<news.apex.example>",)}, C.BULK),
        ("Neu: Seminar", "Jetzt Platz sichern! Abmelden", {"precedence": ("bulk",)}, C.BULK),
        ("Automatic reply", "Your invoice INV-20108 was rejected: no PO.", {"auto-submitted": ("auto-replied",)}, C.ROBOT),
    ],
)  # fmt: skip
def test_lists_are_filed_only_without_business(subject: str, text: str, changes: dict[str, Any], expected: object) -> None:
    assert machine(mail(subject, text, headers=changes)) is expected


@pytest.mark.parametrize("sender", ["ar+x@brightwater.example", "AR@Brightwater.Example", "brightwater+ar@googlemail.com"])
def test_our_own_address_is_ours_in_every_spelling(sender: str) -> None:
    assert machine(mail("x", "y", sender=sender)) is C.OWN


def test_our_own_message_id_is_ours_whoever_sends_it() -> None:
    assert machine(mail("x", "y", message_id="<ours@brightwater.example>")) is C.OWN


@pytest.mark.parametrize("kind", ["text/calendar", "application/pkcs7-mime"])
def test_a_part_that_decides_is_seen_among_the_files(kind: str) -> None:
    expected = C.CALENDAR if kind == "text/calendar" else C.ENCRYPTED
    assert machine(mail("x", "y", attachments=(Attachment("a", kind, 1, ""),))) is expected


def test_a_read_receipt_in_words_is_one() -> None:
    text = "Your message\n  To: Ann\n  Subject: Statement\nwas read on Friday, November 20, 2026."
    assert machine(mail("Read: Statement", text)) is C.RECEIPT


def test_the_subjects_come_in_at_least_fourteen_languages() -> None:
    assert len(machine_words.kinds()["sure_subject"]) >= 14


@pytest.mark.parametrize("kind", sorted(machine_words.kinds()))
def test_no_entry_matches_nothing(kind: str) -> None:
    assert machine_words.begins(kind, "") == ""
    assert machine_words.found(kind, "xyzzy") == ""


@given(
    st.text(max_size=200), st.text(max_size=400),
    st.dictionaries(st.sampled_from(["auto-submitted", "precedence", "list-id", "content-class", "x-failed-recipients", "return-path"]),
                    st.lists(st.text(max_size=20), max_size=2).map(tuple)),
    st.sampled_from(["", "delivery-status", "disposition-notification", "feedback-report", "x"]),
    st.one_of(st.none(), st.text(max_size=5)),
)  # fmt: skip
def test_classing_never_raises(
    subject: str, text: str, headers: dict[str, tuple[str, ...]], report_type: str, return_path: str | None
) -> None:
    for sender in (None, Address("MAILER-DAEMON"), Address("a@b.example")):
        classify(mail(subject, text, headers=headers, report_type=report_type, return_path=return_path, from_=sender), OWN, lambda _: False)


@pytest.mark.parametrize("text", ["a " * 200_000, "re:" * 100_000, "(" * 50_000, "we have " * 60_000, "\n" * 200_000, "1.1" * 100_000])
def test_a_long_text_takes_no_long_time(text: str) -> None:
    started = datetime.now(UTC)
    machine(mail(text[:2000], text, sender="postmaster@customer.example", return_path=""))
    assert (datetime.now(UTC) - started).total_seconds() < 30  # where quadratic time takes hours
