"""The model's files: the same bytes for the same model, and a polite refusal of anything that is not one."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inboxbot.classify import artifact
from inboxbot.classify.artifact import Artifact, Forest, LinearModel, LogisticWeights
from inboxbot.classify.contributions import Contributions, Share, text_probabilities
from inboxbot.classify.features import ClauseWords
from inboxbot.classify.gate import NAMES, Gate
from inboxbot.classify.intents import IntentModel
from inboxbot.classify.tokens import words_of
from inboxbot.errors import ModelError
from inboxbot.understanding import Intent

CARD: dict[str, Any] = {
    "created_from": {"corpus_sha256": "c" * 64},
    "thresholds": {"assertion": 0.4, "explanation": 0.25, "answer": 0.85},
    "certificate": "uncertified",
}


def linear(seed: int = 1) -> LinearModel:
    chance = np.random.default_rng(seed)
    names = ("copy", "invoice", "invoice copy", "~_cop", "#asking", "grüße", "send")
    vocabulary = {name: index for index, name in enumerate(names)}
    idf, weights, intercepts = chance.random(7) + 1, chance.normal(size=(7, 2)), chance.normal(size=2)
    return LinearModel(("invoice_copy", "other"), vocabulary, idf, weights, intercepts, np.ones(7))


def verdict(seed: int = 3) -> LogisticWeights:
    chance = np.random.default_rng(seed)
    return LogisticWeights(
        ("invoice_copy", "other"), chance.normal(size=5), chance.random(5) + 1, chance.normal(size=(5, 2)), chance.normal(size=2)
    )


def forest() -> Forest:
    """Two trees: one asks whether feature 1 is at most 0.5, the other gives 0.4 at once."""
    return Forest(
        features=np.array([1, -1, -1, -1], dtype=np.int16),
        thresholds=np.array([0.5, 0, 0, 0], dtype=np.float32),
        left=np.array([1, 0, 0, 0], dtype=np.int32),
        right=np.array([2, 0, 0, 0], dtype=np.int32),
        values=np.array([0, 0.2, 0.8, 0.4], dtype=np.float32),
        roots=np.array([0, 3], dtype=np.int32),
    )


def line(told: float = 0.0) -> LogisticWeights:
    """The gate's other half: sure in this measure, whatever it is told."""
    values = np.zeros(len(NAMES))
    return LogisticWeights(("right",), values, values + 1, values[:, None], np.array([told]))


def said(model: LinearModel, text: str) -> dict[str, float]:
    """What the model says of a text that asks."""
    return text_probabilities(Contributions(Share(model)), model, [ClauseWords(words_of(text), ["#asking"])])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    artifact.save(Artifact(linear(1), linear(2), verdict(), forest(), line(), linear(4), CARD), tmp_path / "model")
    return tmp_path / "model"


def rewrite(folder: Path, weights: bytes) -> None:
    """Other weights, and a card that says they are the right ones."""
    (folder / "weights.npz").write_bytes(weights)
    change_card(folder, weights_sha256=hashlib.sha256(weights).hexdigest())


def change_card(folder: Path, **changes: Any) -> None:
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    (folder / "card.json").write_text(json.dumps({**card, **changes}), encoding="utf-8")


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def arrays_of(folder: Path) -> dict[str, Any]:
    with np.load(folder / "weights.npz") as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_a_loaded_model_keeps_its_weights_as_bytes_and_can_be_saved_again(saved: Path, tmp_path: Path) -> None:
    loaded = artifact.load(saved)
    artifact.save(loaded, tmp_path / "again")
    again = artifact.load(tmp_path / "again")
    assert loaded.document.weights.dtype == np.int8
    assert (again.document.weights == loaded.document.weights).all()
    assert again.document.steps == pytest.approx(loaded.document.steps)


