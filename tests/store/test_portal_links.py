"""Portal links: unguessable, for a time, revocable; the store never holds one that works."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from factories import NOW, open_store

from inboxbot.store import portal_links
from inboxbot.store.engine import Store

SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path)
    yield store
    store.close()


def link(store: Store, customer_id: str = "C1", days: int = 14) -> str:
    token = portal_links.new_token()
    with store.transaction() as session:
        portal_links.add(session, token, customer_id, days, NOW)
    return token


def behind(store: Store, token: str, after: timedelta = timedelta(0)) -> str | None:
    with store.transaction() as session:
        return portal_links.customer_behind(session, token, NOW + after)


def test_a_token_opens_its_customers_page_until_it_expires(store: Store) -> None:
    token = link(store)
    lasts = timedelta(days=14)
    assert [behind(store, token, after) for after in (timedelta(0), lasts - SECOND, lasts)] == ["C1", "C1", None]


def test_only_the_hash_of_a_token_is_kept(store: Store, tmp_path: Path) -> None:
    token = link(store)
    behind(store, token)
    store.close()
    assert token.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


@pytest.mark.parametrize("wrong", ["", "x", "é\U0001f600", "' OR 1=1 --"])
def test_an_unknown_token_opens_nothing(store: Store, wrong: str) -> None:
    token = link(store)
    assert behind(store, wrong) is None
    assert behind(store, token.swapcase()) is None


def test_revoking_ends_every_link_of_that_customer_only(store: Store) -> None:
    old, new, other, expired = link(store), link(store), link(store, "C2"), link(store, days=0)
    with store.transaction() as session:
        assert portal_links.revoke(session, "C1", NOW) == 2
        assert portal_links.revoke(session, "C1", NOW) == 0
    assert [behind(store, token) for token in (old, new, other, expired)] == [None, None, "C2", None]


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {portal_links.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43  # 256 bits in base64
