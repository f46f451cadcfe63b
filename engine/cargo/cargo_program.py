"""cargo as it is started on the scratch copy: its arguments, its environment, its limits, its notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.base import process
from engine.cargo.manifest import read_toml
from engine.cargo.messages import Paths, Program
from engine.cargo.toolchain import DEFAULT_LIMITS, Limits, Toolchain, Tree
from engine.cargo.units import Notes

_ANSWER = 60.0  # seconds


class CargoProgram(Toolchain):
    """cargo on ``scratch``. ``configs`` (``--config ..``) come before the subcommand. ``progress`` hears
    which unit was finished, and how many tests.

    Raises SpikeproofError when cargo is not on PATH, and in any run when the disk is full.
    """

    def __init__(
        self,
        scratch: Tree,
        limits: Limits = DEFAULT_LIMITS,
        configs: Sequence[str] = (),
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(scratch, limits)
        self.paths = Paths.of(scratch.tree)
        self.cap_lints = False  # lints of the workspace's stop no build: they are warnings
        self.progress = on_progress or (lambda _: None)
        self.configs = tuple(configs)
        self.notes = Notes(scratch.build.parent / "units")
        self.cargo = self._program("cargo")
        self._runs = 0
        self._manifests: dict[str, Mapping[str, Any]] = {}

    @property
    def runs(self) -> int:
        """How many checks, test runs and builds cargo has made so far."""
        return self._runs

    def write(self, files: Mapping[str, bytes]) -> None:
        """Make the tree the user's, but for ``files`` (by path); what an earlier call wrote is
        put back."""
        self.scratch.write(files)

    def start(self, command: process.Command, counts: bool = True) -> process.ProcessResult:
        """Run ``command``; ``counts``: as one of ``runs``, not as a part of one."""
        self._runs += counts
        return process.run(command)

    def ask(self, *words: str) -> process.ProcessResult:
        """What cargo answers to ``words`` in the copy; it builds nothing."""
        argv = (self.cargo, *words)
        return process.run(process.Command(argv, self.scratch.tree, self.environment, _ANSWER))

    def build_environment(self) -> dict[str, str]:
        """What cargo and all that it starts get."""
        build = str(self.scratch.build)
        return {
            **self.environment,
            "CARGO_TARGET_DIR": build,
            "CARGO_BUILD_BUILD_DIR": build,  # cargo 1.91: a `build-dir` of the user's is not ours
            "RUSTC_WORKSPACE_WRAPPER": str(self.notes.wrapper(self.cap_lints)),
            # The same tree is built again and again; and a compiler cache lets incremental units
            # through to rustc, so that each of them is noted.
            "CARGO_INCREMENTAL": "1",
            "CARGO_TERM_COLOR": "never",
            "CARGO_TERM_PROGRESS_WHEN": "never",
        }

    def harness(self, artifact: Program) -> bool:
        """Is it built on libtest? cargo's messages do not say; the manifest does."""
        if artifact.manifest not in self._manifests:
            self._manifests[artifact.manifest] = read_toml(Path(artifact.manifest))
        manifest = self._manifests[artifact.manifest]
        kind, _, name = artifact.target.partition("/")
        tables = manifest.get(kind, [])
        for table in tables if isinstance(tables, list) else [tables]:
            if kind == "lib" or table.get("name") == name:
                return bool(table.get("harness", True))
        return True


def stopped(what: str, seconds: float, key: str) -> str:
    """What is said of a run that hit its limit; ``key`` is the config's, for a longer one."""
    return (
        f"\n{what} was stopped after {seconds:.0f} s: a build script, macro or test may hang; "
        f"give it longer with `{key}` in the config\n"
    )
