"""The programs that the tool was asked for first: docs/story.md shows the patches that it makes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from engine.app.passes import GONE
from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Level, Outcome
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from engine.detect.codemod import registry
from engine.report.render import render
from engine.report.result import Result

HERE = Path(__file__).resolve().parent.parent
DOCS = HERE.parent / "docs/story.md"
# Builds of tokio are shared with the codemods' cases.
TARGET = HERE.parent / "target/cases/target"


def ran(root: Path, name: str, codemods: tuple[str, ...], prefer: tuple[str, ...] = ()) -> Result:
    """What ``diff --review --no-bench`` makes of a program of ``tests/data``; ``prefer`` as ``--prefer``."""
    if not (root / name).exists():
        shutil.copytree(HERE / "data" / name, root / name)
    workspace = discover(root / name, Selection())
    proof = ProofSettings(review=True, prefer=prefer)
    request = RunRequest(workspace, codemods, proof, target=TARGET)
    return run(request, Ui(quiet=True))


def shown(name: str) -> str:
    """What docs/story.md prints below the command for a program."""
    text = DOCS.read_text("utf-8")
    found = re.search(rf"\$ spikeproof diff {name} [^\n]*\n(.*?)^```$", text, re.M | re.S)
    assert found is not None
    return found.group(1)


def without_toolchain(text: str) -> str:
    return re.sub(r"\(rustc [^\n]*\)", "(rustc)", text)


def program(name: str) -> str:
    return (HERE / "data" / name / "src/lib.rs").read_text("utf-8")


@pytest.mark.parametrize("name", ["story-frames", "story-meta"])
def test_the_programs_are_shown_as_they_are(name: str) -> None:
    assert f"```rust\n{program(name)}```" in DOCS.read_text("utf-8")


@pytest.mark.slow
def test_the_story_of_the_frames_is_printed_as_it_is(tmp_path: Path) -> None:
    assert "$ spikeproof diff story-frames --review --no-bench --prefer own\n" in DOCS.read_text()
    result = ran(tmp_path, "story-frames", tuple(registry()), ("own",))
    printed = render(result, "patch").decode()
    assert without_toolchain(printed) == without_toolchain(shown("story-frames"))
    (verdict,) = result.verdicts
    assert verdict.fix is not None and verdict.fix.level is Level.REVIEW


@pytest.mark.slow
def test_without_a_preference_the_frame_is_moved(tmp_path: Path) -> None:
    result = ran(tmp_path, "story-frames", tuple(registry()))
    (verdict,) = result.verdicts
    assert [fix.label for fix in verdict.proposal.fixes] == ["move", "own"]
    assert verdict.fix is not None and verdict.fix.level is Level.SAFE
    assert b"        let owned = chunk;\n" in result.files["src/lib.rs"]


@pytest.mark.slow
def test_the_story_of_the_metadata_is_printed_as_it_is(tmp_path: Path) -> None:
    result = ran(tmp_path, "story-meta", tuple(registry()))
    printed = render(result, "patch").decode()
    assert without_toolchain(printed) == without_toolchain(shown("story-meta"))
    # What held the lock across the await is done with by the same fix, and told so.
    assert {v.proposal.codemod for v in result.verdicts} == {"mutex-counter"}
    assert [(s.codemod, s.reason) for s in result.dismissed] == [("guard-across-await", GONE)]


@pytest.mark.slow
def test_without_the_counters_fix_the_guard_is_cut(tmp_path: Path) -> None:
    others = tuple(name for name in registry() if name != "mutex-counter")
    result = ran(tmp_path, "story-meta", others)
    kept = {v.proposal.codemod for v in result.verdicts if v.outcome is Outcome.VERIFIED}
    assert kept == {"guard-across-await"}
    assert b"    meta.lock().unwrap().counter += 1;\n" in result.files["src/lib.rs"]
