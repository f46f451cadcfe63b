"""How many pairs of how long a run each bench gets: decided before the first pair is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.measure.stats import fewest_pairs

# More and shorter runs find smaller changes of what scatters from process to process (2.6 % in place
# of 4.5 %, with 57 pairs in the same time). But what is contended comes to no steady state in them: of
# counters that two threads add to, equal programs then differed by 200 to 400 %, not by 40 to 120 %
# (three runs of each in turns, beside a noisy neighbour).
PAIRS = 20
RUNS = 3  # a pair is one run of each side, and one more of the first for the noise floor
SHORTEST = 0.02  # seconds that a harness is asked to measure for, at least
LONGEST = 0.25
_WARM_UP = 1.25  # what a harness adds to the seconds asked of it, as a factor


@dataclass(frozen=True, slots=True)
class Share:
    """One bench's part: how many ``pairs``, and ``seconds`` to ask of each run. ``cost`` is what
    all of them are expected to take, in seconds. No pairs: it does not fit; ``cost`` is then what
    the fewest useful pairs would take."""

    pairs: int
    seconds: float
    cost: float


def shares(
    tries: Sequence[float], seconds: float, pairs: int = PAIRS, family: int = 0
) -> tuple[Share, ...]:
    """Deal out ``seconds`` over benches of which a run of ``SHORTEST`` took ``tries`` seconds.

    As many as possible, the short ones first, get the fewest pairs by which a change can be
    declared; what is left is dealt out evenly, for more pairs, then for longer runs. ``family`` is
    how many things are judged when they are more than the benches.
    """
    least = fewest_pairs(max(len(tries), family))
    found = [Share(0, SHORTEST, RUNS * least * took) for took in tries]
    chosen: list[int] = []
    left = max(seconds, 0.0)
    for index in sorted(range(len(tries)), key=tries.__getitem__):
        if found[index].cost <= left:
            left -= found[index].cost
            chosen.append(index)
    for place, index in enumerate(chosen):
        own = found[index].cost + left / (len(chosen) - place)
        share = _share(tries[index], own, least, max(pairs, least))
        left -= share.cost - found[index].cost
        found[index] = share
    return tuple(found)


def _share(took: float, own: float, least: int, pairs: int) -> Share:
    fitting = max(min(int(own / (RUNS * took)), pairs), least)
    asked = min(SHORTEST + max(own / (RUNS * fitting) - took, 0.0) / _WARM_UP, LONGEST)
    return Share(fitting, asked, RUNS * fitting * (took + (asked - SHORTEST) * _WARM_UP))
