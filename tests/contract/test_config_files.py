"""The configuration files that people copy from are valid: the example, and every block in the documentation."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from contract.test_config_defaults import DEFAULTS, KEYS

from inboxbot.config import load, parse

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"
# A block that opens with exactly ```toml is a configuration, or a part of one; "```toml ledger" or "```toml wrong" is not.
_BLOCK = re.compile(r"^( *)```toml[ \t]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"\[{1,2}([\w.]+)\]{1,2}")
_KEY = re.compile(r"(#?)(\w+) = (.+)")
_WHOLE = {"company": '[company]\nname = "Us"\naddress = "ar@us.example"\n', "ledger": '[ledger]\npath = "ledger"\n'}


def written_keys() -> dict[tuple[str, str], list[tuple[bool, str]]]:
    """(section, key) -> [(whether it stands behind a #, its value)] as the example has them."""
    found: dict[tuple[str, str], list[tuple[bool, str]]] = {}
    table = ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if header := _TABLE.match(line):
            table = header[1]
        elif key := _KEY.fullmatch(line):
            found.setdefault((table, key[2]), []).append((bool(key[1]), key[3]))
    return found


WRITTEN = written_keys()


def test_the_example_is_valid() -> None:
    config = load(EXAMPLE)

    assert config.company.name == "Brightwater Components"
    assert [rule.name for rule in config.rule] == [
        "everything to the account owner",
        "disputes to their team",
        "what the lawyers are told",
        "large sums are for people",
    ]


def test_the_example_is_still_valid_when_everything_in_it_is_switched_on() -> None:
    text = re.sub(r"^#(\w+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    parse(text, EXAMPLE)


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_the_example_shows_every_key(section: str, key: str) -> None:
    assert (section, key) in WRITTEN


@pytest.mark.parametrize(("section", "key"), [(s, k) for s, k in KEYS if DEFAULTS[s][k] not in (..., None, "")])
def test_what_the_example_shows_as_default_is_the_default(section: str, key: str) -> None:
    default = DEFAULTS[section][key]
    for behind_sign, toml in WRITTEN[section, key]:
        if behind_sign:
            shown = tomllib.loads(f"v = {toml}")["v"]
            assert shown == (default.replace("/folder/", "") if key == "url" else default)


def test_every_table_and_key_of_the_example_is_explained() -> None:
    """A comment stands above each group of keys: none follows a table's header or an empty line directly."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    first_of_group = [line for above, line in pairwise(lines) if _KEY.fullmatch(line) and (not above or _TABLE.match(above))]

    assert [line for line in first_of_group if not line.startswith("name = ")] == []


def blocks() -> list[tuple[str, str]]:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    return [
        (f"{file.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}", re.sub(rf"^{found[1]}", "", found[2], flags=re.MULTILINE))
        for file in files
        if file.is_file()
        for text in [file.read_text(encoding="utf-8")]
        for found in _BLOCK.finditer(text)
    ]


def whole(block: str) -> str:
    """A block with the required sections that it leaves out."""
    tables = {name.partition(".")[0] for name in _TABLE.findall(block)}
    missing = "".join(text for name, text in _WHOLE.items() if name not in tables)
    return f"{block}\n{missing}"


BLOCKS = blocks()


@pytest.mark.parametrize(("place", "block"), BLOCKS or [("no documentation yet", "")], ids=[place for place, _ in BLOCKS] or ["none"])
def test_a_configuration_in_the_documentation_is_valid(place: str, block: str) -> None:
    parse(whole(block), ROOT / place.partition(":")[0])


def test_a_block_is_found_and_a_marked_one_is_not() -> None:
    text = "a\n```toml\n[web]\nport = 1\n```\n```toml wrong\n[wob]\n```\n  ```toml\n  [store]\n  ```\n"

    assert [found[2].strip() for found in _BLOCK.finditer(text)] == ["[web]\nport = 1", "[store]"]
