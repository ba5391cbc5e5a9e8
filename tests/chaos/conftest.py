"""Fixtures of the fault table."""

from collections.abc import Iterator

import pytest

from chaos.nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where most starts of the program come from; each xdist worker has its own."""
    with Nursery() as ours:
        yield ours
