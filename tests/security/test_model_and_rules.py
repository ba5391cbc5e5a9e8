"""Files that steer the machine: a model that was tampered with runs nothing, and no rule makes matching take long."""

import hashlib
import io
import json
import pickle
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from factories import a_config, a_message, some_facts, understood_as

from inboxbot.app import shipped_model
from inboxbot.classify.artifact import load
from inboxbot.config import RuleSection, parse
from inboxbot.config import load as load_config
from inboxbot.config.patterns import MOST_TEXT, any_matches, checked
from inboxbot.errors import ConfigError, ModelError
from inboxbot.policy.rules import apply


class Bomb:
    """Leaves a mark where it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.mark = folder / "ran"

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def object_array(folder: Path) -> bytes:
    out = io.BytesIO()
    np.save(out, np.array([Bomb(folder)], dtype=object), allow_pickle=True)
    return out.getvalue()


def npz(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def with_member(folder: Path, name: str, content: bytes) -> bytes:
    out = io.BytesIO((folder / "weights.npz").read_bytes())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def one_byte_changed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


WEIGHTS: dict[str, Callable[[Path], bytes]] = {
    "a pickle": lambda folder: pickle.dumps(Bomb(folder)),
    "a pickle of the newest protocol": lambda folder: pickle.dumps(Bomb(folder), protocol=5),
    "an array of objects": lambda folder: npz(document__features__npy=object_array(folder)),
    "an archive with a pickle in it": lambda folder: with_member(folder, "document.weights.pkl", pickle.dumps(Bomb(folder))),
    "an archive with a script in it": lambda folder: with_member(folder, "__main__.py", b"import os; os.abort()"),
    "nothing": lambda _: b"",
    "text": lambda _: b"hello",
    "a truncated archive": lambda folder: (folder / "weights.npz").read_bytes()[:-100],
    "one byte changed": lambda folder: one_byte_changed((folder / "weights.npz").read_bytes()),
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_model(), tmp_path / "model"))


@pytest.mark.parametrize("hash_too", [False, True], ids=["card as it was", "card adapted"])
@pytest.mark.parametrize("name", WEIGHTS)
def test_a_tampered_model_is_refused_and_runs_nothing(model: Path, name: str, hash_too: bool) -> None:
    content = WEIGHTS[name](model)
    (model / "weights.npz").write_bytes(content)
    if hash_too:
        card = json.loads((model / "card.json").read_text())
        card["weights_sha256"] = hashlib.sha256(content).hexdigest()
        (model / "card.json").write_text(json.dumps(card))
    with pytest.raises(ModelError):
        load(model)
    assert not (model / "ran").exists()


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "weights.pickle", "model.skops"])
def test_files_of_other_kinds_are_not_even_looked_at(model: Path, name: str) -> None:
    (model / name).write_bytes(pickle.dumps(Bomb(model)))
    load(model)
    assert not (model / "ran").exists()


EVIL = [
    r"^(\w+\s?)*$", r"(a+)+$", r"(a|a)*b", r"(.*a){20}", r"(x+x+)+y", r"([a-zA-Z]+)*\d", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(a?){30}a{30}",
    r"(.*?,){11}P", r"\s*\S*\s*\S*\s*\S*$", r"(?:a*)*", r"((ab)*)*c", r"(\d+)*:", r"(?i)(invoice|invoices)+!", r"[\s\S]*[\s\S]*[\s\S]*z",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("text", ["a" * MOST_TEXT + "!", "ab " * 50_000, "x" * 99_999 + "y", "1,2,3," * 20_000])
def test_no_pattern_and_no_mail_make_matching_take_long(pattern: str, text: str) -> None:
    before = time.process_time()
    any_matches(checked([pattern]), text)
    assert time.process_time() - before < 20  # a backtracking engine would not come back today


REFUSED = [
    r"(?=a)b", r"(?!a)b", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?P<x>a)(?P=x)", r"a{1001}", r"((a{100}){100}){100}", "(", "[", "*a", r"\p{Zzz}", "", "a" * 501,  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize("pattern", REFUSED)
def test_a_pattern_that_cannot_be_bounded_is_refused_when_the_file_is_read(pattern: str, tmp_path: Path) -> None:
    text = f"""[company]
name = "B"
address = "ar@b.example"
[ledger]
path = "ledger"
[[rule]]
name = "evil"
when = {{ text = ['''{pattern}'''] }}
"""
    with pytest.raises(ConfigError) as refused:
        parse(text, tmp_path / "inboxbot.toml")
    assert "pattern" in str(refused.value)
    assert "rule" in refused.value.key


def test_too_many_patterns_rules_and_bytes_are_refused(tmp_path: Path) -> None:
    head = '[company]\nname = "B"\naddress = "ar@b.example"\n[ledger]\npath = "ledger"\n'
    rule = '[[rule]]\nname = "r{}"\n'
    with pytest.raises(ConfigError, match="rule"):
        parse(head + "".join(rule.format(n) for n in range(501)), tmp_path / "c.toml")
    with pytest.raises(ConfigError, match="at most 50 patterns"):
        parse(head + f'[[rule]]\nname = "r"\nwhen = {{ text = {["a"] * 51} }}\n', tmp_path / "c.toml")
    large = tmp_path / "large.toml"
    large.write_text(head + "#" * 1_000_001)
    with pytest.raises(ConfigError, match="larger than"):
        load_config(large)


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ({"text": ["LAWYER"]}, True),
        ({"text": [r"\blaw\b"]}, False),
        ({"text": ["nothing", "law"]}, True),
        ({"subject": ["law"]}, False),
        ({"subject": ["inv-\\d+"]}, True),
        ({"subject": ["inv"], "text": ["court"]}, False),
        ({"subject": ["inv"], "text": ["lawyer"]}, True),
    ],
)
def test_patterns_are_conditions_like_the_others(when: dict[str, list[str]], applies: bool) -> None:
    rule = RuleSection.model_validate({"name": "r", "when": when, "then": {"answer": False}})
    effect = apply([rule], understood_as(), some_facts(), a_message(new_text="our lawyer writes", subject="Invoice INV-1"))
    assert bool(effect.names) is applies


def test_a_rule_that_wants_everything_answered_widens_nothing() -> None:
    rules = [{"name": "all", "then": {"answer": True}}]
    effect = apply(a_config(rule=rules).rule, understood_as(), some_facts(), a_message())
    assert (effect.forbidden_by, effect.assignee) == (None, None)
