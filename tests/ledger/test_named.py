"""Other customers, and their people, are known by their short names; words that only look like such names are not."""

# ruff: noqa: RUF001  other scripts are meant

import pytest
from factories import NOW, RESOLVER, a_message
from hypothesis import given
from hypothesis import strategies as st

from inboxbot.facts import Contact, Customer
from inboxbot.ledger.everyday import EVERYDAY, FIRST_NAMES, PAPERS, PEOPLE
from inboxbot.ledger.model import Ledger
from inboxbot.ledger.named import NamedCustomers, own_words
from inboxbot.message import Address

COMPANIES = (
    "Alder & Stone Construction", "Bayline Marine Services", "Drummond Foods", "Kestrel Aviation Parts", "Maple Ridge School District",
    "Rossi Componenti SpA", "Gruber Maschinenbau GmbH", "Patel Textiles Pvt Ltd", "Brisbane Fasteners Pty Ltd", "Summit Partners LLC",
    "Global Parts Inc", "Adler Apotheke", "Martin Steel", "Vandermeer Techniek BV", "Zielinski Transport Sp. z o.o.", "Fjordlight AS",
    "Oakfield Hotels Group", "Oakfield Dairy", "Bo Trading", "Yarrow & Co Brewing",
)  # fmt: skip
PEOPLE_OF = (
    ("Joe Tran", "Bayline Marine Services"), ("Accounts Payable", "Bayline Marine Services"), ("Karin Steiner", "Gruber Maschinenbau GmbH"),
    ("Megan Fuller", "Alder & Stone Construction"), ("John Smith", "Drummond Foods"), ("John Smith", "Rossi Componenti SpA"),
    ("Ben", "Martin Steel"), ("Tan Wei Ling", "Fjordlight AS"),
)  # fmt: skip
NAMED = NamedCustomers(COMPANIES, PEOPLE_OF)
OWN = own_words(["Alder & Stone Construction", "Megan Fuller", "Accounts Payable", "alderstone", "brightwater"])

OTHERS = """
What does Bayline owe?
Has Bayline paid?
Has INV-20021 been paid by Bayline?
Please send our statement and ledger of Bayline.
Please send our statement and Bayline statement.
Please send our statement, plus Bayline Marine.
Please send the Bayline statement.
Please send Bayline invoices.
What is Bayline’s balance?
Bayline owes you how much?
How much is open for Bayline?
Did Bayline Marine Services pay?
PLEASE SEND THE BAYLINE STATEMENT
Please Send Bayline Statement
what does bayline owe?
has INV-20021 been paid by bayline
please send the bayline statement
Is INV-20021 on the account of Bayline, or ours?
(Bayline asked us the same.)
Was schuldet Bayline?
Hat Bayline die Rechnung INV-20021 bezahlt?
Bitte senden Sie uns den Kontoauszug von Bayline.
Combien doit Bayline ?
Merci de nous envoyer le relevé de Bayline.
¿Cuánto debe Bayline?
Envíen también la factura de Bayline.
Quanto deve Bayline?
Hoeveel moet Bayline nog betalen?
Quanto deve a Bayline?
Ile jest winien Bayline?
Hur mycket är Bayline skyldig?
Did Joe Tran's payment arrive?
Did Joe Tran pay INV-20021?
Joe Tran asks for the statement.
Has Tan Wei Ling sent you the advice?
Is Karin Steiner still with you?
What does Maple Ridge owe?
Please send the Rossi statement.
Please send Rossi's statement.
What is the balance of Summit?
Please send the invoice of Brisbane.
What does Yarrow owe?
Vandermeer Techniek asked for it.
Please send the Gruber Rechnung.
What does Gruber owe?
Was schuldet Gruber?
Combien doit Rossi ?
""".strip().splitlines()

