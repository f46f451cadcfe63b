"""What a whole run came to, kept for later runs on the same tree that ask for the same.

The key is the tree (``engine.cargo.tree_key``), what was asked, and this program's own code. Kept is only
what would come out again: not what was measured, nor what a baseline or a change left out, nor a run in
which something hit a time limit or a test both passed and failed (``KeptRuns.is_sound``), nor anything of a
workspace whose neighbours may matter.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime

from engine.app.request import RunRequest
from engine.app.session import Session
from engine.base.counts import count
from engine.base.model import Site, Skip, Verdict
from engine.base.user_cache import UserCache, digest, folder
from engine.cargo.kept_runs import Told
from engine.cargo.tree_key import LOCK, TreeState
from engine.detect.facts import Facts
from engine.detect.suppress import UnusedAllowance
from engine.report.result import Result, VerifyPass


@dataclass(frozen=True, slots=True)
class _Pass:
    """A pass, without what it was planned from."""

    ids: frozenset[str]
    base: dict[str, bytes]
    displaced: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result, as far as it is no part of the workspace; ``at``: when it came out (seconds since 1970)."""

    at: float
    verdicts: tuple[Verdict, ...]
    patch: bytes
    files: dict[str, bytes]
    skipped: tuple[Skip, ...]
    suppressed: int
    unused: tuple[UnusedAllowance, ...]
    in_tests: int
    configured: int
    dismissed: tuple[Site, ...]
    present: frozenset[str] | None
    notes: tuple[str, ...]
    runs: dict[str, int]
    cargo_runs: int
    later: frozenset[str]
    passes: tuple[_Pass, ...]
    toolchain: str
    test_runner: str
    folder: str


_SAME = (
    *(
        "verdicts",
        "patch",
        "skipped",
        "suppressed",
        "unused",
        "in_tests",
        "configured",
        "dismissed",
    ),
    *("present", "later", "toolchain", "test_runner", "folder"),
)


class KeptResults:
    """Those of runs as ``request`` asks for in the copy of ``session``, which stands as the user's tree
    does."""

    def __init__(self, session: Session, request: RunRequest) -> None:
        self._session = session
        tree = session.tree_key()
        plain = request.wanted is None and not request.steps and request.proof.measuring is None
        self._cache = UserCache(
            folder() if plain and tree.tests_possible else None, "results", _Kept
        )
        self._tree, self._before = tree, TreeState(b"", b"")
        self._asked = ""
        if self._cache.is_possible:
            workspace = request.workspace
            configs = [workspace.config, *(package.config for package in workspace.packages)]
            asked = (request.codemods, request.proof, request.folder, session.test_runner)
            places = (workspace.requested_paths, [package.name for package in workspace.selected])
            self._asked = repr((asked, places, configs))
            self._before = tree.now()

    def get(self) -> Result | None:
        """The result of an earlier run."""
        key = digest(self._before.key, self._asked)
        kept = self._cache.get([key]).get(key)
        if kept is None:
            return None
        session = self._session
        facts = Facts(session.sources, lambda *_: None, lambda *_: "", lambda _: None)
        passes = tuple(VerifyPass(p.ids, p.base, facts, p.displaced) for p in kept.passes)
        when = datetime.fromtimestamp(kept.at).astimezone()
        words = (
            f"not run again, since this tree is known from {when:%Y-%m-%d %H:%M}: all of it, "
            f"{count(kept.cargo_runs, 'run')} of cargo (--fresh runs all)"
        )
        return Result(
            session.workspace.root,
            session.sources,
            **{name: getattr(kept, name) for name in _SAME},
            files=kept.files,
            notes=(*kept.notes, words),
            runs=dict.fromkeys(kept.runs, 0),
            passes=passes,
        )

    def put(self, result: Result) -> None:
        """Keep ``result``, which was just found out."""
        runs = self._session.cargo.kept
        if not self._asked or runs is None or not runs.is_sound or runs.told != Told():
            return
        passes = tuple(_Pass(p.ids, dict(p.base), p.displaced) for p in result.passes)
        found = _Kept(
            time.time(),
            **{name: getattr(result, name) for name in _SAME},
            files=dict(result.files),
            notes=result.notes,
            runs=dict(result.runs),
            cargo_runs=result.cargo_runs,
            passes=passes,
        )
        # The lock file may be one that cargo has made since.
        after = replace(self._before, lock=self._tree.digest_of(LOCK))
        self._cache.put({digest(after.key, self._asked): found})
