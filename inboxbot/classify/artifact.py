"""The model's files: `weights.npz` (plain arrays, never pickle) and `card.json`, which says what the model is.

In: a folder. Out: `Artifact`. Loading verifies format and hash, so that an upgrade or a damaged file refuses politely
instead of misunderstanding mail. Saving writes beside and renames, so that a reader never sees half a model.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inboxbot.classify.vocabulary import Vocabulary
from inboxbot.errors import ModelError

FORMAT_VERSION = 5
_CARD_KEYS = {"format_version", "weights_sha256", "created_from", "thresholds", "certificate"}
_THRESHOLDS = {"assertion", "explanation", "answer"}
_LOGISTIC_ARRAYS = ("means", "scales", "weights", "intercepts")
_FOREST_ARRAYS = {
    "features": np.int16,
    "thresholds": np.float32,
    "left": np.int32,
    "right": np.int32,
    "values": np.float32,
    "roots": np.int32,
}
_MOST_UNPACKED = 2_000_000_000  # bytes of all arrays together
_STEPS = 127  # the largest number of a signed byte
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same bytes whenever the same model is saved

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One-against-the-rest logistic regressions over TF-IDF features: names, inverse document frequencies, weights.

    A model that was loaded keeps its weights as bytes, as they lie in the file: a quarter of the memory.
    """

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]
    idf: Array  # (features,)
    weights: Array  # (features, labels), each in steps of its feature
    intercepts: Array  # (labels,)
    steps: Array  # (features,)


@dataclass(frozen=True, slots=True)
class LogisticWeights:
    """Logistic regressions over a few values (see `verdict` and `gate`), which are centred and scaled first."""

    labels: tuple[str, ...]
    means: Array  # (values,)
    scales: Array  # (values,)
    weights: Array  # (values, labels)
    intercepts: Array  # (labels,)


@dataclass(frozen=True, slots=True)
class Forest:
    """Decision trees, node after node: an inner node asks whether its feature is at most its threshold, a leaf has feature -1."""

    features: Array  # (nodes,)
    thresholds: Array  # (nodes,)
    left: Array  # (nodes,) where to go on if so
    right: Array  # (nodes,) where to go on if not
    values: Array  # (nodes,) the probability that a leaf gives
    roots: Array  # (trees,) where each tree begins


@dataclass(frozen=True, slots=True)
class Artifact:
    """A trained model and its card."""

    document: LinearModel
    clause: LinearModel
    verdict: LogisticWeights
    forest: Forest  # one half of the gate
    line: LogisticWeights  # the other
    reasons: LinearModel  # why something is contested
    card: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Names this model in every decision it took part in."""
        return f"{self.card['created_from']['corpus_sha256'][:8]}-{self.card['weights_sha256'][:8]}"


def save(model: Artifact, folder: Path) -> None:
    """Write both files; the same model gives the same bytes."""
    parts = (
        _arrays("document", model.document),
        _arrays("clause", model.clause),
        _arrays("reasons", model.reasons),
        _logistic_arrays("verdict", model.verdict),
        _forest_arrays(model.forest),
        _logistic_arrays("line", model.line),
    )
    weights = _npz({name: array for part in parts for name, array in part.items()})
    full_card = {"format_version": FORMAT_VERSION, **model.card, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    folder.mkdir(parents=True, exist_ok=True)
    _replace(folder / "weights.npz", weights)
    _replace(folder / "card.json", _card_bytes(full_card))


def change_card(folder: Path, **changes: Any) -> dict[str, Any]:
    """Write these keys into a saved model's card; the whole card is returned."""
    card: dict[str, Any] = {**json.loads((folder / "card.json").read_text(encoding="utf-8")), **changes}
    _replace(folder / "card.json", _card_bytes(card))
    return card


def load(folder: Path) -> Artifact:
    """Read a model; raises ModelError when it is missing, damaged, or of another format."""
    try:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        weights = (folder / "weights.npz").read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"the model in {folder} cannot be read; `inboxbot train` makes one") from error
    if not _is_complete(card):
        raise ModelError(f"the card of the model in {folder} is not complete; train it anew")
    if card["format_version"] != FORMAT_VERSION:
        raise ModelError(f"the model in {folder} has format {card['format_version']}, expected {FORMAT_VERSION}; train it anew")
    if hashlib.sha256(weights).hexdigest() != card.get("weights_sha256"):
        raise ModelError(f"the model in {folder} is not the one its card describes (weights.npz was changed)")
    try:
        _check_members(weights)
        arrays = np.load(io.BytesIO(weights), allow_pickle=False)
        document, clause, reasons = (_linear(part, arrays) for part in ("document", "clause", "reasons"))
        verdict, line = (_logistic(part, arrays) for part in ("verdict", "line"))
        return Artifact(document, clause, verdict, _forest(arrays), line, reasons, card)
    except (ValueError, LookupError, AttributeError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"the model in {folder} is damaged") from error


