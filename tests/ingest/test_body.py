"""The newest text apart from quotes, signatures and disclaimers: every case is a pair of files in threads/."""

# ruff: noqa: E501  cases stand as mail has them

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.classify import completeness
from inboxbot.ingest import body, html_text, lines, parse, pointers
from inboxbot.message import MessageKey, RawMessage

THREADS = Path(__file__).parent / "threads"
CASES = sorted(path for path in THREADS.iterdir() if not path.name.endswith(".expected.txt"))
HISTORIES = [
    "On Mon, Nov 16, 2026 at 9:12 AM Brightwater AR <ar@brightwater.example> wrote:\n\n> Please send the remittance.\n> Dana",
    "On Nov 16, 2026, at 9:12 AM, Brightwater AR <ar@brightwater.example> wrote:\n\nPlease send the remittance.\n\nDana",
    "________________________________\nFrom: Brightwater AR <ar@brightwater.example>\nSent: Monday, November 16, 2026 9:12 AM\nTo: You\nSubject: INV\n\nPay.",
    "From: Brightwater AR\nSent: Monday, November 16, 2026 9:12 AM\nTo: You\nSubject: INV\n\nPlease pay 20155.\n\nRegards\nDana",
    "-----Original Message-----\nFrom: Brightwater AR\nSent: Monday\n\nPlease pay 20155.",
    "---------- Forwarded message ---------\nFrom: Dock <dock@alderstone.example>\nDate: Mon, Nov 16, 2026\nSubject: short\n\nTwo short, hold payment.",
    "Am 16.11.2026 um 09:12 schrieb Brightwater AR <ar@brightwater.example>:\n> Bitte zahlen Sie.",
    "Von: Brightwater AR <ar@brightwater.example>\nGesendet: Montag, 16. November 2026 09:12\nAn: Sie\nBetreff: Mahnung\n\nBitte zahlen Sie.",
    "Le lun. 16 nov. 2026 à 09:12, Brightwater AR <ar@brightwater.example> a\nécrit :\n\n> Bonjour",
    "De : Brightwater AR\nEnvoyé : lundi 16 novembre 2026 09:12\nÀ : Vous\nObjet : Relance\n\nMerci de payer.",
    "El lun, 16 nov 2026 a las 9:12, Brightwater AR (<ar@brightwater.example>)\nescribió:\n\n> Hola",
    "Il giorno lun 16 nov 2026 alle ore 09:12 Brightwater AR <ar@brightwater.example> ha scritto:\n\n> Buongiorno",
    "Op ma 16 nov 2026 om 09:12 schreef Brightwater AR <ar@brightwater.example>:\n\n> Dag",
    "2026年11月16日(月) 9:12 Brightwater AR <ar@brightwater.example>:\n\n> お世話になっております。",
    ">>> Brightwater AR <ar@brightwater.example> 11/16/2026 9:15 AM >>>\nPlease pay.",
]


