"""What a run is asked to do: the values that every command that proves hands to the pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.base.model import Level
from engine.cargo.workspace import Workspace
from engine.detect.site_filter import Wanted
from engine.measure.settings import MeasureSettings


@dataclass(frozen=True)
class ProofSettings:
    """Which fixes are taken and how far they are proven.

    ``review`` takes fixes of level review beside the safe ones; ``tests`` runs the tests of the
    packages concerned; with ``measuring``, what is verified is measured too, and what makes the
    program worse is refused (None: nothing is measured). Alternatives whose label is in ``prefer``
    are tried before the others, and stay where they hold. With ``tested``, what no test is known to
    reach is left out. ``test_runner`` runs the tests: one of ``engine.cargo.test_runner.RUNNERS``, None for the config's.
    """

    review: bool = False
    tests: bool = True
    measuring: MeasureSettings | None = None
    prefer: tuple[str, ...] = ()
    tested: bool = False
    test_runner: str | None = None

    @property
    def take(self) -> frozenset[Level]:
        """The levels of the fixes that are taken."""
        return frozenset({Level.SAFE, Level.REVIEW} if self.review else {Level.SAFE})


@dataclass(frozen=True)
class RunRequest:
    """One run over one workspace.

    ``codemods`` are the names of those to run. A proposal none of whose sites is ``wanted`` is
    neither checked nor emitted, its sites are in ``Result.old``; one that also holds sites that are
    (they only change together) is taken whole; None: all are wanted. With ``steps``, the patch
    comes fix by fix, too. ``folder`` is what the paths of the emitted patch begin with: that of the
    workspace in its git repository, if None. ``target`` is a target directory in place of the
    workspace's own, for the scratch copy to stand in.
    """

    workspace: Workspace
    codemods: tuple[str, ...]
    proof: ProofSettings = ProofSettings()
    wanted: Wanted | None = None
    steps: bool = False
    folder: str | None = None
    target: Path | None = None
