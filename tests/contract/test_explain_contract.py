"""`explain --json` as the outside contract has it: one object a line, in the order of the files, with every key."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from contract.office import COMPANY, MAILDIR, TRUST, Ended, Office, mail, open_office
from contract.schemas import faults, validator

pytestmark = pytest.mark.slow

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KEYS = (  # of the contract; more may follow, none may go
    "file", "message_id", "from", "customer_id", "intents", "primary", "entities", "outcome", "answers", "automatic_mail", "assignee",
    "reasons",
)  # fmt: skip
ENTITIES = ("invoice_numbers", "po_numbers", "amounts", "promise_date", "payment_method", "payment_reference", "dispute_reason")
COPY = mail(
    "m.fuller@alderstone.example", "Copy of invoice INV-20294", "Hello,\n\nplease resend invoice INV-20294.\n\nThank you\nMegan", at=AT
)
STRANGER = mail("sales@unknown.example", "Hello", "Please send me a copy of invoice INV-20294.", at=AT, message_id="")
OUT_OF_OFFICE = mail("y.sato@nakamura-trading.example", "Out of office", "I am away.", at=AT, headers={"Auto-Submitted": "auto-replied"})


@pytest.fixture(scope="module")
def explained(office: Office) -> tuple[list[str], Ended]:
    """The names given to one real command, and what it said."""
    files = {"3.eml": COPY, "1.eml": STRANGER, "2.eml": OUT_OF_OFFICE, "empty.eml": b"", "noise.eml": bytes(range(256)) * 40}
    for name, raw in files.items():
        (office.folder / name).write_bytes(raw)
    names = [str(office.folder / name) for name in ("3.eml", "1.eml", "missing.eml", "2.eml", "empty.eml", "", "noise.eml", "3.eml")]
    return names, office.run("explain", *names, "--json")


def test_there_is_one_object_a_line_in_the_order_of_the_files(explained: tuple[list[str], Ended]) -> None:
    names, ended = explained

    assert [found["file"] for found in ended.lines] == [str(Path(name)) for name in names]
    assert (ended.code, ended.complaints) == (0, [])


def test_every_object_keeps_to_the_schema(explained: tuple[list[str], Ended]) -> None:
    assert [fault for found in explained[1].lines for fault in faults("explain", found)] == []


def test_all_keys_of_the_contract_are_always_there(explained: tuple[list[str], Ended]) -> None:
    for found in explained[1].lines:
        assert set(KEYS) <= set(found)
        assert tuple(found["entities"]) == ENTITIES
        assert found["primary"] == found["intents"][0]["intent"]


def test_the_schema_asks_for_every_key_of_the_contract() -> None:
    schema = validator("explain").schema

    assert set(KEYS) <= set(schema["required"])
    assert set(ENTITIES) == set(schema["properties"]["entities"]["required"])


def test_the_outcomes_are_as_a_reader_expects(explained: tuple[list[str], Ended]) -> None:
    answered, stranger, missing, away, empty, folder, noise, again = explained[1].lines

    assert (answered["outcome"], answered["answers"], answered["automatic_mail"]) == ("answer", ["invoice_copy"], True)
    assert (answered["customer_id"], answered["from"]) == ("C1001", "m.fuller@alderstone.example")
    assert answered["entities"]["invoice_numbers"] == ["INV-20294"]
    assert (stranger["outcome"], stranger["customer_id"], stranger["message_id"]) == ("route", None, "")
    assert (away["outcome"], away["primary"], away["automatic_mail"]) == ("file", "auto_reply", False)
    assert [found["outcome"] for found in (missing, empty, folder, noise)] == ["route"] * 4
    assert again == answered


def test_a_file_that_cannot_be_read_is_routed_with_the_reason(explained: tuple[list[str], Ended]) -> None:
    missing, folder = explained[1].lines[2], explained[1].lines[5]

    assert "unreadable: the file cannot be read: No such file or directory" in missing["reasons"]
    assert "unreadable: the file cannot be read: Is a directory" in folder["reasons"]
    assert (missing["intents"], missing["from"], missing["message_id"]) == (
        [{"intent": "other", "probability": 1.0, "evidence": ""}],
        "",
        "",
    )


def test_reasons_are_a_code_and_words(explained: tuple[list[str], Ended]) -> None:
    stranger = explained[1].lines[1]["reasons"]

    assert "unknown_sender: the sender is no contact of any customer" in stranger
    assert len(stranger) == len(set(stranger))


def lines(office: Office, *arguments: str) -> list[Any]:
    ended = office.call("explain", *arguments, "--json")
    assert (ended.code, ended.err) == (0, "")
    return ended.lines


def put(office: Office, name: str, raw: bytes) -> str:
    (office.folder / name).write_bytes(raw)
    return str(office.folder / name)


def test_nothing_is_written_and_no_store_is_opened(own_office: Office) -> None:
    before = sorted(own_office.folder.rglob("*"))
    name = put(own_office, "a.eml", COPY)

    lines(own_office, name)

    assert sorted(own_office.folder.rglob("*")) == sorted([*before, Path(name)])


def test_the_mails_own_date_is_now_unless_another_is_given(office: Office) -> None:
    name = put(office, "at.eml", COPY)

    own, later = lines(office, name)[0], lines(office, name, "--at", "2026-12-20T09:00:00+01:00")[0]

    assert (own["outcome"], later["outcome"]) == ("answer", "route")
    assert [reason.partition(":")[0] for reason in later["reasons"]] == ["old_mail"]


def test_a_promised_day_counts_from_the_mails_own_date_whatever_now_is(office: Office) -> None:
    text = "We will pay invoice INV-20139 next Friday."
    name = put(office, "promise.eml", mail("tanya.brooks@elmhurstmed.example", "INV-20139", text, at=AT))

    for arguments in ((name,), (name, "--at", "2026-11-24T12:00:00")):
        assert lines(office, *arguments)[0]["entities"]["promise_date"] == "2026-11-27"


def test_a_time_without_a_zone_is_utc_and_another_word_is_an_error(office: Office) -> None:
    name = put(office, "zone.eml", COPY)

    assert lines(office, name, "--at", "2026-11-20T10:00:00") == lines(office, name, "--at", "2026-11-20T10:00:00Z")
    ended = office.call("explain", name, "--at", "yesterday")
    assert (ended.code, ended.err) == (2, "inboxbot: 'yesterday' is not an ISO time such as 2026-11-20T09:00:00+01:00\n")


def test_unset_secrets_and_unreachable_servers_are_no_concern(own_office: Office) -> None:
    own_office.configure(
        COMPANY + TRUST.replace("[security]\n", '[security]\nsecret_env = "NOT_SET_A"\n')
        + '[[mailbox]]\nname = "i"\nkind = "imap"\nhost = "imap.invalid"\nusername = "u"\npassword_env = "NOT_SET_B"\n'
        '[smtp]\nhost = "smtp.invalid"\nusername = "u"\npassword_file = "missing"\n[store]\nurl = "sqlite:////nowhere/x.db"\n'
    )  # fmt: skip

    assert lines(own_office, put(own_office, "a.eml", COPY))[0]["outcome"] == "answer"


def test_company_and_ledger_are_enough(own_office: Office) -> None:
    own_office.configure(COMPANY.partition("[documents]")[0])

    found = lines(own_office, put(own_office, "a.eml", COPY))[0]

    codes = [reason.partition(":")[0] for reason in found["reasons"]]
    assert found["outcome"] == "route"
    assert codes == ["not_authenticated", "document_missing"]  # nobody to believe, and no folder to take it from


def test_what_is_implied_by_the_records_needs_to_be_asked_for(own_office: Office) -> None:
    """Without --with-history an answered request is explained as if it were new."""
    name = put(own_office, "a.eml", COPY)
    own_office.configure(COMPANY + TRUST + MAILDIR)
    own_office.deliver(COPY)
    assert own_office.call("run", "--once", "--only", "ingest,process").code == 0

    without, with_history = lines(own_office, name)[0], lines(own_office, name, "--with-history")[0]

    assert without["outcome"] == "answer"
    assert (with_history["outcome"], with_history["reasons"][0].partition(":")[0]) == ("file", "duplicate")


def test_words_for_people_come_without_json(office: Office) -> None:
    ended = office.call("explain", put(office, "words.eml", COPY))

    assert ended.out.splitlines()[0].endswith("words.eml: ANSWER")
    assert "because    belongs: m.fuller@alderstone.example is Alder & Stone Construction's (contact)" in ended.out


def test_characters_of_all_kinds_stay_readable(office: Office) -> None:
    raw = mail("k.steiner@gruber-mb.example", "Zürich 東京", "Können Sie die Überweisung prüfen? 東京", at=AT)
    ended = office.call("explain", put(office, "ünï 東.eml", raw), "--json")

    assert "ünï 東.eml" in ended.out
    assert len(ended.out.splitlines()) == len(ended.lines) == 1
    assert json.loads(ended.out)["from"] == "k.steiner@gruber-mb.example"


@pytest.mark.slow
def test_five_hundred_files_take_seconds(tmp_path: Path) -> None:
    many = open_office(tmp_path)
    names = [put(many, f"{number:03}.eml", COPY.replace(b"INV-20294", b"INV-20%03d" % number)) for number in range(500)]
    began = datetime.now(UTC)

    ended = many.run("explain", *names, "--json")

    assert len(ended.lines) == 500
    assert (
        datetime.now(UTC) - began
    ).total_seconds() < 60  # a few seconds where nothing else runs; a start for each file would take a quarter of an hour
