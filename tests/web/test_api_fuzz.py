"""The API against its own description: schemathesis makes requests that fit it and requests that do not.

Bounded: a fixed number of examples for each operation, always the same ones. Left out is the check that whatever fits the
description is accepted: no schema can say that an invoice belongs to the conversation's customer, or who has an account.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from inbox_office import Office, build
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from starlette.applications import Starlette
from starlette.routing import Mount
from test_api import TABLE

from inboxbot.desk import accounts
from inboxbot.web.api.application import PREFIX, api_app

EXAMPLES = 8  # of each operation
load_all_checks()
LEFT_OUT = CHECKS.get_by_names(["positive_data_acceptance"])
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office of its own: what is made up here must not be in other tests' way."""
    made = build(Path(tmp_path_factory.mktemp("fuzzed")), mails=False, documents=False)
    for number in range(3):
        made.write("m.fuller@alderstone.example", f"Price of INV-20294 ({number})", "The price on INV-20294 is wrong.")
    yield made
    made.app.store.close()


@pytest.fixture(scope="module")
def token(shop: Office) -> str:
    return accounts.add_token(shop.desk, shop.viewer("dana"), "fuzz", "manage", None)


@pytest.fixture(scope="module")
def description(shop: Office) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi(f"{PREFIX}/openapi.json", Starlette(routes=[Mount(PREFIX, api_app(shop.desk))]))


MODES = {"fits": GenerationMode.POSITIVE, "does not fit": GenerationMode.NEGATIVE}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("operation", sorted(TABLE))
def test_the_api_keeps_to_its_description(operation: str, mode: str, description: schemathesis.BaseSchema, token: str) -> None:
    method, path = operation.split(" ")
    found = description[f"{path}"][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=found.as_strategy(generation_mode=MODES[mode]))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=LEFT_OUT)

    try:
        holds()
    except Unsatisfiable:  # nothing can be wrong with an operation that takes nothing
        assert mode == "does not fit"
