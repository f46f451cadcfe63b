"""How far fixes were proven, in words: of one fix, and of all of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.base.model import Proof, Verdict

_COMPILED_ONLY = "compiled only"
_UNKNOWN = "compiled with unknown reach"
_ORDER = (Proof.MEASURED, Proof.TESTED, _COMPILED_ONLY, _UNKNOWN)


def proof_words(verdict: Verdict) -> str:
    """The proof of a verified fix in a sentence: its rung, and which tests reach it; "" for any
    other verdict."""
    if verdict.proof is None:
        return ""
    return f"{verdict.proof}: {reach_words(verdict)}"


def reach_words(verdict: Verdict) -> str:
    """Which tests reach the fix, or why none is known to."""
    reach, tests = verdict.evidence.reach, verdict.evidence.tests
    if reach is not None:
        return reach.words()
    why = tests.removeprefix("not run").removeprefix(": ")
    return f"no test was run{f' ({why})' if why else ''}"


def proof_counts(verdicts: Iterable[Verdict]) -> str:
    """How many verified fixes are on which rung, the best first; "" where none is verified."""
    counted = Counter(word for verdict in verdicts if (word := _column(verdict)))
    return ", ".join(f"{counted[word]} {word}" for word in _ORDER if counted[word])


def _column(verdict: Verdict) -> str:
    if verdict.proof is not Proof.COMPILED:
        return str(verdict.proof or "")
    reach = verdict.evidence.reach
    return _UNKNOWN if reach is not None and reach.unknown and reach.ran else _COMPILED_ONLY
