"""The templates as files: all of them readable, a broken one named."""

from pathlib import Path

import pytest

from inboxbot.errors import ReplyError
from inboxbot.responders import templates
from inboxbot.responders.answers import ANSWERS
from inboxbot.understanding import Intent


def test_every_template_compiles_and_every_answer_has_one() -> None:
    templates.compile_all()
    assert all((templates.folder() / "replies" / f"{intent.value}.txt.j2").is_file() for intent in ANSWERS)


def test_every_routine_intent_has_an_answer() -> None:
    assert set(ANSWERS) == {intent for intent in Intent if intent.routine}


def test_a_value_that_is_missing_is_an_error_with_the_templates_name() -> None:
    with pytest.raises(ReplyError, match=r"replies/promise_to_pay\.txt\.j2"):
        templates.render("replies/promise_to_pay.txt.j2")


def test_a_broken_template_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "letter.txt.j2").write_text("fine\n{% if %}\n", encoding="utf-8")
    templates._environment.cache_clear()
    monkeypatch.setattr(templates, "folder", lambda: tmp_path)
    try:
        with pytest.raises(ReplyError, match=r"letter\.txt\.j2, line 2"):
            templates.compile_all()
    finally:
        templates._environment.cache_clear()
