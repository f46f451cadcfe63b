"""Rewrites that compile and mean something else: programs, what a careless tool makes of them, and what this one does.

Each file of ``tests/data/traps/CODEMOD`` is a program whose ``run()`` says what it saw. Lines at its head are
directives. ``// swap: OLD => NEW`` makes the careless rewrite of it (each OLD is there; all are replaced);
``// left: ...`` is what the program says, ``// naive: ...`` what that one says. ``// end: ...`` tells what becomes of it:

- ``kept``: nothing is changed, and the reason has the ``// words: ...`` (without any, nothing is said of it);
- ``same, LEVEL``: another rewrite, after which it says what it said;
- ``told``: what it says changes, so the fix is for review, and its note has the words.

``// package: NAME`` puts it in a package of its own, where it tells something of the whole package.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Fix, Level, Outcome, Verdict
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.report.result import Result

_DATA = Path(__file__).resolve().parents[1] / "data/traps"
_WORK = Path(__file__).resolve().parents[2] / "target" / "cases"  # builds of tokio are shared
_DIRECTIVE = re.compile(r"// (package|left|naive|swap|end|words): (.*)")
_MANIFEST = """[package]
name = "{name}"
version = "0.0.0"
edition = "2021"
[dependencies]
futures = "0.3"
tokio = {{ version = "1", features = ["full"] }}
"""
_VARIANTS = ("left", "naive", "safe", "review")  # the last two: by the tool
_AT_ONCE = 4  # programs that run beside each other: most of them wait


@dataclass(frozen=True)
class Trap:
    """One file: its directives, and the program without them."""

    codemod: str
    name: str
    told: Mapping[str, str]
    swaps: Sequence[tuple[str, str]]
    program: str

    @property
    def id(self) -> str:
        return f"{self.codemod}-{self.name}"

    @property
    def module(self) -> str:
        """Of the program that all are run in, behind the variant."""
        return self.id.replace("-", "_")

    @property
    def path(self) -> str:
        """In the workspace that the tool is given."""
        return f"{self.told.get('package', 'traps')}/src/{self.name}.rs"

    @property
    def naive(self) -> str:
        """The program after the careless rewrite."""
        text = self.program
        for old, new in self.swaps:
            assert old in text, f"{self.id} has no {old!r}"
            text = text.replace(old, new)
        return text


def _trap(path: Path) -> Trap:
    told: dict[str, str] = {}
    swaps: list[tuple[str, str]] = []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    while hit := _DIRECTIVE.fullmatch(lines[0].rstrip("\n")):
        if hit[1] == "swap":
            old, _, new = hit[2].partition(" => ")
            swaps.append((old, new))
        else:
            told[hit[1]] = hit[2]
        del lines[0]
    return Trap(path.parent.name, path.stem, told, swaps, "".join(lines))


_ALL = tuple(_trap(path) for path in sorted(_DATA.glob("*/*.rs")))


@dataclass(frozen=True)
class Made:
    """What the tool made of the traps of one codemod: with safe fixes alone, and with those for review."""

    safe: Mapping[str, bytes]
    review: Mapping[str, bytes]
    verdicts: tuple[Verdict, ...]

    def of(self, trap: Trap) -> list[Verdict]:
        return [v for v in self.verdicts if any(s.path == trap.path for s in v.proposal.sites)]

    def fixes(self, trap: Trap) -> list[Fix]:
        return [v.fix for v in self.of(trap) if v.outcome is Outcome.VERIFIED and v.fix]


def _write(root: Path, wanted: Mapping[str, str]) -> None:
    """Only what differs, so that builds stay incremental."""
    for stale in set(root.glob("**/src/*.rs")) - {root / path for path in wanted}:
        stale.unlink()
    for path, text in wanted.items():
        place = root / path
        if not place.exists() or place.read_text("utf-8") != text:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")


def _program(modules: Iterable[str]) -> str:
    """A ``main`` that runs the module that it is told the name of; what panics says nothing of it."""
    names = sorted(modules)
    arms = "".join(f'        "{name}" => {name}::run(),\n' for name in names)
    return (
        "#![allow(dead_code)]\n" + "".join(f"mod {name};\n" for name in names) + "\n"
        "fn main() {\n    std::panic::set_hook(Box::new(|_| {}));\n"
        "    let name = std::env::args().nth(1).unwrap();\n"
        f'    println!("{{}}", match name.as_str() {{\n{arms}        _ => panic!(),\n    }});\n}}\n'
    )


@cache
def made(codemod: str) -> Made:
    root = _WORK / "traps" / codemod
    mine = [trap for trap in _ALL if trap.codemod == codemod]
    packages: dict[str, list[Trap]] = {}
    for trap in mine:
        packages.setdefault(trap.told.get("package", "traps"), []).append(trap)
    members = ", ".join(f'"{name}"' for name in packages)
    texts = {"Cargo.toml": f'[workspace]\nresolver = "2"\nmembers = [{members}]\n'}
    for name, inside in packages.items():
        texts[f"{name}/Cargo.toml"] = _MANIFEST.format(name=name)
        texts[f"{name}/src/main.rs"] = _program(trap.name for trap in inside)
    texts |= {trap.path: trap.program for trap in mine}
    _write(root, texts)
    workspace = discover(root, Selection(workspace=True))

    def ran(review: bool) -> Result:
        proof = ProofSettings(review=review, tests=False)
        return run(
            RunRequest(workspace, (codemod,), proof, target=_WORK / "target"), Ui(quiet=True)
        )

    safe, review = ran(False), ran(True)
    return Made(safe.files, review.files, review.verdicts)


@cache
def _built() -> tuple[Mapping[str, str], str]:
    """The programs by variant and trap, in one that is built; and what rustc says where it is not."""
    root = _WORK / "traps" / "runs"
    texts: dict[str, str] = {}
    for trap in _ALL:
        tool = made(trap.codemod)
        variants = {"left": trap.program, "naive": trap.naive}
        for how, files in (("safe", tool.safe), ("review", tool.review)):
            if trap.path in files:
                variants[how] = files[trap.path].decode()
        texts |= {f"{how}_{trap.module}": text for how, text in variants.items()}
    sources = {f"src/{name}.rs": text for name, text in texts.items()}
    manifest = _MANIFEST.format(name="traps-run") + "[workspace]\n"
    _write(root, {"Cargo.toml": manifest, "src/main.rs": _program(texts), **sources})
    done = subprocess.run(
        ["cargo", "build", "--quiet"], cwd=root, capture_output=True, text=True, timeout=600,
        env={**os.environ, "CARGO_TARGET_DIR": str(_WORK / "target")},
    )  # fmt: skip
    return texts, done.stderr if done.returncode else ""


@cache
def said() -> Mapping[str, str]:
    """What all the programs say, by variant and trap."""
    names, error = _built()
    assert not error, error

    def says(name: str) -> str:
        done = subprocess.run(
            [_WORK / "target/debug/traps-run", name], cwd=_WORK / "traps" / "runs",
            input="typed", capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        return done.stdout.rstrip("\n") if done.returncode == 0 else f"failed: {done.returncode}"

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(names, pool.map(says, names), strict=True))


_PARAMS = [pytest.param(t, id=t.id, marks=pytest.mark.xdist_group("cases")) for t in _ALL]


@pytest.mark.slow
@pytest.mark.parametrize("trap", _PARAMS)
def test_what_would_mean_something_else_is_left_or_told(trap: Trap) -> None:
    output, done = said(), made(trap.codemod)
    left, naive, safe, review = (output.get(f"{how}_{trap.module}") for how in _VARIANTS)
    assert (left, naive) == (trap.told["left"], trap.told["naive"])
    assert left != naive
    assert safe in (None, left), "a safe fix changes what it says"
    end, _, level = trap.told["end"].partition(", ")
    words, verdicts, fixes = trap.told.get("words"), done.of(trap), done.fixes(trap)
    shown = "\n".join(f"{v.outcome} {v.reason} {v.fix}" for v in verdicts)
    if end == "kept":
        assert not fixes, shown
        assert trap.path not in done.review
        if words is None:
            assert not verdicts, shown
        else:
            assert any(words in verdict.reason for verdict in verdicts), shown
        return
    assert words is not None and any(words in fix.note for fix in fixes), shown
    assert review is not None
    if end == "same":
        assert {str(fix.level) for fix in fixes} == {level}
        assert review == left, done.review[trap.path].decode()
    else:
        assert end == "told"
        assert all(fix.level is Level.REVIEW for fix in fixes)
        assert review == trap.told["naive"], done.review[trap.path].decode()


@pytest.mark.parametrize("codemod", sorted({trap.codemod for trap in _ALL}))
def test_each_codemod_has_its_traps(codemod: str) -> None:
    assert sum(trap.codemod == codemod for trap in _ALL) >= 6
