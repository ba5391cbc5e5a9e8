"""The card in words says what the card in JSON holds."""

from typing import Any

from inboxbot.classify.certificate import Judgement, certify
from inboxbot.classify.training.model_card import words
from inboxbot.understanding import Family

MADE = certify([Judgement(0.9, i < 3, frozenset({Family.PROMISE})) for i in range(600)], (0.5, 0.8), 0.02, 0.95)
CARD: dict[str, Any] = {
    "what": "a model of words",
    "created_from": {"corpus_sha256": "c" * 64, "mails": 12, "writers": ["w01", "w02"], "languages": {"de": 2, "en": 10}},
    "weights_sha256": "d" * 64,
    "libraries": {"numpy": "2.0"},
    "python": "3.11",
    "thresholds": {"answer": 0.5},
    "certificate": MADE.words,
}


def test_the_card_names_data_certificate_and_limits() -> None:
    text = words(CARD)
    assert "Version `cccccccc-dddddddd`. A model of words." in text
    assert "12 written, labelled mails by 2 writers (w01, w02)" in text
    assert "Languages: en 10, de 2." in text
    assert "at most 2.0% wrong, 95% sure, n = 600, 3 wrong" in text
    assert "No corrections by staff." in text
    assert "## Limits" in text


def test_the_card_shows_records_figures_and_corrections_where_there_are_some() -> None:
    labels = [
        {"message_id": 1, "who": ["ed"], "at": "2026-11-22T01:00:00"},
        {"message_id": 2, "who": ["dana"], "at": "2026-11-20T01:00:00"},
    ]
    more = {
        "calibration": MADE.as_json(),
        "calibration_figures": {"outcome": "0.9 (n)"},
        "corrections": {"mails": 2, "weight": 3, "labels": labels},
    }
    text = words({**CARD, **more})
    assert "| 0.50 | 600 | 3 |" in text
    assert "| promise | 600 | 3 |" in text
    assert "| outcome | 0.9 (n) |" in text
    assert "2 mails corrected by staff (dana, ed), 2026-11-20 to 2026-11-22, each with weight 3." in text


def test_a_drafted_family_is_marked() -> None:
    bad = certify([Judgement(0.9, i < 3, frozenset({Family.PROMISE})) for i in range(30)], (0.5,), 0.02, 0.95)
    assert "only drafted |" in words({**CARD, "calibration": bad.as_json()})
