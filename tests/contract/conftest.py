"""Fixtures of the contract tests."""

from pathlib import Path

import pytest
from contract.office import Office, open_office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that only reads: no test may change it."""
    return open_office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def own_office(tmp_path: Path) -> Office:
    """An office of the test's own."""
    return open_office(tmp_path)
