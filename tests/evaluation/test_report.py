"""The report: parts, gates, curves, mistakes, page and tables, on mails whose fate is made up; and the command."""

import json
from pathlib import Path

import pytest
from judged_cases import ANSWER, COPY, DISPUTE, FILE, PROMISE, ROUTE, judged, mail

from inboxbot.classify.training.corpus import Segment
from inboxbot.cli import run_command
from inboxbot.errors import ModelError, UsageError
from inboxbot.evaluation import curves, labelled, mistakes, page, promotion, report, slices
from inboxbot.understanding import Evidence, Intent

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "models" / "corpus" / "ledger"
DRAFT = """=== x01-001
from: m.fuller@alderstone.example | Megan Fuller
subject: need 20155 <again> & soon
date: 2026-11-18T09:14:00-06:00
lang: en
intents: invoice_copy
outcome: answer
invoices: INV-20155
---
[hi] Hi, [invoice_copy] could you resend 20155?
[sig] Megan
"""
HELD = judged(mail(), (COPY,), ROUTE, codes=("link", "link"), would_be=ROUTE)
CASES = [
    HELD,
    judged(mail(), (PROMISE,), ROUTE, codes=("link",)),
    judged(mail(outcome="route", id="w01-002"), (COPY,), ROUTE, codes=("link",)),
    judged(mail(), (COPY,), ROUTE, codes=("link", "not_sure"), would_be=ROUTE),
    judged(mail(lang="de"), (COPY,), ANSWER, confidence=0.95),
    judged(mail(writer="w02"), (COPY,), ANSWER, confidence=0.85),
    judged(mail((DISPUTE,), "route", id="w01-003"), (COPY,), ANSWER, confidence=0.99),
    judged(mail(), (COPY,), ROUTE, codes=("not_sure",), confidence=0.3, would_be=ANSWER),
    judged(mail((DISPUTE,), "route", id="w01-004"), (Intent.SPAM,), FILE),
]


def test_each_gate_is_told_what_it_alone_costs_and_saves() -> None:
    found = {gate.code: gate for gate in slices.gates(CASES)}
    link = found["link"]
    assert (link.held_right, link.held_wrong, link.stopped, link.any_answerable, link.any_other) == (1, 1, 1, 3, 1)
    assert link.saved == 2
    assert (found["not_sure"].held_right, found["not_sure"].any_answerable) == (1, 2)


def test_risk_against_coverage_goes_down_the_confidences() -> None:
    points = curves.risk_against_coverage(CASES)
    assert [(point.threshold, point.answers, point.wrong) for point in points] == [(0.99, 1, 1), (0.95, 2, 1), (0.85, 3, 1), (0.3, 4, 1)]
    assert points[-1].coverage == pytest.approx(3 / 6)
    assert all(point.risk <= point.bound for point in points)


def test_equal_confidences_are_one_point() -> None:
    cases = [judged(mail(), (COPY,), ANSWER), judged(mail(outcome="route"), (COPY,), ANSWER)]
    assert [(point.answers, point.wrong) for point in curves.risk_against_coverage(cases)] == [(2, 1)]


def test_a_confidence_that_tells_the_truth_has_no_calibration_error() -> None:
    honest = [judged(mail(outcome="answer" if i < 9 else "route"), (COPY,), ANSWER, confidence=0.9) for i in range(10)]
    assert sum(one.n for one in curves.reliability_of_answers(honest).bins) == 10
    boasting = [judged(mail(outcome="route"), (COPY,), ANSWER, confidence=0.9) for _ in range(10)]
    assert curves.reliability_of_answers(boasting).error == pytest.approx(0.9)
    assert curves.reliability_of_answers(boasting).brier == pytest.approx(0.81)
    assert curves.reliability_of_answers([]).bins == ()


def test_parts_add_up_to_the_whole() -> None:
    for part in (slices.by_language(CASES), slices.by_length(CASES), slices.by_writer(CASES)):
        assert sum(one.mails for one in part) == len(CASES)
    assert [one.name for one in slices.by_writer(CASES)] == ["w01", "w02"]
    assert slices.by_length([judged(mail(segments=(Segment("hi", ""),)), (COPY,), ROUTE)])[0].name == "no word"


def test_families_count_answers_and_wrong_ones() -> None:
    enquiry = slices.by_family(CASES)[0]
    assert (enquiry.answered.note, enquiry.wrong.note) == ("2 of 6", "1 of 3")


def test_precision_and_recall_of_an_intent() -> None:
    copy = next(row for row in slices.by_intent(CASES) if row.intent is COPY)
    assert (copy.precision.note, copy.recall.note) == ("6 of 7", "6 of 7")


def test_the_worst_mistakes_come_first() -> None:
    found = mistakes.worst(CASES, 10)
    assert [(one.kind, one.judged.mail.id) for one in found] == [
        ("answered, and must not be", "w01-003"),
        ("a person's mail, filed", "w01-004"),
        ("misread", "w01-001"),
    ]
    assert found[0].differs == ("intents",)
    assert len(mistakes.worst(CASES, 1)) == 1


