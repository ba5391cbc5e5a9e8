"""The parse step under fire: mutated attack mails are parsed, or refused as unreadable, and never anything else.

`FUZZ=20000 pytest tests/security/test_fuzz.py` runs it at length; the seed of a failure stands in its message.
"""

import os
import random
from collections.abc import Callable
from datetime import timedelta
from itertools import chain

import pytest
from factories import NOW, open_store
from hypothesis import given, settings
from hypothesis import strategies as st
from security import threats_asking, threats_headers, threats_sender, threats_words
from security.attack import Attack

from inboxbot.errors import UnreadableMessageError
from inboxbot.ingest import addresses, parse
from inboxbot.message import MessageKey, RawMessage
from inboxbot.responders.freeze import is_our_mark, is_ours, loop_mark, new_message_id
from inboxbot.store import portal_links
from inboxbot.store.engine import Store

ROUNDS = int(os.environ.get("FUZZ", "400"))
TABLES = (
    threats_sender.SPOOFED, threats_sender.AMBIGUOUS, threats_sender.LOOK_ALIKE, threats_words.BANK, threats_words.HIJACKED,
    threats_words.ORDERS, threats_words.THREAD, threats_words.HEADERS, threats_headers.RESULTS, threats_headers.FROM,
    threats_headers.REPLIES, threats_asking.BANK, threats_asking.NAMING,
)  # fmt: skip
SEEDS: list[Attack] = list(chain.from_iterable(table.values() for table in TABLES))
NASTY = (
    b"\x00", b"\r", b"\n", b"\r\n\r\n", b"\xff\xfe", b"=?utf-8?b?////?=", b"=?x?q?=00?=", b"--", b'"', b"<", b">", b"(", b")" * 50, b"@", b":", b";",  # noqa: E501
    b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/html; charset=utf-7\r\n",  # noqa: E501
    b"From: a@b.example\r\n", b" " * 300, b"\xe2\x80\xa8", "\u202e".encode(), b"<!--", b"<div " * 40, b"&#x0;", b"charset=undefined", b"\x1b$B",  # noqa: E501
)  # fmt: skip


def flip(raw: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 8)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)


def insert(raw: bytearray, rng: random.Random) -> None:
    place = rng.randrange(len(raw))
    raw[place:place] = rng.choice(NASTY) * rng.randint(1, 3)


def cut(raw: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(raw))
    del raw[start : start + rng.randint(1, 200)]


def repeat(raw: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(raw))
    piece = raw[start : start + rng.randint(1, 120)]
    raw[start:start] = piece * rng.randint(1, 30)


def cross(raw: bytearray, rng: random.Random) -> None:
    other = rng.choice(SEEDS).raw()
    raw[rng.randrange(len(raw)) :] = other[rng.randrange(len(other)) :]


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, insert, cut, repeat, cross)


def mutated(seed: int) -> bytes:
    rng = random.Random(seed)  # noqa: S311 - chance from a seed
    raw = bytearray(rng.choice(SEEDS).raw())
    for _ in range(rng.randint(1, 6)):
        if raw:
            rng.choice(MUTATIONS)(raw, rng)
    return bytes(raw)


@pytest.mark.parametrize("block", range(4))
def test_a_mutated_mail_is_read_or_refused_and_its_sender_is_one_plain_address(block: int) -> None:
    read = 0
    for seed in range(block * ROUNDS // 4, (block + 1) * ROUNDS // 4):
        raw = RawMessage(MessageKey("ar", 1, seed), mutated(seed), NOW)
        try:
            message = parse.parse(raw)
        except UnreadableMessageError:
            message = parse.stub(raw, "unreadable")
        else:
            read += 1
        found = message.from_
        assert found is None or addresses.normalized(found.email) == found.email, seed
        assert not set("\r\n\x00\u2028") & set(message.subject), seed
        assert all(not set("/\\\r\n\x00\u202e") & set(one.name) for one in message.attachments), seed
    assert read > ROUNDS // 8  # else only the limits were tested


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    raw = RawMessage(MessageKey("ar", 1, 1), content, NOW)
    try:
        parse.parse(raw)
    except UnreadableMessageError:
        parse.stub(raw, "unreadable")


@given(st.text(max_size=120))
def test_any_text_is_one_plain_address_or_none(text: str) -> None:
    found = addresses.normalized(text)
    assert found == "" or (addresses.normalized(found) == found and found.count("@") == 1 and not set(' <>(),;:"\\\r\n\x00') & set(found))


@given(st.binary(min_size=1, max_size=40), st.text(max_size=80))
def test_no_other_text_passes_for_an_id_of_ours(key: bytes, text: str) -> None:
    made = new_message_id("b.example", key)
    assert is_ours(made, key)
    assert not is_ours(made, key + b"x")
    assert not is_ours(text, key)
    assert not is_our_mark(text, key)
    mark = loop_mark(key, made)
    assert is_our_mark(mark, key)
    assert not is_our_mark(mark[:-1], key)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """One with a valid link to C1's account page."""
    made = open_store(tmp_path_factory.mktemp("links"))
    with made.transaction() as session:
        portal_links.add(session, TOKEN, "C1", 14, NOW)
    return made


TOKEN = portal_links.new_token()
RESPELLED = st.one_of(
    st.text(max_size=80),
    st.integers(0, len(TOKEN)).map(lambda n: TOKEN[:n]),
    st.tuples(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8")).map(lambda one: TOKEN[: one[0]] + one[1] + TOKEN[one[0] + 1 :]),
    st.sampled_from(
        [
            TOKEN.swapcase(),
            TOKEN + "=",
            TOKEN + "\x00",
            " " + TOKEN,
            TOKEN + "\n",
            TOKEN + "/",
            TOKEN.translate({ord(c): ord(c) + 0xFEE0 for c in TOKEN}),
        ]
    ),
    st.text(alphabet=TOKEN, min_size=len(TOKEN), max_size=len(TOKEN)),
)


@settings(deadline=None)
@given(RESPELLED)
def test_no_other_spelling_of_a_link_opens_an_account(store: Store, token: str) -> None:
    with store.transaction() as session:
        found = portal_links.customer_behind(session, token, NOW)
    assert found == ("C1" if token == TOKEN else None)


@settings(deadline=None)
@given(st.integers(-10, 40))
def test_a_link_opens_no_day_longer_than_it_should(store: Store, days: int) -> None:
    with store.transaction() as session:
        found = portal_links.customer_behind(session, TOKEN, NOW + timedelta(days=days))
    assert found == ("C1" if days < 14 else None)
