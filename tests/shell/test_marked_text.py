"""The words of a mail on the terminal, marked, and harmless there."""

from io import StringIO

import pytest
from rich.console import Console

from inboxbot.cli.marked_text import show
from inboxbot.understanding import Evidence

SUBJECT, TEXT = "about 20101", "Hi,\nresend 20103 please"
EVIDENCE = (
    Evidence("entity", "invoice_numbers", "subject", 6, 11, "20101", "INV-20101"),
    Evidence("intent", "invoice_copy", "text", 4, 23, "resend 20103 please"),
    Evidence("entity", "invoice_numbers", "text", 11, 16, "20103", "INV-20103"),
)


def shown(*, terminal: bool, subject: str = SUBJECT, text: str = TEXT) -> str:
    stream = StringIO()
    show(Console(file=stream, force_terminal=terminal, width=200, highlight=False), subject, text, EVIDENCE)
    return stream.getvalue()


def test_elsewhere_than_on_a_terminal_marked_words_stand_in_brackets() -> None:
    assert shown(terminal=False).splitlines() == [
        "    about [20101]",
        "    Hi,",
        "    resend [20103] please",
        "      '20101': entity invoice_numbers INV-20101",
        "      'resend 20103 please': intent invoice_copy",
        "      '20103': entity invoice_numbers INV-20103",
    ]


def test_on_a_terminal_they_are_coloured() -> None:
    coloured = shown(terminal=True)
    assert "\x1b[" in coloured
    assert "[20103]" not in coloured


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("hostile", ["\x1b]0;owned\x07", "\x9b31m", "\rBANK OK", "\u202eevil", "[red]x[/red]"])
def test_a_mail_cannot_drive_the_terminal(hostile: str, terminal: bool) -> None:
    clean = "about 20101" + hostile
    text = shown(terminal=terminal, subject=clean)
    for unseen in ("\x1b]", "\x07", "\x9b", "\r", "\u202e"):
        assert unseen not in text
    assert ("[red]x[/red]" in text) is (hostile == "[red]x[/red]")


def test_a_mail_without_words_shows_nothing() -> None:
    stream = StringIO()
    show(Console(file=stream), "", " ", ())
    assert stream.getvalue() == ""
