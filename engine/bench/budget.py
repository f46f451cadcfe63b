"""How many pairs of how long a run each bench gets: decided before the first pair is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.bench.stats import fewest_pairs

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


def shares(tries: Sequence[float], seconds: float, pairs: int = PAIRS) -> tuple[Share, ...]:
    """Deal out ``seconds`` over benches of which a run of ``SHORTEST`` took ``tries`` seconds.

    Short ones are served first; what they leave goes to the longer ones, which get fewer pairs
    when they must, but never so few that no change could be declared.
    """
    least = fewest_pairs(len(tries))
    found = [Share(0, SHORTEST, 0.0)] * len(tries)
    left = max(seconds, 0.0)
    for place, index in enumerate(sorted(range(len(tries)), key=tries.__getitem__)):
        own = left / (len(tries) - place)
        took = tries[index]
        whole = RUNS * max(pairs, least)
        if took * whole <= own:
            asked = min(SHORTEST + (own / whole - took) / _WARM_UP, LONGEST)
            cost = whole * (took + (asked - SHORTEST) * _WARM_UP)
            found[index] = Share(whole // RUNS, asked, cost)
        elif (fitting := int(own / (RUNS * took))) >= least:
            found[index] = Share(fitting, SHORTEST, RUNS * fitting * took)
        else:
            found[index] = Share(0, SHORTEST, RUNS * least * took)
            continue
        left -= found[index].cost
    return tuple(found)
