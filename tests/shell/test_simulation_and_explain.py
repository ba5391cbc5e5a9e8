"""`simulate` and `explain` decide as live mail is decided, write nothing, and survive what breaks a step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from factories import NOW, Understands, a_config, mail_bytes, open_store, raw_mail, some_tools, understood_as

from inboxbot.config import Config
from inboxbot.decision import Decision, History, Outcome
from inboxbot.explain import explain, explain_unreadable_file
from inboxbot.pipeline import Tools, handle
from inboxbot.simulation import Difference, simulate
from inboxbot.store import export, messages
from inboxbot.store.engine import Store
from inboxbot.understanding import Entities, Intent, Understanding


def break_down() -> NoReturn:
    raise LookupError("no such word")


def means(*intents: Intent) -> Callable[[], Understanding]:
    return lambda: understood_as(*intents, entities=Entities())


WORDS: dict[str, Callable[[], Understanding]] = {
    "statement": means(Intent.STATEMENT_REQUEST), "damaged": means(Intent.DISPUTE), "poison": break_down,
}  # fmt: skip


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return some_tools(
        tmp_path, Understands(words=WORDS), rule=[{"name": "disputes", "when": {"intents": ["dispute"]}, "then": {"assign": "a@b.c"}}]
    )


@pytest.fixture
def store(tmp_path: Path, tools: Tools) -> Store:
    """A statement was asked for, a dispute came, something broke; each an hour after the other."""
    store = open_store(tmp_path)
    for uid, text in enumerate(("statement", "damaged", "poison"), 1):
        raw = raw_mail(uid, mail_bytes(text, message_id=f"<{uid}@alder.example>"), received_at=NOW + timedelta(hours=uid))
        with store.transaction() as session:
            messages.record(session, raw, NOW)
            recorded = messages.begin(session, uid)
        assert recorded
        handle(recorded, tools, store, NOW)
    return store


def under(tools: Tools, *rules: dict[str, Any]) -> Config:
    return tools.config.model_copy(update={"rule": a_config(rule=[{"name": f"r{n}", **rule} for n, rule in enumerate(rules)]).rule})


def changed(store: Store, tools: Tools, *rules: dict[str, Any], since: datetime = NOW) -> list[Difference]:
    return list(simulate(store, tools, under(tools, *rules), since))


def everything(store: Store) -> list[object]:
    with store.transaction() as session:
        return [list(rows(session)) for rows in export.EXPORTS.values()]


def test_the_same_rules_change_nothing_and_nothing_is_written(store: Store, tools: Tools) -> None:
    before = everything(store)
    assert list(simulate(store, tools, tools.config, NOW)) == []
    assert changed(store, tools, {"when": {"intents": ["dispute"]}, "then": {"assign": "a@b.c"}}) == []  # another name, the same effect
    assert everything(store) == before


def test_an_answer_forbidden_is_a_difference_but_no_regression(store: Store, tools: Tools) -> None:
    found = changed(store, tools, {"then": {"answer": False, "assign": "a@b.c"}})
    assert [(one.message, one.before.outcome, one.after.outcome, one.regression) for one in found] == [
        ("ar/7/1", Outcome.ANSWER, Outcome.ROUTE, False)
    ]


def test_nobody_in_charge_is_a_regression(store: Store, tools: Tools) -> None:
    (found,) = changed(store, tools)
    assert (found.message, found.before.assignee, found.after.assignee, found.regression) == ("ar/7/2", "a@b.c", None, True)


def test_an_answer_where_a_person_was_wanted_is_a_regression() -> None:
    answer, route, file = (Decision(outcome, ()) for outcome in Outcome)
    pairs = [(route, answer), (file, answer), (answer, answer), (answer, route), (route, file)]
    assert [Difference("", "", before, after).regression for before, after in pairs] == [True, True, False, False, False]


def test_only_mail_since_the_moment_is_looked_at(store: Store, tools: Tools) -> None:
    assert changed(store, tools, since=NOW + timedelta(hours=2, seconds=1)) == []


# explain


def test_explain_says_what_live_mail_would_get(store: Store, tools: Tools) -> None:
    with store.transaction() as session:
        live = list(export.decisions(session))
    for row, text in zip(live, ("statement", "damaged", "poison"), strict=True):
        told = explain("x.eml", mail_bytes(text, message_id=row["message_id"]), tools, None)
        same = ("message_id", "from", "customer_id", "intents", "primary", "outcome", "answers", "reasons", "assignee")
        assert {key: told[key] for key in same} == {key: row[key] for key in same}


def test_what_breaks_a_step_is_explained_as_routed(tools: Tools) -> None:
    told = explain("x.eml", mail_bytes("poison"), tools, None)
    assert (told["outcome"], told["reasons"], told["automatic_mail"]) == ("route", ["crashed: no such word"], False)
    assert (told["priority"], told["customer_id"], told["intents"][0]["intent"]) == ("high", "C1", "other")


def test_a_file_that_cannot_be_opened_is_explained_as_routed(tools: Tools) -> None:
    told = explain_unreadable_file("x.eml", "permission denied", tools)
    assert (told["outcome"], told["from"], told["customer_id"], told["primary"]) == ("route", "", None, "other")
    assert "unreadable: permission denied" in told["reasons"]
    assert told.keys() == explain("x.eml", mail_bytes("statement"), tools, None).keys()


@pytest.mark.parametrize(
    ("date", "at", "outcome"),
    [
        (b"Date: Fri, 20 Nov 2026 12:00:00 +0000", None, "answer"),  # the mail's own date is now
        (b"Date: Fri, 20 Nov 2026 12:00:00 +0000", datetime(2026, 12, 30, tzinfo=UTC), "route"),  # old mail by then
        (b"date: 20 Nov 2020 12:00", None, "answer"),
        (b"Date: yesterday", None, "answer"),
        (b"Date: \xff\xfe", None, "answer"),
        (b"X-No-Date: at all", None, "answer"),
        (b"Date: Fri, 99 Nov 99999 99:99:99 +9999", None, "answer"),
    ],
)
def test_now_is_the_time_given_else_the_mails_own(tools: Tools, date: bytes, at: datetime | None, outcome: str) -> None:
    content = mail_bytes("statement").replace(b"Date: Fri, 20 Nov 2026 12:00:00 +0000", date)
    assert explain("x.eml", content, tools, at)["outcome"] == outcome


def test_history_counts_only_where_it_is_asked_for(tools: Tools) -> None:
    told = explain("x.eml", mail_bytes("statement"), tools, None, lambda *_: History(same_request_answered=True))
    assert (told["outcome"], told["reasons"][0].partition(":")[0]) == ("route", "same_request")
    assert told["answers"] == []
