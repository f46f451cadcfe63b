"""What a comparison may take, and what of it is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from engine.cargo.toolchain import Limits
from engine.measure import budget


@dataclass(frozen=True, slots=True)
class CompareSettings:
    """``seconds`` is the budget for one package's measurements (building is not in it); ``counters``
    asks for counts besides time, ``instructions`` for those with valgrind among them; ``seed``
    decides the order within pairs (None: another each time). ``only`` are the benches and tests to
    measure, as ``Row.name`` has them; all when empty."""

    seconds: float = 120.0
    pairs: int = budget.PAIRS
    counters: bool = True
    instructions: bool = True
    limits: Limits = field(default_factory=Limits)
    seed: int | None = None
    only: frozenset[str] = frozenset()

    def wants(self, name: str) -> bool:
        """Is the bench, test or workload ``name`` to be measured?"""
        return not self.only or name in self.only


@dataclass(frozen=True, slots=True)
class MeasureSettings:
    """What the user asks of measuring. ``seconds`` is the budget for one package's measurements;
    ``require`` is what a fix needs in order to be emitted (a measured gain for "bench");
    ``samples`` names a file for all measured values."""

    seconds: float = 120.0
    per_fix: bool = False
    require: Literal["check", "tests", "bench"] = "check"
    samples: Path | None = None
