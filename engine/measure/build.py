"""Both sides built, their targets and harnesses known."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Protocol

from engine.base.bench_report import NEW, OLD, WORDS, Missing
from engine.base.errors import SpikeproofError
from engine.base.fsio import exists, read_regular
from engine.cargo.cargo import Cargo
from engine.cargo.cargo_results import BuildRun
from engine.cargo.manifest import load
from engine.cargo.scratch import Scratch
from engine.cargo.sources import VCS
from engine.cargo.toolchain import Limits
from engine.cargo.workspace import Workspace
from engine.measure.bench_tree import BenchTree
from engine.measure.harness import Harness, Target, harness_of, harnesses
from engine.measure.layouts import Layouts
from engine.verify.coverage_probes import Probes

# How programs are built: as they are, with the counter, with probes in changed functions.
TIME, COUNT, REACH = "time", "count", "reach"
_SOURCE_LIMIT = 16 * 2**20
_NIGHTLY = re.compile(rb"#!\s*\[[^\]]*\bfeature\s*\([^)]*\btest\b")
# `#[global_allocator]`, also within `cfg_attr`. What takes its place is as long as it is.
_ALLOCATOR = re.compile(rb"(#\s*\[[^\]]*?)\bglobal_allocator\b")
_HARMLESS = rb"\1allow(dead_code)"

_WRAPPER = """#!/bin/sh
# Runs rustc for members of the workspace; links the counting allocator into programs.
program=yes
previous=
for word do
  case "$previous $word" in
    "--crate-name build_script_"*) program=; break ;;
    "--crate-type bin") ;;
    "--crate-type "*) program= ;;
    *" --test") program=yes ;;
  esac
  previous=$word
done
case " $* " in *" --crate-name "*" --emit="*link*) ;; *) program= ;; esac
if [ -n "$program" ]; then
  RUSTC_BOOTSTRAP=1 exec "$@" -Zunstable-options --extern force:spikeproof_counter={library}
fi
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a workspace on disk, which is only read, and ``files`` (POSIX path from its root ->
    text) that stand in place of its own."""

    workspace: Workspace
    files: Mapping[str, bytes] = field(default_factory=dict)


class StatusWriter(Protocol):
    """Where it is told what is being done: ``engine.base.ui.Ui`` is one."""

    def say(self, verb: str, text: str, color: str = "green") -> None:
        """A line that stays: what is being done, as cargo has it."""
        ...

    def progress(self, text: str) -> None:
        """A line that the next one replaces."""
        ...


@dataclass(frozen=True, slots=True)
class Built:
    """A target of either side with its harness."""

    package: str
    target: str
    harness: Harness


@dataclass
class Builds:
    """What building found: ``benches`` to measure, ``tests`` to count, by side's presence."""

    benches: list[Built] = field(default_factory=list)
    tests: list[Built] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    uncounted: str = ""  # why nothing is counted
    wrapper: Path | None = None  # in rustc's place it links the counter in
    masked: dict[str, Mapping[str, bytes]] = field(default_factory=dict)  # by side, for counting
    rustc: str = ""


