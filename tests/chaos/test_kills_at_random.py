"""Killed at random, stopped past its lease, migrated: nothing is lost or answered twice. The long form is `make soak`."""

import pytest
from servers.mailserver import MailServer

from chaos.cases import each, hold
from chaos.nursery import Nursery
from chaos.rows import Row

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]


@each("9,27,32")
def test_nothing_is_lost_and_nothing_is_answered_twice(row: Row, seed: int, mail_server: MailServer, nursery: Nursery) -> None:
    hold(row, seed, mail_server, nursery)
