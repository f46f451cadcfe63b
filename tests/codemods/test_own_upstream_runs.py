"""A program whose frames are owned upstream does what it did, run before and after."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.app.pipeline import run
from engine.app.request import ProofSettings, RunRequest
from engine.base.model import Outcome
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover

_HERE = Path(__file__).resolve().parents[1]
_TARGET = _HERE.parent / "target" / "cases" / "target"  # builds of tokio are shared


def _output(root: Path) -> str:
    done = subprocess.run(
        ["cargo", "run", "--quiet"],
        cwd=root,
        env={**os.environ, "CARGO_TARGET_DIR": str(_TARGET)},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return done.stdout


@pytest.mark.slow
def test_a_program_does_what_it_did(tmp_path: Path) -> None:
    root = tmp_path / "own-frames"
    shutil.copytree(_HERE / "data/own-frames", root)
    before = _output(root)
    proof = ProofSettings(review=True, tests=False, prefer=("own",))
    workspace = discover(root, Selection())
    result = run(RunRequest(workspace, ("clone-per-frame",), proof, target=_TARGET), Ui(quiet=True))
    verified = [v.fix for v in result.verdicts if v.outcome is Outcome.VERIFIED and v.fix]
    assert {fix.label for fix in verified} == {"own"}, result.patch.decode()
    assert len(verified) == 7
    for path, text in result.files.items():
        (root / path).write_bytes(text)
    changed = (root / "src/main.rs").read_text("utf-8")
    assert not any(word in changed for word in (".freeze()", ".to_vec()", ".clone()"))
    assert "-> Result<Option<BytesMut>, io::Error>" in changed
    after = _output(root)
    assert before == after
    assert "five 11" in after