class Builder:
    """Builds both sides of a comparison in one tree."""

    def __init__(
        self,
        scratch: Scratch,
        sides: Mapping[str, Side],
        limits: Limits,
        counters: bool,
        probes: Probes | None = None,
    ) -> None:
        self._sides = sides
        self._counters = counters
        self._probes = probes
        self._base = scratch.build.parent
        turns = scratch.turns("bench", [sides[OLD].workspace, sides[NEW].workspace])
        self._turns = dict(zip((OLD, NEW), turns, strict=True))
        names = {package.name for package in sides[NEW].workspace.selected}
        self._cargos = {
            side: Cargo(turn, _selection(sides, side, names), limits, turn.cargo_args)
            for side, turn in self._turns.items()
        }
        self.bench_tree = BenchTree(self._base, self._turns[OLD].tree)
        self.layouts = Layouts(self._base)
        self._found: dict[tuple[str, str], dict[str, Harness | None]] = {}
        self._tests: dict[tuple[str, str], set[str]] = {}
        self._builds = Builds()

    def build(self, status: StatusWriter) -> Builds:
        """All builds of both sides. Raises SpikeproofError when a side does not build at all."""
        builds = self._builds
        versions = {}
        for side in (OLD, NEW):
            turn, cargo = self._turns[side], self._cargos[side]
            cargo.progress = status.progress
            status.say("Building", f"the side {WORDS[side]}")
            turn.sync()
            files = self._files(side)
            turn.write(files)
            versions[side] = cargo.version()
            rustlib = _rustlib(cargo)
            wrapper = self.layouts.wrapper()
            run = cargo.build_programs(("--benches",), self._env(side), wrapper)
            self._explain(side, run)
            self.bench_tree.keep(side, TIME, run, rustlib)
            self.layouts.keep(side, run.programs, rustlib)
            self._note(side, run)
            if self._counters and not builds.uncounted:
                self._count(side, files, rustlib)
                turn.write(files)
            if self._probes is not None and side == OLD:
                self._reach(files, self._probes, rustlib)
                turn.write(files)
            self.bench_tree.snapshot(side)
        builds.rustc = versions[NEW]
        if versions[OLD] != versions[NEW]:
            builds.notes.append(
                f"the sides have different compilers: {versions[OLD]} before, {versions[NEW]} after"
            )
        self._settle()
        return builds

    def _files(self, side: str) -> Mapping[str, bytes]:
        """The side's own files. Without a lock file of its own it is built with the other's: other
        versions of dependencies would be measured else."""
        files = dict(self._sides[side].files)
        own = self._sides[side].workspace.root / "Cargo.lock"
        for other in self._sides.values():
            lock = other.workspace.root / "Cargo.lock"
            if not exists(own) and exists(lock):
                files.setdefault("Cargo.lock", read_regular(lock, _SOURCE_LIMIT))
                self._builds.notes.append(
                    f"the side {WORDS[side]} has no Cargo.lock: it is built with the other's"
                )
        return files

    def _env(self, side: str) -> dict[str, str]:
        """``#[bench]`` needs an unstable feature: let the crates that ask for it have it."""
        tree = self._turns[side].tree
        crates = set()
        for package in self._sides[side].workspace.selected:
            for target in declared(tree / package.root):
                if _NIGHTLY.search(_source(target.path)):
                    crates.add(target.crate)
        return {"RUSTC_BOOTSTRAP": ",".join(sorted(crates))} if crates else {}

    def _explain(self, side: str, run: BuildRun) -> None:
        errors = [d for d in run.diagnostics if d.level.startswith("error")]
        if not run.ok and not any(program.test for program in run.programs):
            detail = "\n\n".join(d.rendered.rstrip() for d in errors[:5]) or run.output
            raise SpikeproofError(
                f"the side {WORDS[side]} cannot be built for its benches: see below", detail
            )
        told = set()
        for error in errors:
            name = f"{error.package}::{error.target}"
            if name not in told:
                told.add(name)
                reason = f"does not compile {WORDS[side]}: {error.message}"
                self._builds.missing.append(Missing(name, "", reason))
        there = {(program.package, program.target) for program in run.programs}
        for package in self._sides[side].workspace.selected:
            for target in declared(self._turns[side].tree / package.root):
                name = f"{package.name}::{target.target}"
                if (package.name, target.target) in there or name in told or not target.bench:
                    continue
                reason = f"was not built {WORDS[side]}"
                if target.features:
                    reason = f"needs --features {','.join(target.features)}"
                self._add_missing(name, reason)

    def _add_missing(self, name: str, reason: str) -> None:
        missing = Missing(name, "", reason)
        if missing not in self._builds.missing:
            self._builds.missing.append(missing)

    def _note(self, side: str, run: BuildRun) -> None:
        """Which harness each program of the timing build has."""
        tree = self._turns[side].tree
        root = load(tree / "Cargo.toml")
        for program in run.programs:
            if not program.test:
                continue
            manifest = load(Path(program.manifest))
            crates = frozenset(d.name for d in manifest.dependencies(root))
            target = Target(
                program.package,
                program.target,
                self._cargos[side].harness(program),
                crates,
                _source(Path(program.source)),
            )
            key = program.package, program.target
            self._found.setdefault(key, {})[side] = harness_of(target)

    def _count(self, side: str, files: Mapping[str, bytes], rustlib: Path) -> None:
        """Build programs with the counter; when that fails, say why and count nothing."""
        turn, cargo = self._turns[side], self._cargos[side]
        masked = _masked(turn.tree)
        self._builds.masked[side] = masked
        if masked:
            turn.write({**files, **masked})
            names = ", ".join(sorted(masked))
            self._builds.notes.append(
                f"{names} {WORDS[side]} has a global allocator of its own: allocations are counted "
                "with the system's in its place (in the copy); time is measured with its own"
            )
        try:
            wrapper = _wrapper(self._base / "counter", cargo, self._sides[side].workspace)
        except SpikeproofError as error:
            self._builds.uncounted = str(error)
            return
        self._builds.wrapper = wrapper
        run = cargo.build_programs(("--benches", "--tests"), self._env(side), wrapper)
        if not any(program.test for program in run.programs):
            errors = [d.message for d in run.diagnostics if d.level.startswith("error")]
            self._builds.uncounted = (
                f"the counting allocator cannot be linked in: {errors[0] if errors else run.output}"
            )
            return
        self.bench_tree.keep(side, COUNT, run, rustlib)
        for program in run.programs:
            if program.test and not program.target.startswith("bench/"):
                if cargo.harness(program):
                    self._tests.setdefault((program.package, program.target), set()).add(side)
                else:
                    reason = "is no libtest program: not counted"
                    self._add_missing(f"{program.package}::{program.target}", reason)

    def _reach(self, files: Mapping[str, bytes], probes: Probes, rustlib: Path) -> None:
        """Build the side before with probes; when that fails, what reaches a fix is not known."""
        turn, cargo = self._turns[OLD], self._cargos[OLD]
        turn.write({**files, **probes.files})
        run = cargo.build_programs(("--benches", "--tests"), self._env(OLD))
        if any(program.test for program in run.programs):
            self.bench_tree.keep(OLD, REACH, run, rustlib)
        if not run.ok:
            errors = [d.message for d in run.diagnostics if d.level.startswith("error")]
            self._builds.notes.append(
                "what runs the changed functions is not known for all programs: with probes "
                f"{errors[0] if errors else 'they do not build'}"
            )

    def _settle(self) -> None:
        builds = self._builds
        for (package, target), found in sorted(self._found.items()):
            name = f"{package}::{target}"
            old, new = found.get(OLD), found.get(NEW)
            if len(found) == 1:
                if target.startswith("bench/") and not any(m.name == name for m in builds.missing):
                    self._add_missing(name, f"only there {WORDS[next(iter(found))]}")
            elif old is None or new is None:
                known = ", ".join(harnesses())
                self._add_missing(name, f"its harness is not known (known are {known})")
            elif old is not new:
                self._add_missing(name, f"its harness is {old.name} before, {new.name} after")
            else:
                builds.benches.append(Built(package, target, new))
        libtest = harnesses()["libtest"]
        builds.tests = [
            Built(package, target, libtest)
            for (package, target), sides in sorted(self._tests.items())
            if len(sides) == 2
        ]


