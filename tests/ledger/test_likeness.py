"""Addresses and names that only look like a customer's are named as such; those that have nothing to do with one are not."""

from dataclasses import replace

import pytest
from factories import COMPANY, NOW, RESOLVER, a_ledger, a_message
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.facts import Contact, Customer, Likeness
from inboxbot.ledger.likeness import KnownDomains, skeleton
from inboxbot.ledger.model import Ledger
from inboxbot.message import Address

CUSTOMERS = {
    "C1": Customer("C1", "Castillo Foods", "USD"), "C2": Customer("C2", "Rheinwerk GmbH", "EUR"), "C3": Customer("C3", "Bo", "USD"),
}  # fmt: skip
CONTACTS = (
    Contact("C1", "lena.castillo@castillofoods.example", "Lena Castillo"), Contact("C2", "buchhaltung@rheinwerk-gmbh.de", "Buchhaltung"),
    Contact("C2", "ap@rheinwerk.co.uk", "Tom Birch"), Contact("C3", "bo.li@gmail.com", "Bo Li"), Contact("C1", "ann@milliard.example", "Ann"),  # noqa: E501
)  # fmt: skip
LEDGER = Ledger(as_of=NOW, customers=CUSTOMERS, contacts=CONTACTS, invoices={}, payments=())


def found(
    sender: str, name: str = "", *, to: tuple[str, ...] = (COMPANY,), reply_to: str = "", text: str = "", ledger: Ledger = LEDGER
) -> tuple[Likeness, ...]:
    message = a_message(
        from_=Address(sender, name), to=tuple(Address(one) for one in to), reply_to=(Address(reply_to),) if reply_to else (), text=text
    )
    return ledger.around(ledger.facts_for(sender, RESOLVER), message, RESOLVER).likenesses


def domain(name: str) -> str:
    return f"ap@{name.encode('idna').decode() if not name.isascii() else name}"


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("castilIofoods.example".lower(), "letters that look alike"),  # a capital i for the l
        ("castil1ofoods.example", "letters that look alike"),
        ("castillof00ds.example", "letters that look alike"),
        ("cаstillofoods.example", "letters that look alike"),  # noqa: RUF001  a Cyrillic a
        ("castıllofoods.example", "letters that look alike"),  # noqa: RUF001  a dotless i
        ("castillofοοds.example", "letters that look alike"),  # noqa: RUF001  Greek omicrons
        ("rnilliard.example", "letters that look alike"),  # rn for m
        ("castillo-foods.example", "letters that look alike"),
        ("rheinvverk-gmbh.de", "letters that look alike"),
        ("castilofoods.example", "one letter differs"),
        ("castillofood.example", "one letter differs"),
        ("castillofoodss.example", "one letter differs"),
        ("castillofodos.example", "one letter differs"),
        ("rheinwerg-gmbh.de", "one letter differs"),
        ("rheinwerk-gmbh.dk", "one letter differs"),
        ("castillofoods.com", "another suffix"),
        ("rheinwerk-gmbh.com", "another suffix"),
        ("castillofoods-billing.example", "something added"),
        ("ap-castillofoods.com", "something added"),
        ("castillofoods.example.evil.com", "in front of another domain"),
        ("castillofoods.example.payments.co", "in front of another domain"),
        ("castillofoods-example.evil.com", "in front of another domain"),
        ("rheinwerk.co.uk.evil.com", "in front of another domain"),
        ("brightvvater.example", "letters that look alike"),  # our own
        ("brightwater-ar.example", "something added"),
    ],
)
def test_a_look_alike_domain_is_named(name: str, how: str) -> None:
    (likeness,) = found(domain(name))
    assert (likeness.kind, how in likeness.words) == ("look_alike", True), likeness


@pytest.mark.parametrize(
    "sender",
    [
        "lena.castillo@castillofoods.example",  # itself
        "new.colleague@castillofoods.example",
        "ap@mail.castillofoods.example",  # below its own domain
        "ap@rheinwerk.co.uk",
        "joe@gmail.com",  # a customer's contact writes from there too
        "joe@gmial.com",
        "ap@other.example",
        "ap@castle.example",
        "sales@foods.example",
        "ap@millard-brothers.example",
        "bo@bo.example",
        "ap@werk.de",
        "x@a.example",
    ],
)
def test_a_domain_of_its_own_is_not(sender: str) -> None:
    assert found(sender) == ()