def test_what_is_loaded_predicts_what_was_saved(saved: Path) -> None:
    loaded = artifact.load(saved)
    for before, after in ((linear(1), loaded.document), (linear(2), loaded.clause)):
        assert (after.labels, set(after.vocabulary)) == (before.labels, set(before.vocabulary))
        for text in ("send invoice copy", "grüße", "nothing known", ""):
            assert said(after, text) == pytest.approx(said(before, text), abs=1e-3)


def test_saving_what_was_loaded_gives_equal_predictions_and_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    loaded = artifact.load(saved)
    artifact.save(replace(loaded, card=CARD), tmp_path / "again")
    again = artifact.load(tmp_path / "again")
    assert said(again.document, "send invoice copy") == said(loaded.document, "send invoice copy")
    assert [(tmp_path / "again" / name).read_bytes() for name in ("weights.npz", "card.json")] == [
        (saved / name).read_bytes() for name in ("weights.npz", "card.json")
    ]


def test_nothing_is_left_beside_the_two_files(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == ["card.json", "weights.npz"]


def test_a_card_is_changed_without_touching_the_rest(saved: Path) -> None:
    before = artifact.load(saved)
    changed = artifact.change_card(saved, calibration_figures={"outcome": "0.9"})
    after = artifact.load(saved)
    assert {**before.card, "calibration_figures": {"outcome": "0.9"}} == after.card == changed
    assert after.version == before.version


def missing_folder(folder: Path) -> None:
    (folder / "card.json").unlink()


def half_a_card(folder: Path) -> None:
    (folder / "card.json").write_text('{"format_version": 1,', encoding="utf-8")


def binary_card(folder: Path) -> None:
    (folder / "card.json").write_bytes(b"\xff\xfe\x00")


def card_is_a_list(folder: Path) -> None:
    (folder / "card.json").write_text("[]", encoding="utf-8")


def card_without(key: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        del card[key]
        (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")

    damage.__name__ = f"card_without_{key}"
    return damage


def thresholds_are_short(folder: Path) -> None:
    change_card(folder, thresholds={"assertion": 0.4})


def thresholds_are_a_number(folder: Path) -> None:
    change_card(folder, thresholds=0.4)


def origin_is_empty(folder: Path) -> None:
    change_card(folder, created_from={})


def other_format(folder: Path) -> None:
    change_card(folder, format_version=99)


def one_byte_changed(folder: Path) -> None:
    weights = bytearray((folder / "weights.npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    (folder / "weights.npz").write_bytes(weights)


def truncated(folder: Path) -> None:
    rewrite(folder, (folder / "weights.npz").read_bytes()[:-40])


def damaged_inside(folder: Path) -> None:
    weights = bytearray((folder / "weights.npz").read_bytes())
    weights[60:70] = b"\x00" * 10
    rewrite(folder, bytes(weights))


def empty_weights(folder: Path) -> None:
    rewrite(folder, b"")


def no_archive(folder: Path) -> None:
    rewrite(folder, b"not an archive at all")


def lone_array(folder: Path) -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    rewrite(folder, buffer.getvalue())


def pickled(folder: Path) -> None:
    rewrite(folder, npz(**{**arrays_of(folder), "document.idf": np.array([{"a": 1}], dtype=object)}))


def array_missing(folder: Path) -> None:
    arrays = arrays_of(folder)
    del arrays["clause.weights"]
    rewrite(folder, npz(**arrays))


def no_arrays_in_it(folder: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("document.features", "text")
    rewrite(folder, buffer.getvalue())


def verdict_and_labels_differ(folder: Path) -> None:
    arrays = arrays_of(folder)
    rewrite(folder, npz(**{**arrays, "verdict.means": arrays["verdict.means"][:-1]}))


def with_forest(name: str, place: int, value: float) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        arrays = arrays_of(folder)
        arrays[f"forest.{name}"][place] = value
        rewrite(folder, npz(**arrays))

    damage.__name__ = f"forest_{name}_{value}"
    return damage


def forest_is_short(folder: Path) -> None:
    arrays = arrays_of(folder)
    rewrite(folder, npz(**{**arrays, "forest.left": arrays["forest.left"][:-1]}))


def forest_without_trees(folder: Path) -> None:
    rewrite(folder, npz(**{**arrays_of(folder), "forest.roots": np.zeros(0, dtype=np.int32)}))


def names_and_weights_differ(folder: Path) -> None:
    arrays = arrays_of(folder)
    rewrite(folder, npz(**{**arrays, "document.idf": arrays["document.idf"][:-1]}))


@pytest.mark.parametrize(
    "damage",
    [
        missing_folder, half_a_card, binary_card, card_is_a_list, thresholds_are_short, thresholds_are_a_number,
        origin_is_empty, other_format, one_byte_changed, truncated, damaged_inside, empty_weights, no_archive, lone_array, pickled,
        array_missing, no_arrays_in_it, names_and_weights_differ, verdict_and_labels_differ,
        forest_is_short, forest_without_trees, with_forest("roots", 0, 4), with_forest("right", 0, -2), with_forest("left", 0, 0),
        *(card_without(key) for key in ("format_version", "weights_sha256", "created_from", "thresholds", "certificate")),
    ],
    ids=lambda damage: damage.__name__,
)  # fmt: skip
def test_what_is_no_whole_model_is_refused_in_one_plain_line(saved: Path, damage: Callable[[Path], None]) -> None:
    damage(saved)
    with pytest.raises(ModelError) as refusal:
        artifact.load(saved)
    words = str(refusal.value)
    assert str(saved) in words
    assert "\n" not in words


def test_a_missing_folder_says_how_to_make_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="inboxbot train"):
        artifact.load(tmp_path / "nowhere")


def test_another_format_is_named(saved: Path) -> None:
    other_format(saved)
    with pytest.raises(ModelError, match="format 99, expected 5"):
        artifact.load(saved)


def test_the_shipped_model_says_what_it_is_made_from(shipped: Artifact) -> None:
    card = shipped.card
    assert len(card["created_from"]["corpus_sha256"]) == 64
    assert {"numpy", "scikit-learn", "pyahocorasick"} <= set(card["libraries"])
    assert card["created_from"]["mails"] > 0
    assert set(card["created_from"]["languages"]) >= {"en", "de"}
    assert card["certificate"]


def test_the_shipped_models_card_has_its_figures(shipped: Artifact) -> None:
    assert shipped.card["calibration_figures"]


def test_the_shipped_model_knows_every_intent(shipped: Artifact) -> None:
    assert set(Intent) <= set(shipped.document.labels) & set(shipped.clause.labels)
    assert 0 <= IntentModel(shipped).gate.confidence([0.0] * len(NAMES)) <= 1


@pytest.mark.parametrize(
    ("value", "told", "expected"), [(0.5, 0.0, (0.3 + 0.5) / 2), (0.51, 0.0, (0.6 + 0.5) / 2), (0.5, 99.0, (0.3 + 1.0) / 2)]
)
def test_confidence_is_the_mean_of_the_leaves_that_are_reached_and_of_the_line(value: float, told: float, expected: float) -> None:
    values = [9.0, value, *[0.0] * (len(NAMES) - 2)]
    assert Gate(forest(), line(told)).confidence(values) == pytest.approx(expected)


def test_a_forest_that_asks_for_more_than_the_gate_tells_is_refused() -> None:
    with pytest.raises(ModelError, match="train it anew"):
        Gate(replace(forest(), features=np.array([len(NAMES), -1, -1, -1], dtype=np.int16)), line())


@pytest.mark.parametrize("key", ["assertion", "explanation", "answer"])
def test_the_shipped_models_thresholds_are_probabilities(shipped: Artifact, key: str) -> None:
    assert 0 < shipped.card["thresholds"][key] < 1
