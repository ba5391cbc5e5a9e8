"""Golden pairs: a mail and its whole `explain --json` object, compared exactly.

Compared by type and range only: probabilities, evidence, confidence, threshold, certificate and model version, which a
newly trained model may change, and how sure or unsure it is of what goes to people anyway (`not_sure`, `unexplained`).
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from contract.office import Office
from contract.schemas import faults

GOLDEN = Path(__file__).parent / "golden"
PAIRS = sorted(GOLDEN.glob("*.eml"))
_MODELS_OWN = ("confidence", "threshold", "certificate", "model_version")
_FIGURES = re.compile(r"(?<=^sure: )confidence \d\.\d\d reaches the threshold \d\.\d\d \(.*\)$")


@pytest.fixture(scope="module")
def objects(office: Office) -> dict[str, dict[str, Any]]:
    ended = office.run("explain", *map(str, PAIRS), "--json")
    assert (ended.code, ended.complaints) == (0, [])
    return {Path(found["file"]).stem: found for found in ended.lines}


def settled(found: dict[str, Any]) -> dict[str, Any]:
    """The object without what a newly trained model may change."""
    unsure = ("not_sure", "unexplained") if found["outcome"] != "answer" else ()
    return {
        **{key: value for key, value in found.items() if key not in (*_MODELS_OWN, "unexplained", "file")},
        "intents": [intent["intent"] for intent in found["intents"]],
        "vetoes": [veto["code"] for veto in found["vetoes"]],
        "evidence": [one for one in found["evidence"] if one["kind"] == "entity"],
        "reasons": [_FIGURES.sub("...", reason) for reason in found["reasons"] if reason.partition(":")[0] not in unsure],
    }


def test_there_are_a_dozen_pairs() -> None:
    assert len(PAIRS) >= 12
    assert {path.stem for path in GOLDEN.glob("*.json")} == {path.stem for path in PAIRS}


@pytest.mark.parametrize("name", [path.stem for path in PAIRS])
def test_the_object_is_the_golden_one(name: str, objects: dict[str, dict[str, Any]]) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    found = objects[name]

    assert faults("explain", found) == []
    assert faults("explain", golden) == []
    assert settled(found) == settled(golden)
    if found["outcome"] == "answer":
        assert found["confidence"] >= found["threshold"]
        assert found["unexplained"] == []
