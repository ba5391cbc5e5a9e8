"""The newest text apart from quotes, signatures and disclaimers: every case is a pair of files in threads/."""

# ruff: noqa: E501  cases stand as mail has them

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.ingest import body, lines

THREADS = Path(__file__).parent / "threads"
CASES = sorted(path for path in THREADS.glob("*.txt") if not path.name.endswith(".expected.txt"))


def mail(path: Path) -> tuple[str, str, str]:
    """(text, sender's name, his address or "") of a case file."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
    name, _, address = head.removeprefix("sender: ").partition(" | ")
    return text, name, address


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_newest_text_is_found(path: Path) -> None:
    expected = path.with_name(f"{path.stem}.expected.txt").read_text(encoding="utf-8")
    assert body.split(*mail(path)).new_text.strip() == expected.strip()


def test_there_are_many_thread_cases() -> None:
    assert len(CASES) >= 60


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
