"""The only module that starts cargo, rustc and rustfmt; always on the scratch copy.

A ``Cargo`` is the ``engine.cargo.cargo_results.Driver`` of real runs. It builds into the scratch
copy's own target directory, has every rustc command of a workspace member noted (``units``), and
never touches the user's tree.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from engine.base import process
from engine.base.errors import SpikeproofError
from engine.base.model import Diagnostic
from engine.cargo import libtest
from engine.cargo.cargo_args import batches, chosen_packages, without_packages
from engine.cargo.cargo_results import BuildRun, CheckRun, TestRun
from engine.cargo.config import Config
from engine.cargo.left_out import LeftOut, left_out
from engine.cargo.manifest import read_toml
from engine.cargo.messages import Build, Paths, Program, diagnostic, parse_line
from engine.cargo.units import Notes, Replay, Unit

_FULL = "No space left on device"
_SHOWN = 256 * 1024  # bytes of cargo's own text that are kept for the user
_RUSTFMT_TIMEOUT = 60.0
_REPLAYED = 8 * 1024 * 1024  # bytes of a replay that are no messages: a panic's trace, mostly


class Tree(Protocol):
    """What is needed of ``engine.cargo.scratch.Scratch``."""

    @property
    def tree(self) -> Path:
        """The root of the tree that cargo works on."""
        ...

    @property
    def build(self) -> Path:
        """The target directory."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Make the tree the user's, but for ``files`` (by path)."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Time-outs in seconds, and the names of environment variables to let through besides those
    that every build gets (``process.environment``)."""

    check: float = 900.0  # of one `cargo check`
    test: float = 600.0  # of one `cargo test`
    env: tuple[str, ...] = ()

    @classmethod
    def of(cls, config: Config) -> Limits:
        """Those that the config names; the defaults for the rest."""
        default = cls()
        return cls(
            check=config.check_timeout or default.check,
            test=config.test_timeout or default.test,
            env=config.env,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """What one replayed rustc said. ``text`` is what came besides messages."""

    diagnostics: tuple[Diagnostic, ...]
    text: str
    code: int  # rustc's exit status, negative for a signal
    timed_out: bool
    seconds: float  # of wall time


class Cargo:
    """Runs cargo on ``scratch``. ``selection`` are cargo's own arguments: packages, features,
    target, ``--locked``, ``--offline``; ``config_args`` (``--config ..``) come before the
    subcommand. ``on_progress`` hears which unit was finished.

    Raises SpikeproofError when cargo is not on PATH, and in any run when the disk is full.
    """

    def __init__(
        self,
        scratch: Tree,
        selection: Sequence[str] = (),
        limits: Limits = Limits(),
        config_args: Sequence[str] = (),
        on_progress: Callable[[str], None] | None = None,
    ) -> None:
        self.scratch = scratch
        self.paths = Paths.of(scratch.tree)
        self.units: tuple[Unit, ...] = ()  # of the last check
        self.cap_lints = False  # lints of the workspace's stop no build: they are warnings
        self._left_out: LeftOut | None = None
        self._last: tuple[Build, Mapping[str, tuple[int, int]]] | None = None  # the last check's
        self._checked: Mapping[str, tuple[int, ...]] | None = None  # what it read; None: it failed
        self._selection = tuple(selection)
        self._limits = limits
        self._configs = tuple(config_args)
        self.progress = on_progress or (lambda _: None)
        self._runs = 0
        self._notes = Notes(scratch.build.parent / "units")
        self._base = process.environment(limits.env)
        self._cargo = self._program("cargo")
        self._manifests: dict[str, Mapping[str, Any]] = {}

    @property
    def runs(self) -> int:
        """How many checks, test runs and builds cargo has made so far."""
        return self._runs

    def write(self, files: Mapping[str, bytes]) -> None:
        """Make the tree the user's, but for ``files`` (by path); what an earlier call wrote is
        put back."""
        self.scratch.write(files)

    # -- check ---------------------------------------------------------------------------------

    def check(self) -> CheckRun:
        """``cargo check --all-targets --keep-going``; lints count as the user set them.

        ``compiled`` is taken from rustc's dep-info of the units of this run: those that cargo says
        are unchanged and those that were compiled (a failing unit reads its files too, a unit
        behind a failing one does not run).
        """
        env = self._env()
        before = self._notes.state()
        build = Build(self.paths, self.progress)
        argv = (
            *(self._cargo, *self._configs, "check", *self._selection, "--all-targets"),
            *("--keep-going", "--message-format=json", "--color=never"),
        )
        result = self._run(
            process.Command(
                argv=argv,
                cwd=self.scratch.tree,
                env=env,
                timeout=self._limits.check,
                on_line=build.line,
                kept=process.KEPT,
            )
        )
        output = _text(result.stderr)
        if "--keep-going" in output and not build.seen:
            raise SpikeproofError("cargo 1.74 or newer is needed (for --keep-going)", output)
        if result.timed_out:
            output += _stopped("cargo check", self._limits.check, "check-timeout")
        if result.code != 0:
            self._complain(output, build.diagnostics)
        self._last = build, before
        ok = result.code == 0 and not result.timed_out
        return self._judged(
            CheckRun(ok, build.diagnostics, output, result.seconds, result.timed_out)
        )

    def leave_out(self, run: CheckRun) -> CheckRun | None:
        """The failed check ``run``, the last that was made, taken as that of the tree as it is: from
        now on, what does not compile in it need not compile. None where nothing compiles."""
        if self._last is None or run.timed_out:
            return None
        found = left_out(self._last[0].made, run.diagnostics, run.output)
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
        (build, before), out = self._last, self._left_out
        if out is not None:
            ok = run.ok or (not run.timed_out and out.compiled <= build.made)
            new = out.new(run.diagnostics)
            told = ok or any(d.level.startswith("error") for d in new)
            run = replace(run, ok=ok, diagnostics=new if told else run.diagnostics, left_out=out)
        made = out is not None and run.ok
        self.units = self._notes.units(before, build.artifacts, self.paths, made)
        run = replace(run, compiled=frozenset[str]().union(*(unit.files for unit in self.units)))
        self._checked = self._versions(run.compiled) if run.ok else None
        return run

    @property
    def is_checked(self) -> bool:
        """Did the last check pass, and has none of the files that it read changed since? Then the
        metadata in the build directory are those of the tree's present text."""
        return self._checked is not None and self._checked == self._versions(self._checked)

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

    def test(self, packages: Sequence[str] = (), only: Sequence[str] = ()) -> TestRun:
        """``cargo test --no-fail-fast`` of ``packages``, with the selection's features.

        Names are ``package::target::test`` with the target as ``messages.target_name`` has it, or
        ``doc``; a target without libtest is one test, ``package::target``. ``only`` takes one cargo
        run for all named tests of programs, one for all doc tests, and one a package for targets
        that are run whole.
        """
        rest = without_packages(self._selection) if packages or only else self._selection
        if not only and self._left_out is not None:
            return libtest.joined([self._test(each, ()) for each in self._parts(packages)])
        if not only:
            return self._test((*chosen_packages(packages), *rest), ())
        runs = [self._test((*flags, *rest), filters) for flags, filters in batches(only)]
        return libtest.restricted(libtest.joined(runs), frozenset(only))

    def _parts(self, packages: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """What to run of ``packages`` (none: the selection) where some targets do not compile: those
        without such as ever, of the others the tests that compile."""
        assert self._left_out is not None
        rest = without_packages(self._selection)
        tested = {unit.package for unit in self._left_out.compiled if unit.test}
        known = tested | self._left_out.packages
        partial = sorted(self._left_out.packages.intersection(packages or known))
        whole = [name for name in packages or sorted(known) if name not in partial]
        if whole:
            yield (*chosen_packages(whole), *rest)
        for name in partial:
            flags = self._left_out.test_flags(name)
            if flags:
                yield ("-p", name, *flags, *rest)
            if self._left_out.has_docs(name):
                yield ("-p", name, "--doc", *rest)

    def _test(self, selection: Sequence[str], filters: Sequence[str]) -> TestRun:
        build = Build(self.paths, self.progress)
        log = libtest.Log()
        text = process.Capped(_SHOWN)

        def line(data: bytes) -> None:
            if not build.line(data):
                text.add(data + b"\n")
                log.feed(data.decode("utf-8", "replace"))
                return
            for artifact in build.programs[len(log.executables) :]:
                name = artifact.path.rpartition("/")[2]
                target = f"{artifact.package}::{artifact.target}"
                log.executables[name] = libtest.Executable(target, self.harness(artifact))
            log.docs.update(build.libs)

        result = self._run(
            process.Command(
                argv=(
                    *(self._cargo, *self._configs, "test", *selection, "--no-fail-fast"),
                    *("--message-format=json", "--color=never"),
                    *(("--", *filters) if filters else ()),
                ),
                cwd=self.scratch.tree,
                env=self._env(),
                timeout=self._limits.test,
                merge=True,
                on_line=line,
            )
        )
        output = _text(text.value())
        if result.timed_out:
            output += _stopped("cargo test", self._limits.test, "test-timeout")
        if not build.finished:  # a test may well print such words
            self._complain(output, build.diagnostics)
        found = log.finish(result.timed_out)
        return TestRun(
            built=build.finished,
            passed=found["passed"],
            failed=found["failed"],
            ignored=found["ignored"],
            broken=found["broken"],
            diagnostics=build.diagnostics,
            output=output,
            seconds=result.seconds,
            timed_out=result.timed_out,
        )

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
        chosen = {**self._env(), **env}
        # Incremental compilation cuts a crate into other units than `cargo bench` does.
        for name in ("CARGO_INCREMENTAL", "RUSTC_WORKSPACE_WRAPPER"):
            chosen.pop(name)
        if wrapper is not None:
            chosen["RUSTC_WORKSPACE_WRAPPER"] = str(wrapper)
        result = self._run(
            process.Command(
                argv=(
                    *(self._cargo, *self._configs, "build", "--profile", "bench"),
                    *(*self._selection, *targets, "--keep-going"),
                    *("--message-format=json", "--color=never"),
                ),
                cwd=self.scratch.tree,
                env=chosen,
                timeout=self._limits.check,
                on_line=build.line,
            )
        )
        output = _text(result.stderr)
        if result.timed_out:
            output += _stopped("cargo build", self._limits.check, "check-timeout")
        if result.code != 0:
            self._complain(output, build.diagnostics)
        return BuildRun(
            ok=result.code == 0 and not result.timed_out,
            seen=build.seen,
            programs=tuple(build.programs),
            shared=tuple(build.shared),
            scripts=dict(build.scripts),
            diagnostics=build.diagnostics,
            output=output,
        )

    def rustc(self, args: Sequence[str]) -> process.ProcessResult:
        """rustc in the scratch copy, so that its toolchain is the copy's."""
        argv = (self._program("rustc"), *args)
        return process.run(
            process.Command(argv=argv, cwd=self.scratch.tree, env=self._base, timeout=60.0)
        )

    # -- rustc and rustfmt ---------------------------------------------------------------------

    def replay(self, replays: Sequence[Replay], paths: Paths, jobs: int) -> list[Reply]:
        """Run noted rustc commands, ``jobs`` at a time; messages' paths are turned by ``paths``."""
        found: list[list[Diagnostic]] = [[] for _ in replays]
        texts = [process.Capped(_SHOWN) for _ in replays]

        def reader(index: int) -> Callable[[bytes], None]:
            def line(data: bytes) -> None:
                message = parse_line(data)
                if message is None or "message" not in message:
                    texts[index].add(data + b"\n")
                elif (value := diagnostic(message, paths)) is not None:
                    found[index].append(value)

            return line

        results = process.run_all(
            [
                process.Command(
                    argv=item.argv,
                    cwd=item.cwd,
                    env=item.env,
                    timeout=self._limits.check,
                    merge=True,
                    on_line=reader(index),
                    kept=_REPLAYED,
                )
                for index, item in enumerate(replays)
            ],
            jobs,
        )
        replies = []
        for result, diagnostics, text in zip(results, found, texts, strict=True):
            words = _text(text.value())
            self._complain(words, diagnostics)
            replies.append(
                Reply(tuple(diagnostics), words, result.code, result.timed_out, result.seconds)
            )
        return replies

    def rustfmt(self, data: bytes, edition: str, directory: str) -> bytes | None:
        """``data`` as rustfmt lays it out with the configuration that holds in ``directory``
        (POSIX, from the tree's root). None when rustfmt is missing or cannot format it."""
        program = shutil.which("rustfmt", path=self._base.get("PATH"))
        if program is None:
            return None
        result = process.run(
            process.Command(
                argv=(program, "--edition", edition, "--emit", "stdout"),
                cwd=self.scratch.tree / directory,
                env=self._base,
                timeout=_RUSTFMT_TIMEOUT,
                stdin=data,
            )
        )
        whole = result.code == 0 and not result.dropped and not result.timed_out
        return result.stdout if whole else None

    def version(self) -> str:
        """``rustc 1.95.0 (59807616e 2026-04-14)``: what compiles in the scratch copy."""
        return self._version

    @cached_property
    def _version(self) -> str:
        result = self.rustc(("-V",))
        if result.code != 0:
            raise SpikeproofError("rustc does not start", _text(result.stderr))
        return _text(result.stdout).strip()

    # -- common --------------------------------------------------------------------------------

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=self._base.get("PATH", os.defpath))
        if found is None:
            raise SpikeproofError(
                f"{name} was not found on PATH: install Rust, or add its bin directory to PATH"
            )
        return str(Path(found).absolute())

    def _env(self) -> dict[str, str]:
        build = str(self.scratch.build)
        return {
            **self._base,
            "CARGO_TARGET_DIR": build,
            "CARGO_BUILD_BUILD_DIR": build,  # cargo 1.91: a `build-dir` of the user's is not ours
            "RUSTC_WORKSPACE_WRAPPER": str(self._notes.wrapper(self.cap_lints)),
            # The same tree is built again and again; and a compiler cache lets incremental units
            # through to rustc, so that each of them is noted.
            "CARGO_INCREMENTAL": "1",
            "CARGO_TERM_COLOR": "never",
            "CARGO_TERM_PROGRESS_WHEN": "never",
        }

    def _run(self, command: process.Command) -> process.ProcessResult:
        self._runs += 1
        return process.run(command)

    def _complain(self, output: str, diagnostics: Sequence[Diagnostic]) -> None:
        if _FULL in output or any(_FULL in found.message for found in diagnostics):
            free = shutil.disk_usage(self.scratch.tree).free // 2**20
            raise SpikeproofError(
                f"no space left on the disk of {self.scratch.build} ({free} MiB free) or of the "
                "temporary directory: free some, or remove that directory",
                output,
            )


def _text(data: bytes) -> str:
    return process.clip(data, _SHOWN).decode("utf-8", "replace")


def _stopped(what: str, seconds: float, key: str) -> str:
    return (
        f"\n{what} was stopped after {seconds:.0f} s: a build script, macro or test may hang; "
        f"give it longer with `{key}` in the config\n"
    )