def mail(path: Path) -> tuple[str, str, str]:
    """(text, sender's name, his address or "") of a case file."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    name, _, address = head.removeprefix("sender: ").partition(" | ")
    text = html_text.render(text).text if path.suffix == ".html" else text
    return text, name, address


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_newest_text_is_found(path: Path) -> None:
    expected = path.with_name(f"{path.stem}.expected.txt").read_text(encoding="utf-8")
    assert body.split(*mail(path)).new_text.strip() == expected.strip()


def test_there_are_many_thread_cases() -> None:
    assert len(CASES) >= 200


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_quoted_history_does_not_change_the_newest_text(path: Path) -> None:
    text, *sender = mail(path)
    newest = body.split(text, *sender).new_text
    changed = [
        history for history in HISTORIES if body.split(f"{newest}\n\n{history}", *sender).new_text != body.split(newest, *sender).new_text
    ]
    assert not changed


@pytest.mark.parametrize(
    "text",
    [
        "see below",
        "Hi Dana,\n\nsee below please.\n\nThanks,",
        "FYI",
        "As per trail mail",
        "See below, can you help with this?",
        "Guten Tag,\nsiehe unten, bitte prüfen.\nVielen Dank",
        "zur Kenntnis",
        "Voir ci-dessous",
        "ver abajo",
        "Vedi sotto",
        "Zie hieronder",
        "Se nedan",
        "см. ниже",
        "下記参照",
    ],
)
def test_a_mail_that_only_points_is_told(text: str) -> None:
    assert pointers.only_points(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks",
        "see below, need a copy of 20155",
        "FYI we paid 20155 on Monday",
        "Can you help with 20155?",
        "see you on Friday",
        "20155",
    ],
)
def test_a_mail_that_says_something_does_not_only_point(text: str) -> None:
    assert not pointers.only_points(text)


def test_a_mail_that_only_points_is_not_answered_from_what_it_forwards() -> None:
    raw = b"From: Ken <k@alderstone.example>\r\nTo: ar@brightwater.example\r\nSubject: Re: 20155\r\n\r\nsee below\r\n\r\n"
    raw += b"From: Dock <d@alderstone.example>\r\nSent: Monday, November 16, 2026 9:12 AM\r\nTo: Ken\r\nSubject: x\r\n\r\nPlease resend 20155.\r\n"
    message = parse.parse(RawMessage(MessageKey("INBOX", 1, 1), raw, datetime(2026, 11, 16, tzinfo=UTC)))
    assert (message.new_text, message.only_points) == ("see below", True)
    assert "points_elsewhere" in {veto.code for veto in completeness.vetoes(message, (), {}, 0.0)}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_word_of_a_mail_disappears(path: Path) -> None:
    text, *sender = mail(path)
    parts = body.split(text, *sender)
    everything = f"{parts.new_text}\n{parts.quoted_text}\n{parts.signature}"
    assert sorted(everything.split()) == sorted(text.split())


@pytest.mark.parametrize(
    "ask",
    [
        "PS: also send the statement",
        "P.S. what is our balance?",
        "Also, please copy billing@alderstone.example",
        "and the W-9",
        "20155, 20156",
        "Bitte auch den Kontoauszug",
        "We will pay the rest on Friday, December 4, by wire.",
        "Can you call me at 312-555-0142?",
        "Please send the statement to our accounting team",
    ],
)
@pytest.mark.parametrize("closing", ["Thanks,\nTom", "Best regards\nTom Baker\nAlder & Stone Inc", "-- \nTom", "Sent from my iPhone"])
def test_an_ask_below_the_closing_is_kept(ask: str, closing: str) -> None:
    assert ask in body.split(f"Hello,\n\ndid the check arrive?\n\n{closing}\n\n{ask}", "Tom Baker").new_text


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Enviado do meu iPhone",
        "Wysłane z iPhone'a",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Odesláno z iPhonu",
        "iPhoneから送信",
        "发自我的iPhone",
        "iPhone'umdan gönderildi",
        "Trimis de pe iPhone-ul meu",
        "Get Outlook for Android",
        "Sent via the Samsung Galaxy S23",
    ],
)
def test_a_telephones_line_is_signature(line: str) -> None:
    parts = body.split(f"please resend 20155\n\n{line}")
    assert (parts.new_text, parts.signature) == ("please resend 20155", line)


@pytest.mark.parametrize("line", ["Sent from my iPhone, please resend 20155", "Sent from my iPhone can you call me?"])
def test_words_behind_a_telephones_line_are_kept(line: str) -> None:
    assert body.split(line).new_text == line


@pytest.mark.parametrize(
    "line",
    ["Thanks,", "Best regards", "Mit freundlichen Grüßen", "Cordialement,", "Un saludo,", "Cheers, Tom", "MfG", "Kind regards, Tom Baker"],
)
def test_closing_formulas_are_known(line: str) -> None:
    [found] = lines.looked_at([line])
    assert found.closing


@pytest.mark.parametrize(
    "line", ["Thanks for the copy of 20155.", "Best we can do is Friday", "Thanks, please send 20155", "Regarding 20155"]
)
def test_sentences_are_no_closing_formulas(line: str) -> None:
    [found] = lines.looked_at([line])
    assert not found.closing


def test_the_closing_formula_stays_and_the_name_goes() -> None:
    parts = body.split("Please resend 20155.\n\nBest regards,\nTom Baker\nController", "Tom Baker")
    assert (parts.new_text, parts.signature) == ("Please resend 20155.\n\nBest regards,", "Tom Baker\nController")


def test_a_disclaimer_does_not_take_a_question_with_it() -> None:
    parts = body.split("Please resend 20155.\n\nThis e-mail is confidential and privileged.\nPS: what is our balance?")
    assert parts.new_text == "Please resend 20155.\n\nPS: what is our balance?"


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=400))
def test_splitting_any_text_never_fails(text: str) -> None:
    parts = body.split(text, "Tom Baker")
    assert isinstance(parts.new_text, str)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["> a", "On Mon, Nov 2, 2026 at 1:00 PM A <a@b.c> wrote:", "From: a", "Sent: b", "To: c", "Thanks,", "Tom", "", "-- ",
                                 "please send 20155", "________________", "-----Original Message-----"]), max_size=14))  # fmt: skip
def test_splitting_any_mixture_of_marks_keeps_every_word(lines: list[str]) -> None:
    text = "\n".join(lines)
    parts = body.split(text, "Tom Baker")
    assert sorted(f"{parts.new_text} {parts.quoted_text} {parts.signature}".split()) == sorted(text.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    ["a", " ", "\n", "> ", ">\n", ":\n", "On 1:00 wrote:\n", "On 2026 ", "From: a\n", "To: a@b.c\n", "-- \n", "Thanks,\n", "_", "-----\n", "a.", "(", "@", "<a@",
     "this e-mail ", "EXTERNAL ", "CAUTION: this ", "+1 ", "555-", "Sent from my ", "Tom Baker\n", "wrote wrote ", "Best ", "Re: ", "1 2026 16:02 <a@b.c>:\n", "www."],
)  # fmt: skip
def test_time_is_linear_in_a_megabyte_of_anything(unit: str) -> None:
    text = (unit * (1_000_000 // len(unit) + 1))[:1_000_000]
    began = time.process_time()
    body.split(text, "Tom Baker")
    assert time.process_time() - began < 15
