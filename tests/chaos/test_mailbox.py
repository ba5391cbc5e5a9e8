"""Mailboxes that misbehave: nothing is lost, nothing is answered twice. The long form of these rows is `make soak`."""

import pytest
from servers.mailserver import MailServer

from chaos.cases import each, hold
from chaos.nursery import Nursery
from chaos.rows import Row

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]


@each("20-23")
def test_nothing_is_lost_and_nothing_is_answered_twice(row: Row, seed: int, mail_server: MailServer, nursery: Nursery) -> None:
    hold(row, seed, mail_server, nursery)
