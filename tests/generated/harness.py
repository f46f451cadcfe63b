"""Many generated programs as one crate: rewritten by the pipeline, run before and after.

A program is a module with ``pub fn run(say: Say)``. What it says, and whether it ends, panics or
hangs, is its outcome. The generators need not be careful: a program that rustc refuses is left out.
"""

from __future__ import annotations

import difflib
import importlib
import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Level, Outcome
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.report.result import Result

_RUNTIME = (Path(__file__).parent / "runtime.rs").read_text("utf-8")
_ATTEMPTS = 6  # a check that names what does not compile may hide the errors of a later stage
_SECONDS = 600


class Generator(Protocol):
    """What a module of this folder offers."""

    DEPENDENCIES: str  # lines of [dependencies]
    KEPT: Sequence[int]  # seeds that showed a fault
    # What a fix for review may change, when its note says so: a pattern of the note, one of the
    # outcome, whose first group alone is compared.
    TOLD: Sequence[tuple[str, str]]

    def program(self, choice: random.Random) -> str:
        """A module's text; the same for the same state of ``choice``."""


@dataclass(frozen=True)
class Difference:
    """A program whose rewrite has another outcome."""

    seed: int
    before: str
    after: str
    said_before: str
    said_after: str
    fixes: tuple[str, ...]  # level, label and notes of each that was made

    def __str__(self) -> str:
        lines = difflib.unified_diff(
            self.before.splitlines(), self.after.splitlines(), "before", "after", lineterm="", n=8
        )
        return "\n".join(
            [
                f"seed {self.seed}",
                *lines,
                *self.fixes,
                f"before: {self.said_before}",
                f"after:  {self.said_after}",
            ]
        )


@dataclass(frozen=True)
class Tried:
    """What came of one crate of programs."""

    compiled: int
    rewritten: int
    differences: tuple[Difference, ...]


def generator(codemod: str) -> Generator:
    """The generator of ``codemod``, by its name. Raises ``ModuleNotFoundError`` without one."""
    module: Generator = importlib.import_module(f"{__package__}.{codemod.replace('-', '_')}")
    return module


def attempt(codemod: str, seeds: Iterable[int], root: Path, target: Path) -> Tried:
    """Rewrite the programs of ``seeds`` in a crate at ``root`` and compare what they do."""
    made = generator(codemod)
    texts = {seed: made.program(random.Random(seed)) for seed in seeds}
    before = root / "before"
    texts = _compiling(before, texts, made.DEPENDENCIES, target)
    if not texts:
        return Tried(0, 0, ())
    workspace = discover(before / "programs", Selection())
    result = run(
        RunRequest(
            workspace, (codemod,), ProofSettings(review=True, tests=False), target=target / "proof"
        ),
        Ui(quiet=True),
    )
    changed = {
        seed: result.files[_path(seed)].decode() for seed in texts if _path(seed) in result.files
    }
    fixes = {seed: _fixes(result, _path(seed)) for seed in changed}
    said = _outcomes(before, target)
    after = root / "after"
    _write(after, {**texts, **changed}, made.DEPENDENCIES)
    said_after = _outcomes(after, target)
    return Tried(
        len(texts),
        len(changed),
        tuple(
            Difference(
                seed,
                texts[seed],
                changed[seed],
                said[seed],
                said_after[seed],
                fixes[seed],
            )
            for seed in changed
            if not said[seed].startswith("hangs")
            and _seen(said[seed], fixes[seed], made.TOLD)
            != _seen(said_after[seed], fixes[seed], made.TOLD)
        ),
    )


def _seen(said: str, fixes: Iterable[str], told: Iterable[tuple[str, str]]) -> str:
    """What is compared of an outcome after ``fixes``."""
    notes = [fix for fix in fixes if fix.startswith(str(Level.REVIEW))]
    for note, outcome in told:
        if any(re.search(note, each) for each in notes):
            said = re.sub(outcome, r"\1", said)
    return said


def _fixes(result: Result, path: str) -> tuple[str, ...]:
    return tuple(
        f"{verdict.fix.level}: {verdict.fix.label} {verdict.fix.note}"
        for verdict in result.verdicts
        if verdict.fix is not None
        and verdict.outcome is Outcome.VERIFIED
        and any(site.path == path for site in verdict.proposal.sites)
    )


def _path(seed: int) -> str:
    return f"src/p{seed}.rs"


def _write(root: Path, texts: Mapping[int, str], dependencies: str) -> None:
    shutil.rmtree(root / "programs", ignore_errors=True)
    runs = "".join(f"    ({seed}, p{seed}::run),\n" for seed in texts)
    mods = "".join(f"mod p{seed};\n" for seed in texts)
    package = '[package]\nname = "{}"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n'
    files = {
        "runtime/Cargo.toml": package.format("runtime"),
        "runtime/src/lib.rs": _RUNTIME,
        "programs/Cargo.toml": package.format("programs")
        + f'[dependencies]\nruntime = {{ path = "../runtime" }}\n{dependencies}',
        "programs/src/main.rs": f"#![allow(warnings)]\n{mods}\nfn main() {{\n    runtime::each(&[\n{runs}    ]);\n}}\n",
        **{f"programs/{_path(seed)}": text for seed, text in texts.items()},
    }
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def _compiling(
    root: Path, texts: Mapping[int, str], dependencies: str, target: Path
) -> dict[int, str]:
    """Those of ``texts`` that rustc takes, written to ``root``."""
    left = dict(texts)
    for _ in range(_ATTEMPTS):
        _write(root, left, dependencies)
        refused, error = _refused(root, target)
        if not refused and not error:
            return left
        if not refused:
            raise RuntimeError(f"the crate of programs does not compile:\n{error}")
        left = {seed: text for seed, text in left.items() if seed not in refused}
        if not left:
            return {}
    raise RuntimeError(f"programs that do not compile after {_ATTEMPTS} attempts")


def _refused(root: Path, target: Path) -> tuple[set[int], str]:
    done = _cargo(root, target, "check", "--message-format", "json")
    found: set[int] = set()
    for line in done.stdout.splitlines():
        message = json.loads(line).get("message")
        if message is None or message["level"] != "error":
            continue
        for span in message["spans"]:
            name = Path(span["file_name"]).stem
            if span["is_primary"] and name[1:].isdigit():
                found.add(int(name[1:]))
    return found, done.stderr if done.returncode else ""


def _outcomes(root: Path, target: Path) -> dict[int, str]:
    done = _cargo(root, target, "run", "--quiet")
    if done.returncode:
        raise RuntimeError(f"the programs ended with {done.returncode}:\n{done.stderr}")
    lines = (line.partition(": ") for line in done.stdout.splitlines())
    return {int(seed): outcome for seed, _, outcome in lines}


def _cargo(root: Path, target: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["cargo", *arguments, "--target-dir", str(target / "plain")],
        cwd=root / "programs",
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
