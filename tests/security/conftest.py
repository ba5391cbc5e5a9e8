"""The sample company, made once."""

from collections.abc import Callable

import pytest
from security.attack import Attack, Fate, a_company, fate

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
    """What becomes of an attack; `{own}` in its text is an invoice of C1001, `{other}` one of C1002."""
    ledger = tools.ledger()
    own, other = (next(i for i in ledger.invoices.values() if i.customer_id == who) for who in ("C1001", "C1002"))

    def judged(attack: Attack) -> Fate:
        content = attack.raw()
        for name, value in (
            ("{own}", own.invoice_number),
            ("{other}", other.invoice_number),
            ("{other_bare}", other.invoice_number.removeprefix("INV-")),
            ("{other_po}", other.po_number),
        ):
            content = content.replace(name.encode(), value.encode())
        return fate(content, tools)

    return judged
