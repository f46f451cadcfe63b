"""Verdicts from paired samples: pure calculation, no input or output.

A *difference* is ``ln(after / before)`` of one pair: above 0 the new side is slower. Pairs are
compared by their signs alone, which supposes nothing about how times are distributed; the order
within each pair is random, so that on equal sides each sign is a fair coin and every probability
here is exact. Source of the choice: of the gates tried on two noisy cores (20 pairs, 40 repeats),
interleaved pairs with a sign test declared 1 of 40 equal programs different and found 40 of 40
changes of 2 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

ALPHA = 0.05  # chance that a run in which nothing differs declares any of its benches different
MIN_EFFECT = math.log(1.005)  # a smaller change of time is never declared
POWER = 0.8  # how often the smallest effect that is told would have been found


@cache
def tail(count: int, trials: int) -> float:
    """The chance of ``count`` or more heads in ``trials`` tosses of a fair coin."""
    heads = sum(math.comb(trials, k) for k in range(max(count, 0), trials + 1))
    return float(heads / 2**trials)


def binomial_tail(count: int, trials: int, chance: float) -> float:
    """The chance of ``count`` or more successes in ``trials``, each of chance ``chance``."""
    return math.fsum(
        math.comb(trials, k) * chance**k * (1 - chance) ** (trials - k)
        for k in range(max(count, 0), trials + 1)
    )


def sign_test(differences: Sequence[float], margin: float = 0.0, void: int = 0) -> float:
    """The two-sided p-value of "the median lies within ``-margin..margin``", in 0..1.

    What lies within the margin counts for neither side, and so do ``void`` more.
    """
    trials = len(differences) + void
    above = sum(d > margin for d in differences)
    below = sum(d < -margin for d in differences)
    return min(1.0, 2 * tail(max(above, below), trials))


def interval(values: Sequence[float], alpha: float = ALPHA) -> tuple[float, float]:
    """Two of the values between which the median lies with a chance of at least ``1 - alpha``.

    Unbounded when there are too few for that (below 6 at 5 %).
    """
    trials = len(values)
    rank = 0  # how many values may be cut off on each side
    while 2 * (rank + 1) <= trials and 2 * tail(trials - rank, trials) <= alpha:
        rank += 1
    if rank == 0:
        return -math.inf, math.inf
    ordered = sorted(values)
    return ordered[rank - 1], ordered[trials - rank]


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two in the middle. Raises ValueError when there are none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def holm(p_values: Sequence[float], family: int = 0) -> tuple[float, ...]:
    """The p-values, adjusted so that ``ALPHA`` bounds the chance of any false alarm among them.

    ``family`` is the number of questions that were planned, when not all were answered.
    """
    total = max(family, len(p_values))
    adjusted = [1.0] * len(p_values)
    worst = 0.0
    for position, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        worst = max(worst, min(1.0, p_values[index] * (total - position)))
        adjusted[index] = worst
    return tuple(adjusted)


def fewest_pairs(family: int, alpha: float = ALPHA) -> int:
    """How many pairs it takes so that a change can be declared at all, in every case of Holm."""
    pairs = 1
    while 2 * tail(pairs, pairs) * max(family, 1) > alpha:
        pairs += 1
    return pairs


def noise_floor(same: Sequence[float]) -> float:
    """How far from "no change" the median of pairs of one and the same program may lie: the farther
    end of its interval. ``same`` are differences; so is the result (0 or more)."""
    return max(map(abs, interval(same)))


def smallest_effect(
    differences: Sequence[float],
    margin: float,
    floor: float,
    family: int = 1,
    alpha: float = ALPHA,
    power: float = POWER,
    void: int = 0,
) -> float:
    """The smallest change (a difference, above 0) that would have been declared with the chance
    ``power`` in pairs that scatter as these do; infinite when no change could have been.

    Exact for the scatter seen: a shift is found when enough pairs fall beyond the margin, and how
    many do is binomial. No shift moves one of the ``void`` pairs.
    """
    trials = len(differences) + void
    needed = next(
        (k for k in range(trials + 1) if 2 * tail(k, trials) * max(family, 1) <= alpha), None
    )
    if needed is None:
        return math.inf
    share = next(
        (j for j in range(1, trials + 1) if binomial_tail(needed, trials, j / trials) >= power),
        None,
    )
    if share is None or share > len(differences):
        return math.inf
    middle = median(differences)
    rests = sorted(d - middle for d in differences)
    up = margin - rests[len(differences) - share]
    down = margin + rests[share - 1]
    return max(up, down, margin, floor)


@dataclass(frozen=True, slots=True)
class Pairs:
    """One bench's samples: values of either side, pair by pair, and of the first side once more.

    All values are above 0. ``resolution`` is the step in which the harness tells a value, as a part
    of it (0.01 for one that tells 100 ns in whole nanoseconds). ``void`` more pairs were run that say
    nothing: they count for neither side. Were they left out, a side could show its best runs alone.
    """

    before: tuple[float, ...]
    after: tuple[float, ...]
    again: tuple[float, ...]
    resolution: float = 0.0
    void: int = 0

    @property
    def differences(self) -> tuple[float, ...]:
        """``ln(after / before)`` of each pair."""
        return tuple(math.log(b / a) for a, b in zip(self.before, self.after, strict=True))

    @property
    def same(self) -> tuple[float, ...]:
        """Differences between two runs of the first side."""
        return tuple(math.log(b / a) for a, b in zip(self.before, self.again, strict=True))


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the samples of one bench say. Ratios are after / before; ``floor`` and ``smallest`` are
    relative changes (0.01 is 1 %), infinite when nothing can be said."""

    verdict: str  # "faster", "slower" or "no-difference"
    ratio: float  # the median over the pairs
    low: float  # the ends of the 95 % interval of the ratio
    high: float
    floor: float
    smallest: float
    p_value: float  # adjusted for the number of benches


def judge(benches: Sequence[Pairs], family: int = 0) -> tuple[Estimate, ...]:
    """The verdicts on all benches of a run. A change is declared when its sign test holds after
    Holm against ``MIN_EFFECT``, and its size is beyond what the A/A pairs show."""
    margins = [MIN_EFFECT + math.log1p(bench.resolution) for bench in benches]
    p_values = holm(
        [sign_test(b.differences, m, b.void) for b, m in zip(benches, margins, strict=True)], family
    )
    found = []
    for bench, margin, p_value in zip(benches, margins, p_values, strict=True):
        differences = bench.differences
        all_ = (*differences, *(0.0,) * bench.void)
        middle = median(all_)
        low, high = interval(all_)
        floor = noise_floor(bench.same)
        declared = p_value <= ALPHA and abs(middle) > max(floor, margin)
        smallest = smallest_effect(
            differences, margin, floor, max(family, len(benches)), void=bench.void
        )
        verdict = ("slower" if middle > 0 else "faster") if declared else "no-difference"
        found.append(
            Estimate(
                verdict,
                math.exp(middle),
                math.exp(low),
                math.exp(high) if math.isfinite(high) else math.inf,
                _relative(floor),
                _relative(smallest),
                p_value,
            )
        )
    return tuple(found)


def _relative(difference: float) -> float:
    return math.expm1(difference) if difference < 700 else math.inf
