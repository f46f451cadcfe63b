"""How many examples a property is tried on: as many as it names, a tenth of them in the fast run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")

WHOLE, FAST = "whole", "fast"  # profiles: pytest --hypothesis-profile=fast
_WHOLE_EXAMPLES, _FAST_EXAMPLES, _LEAST = 100, 10, 5

# No deadline: how long an example takes says how busy the machine is.
settings.register_profile(WHOLE, deadline=None, max_examples=_WHOLE_EXAMPLES)
settings.register_profile(FAST, deadline=None, max_examples=_FAST_EXAMPLES)


def examples(count: int) -> settings:
    """Settings for a property that is tried on ``count`` examples by the whole run."""
    return settings(max_examples=max(_LEAST, count * _max_examples() // _WHOLE_EXAMPLES))


def some(of: Sequence[T], at_least: int = 1) -> Sequence[T]:
    """All of ``of`` in the whole run; in the fast one as great a part as of examples, spread evenly."""
    step = min(_WHOLE_EXAMPLES // _max_examples(), max(1, len(of) // at_least))
    return of[:: max(1, step)]


def _max_examples() -> int:
    chosen = settings.default
    assert chosen is not None
    return chosen.max_examples
