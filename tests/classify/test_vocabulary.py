"""Names and rows: what was put in is found, what was not is not, however odd."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify.vocabulary import Vocabulary

NAMES = {"copy", "invoice", "invoice copy", "~_cop", "#asking", "grüße", "send", "<", "請求書"}


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)))
def test_every_name_has_a_row_of_its_own(names: set[str]) -> None:
    vocabulary = Vocabulary.of(names)
    assert sorted(vocabulary[name] for name in names) == list(range(len(names)))
    assert set(vocabulary) == names
    assert len(vocabulary) == len(names)


@given(st.text())
def test_nothing_else_is_found(name: str) -> None:
    vocabulary = Vocabulary.of(NAMES)
    assert (name in vocabulary) == (name in NAMES) == (vocabulary.get(name) is not None)


@pytest.mark.parametrize("name", ["\ud800", "inv", "invoice copy ", "", "INVOICE", "invoice\0"])
def test_half_a_character_and_near_misses_are_no_names(name: str) -> None:
    vocabulary = Vocabulary.of(NAMES)
    assert name not in vocabulary
    with pytest.raises(KeyError):
        vocabulary[name]


def test_what_is_saved_is_what_is_loaded() -> None:
    saved = Vocabulary.of(NAMES).to_bytes()
    loaded = Vocabulary.from_bytes(saved)
    assert dict(loaded) == dict(Vocabulary.of(NAMES))
    assert loaded.to_bytes() == saved == Vocabulary.of(sorted(NAMES)).to_bytes()


@pytest.mark.parametrize("length", [0, 10, 100, -1])
def test_what_is_cut_short_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="no vocabulary"):
        Vocabulary.from_bytes(Vocabulary.of(NAMES).to_bytes()[:length])
