"""Scores, intervals and comparisons against the golden values of the demo programme."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxplan.kit import statistics
from cxplan.kit.statistics import Estimate

NPS = [
    ((68, 91, 49), 208, 9.13, -1.03, 19.04),
    ((71, 88, 47), 206, 11.65, 1.35, 21.62),
    ((52, 69, 36), 157, 10.19, -1.48, 21.48),
    ((79, 92, 44), 215, 16.28, 6.25, 25.86),
    ((88, 90, 43), 221, 20.36, 10.37, 29.81),
    ((93, 94, 41), 228, 22.81, 13.07, 31.95),
]
CES = [
    ((5, 7, 9, 14, 17, 15, 9), 76, 53.95, 42.82, 64.69),
    ((3, 5, 7, 11, 22, 23, 14), 85, 69.41, 58.95, 78.19),
    ((2, 3, 5, 9, 22, 33, 25), 99, 80.81, 71.96, 87.35),
]
CSAT = [
    ((19, 26, 31, 38, 14), 128, 40.62, 32.51, 49.29),
    ((14, 20, 31, 46, 20), 131, 50.38, 41.93, 58.81),
    ((13, 19, 28, 47, 23), 130, 53.85, 45.29, 62.18),
]
SHARES = [
    ((8, 37), 21.62, 11.39, 37.2),
    ((6, 14), 42.86, 21.38, 67.41),
    ((34, 66), 51.52, 39.71, 63.15),
    ((88, 124), 70.97, 62.44, 78.23),
]
counts = st.integers(min_value=0, max_value=100_000)


def shown(estimate: Estimate | None) -> tuple[float, ...]:
    assert estimate is not None
    return estimate.n, round(estimate.value, 2), round(estimate.low, 2), round(estimate.high, 2)


@pytest.mark.parametrize(("answers", "n", "value", "low", "high"), NPS)
def test_nps_has_the_golden_value_and_interval(
    answers: tuple[int, int, int], n: int, value: float, low: float, high: float
) -> None:
    assert shown(statistics.nps(*answers)) == (n, value, low, high)


@pytest.mark.parametrize(("answers", "n", "value", "low", "high"), CES)
def test_ces_is_the_share_of_five_to_seven(
    answers: tuple[int, ...], n: int, value: float, low: float, high: float
) -> None:
    assert shown(statistics.ces(dict(enumerate(answers, 1)))) == (n, value, low, high)


@pytest.mark.parametrize(("answers", "n", "value", "low", "high"), CSAT)
def test_csat_is_the_share_of_four_and_five(
    answers: tuple[int, ...], n: int, value: float, low: float, high: float
) -> None:
    assert shown(statistics.csat(dict(enumerate(answers, 1)))) == (n, value, low, high)


@pytest.mark.parametrize(("answers", "value", "low", "high"), SHARES)
def test_a_share_has_wilsons_interval(answers: tuple[int, int], value: float, low: float, high: float) -> None:
    assert shown(statistics.share(*answers)) == (answers[1], value, low, high)


def test_the_nps_of_may_and_october_cannot_be_told_apart() -> None:
    may, october = statistics.nps(68, 91, 49), statistics.nps(93, 94, 41)
    assert may is not None
    assert october is not None
    change = statistics.change(may, october)
    assert change.points == pytest.approx(13.68, abs=0.01)
    assert round(change.z, 3) == 1.921
    assert not change.distinguishable
    assert statistics.distinguishable(may, october) is False


def test_a_clear_rise_is_told_from_chance() -> None:
    may, october = statistics.share(41, 76), statistics.share(80, 99)
    assert may is not None
    assert october is not None
    assert statistics.distinguishable(may, october)


def test_one_answer_each_way_proves_nothing() -> None:
    none, all_of_one = statistics.share(0, 1), statistics.share(1, 1)
    assert none is not None
    assert all_of_one is not None
    assert not statistics.distinguishable(none, all_of_one)


def test_waves_without_spread_are_compared_without_dividing_by_zero() -> None:
    low, high = Estimate(1, 0, 0, 0, 0, 0), Estimate(1, 100, 100, 100, 1, 0)
    assert statistics.distinguishable(low, high)
    assert statistics.change(high, low).z == -statistics.change(low, high).z
    assert statistics.change(low, low).z == 0


def test_nobody_answered() -> None:
    assert statistics.nps(0, 0, 0) is None
    assert statistics.share(0, 0) is None
    assert statistics.csat({}) is None
    assert statistics.mean([]) is None
    assert statistics.deviation([]) is None
    assert statistics.weighted_mean([]) is None
    assert statistics.weighted_mean([(3.0, 0.0)]) is None


def test_what_can_never_be_right_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        statistics.nps(-1, 0, 0)
    with pytest.raises(ValueError, match="negative"):
        statistics.share(0, -1)
    with pytest.raises(ValueError, match="more successes"):
        statistics.share(2, 1)
    with pytest.raises(ValueError, match="negative"):
        statistics.weighted_mean([(1.0, -1.0)])


def test_means() -> None:
    assert statistics.mean([2, 3, 2, 3]) == 2.5
    assert statistics.deviation([2, 4, 4, 4, 5, 5, 7, 9]) == 2
    assert statistics.weighted_mean([(1.0, 1.0), (4.0, 2.0)]) == 3


@given(counts, counts, counts)
def test_an_nps_interval_holds_its_score_within_the_scale(promoters: int, passives: int, detractors: int) -> None:
    estimate = statistics.nps(promoters, passives, detractors)
    if estimate is not None:
        assert -100 <= estimate.low < estimate.high <= 100
        assert -100 <= estimate.value <= 100


@given(st.tuples(counts, counts).filter(lambda pair: pair[0] <= pair[1] and pair[1] > 0))
def test_wilsons_interval_holds_its_share(pair: tuple[int, int]) -> None:
    estimate = statistics.share(*pair)
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value + 1e-9
    assert estimate.value - 1e-9 <= estimate.high <= 100