NOBODYS = """
Please send a copy of INV-20021.
Please send our statement.
The Maple Court building, please.
We are on Alder Street.
Alder is our name, please send the Alder statement.
This goes to the summit of Global Parts makers.
Summit of the year: please send INV-20021.
Global payments are made on Fridays.
We paid from our Brisbane office.
Our colleague in Drummond has it.
Our Drummond site needs INV-20021.
The kestrel on our roof says hello.
Kestrel flies, please send INV-20021.
Mr Gruber has asked for INV-20021.
Frau Gruber bittet um INV-20021.
Tom Gruber called about INV-20021.
I spoke with Tom Gruber about it.
Ask Martin, he knows.
Martin will pay on Friday.
Thank you, Rossi
Regards, Patel
Der Adler fliegt, die Rechnung fehlt.
John Smith called me.
Accounts Payable needs INV-20021.
Ben called.
Oakfield is near us.
Bo pays on Friday.
Megan Fuller needs the statement.
The baylines are long.
Please send it to Baylinehaven.
drummond is a nice word
we met a drummond yesterday
""".strip().splitlines()


@pytest.mark.parametrize("text", OTHERS)
def test_another_customer_is_named(text: str) -> None:
    assert len(NAMED.names_in(f"Question\n{text}", OWN)) == 1


@pytest.mark.parametrize("text", [text for text in NOBODYS if "Global Parts" not in text])
def test_nobody_is_named(text: str) -> None:
    assert NAMED.names_in(f"Question\n{text}", OWN) == ()


@pytest.mark.parametrize("text", [text for text in OTHERS if "bayline" in text.lower()])
def test_the_senders_own_short_name_is_no_other(text: str) -> None:
    own = own_words(["Bayline Marine Services", "Joe Tran", "bayline-marine"])
    assert set(NAMED.names_in(text, own)) <= {"Bayline Marine Services"}  # the whole name, which the ledger tells from another's


def test_a_name_of_two_customers_is_neithers() -> None:
    assert NAMED.names_in("What does Oakfield owe? What did John Smith pay?") == ()
    assert NAMED.names_in("What does Oakfield Dairy owe?") == ("Oakfield Dairy",)


CUSTOMERS = {f"C{number}": Customer(f"C{number}", name, "USD") for number, name in enumerate(COMPANIES)}
LEDGER = Ledger(
    as_of=NOW,
    customers=CUSTOMERS,
    contacts=(
        Contact("C0", "m.fuller@alderstone.example", "Megan Fuller"),
        Contact("C0", "t.gruber@alderstone.example", "Tomas Gruber"),
        Contact("C1", "joe.tran@bayline-marine.example", "Joe Tran"),
        Contact("C1", "ap@bayline-marine.example", "Accounts Payable"),
    ),
    invoices={},
    payments=(),
)


@pytest.mark.parametrize(
    ("sender", "text", "expected"),
    [
        ("m.fuller@alderstone.example", "What does Bayline owe?", ("Bayline Marine Services",)),
        ("m.fuller@alderstone.example", "Did Joe Tran's payment arrive?", ("Bayline Marine Services",)),
        ("m.fuller@alderstone.example", "Gruber has it.", ()),  # a colleague's name
        ("m.fuller@alderstone.example", "What does Gruber Maschinenbau owe?", ("Gruber Maschinenbau GmbH",)),
        ("m.fuller@alderstone.example", "What does Alder owe?", ()),
        ("joe.tran@bayline-marine.example", "What does Bayline owe? Joe Tran", ()),
        ("joe.tran@bayline-marine.example", "Bayline Marine needs INV-1.", ()),
        ("joe.tran@bayline-marine.example", "What does Gruber owe?", ("Gruber Maschinenbau GmbH",)),
        ("new@bayline-marine.example", "Bayline statement, please.", ()),  # under the customer's own domain
        ("x@stranger.example", "What does Bayline owe?", ()),  # whose money it is no question for
    ],
)
def test_the_ledger_knows_whose_name_it_is(sender: str, text: str, expected: tuple[str, ...]) -> None:
    message = a_message(from_=Address(sender, "Somebody"), subject="Question", new_text=text)
    assert LEDGER.around(LEDGER.facts_for(sender, RESOLVER), message, RESOLVER).named_customers == expected


def test_the_lists_are_in_small_letters() -> None:
    assert all(word == word.lower() for word in EVERYDAY | PEOPLE | PAPERS)
    assert FIRST_NAMES < PEOPLE


@given(
    st.lists(
        st.sampled_from(["Bayline", "Marine", "Joe", "Tran", "the", ".", "'s ", " ", "\n", "ALDER", "\u2019", "of", "statement", "ß", "İ"])
    )
)
def test_any_text_is_read(pieces: list[str]) -> None:
    assert set(NAMED.names_in("".join(pieces))) <= set(COMPANIES)