def test_what_a_letter_stands_for_is_shown() -> None:
    (likeness,) = found(domain("cаstillofoods.example"))  # noqa: RUF001
    assert "xn--" in likeness.words
    assert "shown as" in likeness.words


@pytest.mark.parametrize(
    ("sender", "name", "words"),
    [
        ("lena.castillo.ap@gmail.com", "Lena Castillo", "lena.castillo@castillofoods.example"),
        ("x@evil.example", "lena  CASTILLO", "lena.castillo@castillofoods.example"),
        ("x@evil.example", "Castillo Foods Accounts Payable", "Castillo Foods"),
        ("x@evil.example", "Rheinwerk GmbH", "Rheinwerk GmbH"),
        ("x@evil.example", "Tom Birch (Rheinwerk)", ""),
        ("x@evil.example", "Ann", ""),  # a first name alone is anybody's
        ("x@evil.example", "Bo", ""),
        ("x@evil.example", "", ""),
        ("lena.castillo@castillofoods.example", "Lena Castillo", ""),
        ("intern@castillofoods.example", "Lena Castillo", ""),  # the customer's own domain
    ],
)
def test_a_borrowed_display_name_is_named(sender: str, name: str, words: str) -> None:
    likenesses = [likeness.words for likeness in found(sender, name) if likeness.kind == "display_name"]
    assert bool(likenesses) == bool(words)
    assert all(words in one for one in likenesses)


@pytest.mark.parametrize(
    "parties",
    [
        {"reply_to": "lena@castilIofoods.example".lower()},
        {"to": (COMPANY, "boss@castillof0ods.example")},
        {"reply_to": "ap@castilofoods.example"},
    ],
)
def test_a_look_alike_beside_a_genuine_sender_is_named(parties: dict[str, object]) -> None:
    (likeness,) = found("lena.castillo@castillofoods.example", **parties)  # type: ignore[arg-type]
    assert "the mail also names" in likeness.words


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("On Monday Brightwater <ar@brightwaters.example> wrote:\n> new account", "brightwaters.example"),
        ("From: AR [mailto:ar@brightvvater.example]\nSent: Monday", "brightvvater.example"),
        ("as ar@brightwater.example.evil.example told us", "brightwater.example.evil.example"),
        ("On Monday Brightwater <ar@brightwater.example> wrote:\n> an invoice", ""),
        ("On Monday <no-reply@mail.brightwater.example> wrote", ""),
        ("write to lena@castillofoods.example or office@castilofoods.example", ""),  # none of ours
        ("brightwater@gmail.com and ar@brightwater-finance.example", ""),
        ("a bill @brightwaters.example of 3@4.5", ""),
    ],
)
def test_an_address_in_the_text_that_looks_like_ours_is_named(text: str, named: str) -> None:
    likenesses = found("lena.castillo@castillofoods.example", text=text)
    assert [named in likeness.words for likeness in likenesses] == ([True] if named else [])


def test_a_customers_other_suffix_in_cc_is_no_trick() -> None:
    assert found("lena.castillo@castillofoods.example", to=(COMPANY, "office@castillofoods.com")) == ()


def test_outsiders_and_other_customers_are_told_apart() -> None:
    sender = "lena.castillo@castillofoods.example"
    to = (COMPANY, "x@evil.example", "ap@rheinwerk.co.uk", "me@castillofoods.example", "hq@eu.castillofoods.example")
    message = a_message(from_=Address(sender), to=tuple(Address(one) for one in to))
    facts = LEDGER.around(LEDGER.facts_for(sender, RESOLVER), message, RESOLVER)
    assert facts.outsiders == ("x@evil.example", "ap@rheinwerk.co.uk")
    assert facts.other_customers == ("ap@rheinwerk.co.uk",)


def test_a_message_without_a_sender_has_nothing_to_look_like() -> None:
    facts = LEDGER.facts_for("", RESOLVER)
    assert LEDGER.around(facts, a_message(from_=None), RESOLVER) == facts


def test_the_first_of_two_owners_is_named_for_a_shared_domain() -> None:
    shared = replace(a_ledger(), contacts=(Contact("C2", "a@sharedhouse.example"), Contact("C1", "b@sharedhouse.example")))
    (likeness,) = found("x@sharedh0use.example", ledger=shared)
    assert "customer C1" in likeness.words


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_domain_has_a_skeleton_and_is_looked_at(name: str) -> None:
    skeleton(name)
    KnownDomains({"castillofoods.example": "C1"}).resembled(name)
