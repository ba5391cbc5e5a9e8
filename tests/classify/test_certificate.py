"""The promise about wrong answers: exact, shared among the thresholds, and never looser than the counts allow."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inboxbot.classify.certificate import Certificate, Judgement, certify, from_json, upper_bound
from inboxbot.errors import ModelError
from inboxbot.understanding import Family

ENQUIRY, PAYMENT, PROMISE = Family.ENQUIRY, Family.PAYMENT, Family.PROMISE


def answers(n: int, wrong: int = 0, confidence: float = 0.99, family: Family = ENQUIRY) -> list[Judgement]:
    return [Judgement(confidence, i < wrong, frozenset({family})) for i in range(n)]


@pytest.mark.parametrize(
    ("wrong", "n", "confidence", "bound"),
    [(0, 299, 0.95, 0.00997), (0, 149, 0.95, 0.0199), (0, 59, 0.95, 0.0495), (0, 200, 0.95, 0.0149), (1, 200, 0.95, 0.0235)],
)
def test_bounds_are_the_published_ones(wrong: int, n: int, confidence: float, bound: float) -> None:
    assert upper_bound(wrong, n, confidence) == pytest.approx(bound, abs=1e-4)


@settings(deadline=None)  # the first example imports scipy
@given(st.integers(0, 8), st.integers(9, 900), st.floats(0.5, 0.999))
def test_at_the_bound_so_few_wrong_ones_are_just_as_rare_as_allowed(wrong: int, n: int, confidence: float) -> None:
    from scipy.stats import binom  # noqa: PLC0415 - heavy

    assert binom.cdf(wrong, n, upper_bound(wrong, n, confidence)) == pytest.approx(1 - confidence, rel=1e-6, abs=1e-9)


def test_nothing_answered_bounds_nothing() -> None:
    assert upper_bound(0, 0, 0.95) == 1.0
    assert not certify([], (0.9,), 0.02, 0.95).certified


def test_three_thresholds_need_more_answers_than_one() -> None:
    mails = answers(150)
    assert certify(mails, (0.9,), 0.02, 0.95).certified
    assert not certify(mails, (0.8, 0.9, 0.95), 0.02, 0.95).certified
    assert certify(answers(203), (0.8, 0.9, 0.95), 0.02, 0.95).certified  # ln(0.05 / 3) / ln(0.98) = 202.7


def test_the_loosest_threshold_that_holds_is_taken() -> None:
    mails = answers(400) + answers(200, 1, 0.85) + answers(100, 30, 0.75)
    chosen = certify(mails, (0.7, 0.8, 0.95), 0.02, 0.95)
    assert (chosen.threshold, chosen.record.answers, chosen.record.wrong) == (0.8, 600, 1)
    assert chosen.words == "at most 2.0% wrong, 95% sure, n = 600, 1 wrong"


def test_where_no_bound_holds_the_loosest_share_that_does_is_taken_and_says_so() -> None:
    chosen = certify(answers(60, 1) + answers(40, 6, 0.6), (0.5, 0.8, 0.9), 0.02, 0.95)
    assert (chosen.certified, chosen.threshold) == (False, 0.8)


def test_where_no_share_holds_the_strictest_is_taken() -> None:
    chosen = certify(answers(40, 1) + answers(20, 6, 0.6), (0.5, 0.9), 0.02, 0.95)
    assert (chosen.certified, chosen.threshold) == (False, 0.9)


def test_without_a_certificate_the_words_say_so() -> None:
    chosen = certify(answers(60, 1), (0.5, 0.9), 0.02, 0.95)
    assert chosen.words.startswith("uncertified: at most 8.9% wrong")
    assert chosen.words.endswith("n = 60, 1 wrong, and 2.0% is wanted")


def test_a_family_with_a_bad_record_is_drafted_and_one_slip_makes_no_record() -> None:
    mails = answers(700) + answers(40, 2, family=PAYMENT) + answers(60, 5, family=PROMISE)
    chosen = certify(mails, (0.9,), 0.02, 0.95)
    assert (chosen.certified, chosen.record.answers, chosen.record.wrong) == (True, 800, 7)
    assert chosen.drafted == {PROMISE}  # 5 of 60 is no chance at 2%; 2 of 40 may be
    assert (chosen.families[PROMISE].answers, chosen.families[PROMISE].wrong) == (60, 5)


def test_families_drafted_beforehand_are_not_counted() -> None:
    chosen = certify(answers(300) + answers(50, 20, family=PROMISE), (0.9,), 0.02, 0.95, drafted=[PROMISE])
    assert (chosen.certified, chosen.record.answers, chosen.drafted) == (True, 300, {PROMISE})


def test_an_answer_of_two_families_counts_for_both() -> None:
    both = [Judgement(0.99, i < 2, frozenset({ENQUIRY, PAYMENT})) for i in range(10)]
    chosen = certify(both + answers(500), (0.9,), 0.02, 0.95)
    assert (chosen.families[ENQUIRY].answers, chosen.families[PAYMENT].answers, chosen.drafted) == (510, 10, {PAYMENT})


@pytest.mark.parametrize("thresholds", [(), (0.6, 0.7, 0.8, 0.9)])
def test_more_than_three_thresholds_are_no_registration(thresholds: tuple[float, ...]) -> None:
    with pytest.raises(ModelError, match="thresholds are registered"):
        certify([], thresholds, 0.02, 0.95)


def test_another_risk_is_read_from_the_same_records() -> None:
    made = certify(answers(420) + answers(150, 4, 0.85), (0.8, 0.95), 0.02, 0.95)
    assert (made.threshold, made.certified) == (0.8, True)
    assert made.for_risk(0.02, 0.95) is made
    strict = made.for_risk(0.01, 0.95)
    assert (strict.threshold, strict.certified) == (0.95, True)
    stricter = made.for_risk(0.001, 0.95)
    assert (stricter.threshold, stricter.certified) == (0.95, False)


@settings(deadline=None)  # the first example imports scipy
@given(
    st.lists(st.builds(Judgement, st.floats(0, 1), st.booleans(), st.sets(st.sampled_from(Family), min_size=1).map(frozenset)), max_size=80)
)
def test_a_certificate_survives_the_card_and_never_promises_too_much(mails: list[Judgement]) -> None:
    made = certify(mails, (0.5, 0.7, 0.9), 0.1, 0.9)
    assert from_json(json.loads(json.dumps(made.as_json()))).words == made.words
    if made.certified:
        assert made.record.share <= made.record.bound <= made.risk


@pytest.mark.parametrize("data", [{}, {"risk": "x"}, None])
def test_a_card_without_one_is_refused(data: object) -> None:
    with pytest.raises(ModelError, match="not complete"):
        from_json(data)  # type: ignore[arg-type]


def test_a_certificate_is_a_value() -> None:
    assert isinstance(certify(answers(10), (0.9,), 0.02, 0.95), Certificate)
