"""The rustc commands of the workspace's units, as ``record_unit.py`` noted them.

``RUSTC_WORKSPACE_WRAPPER`` is part of what cargo takes for a unit's identity, so every run of cargo
in a scratch copy uses the same one; a fresh notes directory gets a fresh name for it, which makes
cargo compile (and so note) all members again.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from pathlib import Path

from engine.cargo.messages import Paths

_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Unit:
    """One rustc run of the last check. ``files`` are the workspace's files that it read,
    ``generated`` those that a build made (absolute); ``strangers``: did it read any other?"""

    name: str
    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    files: frozenset[str]
    generated: tuple[str, ...] = ()
    strangers: bool = False

    @property
    def is_test(self) -> bool:
        """Is it compiled with the test harness (``rustc --test``)?"""
        return "--test" in self.argv


def telling_first(units: Iterable[Unit]) -> list[Unit]:
    """In the order in which they are asked about a file: a test unit before the plain one (it has all of its
    code and the tests too), a large unit before a small one."""
    return sorted(units, key=lambda unit: (not unit.is_test, -len(unit.files), unit.name))


class Notes:
    """The directory where the wrapper leaves a note for each unit."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def wrapper(self, cap_lints: bool = False) -> Path:
        """The program for ``RUSTC_WORKSPACE_WRAPPER``, written when it is not there. The one with
        ``cap_lints``, which makes warnings of all lints, makes units of its own.

        A wrapper of the user's own (clippy-driver and the like) is not chained: it may add lints,
        never types. ``build.rustc-wrapper`` (compiler caches) stays as it is.
        """
        self._directory.mkdir(parents=True, exist_ok=True)
        name = "capped" if cap_lints else "rustc"
        found = sorted(self._directory.glob(f"{name}-*.sh"))
        script = found[0] if found else self._directory / f"{name}-{secrets.token_hex(4)}.sh"
        recorder = self._directory / "record_unit.py"
        code = resources.files("engine.cargo").joinpath("record_unit.py").read_bytes()
        words = (sys.executable, "-I", "-S", str(recorder), str(self._directory))
        cap = "export SPIKEPROOF_CAP_LINTS=warn\n" if cap_lints else ""
        text = f'#!/bin/sh\n{cap}exec {shlex.join(words)} "$@"\n'.encode()
        for path, wanted in ((recorder, code), (script, text)):
            if not path.exists() or path.read_bytes() != wanted:
                unfinished = path.with_name(f".{path.name}.{os.getpid()}")
                unfinished.write_bytes(wanted)
                unfinished.chmod(0o755)
                unfinished.replace(path)
        return script

    def state(self) -> dict[str, tuple[int, int]]:
        """What identifies each note's version: to see which units a run compiled."""
        with os.scandir(self._directory) as entries:
            notes = [entry for entry in entries if entry.name.endswith(".json")]
        found = {}
        for entry in notes:
            status = entry.stat()
            found[entry.name.removesuffix(".json")] = (status.st_ino, status.st_mtime_ns)
        return found

    def units(
        self,
        before: Mapping[str, tuple[int, int]],
        artifacts: Iterable[str],
        paths: Paths,
        made: bool = False,
    ) -> tuple[Unit, ...]:
        """Units of one run: those compiled since ``before`` and those that made ``artifacts``.

        An artifact of an unchanged unit is told by cargo (``fresh``) and not compiled again; a unit
        that fails has no artifact but was noted: with ``made``, such are left out.
        """
        now = self.state()
        hashes = {found[-1] for name in artifacts if (found := _HASH.findall(name))}
        names = {n for n in now if (found := _HASH.findall(n)) and found[-1] in hashes}
        if not made:
            names |= {n for n, version in now.items() if before.get(n) != version}
        units = (self._read(name, paths) for name in sorted(names))
        return tuple(unit for unit in units if unit is not None)

    def _read(self, name: str, paths: Paths) -> Unit | None:
        try:
            note = json.loads((self._directory / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None
        argv, cwd = tuple(note["argv"]), note["cwd"]
        out_dir = option(argv, "--out-dir")
        read = dep_info(Path(cwd, out_dir, f"{name}.d")) if out_dir else ()
        found = [(paths.relative(each, cwd), os.path.normpath(Path(cwd, each))) for each in read]
        files = frozenset(local for local, _ in found if local is not None)
        outside = [path for local, path in found if local is None]
        build = f"{self._directory.parent / 'build'}/"
        generated = tuple(sorted(path for path in outside if path.startswith(build)))
        return Unit(name, argv, cwd, note["env"], files, generated, len(generated) < len(outside))


def dep_info(path: Path) -> tuple[str, ...]:
    """Files that rustc says it read, as it names them; none when it stopped before it could tell.

    rustc writes one rule ``FILE:`` per input before type checking, in a paragraph of its own behind
    those of the outputs (``OUT: FILE FILE``). Spaces in a name are escaped, a newline is written as
    it is (seen with rustc 1.95).
    """
    try:
        text = os.fsdecode(path.read_bytes())
    except OSError:
        return ()
    found: list[str] = []
    for paragraph in text.split("\n\n"):
        rules = [line for line in paragraph.split("\n") if line and not line.startswith("#")]
        if any(": " in line for line in rules):
            continue
        found += "\n".join(rules).replace("\\ ", " ").removesuffix(":").split(":\n")
    return tuple(filter(None, found))


def option(argv: tuple[str, ...], name: str) -> str:
    """Value of ``--name VALUE`` or ``--name=VALUE``; "" without."""
    for index, argument in enumerate(argv):
        if argument == name and index + 1 < len(argv):
            return argv[index + 1]
        if argument.startswith(f"{name}="):
            return argument[len(name) + 1 :]
    return ""


def linked(unit: Unit) -> frozenset[str]:
    """Names, as the code has them, of the crates that ``unit`` may link: its dependencies and what
    comes with rustc."""
    found = {"core", "alloc"}
    for word, value in pairwise((*unit.argv, "")):
        if word == "--extern" or word.startswith("--extern="):
            named = value if word == "--extern" else word.partition("=")[2]
            found.add(named.partition("=")[0].rpartition(":")[2])
    return frozenset(found)


# Where results go, how messages look, which lints count: the oracle has its own.
_REPLACED = ("--out-dir", "--emit", "--error-format", "--json", "--cap-lints", "--color", "-o")
_INCREMENTAL = "incremental="
# Full paths, and types in full length: unstable flags, which RUSTC_BOOTSTRAP allows on stable.
_UNSTABLE = ("-Ztrim-diagnostic-paths=no",)


@dataclass(frozen=True, slots=True)
class Replay:
    """A unit's rustc command, to be run on another tree without touching the build."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]


def replay(unit: Unit, paths: Paths, tree: Path, out: Path, unstable: bool) -> Replay:
    """``unit`` compiled as far as its metadata from a copy of the workspace at ``tree``.

    Results go to ``out``. ``unstable`` asks for untrimmed paths. Incremental compilation is off:
    rustc throws the session away when a unit has errors, and a unit with questions has.
    """
    argv: list[str] = []
    words = iter(unit.argv)
    for word in words:
        if word in _REPLACED:
            next(words, None)
        elif word == "-C":
            value = next(words, "")
            if not value.startswith(_INCREMENTAL):
                argv += (word, value)
        elif word.startswith((*(f"{name}=" for name in _REPLACED), f"-C{_INCREMENTAL}")):
            continue
        elif word.endswith(".rs") and word.startswith("/") and (local := paths.relative(word)):
            argv.append(str(tree / local))
        else:
            argv.append(word)
    argv += ("--error-format=json", "--emit=metadata", "--out-dir", str(out))
    argv += ("--cap-lints=allow", "--verbose", *(_UNSTABLE if unstable else ()))
    here = "" if unit.cwd in paths.roots else paths.relative(unit.cwd)
    env = {**unit.env, "RUSTC_BOOTSTRAP": "1"} if unstable else dict(unit.env)
    return Replay(tuple(argv), Path(unit.cwd) if here is None else tree / here, env)