@dataclass(frozen=True, slots=True)
class Declared:
    """A target as the manifest has it, or as cargo finds it by its place."""

    target: str
    path: Path
    features: tuple[str, ...]

    @property
    def bench(self) -> bool:
        """Is it a bench target?"""
        return self.target.startswith("bench/")

    @property
    def crate(self) -> str:
        """Its crate's name in code."""
        return self.target.rpartition("/")[2].replace("-", "_")


def declared(folder: Path) -> tuple[Declared, ...]:
    """The benches of the package in ``folder``, and its library."""
    manifest = load(folder / "Cargo.toml")
    found: dict[str, Declared] = {}
    if manifest.package.get("autobenches", True):
        for path in sorted((folder / "benches").glob("*")):
            main = path / "main.rs"
            if path.suffix == ".rs" and path.is_file():
                found[path.stem] = Declared(f"bench/{path.stem}", path, ())
            elif main.is_file():
                found[path.name] = Declared(f"bench/{path.name}", main, ())
    tables = manifest.data.get("bench", [])
    for table in tables if isinstance(tables, list) else []:
        name, path = table.get("name"), table.get("path")
        if not isinstance(name, str):
            continue
        usual = found[name].path if name in found else folder / "benches" / f"{name}.rs"
        place = folder / path if isinstance(path, str) else usual
        features = table.get("required-features", [])
        found[name] = Declared(f"bench/{name}", place, tuple(map(str, features)))
    lib = manifest.table("lib")
    name = lib.get("name", str(manifest.package.get("name", "")))
    library = Declared(f"lib/{name}", folder / lib.get("path", "src/lib.rs"), ())
    return (*found.values(), library)


def _selection(sides: Mapping[str, Side], side: str, names: set[str]) -> tuple[str, ...]:
    """Cargo's arguments: equal flags for both, the packages by the versions of each."""
    workspace = sides[side].workspace
    there = names & {package.name for package in workspace.packages}
    if not there:
        raise SpikeproofError(
            f"none of the packages {', '.join(sorted(names))} is there {WORDS[side]}"
        )
    return (*workspace.package_args(there), *sides[NEW].workspace.selection.cargo_args())


def _source(path: Path) -> bytes:
    try:
        return read_regular(path, _SOURCE_LIMIT)
    except OSError:
        return b""


def _rustlib(cargo: Cargo) -> Path:
    result = cargo.rustc(("--print", "target-libdir"))
    return Path(os.fsdecode(result.stdout.strip()))


def _masked(tree: Path) -> dict[str, bytes]:
    """Files of ``tree`` with a global allocator, and their text without it."""
    found = {}
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name not in VCS]
        for name in files:
            path = Path(folder, name)
            if name.endswith(".rs") and not path.is_symlink():
                data = _source(path)
                text = _ALLOCATOR.sub(_HARMLESS, data) if b"global_allocator" in data else data
                if text != data:
                    found[path.relative_to(tree).as_posix()] = text
    return found


def _wrapper(folder: Path, cargo: Cargo, workspace: Workspace) -> Path:
    """The program to run in rustc's place; the counter is compiled first. Raises SpikeproofError."""
    folder.mkdir(exist_ok=True)
    source = folder / "counter.rs"
    source.write_bytes(resources.files("engine.measure").joinpath("counter.rs").read_bytes())
    target = workspace.selection.target
    result = cargo.rustc(
        (
            *("--crate-name", "spikeproof_counter", "--crate-type", "rlib", "--edition", "2018"),
            *("-O", "--out-dir", str(folder), str(source)),
            *(("--target", target) if target else ()),
        )
    )
    if result.code:
        words = result.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise SpikeproofError(f"the counting allocator does not compile: {words}")
    library = folder / "libspikeproof_counter.rlib"
    script = folder / "rustc.sh"
    script.write_text(_WRAPPER.replace("{library}", shlex.quote(str(library))))
    script.chmod(0o755)
    return script
