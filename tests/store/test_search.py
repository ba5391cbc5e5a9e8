"""Full-text search: what is found by what, page by page, within whose customers; the same on both databases."""

from pathlib import Path

import pytest
from factories import NOW, a_conversation, open_store

from inboxbot.staff import Scope
from inboxbot.store import conversations, search
from inboxbot.store.engine import Store

TEXTS = (
    ("C1", "Please resend INV-20155, our PO 45-0083/7 and the carton note."),
    ("C2", "Die Rechnung über 1.234,56 € ist zu hoch, Grüße aus Köln"),
    (None, "Ο λογαριασμός, счёт 77812 и 発注書"),  # noqa: RUF001 - Greek
    ("C1", "e-mail x@y.example http://a.example/b?c=1 don't 1e5 3D"),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = open_store(tmp_path)
    with made.transaction() as session:
        for customer, text in TEXTS:
            number = conversations.open_new(session, a_conversation(customer_id=customer), NOW)
            conversations.add_note(session, number, text, "dana", NOW)
            search.index_reply(session, number, number, "Re: it", f"reply to {text}")
    return made


def found(store: Store, query: str, scope: Scope | None = None, *, internal: bool = True) -> list[int]:
    with store.reading() as session:
        return sorted(hit.conversation_id for hit in search.find(session, query, scope or Scope(), internal=internal))


@pytest.mark.parametrize(
    ("query", "conversation_ids"),
    [
        ("20155", [1]),
        ("inv-20155", [1]),
        ("INV 201", [1]),
        ("45-0083/7", [1]),
        ("carton resend", [1]),
        ("carton hoch", []),
        ("grusse koln", [2]),
        ("Grüße", [2]),
        ("1.234,56", [2]),
        ("λογαρ", [3]),
        ("счёт", [3]),
        ("счет", [3]),
        ("発注書", [3]),
        ("x@y.example", [4]),
        ("a.example/b", [4]),
        ("don't", [4]),
        ("1e5", [4]),
        ("3d", [4]),
        ("the", [1]),
        ("reply", [1, 2, 3, 4]),
        ("'; DROP TABLE note; --", []),
        ('" OR 1', []),
        ("& | ! ( ) : *", []),
        ("a:* & b", [4]),
        ("", []),
        ("w" * 5000, []),
    ],
)
def test_what_is_found_by_what(store: Store, query: str, conversation_ids: list[int]) -> None:
    assert found(store, query) == conversation_ids


def test_only_the_scopes_conversations_are_found(store: Store) -> None:
    assert found(store, "reply", Scope(frozenset({"C1"}))) == [1, 4]
    assert found(store, "reply", Scope(frozenset())) == []


def test_people_from_outside_find_no_notes(store: Store) -> None:
    with store.transaction() as session:
        conversations.add_note(session, 1, "mind the zebra", "dana", NOW)
    assert found(store, "zebra") == [1]
    assert found(store, "zebra", internal=False) == []


def test_pages_follow_each_other_and_nothing_comes_twice(store: Store) -> None:
    with store.transaction() as session:
        for number in range(30):
            conversations.add_note(session, 1 + number % 4, f"page {number}", "dana", NOW)
    seen, before = [], None
    while True:
        with store.reading() as session:
            hits = search.find(session, "page", Scope(), internal=True, before=before, limit=2)
        if not hits:
            break
        seen += [hit.position for hit in hits]
        before = hits[-1].position
    assert seen == sorted(set(seen), reverse=True)


def test_a_text_that_changed_is_found_by_its_new_words_only(store: Store) -> None:
    with store.transaction() as session:
        search.index_reply(session, 1, 1, "Re: it", "quite other words, zebra")
    assert found(store, "zebra") == [1]
    assert found(store, "carton reply") == []


def test_a_merged_conversations_texts_are_found_in_the_other(store: Store) -> None:
    with store.transaction() as session:
        conversations.merge(session, 4, 1, "dana", NOW)
    assert found(store, "1e5") == [1]


def test_whatever_stands_in_a_text_it_can_be_kept_and_searched(store: Store) -> None:
    with store.transaction() as session:
        conversations.add_note(session, 1, f"zebra \x00 {'longword' * 1000} \U0001f600 end", "dana", NOW)
        conversations.add_note(session, 2, " ".join(f"ünïqüé{number}" for number in range(60_000)), "dana", NOW)
    assert found(store, "zebra end") == [1]
    assert found(store, "unique7") == [2]
