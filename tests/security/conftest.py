"""The sample company, made once."""

from collections.abc import Callable

import pytest
from security.attack import Attack, Fate, a_company, fate, named_invoices

from inboxbot.app import App
from inboxbot.pipeline import Tools


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> App:
    return a_company(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="session")
def tools(company: App) -> Tools:
    return company.tools(with_store=False)


@pytest.fixture(scope="session")
def suffer(tools: Tools) -> Callable[[Attack], Fate]:
    """What becomes of an attack; see `named_invoices` for what stands in braces."""
    return lambda attack: fate(attack.filled(named_invoices(tools.ledger())).raw(), tools)