def _check_members(weights: bytes) -> None:
    """Plain arrays and nothing else, judged by the archive's directory before anything is unpacked."""
    with zipfile.ZipFile(io.BytesIO(weights)) as archive:
        members = archive.infolist()
    if any(not member.filename.endswith(".npy") for member in members) or sum(m.file_size for m in members) > _MOST_UNPACKED:
        raise ValueError("something else than plain arrays")


def _is_complete(card: Any) -> bool:
    """Whether a card holds everything that later steps read of it."""
    if not isinstance(card, dict) or not card.keys() >= _CARD_KEYS:
        return False
    parts = [card["created_from"], card["thresholds"]]
    if not all(isinstance(part, dict) for part in parts):
        return False
    return "corpus_sha256" in parts[0] and parts[1].keys() >= _THRESHOLDS


def _arrays(part: str, model: LinearModel) -> dict[str, Array]:
    vocabulary = Vocabulary.of(model.vocabulary)
    rows = np.empty(len(vocabulary), dtype=np.int64)  # the vocabulary has an order of its own
    for name, row in model.vocabulary.items():
        rows[vocabulary[name]] = row
    return {
        f"{part}.labels": _text("\n".join(model.labels)),
        f"{part}.features": np.frombuffer(vocabulary.to_bytes(), dtype=np.uint8),
        f"{part}.idf": model.idf[rows].astype(np.float32),
        **_in_steps(part, (model.weights * model.steps[:, None])[rows]),
        f"{part}.intercepts": model.intercepts.astype(np.float32),
    }


def _in_steps(part: str, weights: Array) -> dict[str, Array]:
    """Weights as bytes: each feature's in steps of its own, so that its largest takes all 127 of them."""
    steps = (np.abs(weights).max(axis=1, initial=0.0) / _STEPS).astype(np.float32)
    counted = np.rint(weights / np.where(steps > 0, steps, 1.0)[:, None])
    return {f"{part}.weights": counted.astype(np.int8), f"{part}.steps": steps}


def _linear(part: str, arrays: Any) -> LinearModel:
    names = Vocabulary.from_bytes(arrays[f"{part}.features"].tobytes())
    labels = tuple(arrays[f"{part}.labels"].tobytes().decode().split("\n"))
    shapes = [arrays[f"{part}.{name}"].shape for name in ("idf", "steps", "weights", "intercepts")]
    if shapes != [(len(names),), (len(names),), (len(names), len(labels)), (len(labels),)]:
        raise ValueError(f"{part}: names and weights do not belong together")
    return LinearModel(
        labels=labels,
        vocabulary=names,
        idf=arrays[f"{part}.idf"],
        weights=arrays[f"{part}.weights"],
        intercepts=arrays[f"{part}.intercepts"],
        steps=arrays[f"{part}.steps"],
    )


def _logistic_arrays(part: str, model: LogisticWeights) -> dict[str, Array]:
    numbers = {name: getattr(model, name).astype(np.float32) for name in _LOGISTIC_ARRAYS}
    return {f"{part}.labels": _text("\n".join(model.labels)), **{f"{part}.{name}": array for name, array in numbers.items()}}


def _logistic(part: str, arrays: Any) -> LogisticWeights:
    labels = tuple(arrays[f"{part}.labels"].tobytes().decode().split("\n"))
    found = {name: arrays[f"{part}.{name}"].astype(np.float64) for name in _LOGISTIC_ARRAYS}
    values = len(found["means"])
    if [found[name].shape for name in _LOGISTIC_ARRAYS] != [(values,), (values,), (values, len(labels)), (len(labels),)]:
        raise ValueError(f"{part}: names and weights do not belong together")
    return LogisticWeights(labels, **found)


def _forest_arrays(forest: Forest) -> dict[str, Array]:
    return {f"forest.{name}": getattr(forest, name).astype(kind) for name, kind in _FOREST_ARRAYS.items()}


def _forest(arrays: Any) -> Forest:
    found = {name: arrays[f"forest.{name}"] for name in _FOREST_ARRAYS}
    nodes = len(found["features"])
    goals = np.concatenate([found["left"], found["right"], found["roots"]])
    if any(len(found[name]) != nodes for name in _FOREST_ARRAYS if name != "roots") or not len(found["roots"]):
        raise ValueError("forest: its parts do not belong together")
    if goals.min() < 0 or goals.max() >= nodes:
        raise ValueError("forest: a branch leads nowhere")
    inner = found["features"] >= 0
    if (np.minimum(found["left"], found["right"])[inner] <= np.flatnonzero(inner)).any():
        raise ValueError("forest: a branch leads back")
    return Forest(**{name: np.asarray(found[name]) for name in _FOREST_ARRAYS})


def _text(text: str) -> Array:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _npz(arrays: Mapping[str, Array]) -> bytes:
    """NumPy's archive format with fixed times in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _ZIP_TIME), member.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _card_bytes(card: Mapping[str, Any]) -> bytes:
    return (json.dumps(card, indent=2, ensure_ascii=False) + "\n").encode()


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_suffix(path.suffix + ".part")
    beside.write_bytes(content)
    beside.replace(path)
