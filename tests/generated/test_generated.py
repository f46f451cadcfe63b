"""Generated programs do the same before and after their rewrite: a bounded run of each codemod."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.detect.codemod import registry
from tests.generated.harness import attempt, generator

WORK = Path(__file__).resolve().parents[2] / "target" / "generated"
COUNT = 50
_REWRITING = [name for name, found in registry().items() if not found.codemod.only_reports]


@pytest.mark.slow
@pytest.mark.xdist_group("generated")
@pytest.mark.parametrize("codemod", _REWRITING)
def test_a_rewritten_program_does_the_same(codemod: str) -> None:
    seeds = sorted({*range(COUNT), *generator(codemod).KEPT})
    tried = attempt(codemod, seeds, WORK / codemod, WORK / "target")
    assert not tried.differences, "\n\n".join(map(str, tried.differences))
    # What does not compile or is not rewritten shows nothing.
    assert tried.compiled >= COUNT // 3
    assert tried.rewritten >= tried.compiled // 4
