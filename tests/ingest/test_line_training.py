"""The line tagger's trainer: deterministic, and the shipped weights know the endings they were taught."""

from pathlib import Path

import pytest

from inboxbot import line_training
from inboxbot.ingest import body, line_tagger, lines, signature

pytestmark = pytest.mark.slow

CORPUS = Path(__file__).parents[2] / "models" / "corpus"


def test_training_twice_gives_the_same_weights() -> None:
    examples = line_training.endings(CORPUS)[:60]
    assert line_training.fit(examples) == line_training.fit(examples)


def test_every_ending_has_text_and_a_label_for_each_line() -> None:
    for one in line_training.endings(CORPUS):
        assert len(one.labels) == sum(1 for text in one.texts if text.strip())
        assert any(label.tag == "text" for label in one.labels)


def test_no_ask_of_the_endings_is_taken_for_signature() -> None:
    lost = []
    for one in line_training.endings(CORPUS):
        kept, _ = signature.cut(one.texts, one.sender)
        asks = [text for text, label in zip(filter(str.strip, one.texts), one.labels, strict=True) if label.asks]
        lost += [ask for ask in asks if ask not in kept]
    assert len(lost) <= 2, lost


def test_most_lines_of_the_endings_are_told_right() -> None:
    right = total = 0
    for one in line_training.endings(CORPUS):
        tags = line_tagger.tag(one.texts, one.sender, line_tagger.shipped())
        found = [tags[line.index] in line_tagger.KEPT for line in lines.looked_at(one.texts)]
        right += sum(a == (label.tag in line_tagger.KEPT) for a, label in zip(found, one.labels, strict=True))
        total += len(found)
    assert right / total > 0.94


SIGNED = (
    (
        "Please resend 20155.\n\nThanks,",
        "Megan Fuller\nAP Manager, Alder & Stone\nc. 555-0142",
        "Megan Fuller",
        "m.fuller@alderstone.example",
    ),
    (
        "Bitte die 20285 nochmal.\n\nFreundliche Grüße",
        "Karin Steiner\nGruber Maschinenbau GmbH",
        "Karin Steiner",
        "k.steiner@gruber-mb.example",
    ),
    ("Balance?", "Joe", "Joe Tran", "joe.tran@bayline-marine.example"),
)


@pytest.mark.parametrize(
    "form", ["{text}\n{ask}\n\n{name}", "{text}\n{name}\n\n{ask}", "{text}\n{name}\n{ask}"], ids=["above", "below", "tight"]
)
def test_an_ask_beside_the_signature_is_kept(form: str) -> None:
    asks = line_training.lone_asks(CORPUS)[::23]
    assert len(asks) > 100
    tried = [(ask, *one) for ask in asks for one in SIGNED]
    lost = [
        ask
        for ask, text, name, sender, address in tried
        if ask not in body.split(form.format(text=text, ask=ask, name=name), sender, address).new_text
    ]
    assert len(lost) <= len(tried) // 100, lost
