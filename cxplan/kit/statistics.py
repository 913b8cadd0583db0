"""Honest numbers: scores of surveys with their intervals, and whether two waves truly differ.

Pure functions over counts; nothing here knows a metric, a record or a language. Scores stand on the
scale people read: NPS from −100 to 100, shares from 0 to 100. Rounding is left to whoever shows them.

Sources of the formulas:

* Net promoter score: the trinomial adjusted Wald interval of Rocks (2016), after Agresti and Coull
  (1998): three pseudo-answers, three quarters of one to the promoters and three quarters to the
  detractors.
* Shares: the score interval of E. B. Wilson (1927), JASA 22:209–212.
* Difference of two waves: the adjusted Wald test, with the pseudo-answers above for NPS and one success
  and one failure more per wave for shares (Agresti and Caffo 2000), so that a share of 0 or 100 per cent
  in a small wave does not look certain.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import copysign, inf, sqrt

Z95 = 1.959963984540054
"""The normal quantile behind every 95 per cent interval here; printed as 1.96."""

CSAT_TOP = (4, 5)
"""The answers that count as satisfied on the 1–5 scale."""

CES_TOP = (5, 6, 7)
"""The answers that count as agreement on the 1–7 scale of CES 2.0."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score from `n` answers with its 95 per cent interval.

    `value`, `low` and `high` are in points (per cent, or NPS points). `centre` and `variance` are the
    adjusted estimate and its variance on the unit scale: what two waves are compared by.
    """

    n: int
    value: float
    low: float
    high: float
    centre: float
    variance: float


@dataclass(frozen=True, slots=True)
class Change:
    """The step from one wave to a later one: `points` as shown, and whether chance can explain it."""

    points: float
    z: float
    distinguishable: bool


def nps(promoters: int, passives: int, detractors: int) -> Estimate | None:
    """Return the net promoter score, or None where nobody answered.

    score = % of promoters (9–10) − % of detractors (0–6).
    Interval, adjusted Wald: n′ = n + 3, p′ = (P + 0.75)/n′, d′ = (D + 0.75)/n′,
    (p′ − d′) ± 1.96·√((p′ + d′ − (p′ − d′)²)/n′), clipped to −100…100.
    Raises ValueError for a negative count.
    """
    _refuse_negative(promoters, passives, detractors)
    n = promoters + passives + detractors
    if not n:
        return None
    p, d = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    variance = (p + d - (p - d) ** 2) / (n + 3)
    half = Z95 * sqrt(variance)
    return Estimate(
        n=n,
        value=100 * (promoters - detractors) / n,
        low=max(100 * (p - d - half), -100.0),
        high=min(100 * (p - d + half), 100.0),
        centre=p - d,
        variance=variance,
    )


def share(successes: int, n: int) -> Estimate | None:
    """Return a share in per cent with Wilson's interval, or None where nobody answered.

    Interval: (p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96.
    Raises ValueError for a negative count, or more successes than answers.
    """
    _refuse_negative(successes, n)
    if successes > n:
        raise ValueError("there cannot be more successes than answers")
    if not n:
        return None
    low, high = wilson(successes, n)
    adjusted = (successes + 1) / (n + 2)
    return Estimate(
        n=n,
        value=100 * successes / n,
        low=100 * low,
        high=100 * high,
        centre=adjusted,
        variance=adjusted * (1 - adjusted) / (n + 2),
    )


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return Wilson's 95 per cent interval of a share on the unit scale; `n` is at least one."""
    p, z2 = successes / n, Z95 * Z95
    middle = p + z2 / (2 * n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max((middle - half) / (1 + z2 / n), 0.0), min((middle + half) / (1 + z2 / n), 1.0)


def top_share(counts: Mapping[int, int], top: Iterable[int]) -> Estimate | None:
    """Return the share of the answers in `top`, where `counts` says how many chose each score."""
    return share(sum(counts.get(score, 0) for score in top), sum(counts.values()))


def csat(counts: Mapping[int, int]) -> Estimate | None:
    """Return customer satisfaction: the share of 4–5 on the scale 1–5."""
    return top_share(counts, CSAT_TOP)


def ces(counts: Mapping[int, int]) -> Estimate | None:
    """Return the customer effort score 2.0: the share of 5–7 on the agreement scale 1–7."""
    return top_share(counts, CES_TOP)


def change(first: Estimate, last: Estimate) -> Change:
    """Compare two waves of one score: z = difference of the adjusted estimates / √(sum of variances)."""
    difference, spread = last.centre - first.centre, sqrt(first.variance + last.variance)
    z = difference / spread if spread else copysign(inf, difference) if difference else 0.0
    return Change(points=last.value - first.value, z=z, distinguishable=abs(z) > Z95)


def distinguishable(first: Estimate, last: Estimate) -> bool:
    """Say whether two waves differ by more than chance explains at the 95 per cent level."""
    return change(first, last).distinguishable


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean, or None of nothing."""
    return sum(values) / len(values) if values else None


def deviation(values: Sequence[float]) -> float | None:
    """Return the population standard deviation, or None of nothing."""
    middle = mean(values)
    if middle is None:
        return None
    return sqrt(sum((value - middle) ** 2 for value in values) / len(values))


def weighted_mean(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Return the mean of (value, weight) pairs, or None where the weights sum to nothing.

    Raises ValueError for a negative weight.
    """
    if any(weight < 0 for _, weight in pairs):
        raise ValueError("a weight cannot be negative")
    total = sum(weight for _, weight in pairs)
    return sum(value * weight for value, weight in pairs) / total if total else None


def _refuse_negative(*counts: int) -> None:
    if min(counts) < 0:
        raise ValueError("a count cannot be negative")