def test_the_page_escapes_what_mails_say_and_needs_nothing_else() -> None:
    shown = judged(mail(outcome="route", subject="<script>alert(1)</script>"), (COPY,), ANSWER,
        evidence=(Evidence("entity", "invoice_numbers", "text", 8, 13, "20101", "INV-20101"),))  # fmt: skip
    html = page.make(report.make("a <set>", [*CASES, shown], most_mistakes=50), 0.02)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert '<mark class="entity" title="invoice_numbers INV-20101">20101</mark>' in html
    assert html.count("<svg viewBox") == 4
    assert "http" not in html.replace("http-equiv", "")


def test_a_page_can_be_made_of_next_to_nothing() -> None:
    assert "1 mails" in page.make(report.make("one", [HELD], most_mistakes=0), 0.02)


def test_the_page_shows_tables_made_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "ablation.json"
    file.write_text(json.dumps([{"title": "Ablation", "columns": ["without", "F1"], "rows": [["letters", 0.8]]}]), encoding="utf-8")
    made = report.make("x", CASES, most_mistakes=0, others=report.read_tables(file))
    assert "<td>letters</td>" in page.make(made, 0.02)
    assert report.as_json(made)["tables"][0]["rows"] == (("letters", "0.8"),)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"title": "x"}'])
def test_a_file_that_is_no_table_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "t.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"t\.json"):
        report.read_tables(file)


def test_a_model_is_worse_only_beyond_chance() -> None:
    right, wrong = judged(mail(), (COPY,), ANSWER), judged(mail(), (DISPUTE,), ROUTE)
    assert promotion.worse([right] * 30, [wrong] * 4 + [right] * 26) == []
    found = promotion.worse([right] * 30, [wrong] * 5 + [right] * 25)
    assert {change.name for change in found} == {"outcome", "all intents", "primary intent", "answered of the answerable"}
    assert "5 mails got worse, 0 better (p = 0.031)" in str(found[0])
    assert promotion.worse([wrong] * 30, [right] * 30) == []


def test_the_sign_test_is_the_binomials() -> None:
    assert promotion.sign_test(0, 0) == 1.0
    assert promotion.sign_test(5, 0) == 1 / 32
    assert promotion.sign_test(8, 2) == pytest.approx(56 / 1024)


def test_labelled_mails_come_from_drafts_and_from_json_lines(tmp_path: Path) -> None:
    draft, lines = tmp_path / "x01.txt", tmp_path / "x02.jsonl"
    draft.write_text(DRAFT, encoding="utf-8")
    line = {"id": "x02-1", "from": "a@b.example", "subject": "", "date": "2026-11-18T09:14:00Z", "lang": "en", "intents": ["other"],
        "outcome": "route", "segments": [["other", "call me"]], "kind": ["fraud"]}  # fmt: skip
    lines.write_text(json.dumps(line) + "\n", encoding="utf-8")
    one, two = labelled.from_files([draft, lines])
    assert (one.id, two.id, two.kinds) == ("x01-001", "x02-1", ("fraud",))


def test_files_without_labelled_mails_are_named(tmp_path: Path) -> None:
    empty, latin, broken = tmp_path / "e.txt", tmp_path / "l.txt", tmp_path / "b.jsonl"
    empty.write_text("", encoding="utf-8")
    latin.write_bytes(b"\xe9")
    broken.write_text("{}\n", encoding="utf-8")
    for file, error, words in (
        (empty, UsageError, "no labelled mail"),
        (latin, UsageError, "not UTF-8"),
        (broken, ModelError, r"b\.jsonl:1"),
        (tmp_path / "none", UsageError, "cannot be read"),
    ):
        with pytest.raises(error, match=words):
            labelled.from_files([file])


def test_the_command_judges_any_file_and_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, html = tmp_path / "x01.txt", tmp_path / "report.html"
    draft.write_text(DRAFT, encoding="utf-8")
    model = str(ROOT / "models" / "artifact")
    assert run_command(["evaluate", str(draft), "--ledger", str(LEDGER), "--model", model, "--html", str(html)]) == 0
    out = capsys.readouterr().out
    assert "intent micro-F1" in out
    assert "What each gate costs" in out
    assert html.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_mails_of_the_locked_split_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "mails").mkdir(parents=True)
    (corpus / "ledger").symlink_to(LEDGER)
    (corpus / "splits.json").write_text('{"train": [], "calibration": [], "test": ["x01"]}', encoding="utf-8")
    line = {"id": "x01-1", "from": "m.fuller@alderstone.example", "subject": "secret words", "date": "2026-11-18T09:14:00Z", "lang": "en",
        "intents": ["credit_hold"], "outcome": "file", "segments": [["other", "secret words of a locked mail"]]}  # fmt: skip
    (corpus / "mails" / "x01.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    html = tmp_path / "report.html"
    command = ["evaluate", "--corpus", str(corpus), "--split", "test", "--model", str(ROOT / "models" / "artifact"), "--html", str(html)]
    assert run_command([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["mistakes"], found["mistakes_hidden"]) == ([], 1)
    assert "secret words" not in html.read_text(encoding="utf-8")
    assert run_command([*command, "--show-mails"]) == 0
    assert "secret words" in html.read_text(encoding="utf-8")


def test_a_missing_ledger_or_corpus_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.txt").write_text(DRAFT, encoding="utf-8")
    assert run_command(["evaluate", str(tmp_path / "x.txt"), "--corpus", str(tmp_path)]) == 2
    assert "--ledger" in capsys.readouterr().err
    assert run_command(["evaluate", "--corpus", str(tmp_path)]) == 2
    assert "splits.json is missing" in capsys.readouterr().err
