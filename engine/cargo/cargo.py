"""cargo on the scratch copy: checks, tests, builds. Nothing else starts it.

A ``Cargo`` is the ``engine.cargo.cargo_results.Driver`` of real runs. It builds into the scratch
copy's own target directory, has every rustc command of a workspace member noted (``units``), and
never touches the user's tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine.base import process
from engine.base.errors import SpikeproofError
from engine.cargo import libtest
from engine.cargo.cargo_args import (
    batches,
    chosen_packages,
    flags_of,
    is_doc,
    names_docs,
    without_packages,
)
from engine.cargo.cargo_program import CargoProgram, stopped
from engine.cargo.cargo_results import BuildRun, Checked, CheckRun, TestRun
from engine.cargo.cargo_tests import CargoTests
from engine.cargo.kept_runs import KeptRuns
from engine.cargo.left_out import LeftOut, left_out
from engine.cargo.messages import Build
from engine.cargo.nextest_tests import NextestTests
from engine.cargo.script_reads import reads_elsewhere
from engine.cargo.test_runner import BY_CARGO, TestRunner
from engine.cargo.toolchain import DEFAULT_LIMITS, Limits, Tree, shown
from engine.cargo.units import Unit


class Cargo(CargoProgram):
    """Runs cargo on ``scratch``. ``selection`` are cargo's own arguments: packages, features,
    target, ``--locked``, ``--offline``; the rest is as :class:`CargoProgram` has it."""

    def __init__(
        self,
        scratch: Tree,
        selection: Sequence[str] = (),
        limits: Limits = DEFAULT_LIMITS,
        config_args: Sequence[str] = (),
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(scratch, limits, config_args, on_progress)
        self.kept: KeptRuns | None = None  # what earlier sessions saw
        self.units: tuple[Unit, ...] = ()  # of the last check
        self._left_out: LeftOut | None = None
        self._last: Checked | None = None  # the last check
        self._noted: tuple[tuple[Unit, ...], tuple[Unit, ...]] = (), ()  # its units: all, and made
        self._checked: Mapping[str, tuple[int, ...]] | None = None  # what it read; None: it failed
        self._selection = tuple(selection)
        self._expected_units = 0  # of a check before, to be told
        self._tests = CargoTests(self)
        self._runner = BY_CARGO
        self._nextest: NextestTests | None = None

    # -- check ---------------------------------------------------------------------------------

    def check(self, *, anew: bool = False) -> CheckRun:
        """``cargo check --all-targets --keep-going``; lints count as the user set them. What an earlier
        session saw of the tree is told, unless it is to be run ``anew``: ``units`` are of real runs.

        ``compiled`` is taken from rustc's dep-info of the units of this run: those that cargo says
        are unchanged and those that were compiled (a failing unit reads its files too, a unit
        behind a failing one does not run).
        """
        call = ("check", *map(str, (self.cap_lints, *self._selection)))
        before = self.kept.state() if self.kept is not None else None
        known = self.kept.check(before, call) if self.kept is not None and not anew else None
        if known is not None:
            self._last, self._noted = known, ((), ())
            return self._judged(known.run)
        self._last = self._checked_now()
        if self.kept is not None:
            if any(unit.strangers for unit in self._noted[0]):
                self.kept.give_up()
            self.kept.ran(before, call, self._last)
        return self._judged(self._last.run)

    def _checked_now(self) -> Checked:
        env = self.build_environment()
        before = self.notes.state()
        build = Build(self.paths, self.progress, self._expected_units)
        argv = (
            *(self.cargo, *self.configs, "check", *self._selection, "--all-targets"),
            *("--keep-going", "--message-format=json", "--color=never"),
        )
        result = self.start(
            process.Command(
                argv=argv,
                cwd=self.scratch.tree,
                env=env,
                timeout=self.limits.check,
                on_line=build.line,
                kept=process.KEPT,
            )
        )
        output = shown(result.stderr)
        if "--keep-going" in output and not build.seen:
            raise SpikeproofError("cargo 1.74 or newer is needed (for --keep-going)", output)
        if result.timed_out:
            output += stopped("cargo check", self.limits.check, "check-timeout")
        if result.code != 0:
            self.complain(output, build.diagnostics)
        self._expected_units = max(build.units, self._expected_units)
        ok = result.code == 0 and not result.timed_out
        every = self.notes.units(before, build.artifacts, self.paths)
        made = every if ok else self.notes.units(before, build.artifacts, self.paths, made=True)
        if reads_elsewhere(build.scripts, self.scratch.tree):  # no key holds what they read there
            every, made = _with_strangers(every), _with_strangers(made)
        self._noted = every, made
        run = CheckRun(
            ok, build.diagnostics, output, result.seconds, result.timed_out, _files(every)
        )
        return Checked(run, frozenset(build.made), _files(made))

    def check_alone(self, manifest: str) -> str:
        """``cargo check`` of the package of ``manifest`` (relative to the root) alone, with the selection's
        features: dev-dependencies switch on features that hide that its own are missing."""
        rest = without_packages(self._selection)
        argv = (
            *(self.cargo, *self.configs, "check", *rest, "--color=never"),
            *("--manifest-path", str(self.scratch.tree / manifest)),
        )
        env, limit = self.build_environment(), self.limits.check
        result = self.start(process.Command(argv, self.scratch.tree, env, limit))
        if result.code == 0 and not result.timed_out:
            return ""
        lines = (line.strip() for line in shown(result.stderr).splitlines())
        told = next((line for line in lines if line.startswith("error")), "")
        return told or "cargo check of it failed"

    def leave_out(self, run: CheckRun) -> CheckRun | None:
        """The failed check ``run``, the last that was made, taken as that of the tree as it is: from
        now on, what does not compile in it need not compile. None where nothing compiles."""
        if self._last is None or run.timed_out:
            return None
        found = left_out(self._last.made, run.diagnostics, run.output)
        if found is None:
            return None
        self._left_out = found
        return self._judged(run)

    def leave_nothing_out(self) -> None:
        """The tree has changed: the next failed check is one again."""
        self._left_out, self.cap_lints = None, False

    def _judged(self, run: CheckRun) -> CheckRun:
        """``run`` with what it compiled; without regard to what is left out."""
        assert self._last is not None
        last, out = self._last, self._left_out
        if out is not None:
            ok = run.ok or (not run.timed_out and out.compiled <= last.made)
            new = out.new(run.diagnostics)
            told = ok or any(d.level.startswith("error") for d in new)
            run = replace(run, ok=ok, diagnostics=new if told else run.diagnostics, left_out=out)
        made = out is not None and run.ok
        self.units = self._noted[made]
        run = replace(run, compiled=last.whole if made else last.run.compiled)
        self._checked = self._versions(run.compiled) if run.ok and self.units else None
        return run

    @property
    def is_checked(self) -> bool:
        """Did the last check pass, and has none of the files that it read changed since? Then the
        metadata in the build directory are those of the tree's present text."""
        return self._checked is not None and self._checked == self._versions(self._checked)

    @property
    def checked(self) -> Mapping[str, tuple[int, ...]] | None:
        """The versions of what the last check read, another object for each check; None: it failed."""
        return self._checked

    def _versions(self, paths: Iterable[str]) -> dict[str, tuple[int, ...]]:
        """What tells whether a file of the tree was written since; () for one that is not there."""
        found: dict[str, tuple[int, ...]] = {}
        for path in paths:
            try:
                status = (self.scratch.tree / path).stat()
            except OSError:
                found[path] = ()
            else:
                found[path] = (status.st_ino, status.st_size, status.st_mtime_ns)
        return found

    # -- test ----------------------------------------------------------------------------------

    def test_with(self, runner: TestRunner) -> None:
        """From now on tests are run by ``runner``."""
        self._runner = runner
        self._nextest = NextestTests(self, self._tests) if runner.nextest else None

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> TestRun:
        """``cargo test --no-fail-fast`` of ``packages``, with the selection's features; or the same
        tests by nextest, and those that it does not run by cargo.

        Names are ``package::target::test`` with the target as ``messages.target_name`` has it, or
        ``doc``; a target without libtest is one test, ``package::target``. ``only`` takes one cargo
        run for all named tests of programs, one for all doc tests, and one a package for targets
        that are run whole; with nextest one for all but doc tests.
        """
        rest = without_packages(self._selection) if packages or only else self._selection
        if only:
            return libtest.restricted(libtest.joined(self._some(only, rest)), frozenset(only))
        if self._left_out is not None:
            parts = self._left_out.test_selections(packages)
            return libtest.joined([self._whole(each, rest) for each in parts])
        return self._whole(chosen_packages(packages), rest)

    def _some(self, only: Sequence[str], rest: Sequence[str]) -> list[TestRun]:
        """The runs that reach the tests ``only``."""
        runs: list[TestRun] = []
        programs = [] if self._nextest is None else [test for test in only if not is_doc(test)]
        if programs:
            runs.append(self._by_nextest(flags_of(programs), rest, programs))
        for flags, filters in batches(test for test in only if test not in programs):
            runs.append(self._by_cargo((*flags, *rest), filters))
        return runs

    def _whole(self, chosen: Sequence[str], rest: Sequence[str]) -> TestRun:
        """All tests of the packages and targets ``chosen``."""
        if self._nextest is None or names_docs(chosen):
            return self._by_cargo((*chosen, *rest))
        return self._by_nextest(chosen, rest)

    def _by_cargo(self, selection: Sequence[str], filters: Sequence[str] = ()) -> TestRun:
        call = ("test", str(self.cap_lints), *selection, "--", *filters)
        return self._known_or_run(call, lambda: self._tests.run(selection, filters))

    def _by_nextest(
        self, chosen: Sequence[str], rest: Sequence[str], only: Sequence[str] = ()
    ) -> TestRun:
        nextest = self._nextest
        assert nextest is not None
        call = ("nextest", self._runner.nextest, str(self.cap_lints), *chosen, *rest, "--", *only)
        return self._known_or_run(call, lambda: nextest.run(chosen, rest, only))

    def _known_or_run(self, call: tuple[str, ...], test: Callable[[], TestRun]) -> TestRun:
        before = self.kept.state() if self.kept is not None else None
        known = self.kept.tests(before, call) if self.kept is not None else None
        if known is not None:
            return known
        run = test()
        if self.kept is not None:
            self.kept.ran(before, call, run)
        return run

    # -- programs to measure ------------------------------------------------------------------

    def build_programs(
        self, targets: Sequence[str], env: Mapping[str, str], wrapper: Path | None = None
    ) -> BuildRun:
        """``cargo build --profile bench`` of ``targets`` (``--benches``, ``--tests``): the programs
        of ``cargo bench``, and those of ``cargo test`` as optimised as these.

        ``wrapper`` runs in rustc's place for members of the workspace. Lets what can be built be
        built when another target does not compile.
        """
        build = Build(self.paths, self.progress)
        chosen = {**self.build_environment(), **env}
        # Incremental compilation cuts a crate into other units than `cargo bench` does.
        for name in ("CARGO_INCREMENTAL", "RUSTC_WORKSPACE_WRAPPER"):
            chosen.pop(name)
        if wrapper is not None:
            chosen["RUSTC_WORKSPACE_WRAPPER"] = str(wrapper)
        result = self.start(
            process.Command(
                argv=(
                    *(self.cargo, *self.configs, "build", "--profile", "bench"),
                    *(*self._selection, *targets, "--keep-going"),
                    *("--message-format=json", "--color=never"),
                ),
                cwd=self.scratch.tree,
                env=chosen,
                timeout=self.limits.check,
                on_line=build.line,
            )
        )
        output = shown(result.stderr)
        if result.timed_out:
            output += stopped("cargo build", self.limits.check, "check-timeout")
        if result.code != 0:
            self.complain(output, build.diagnostics)
        return BuildRun(
            ok=result.code == 0 and not result.timed_out,
            seen=build.seen,
            programs=tuple(build.programs),
            shared=tuple(build.shared),
            scripts=dict(build.scripts),
            diagnostics=build.diagnostics,
            output=output,
        )


def _files(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset[str]().union(*(unit.files for unit in units))


def _with_strangers(units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(replace(unit, strangers=True) for unit in units)
