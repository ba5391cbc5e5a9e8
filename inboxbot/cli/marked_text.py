"""A mail's words on the terminal, with what they show.

In: a mail's subject and newest text, and the evidence. Out: lines. On a terminal the words are coloured; elsewhere those
of entities, vetoes and unexplained clauses stand in brackets. Control characters of a mail never reach the terminal.
"""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from inboxbot.understanding import Evidence, marked

_STYLES = {"intent": "underline", "entity": "bold cyan", "veto": "bold red", "unexplained": "bold yellow"}
_INDENT = "    "
_LONGEST = 100  # characters of a clause that is named
_UNSEEN = {code: "\ufffd" for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)) if code != ord("\n")}


def show(console: Console, subject: str, text: str, evidence: Sequence[Evidence]) -> None:
    """Print subject and newest text, marked, and what the marks mean."""
    for words, place in ((subject, "subject"), (text, "text")):
        if words.strip():
            for line in marked_text(words, place, evidence, brackets=not console.is_terminal).split("\n", allow_blank=False):
                console.print(Text(_INDENT) + line, soft_wrap=True)
    for meaning in meanings(evidence):
        console.print(Text(f"{_INDENT}  {meaning}"), soft_wrap=True)


def marked_text(text: str, place: str, evidence: Sequence[Evidence], *, brackets: bool) -> Text:
    """The text with its marks: styles, or brackets around everything but whole clauses."""
    found = Text()
    for piece, shown in marked(text.translate(_UNSEEN), place, evidence):
        parts = [one for one in shown if one.kind != "intent"]
        words = f"[{piece}]" if brackets and parts else piece
        found.append(words, style="" if brackets else " ".join(_STYLES[one.kind] for one in shown))
    return found


def meanings(evidence: Sequence[Evidence]) -> Iterator[str]:
    """One line for each mark."""
    for one in evidence:
        what = f"{one.name} {one.value}".strip()
        yield f"{' '.join(one.words.split())[:_LONGEST]!r}: {one.kind} {what}"
