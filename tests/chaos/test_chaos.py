"""The fault table, row by row: nothing lost, nothing answered twice. The long form is `make soak`.

200 mails and three seeds a row; the waits are the shortened ones of `books`. Silences of minutes are left to the soak.
"""

import pytest
from servers.mailserver import MailServer

from chaos.rows import ROWS, Row, here
from chaos.runner import run

MAILS, SEEDS = 200, (1, 2, 3)

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("row", [pytest.param(row, id=f"row {row.number}", marks=pytest.mark.xdist_group(f"row {row.number}")) for row in ROWS])
def test_nothing_is_lost_and_nothing_is_answered_twice(row: Row, seed: int, mail_server: MailServer) -> None:
    if why := here(row):
        pytest.skip(why)
    run(row, mail_server, MAILS, seed)
