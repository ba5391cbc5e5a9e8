"""A text in clauses that each should mean one thing, each with its place."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.classify.sentences import clauses, sentences

LONG = "We have paid the two invoices that you sent us in October and"  # a line that wraps


def words(text: str) -> list[str]:
    return [one.text for one in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thanks. Please send it.", ["Thanks.", "Please send it."]),
        ("Was it received? Regards!", ["Was it received?", "Regards!"]),
        ("Paid… Thanks", ["Paid…", "Thanks"]),
        ("谢谢。请发送发票。", ["谢谢。", "请发送发票。"]),
        ('He said "it is paid." Then left.', ['He said "it is paid."', "Then left."]),
        ("copy of inv. 20155 please", ["copy of inv. 20155 please"]),
        ("Rg. Nr. 20155 bzw. 20156 fehlt", ["Rg. Nr. 20155 bzw. 20156 fehlt"]),
        ("We pay approx. 500 on the 3. November", ["We pay approx. 500 on the 3. November"]),
        ("Dear Mr. Smith of Alder Co. please send it", ["Dear Mr. Smith of Alder Co. please send it"]),
        ("e.g. the freight", ["e.g. the freight"]),
        ("Fra. núm. 20155 de Sra. Gil", ["Fra. núm. 20155 de Sra. Gil"]),
        ("1,234.56 was paid", ["1,234.56 was paid"]),
        ("one thing - another thing", ["one thing -", "another thing"]),
        ("paid it; send a receipt", ["paid it;", "send a receipt"]),
        ("- 20155\n- 20156", ["- 20155", "- 20156"]),
        ("We need:\n1. a copy\n2. a statement", ["We need:", "1. a copy", "2. a statement"]),
        (f"{LONG}\nthe third one.", [f"{LONG}\nthe third one."]),
        (f"{LONG}\n- 20155", [LONG, "- 20155"]),
        (f"{LONG}\n\nthe third one.", [LONG, "the third one."]),
        ("short line\nnext line", ["short line", "next line"]),
        ("20155\t12.10.\t99.90\n20156\t13.10.\t80.00", ["20155\t12.10.\t99.90", "20156\t13.10.\t80.00"]),
        ("--\n...\n", []),
        ("", []),
        ("\n \n", []),
    ],
)
def test_a_text_is_cut_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Please send 20155, and we will take off freight", ["Please send 20155,", "and we will take off freight"]),
        ("We wired it today and please call me back", ["We wired it today", "and please call me back"]),
        ("Wir haben bezahlt, aber die Ware fehlt noch", ["Wir haben bezahlt,", "aber die Ware fehlt noch"]),
        (
            "Merci de renvoyer la facture et veuillez noter notre adresse",
            ["Merci de renvoyer la facture", "et veuillez noter notre adresse"],
        ),
        ("Envíe la factura 20155, pero falta mercancía aquí", ["Envíe la factura 20155,", "pero falta mercancía aquí"]),
        ("20155, and 20156", ["20155, and 20156"]),
        ("copies of 20155 and 20156 please", ["copies of 20155 and 20156 please"]),
        ("Hi there, and thanks", ["Hi there,", "and thanks"]),
        ("Hi Sam, could you resend it", ["Hi Sam,", "could you resend it"]),
        ("Ask them if I may pay it", ["Ask them if I may pay it"]),
        ("Nous sommes en attente de la facture", ["Nous sommes en attente de la facture"]),
    ],
)
def test_a_clause_behind_a_conjunction_is_judged_by_itself(text: str, expected: list[str]) -> None:
    assert [clause.text for one in sentences(text) for clause in clauses(text, one)] == expected


PIECES = st.sampled_from(
    ["a. ", "Inv. ", "please send 20155", ", and ", " and please ", "\n", " - ", "x" * 60, "。", '." ', "; ", "\u200d", "ب"]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join)))
def test_sentences_have_their_place_are_in_order_and_lose_no_letter(text: str) -> None:
    found = sentences(text)
    assert all(text[one.start : one.end] == one.text == one.text.strip() for one in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    covered = {place for one in found for place in range(one.start, one.end)}
    assert [c for place, c in enumerate(text) if c.isalnum() and place not in covered] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["x y z, and ", "a. ", "Inv. ", "nur so. ", "x and please ", " -- ", "- a\n", '."', "x" * 60 + "\n", "。", "a"]
)
def test_a_megabyte_is_read_in_linear_time(piece: str) -> None:
    started = time.perf_counter()
    sentences((piece * (1_000_000 // len(piece) + 1))[:1_000_000])
    assert time.perf_counter() - started < 10


def test_a_megabyte_of_blanks_inside_a_line_is_read_in_linear_time() -> None:
    started = time.perf_counter()
    assert words("paid" + " " * 1_000_000 + "today") == ["paid" + " " * 1_000_000 + "today"]
    assert time.perf_counter() - started < 60  # seconds where quadratic time takes hours


def test_no_sentence_reaches_from_a_subject_into_the_text_however_long_the_subject_is() -> None:
    text = f"{LONG}\nthe third one."
    assert [one.text for one in sentences(text, body_start=len(LONG) + 1)] == [LONG, "the third one."]
