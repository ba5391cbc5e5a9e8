"""What is slow to load, loaded once."""

import pytest

from inboxbot.app import shipped_model
from inboxbot.classify.artifact import Artifact, load
from inboxbot.classify.intents import IntentModel
from inboxbot.classify.understand import Understander
from inboxbot.classify.word_lists import WordLists, load_word_lists


@pytest.fixture(scope="session")
def word_lists() -> WordLists:
    return load_word_lists()


@pytest.fixture(scope="session")
def shipped() -> Artifact:
    return load(shipped_model())


@pytest.fixture(scope="session")
def understander(shipped: Artifact, word_lists: WordLists) -> Understander:
    return Understander(IntentModel(shipped), word_lists)
