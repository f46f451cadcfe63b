"""Exit codes as git's: what was found is no failure, unless it is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from tests.gitrepo import start
from tests.trees import build, package

HOME = Path(__file__).resolve().parents[2]
COUNTER = (
    "use std::sync::Mutex;\n\npub struct Hits(Mutex<u64>);\n\nimpl Hits {\n"
    "    pub fn add(&self) {\n        *self.0.lock().unwrap() += 1;\n    }\n}\n"
)


@pytest.mark.parametrize(("text", "asked"), [(COUNTER, 1), ("", 0)])
def test_a_scan_fails_on_sites_only_when_it_is_asked(tmp_path: Path, text: str, asked: int) -> None:
    build(tmp_path, {"Cargo.toml": package("app"), "src/lib.rs": text})
    scan = ["scan", str(tmp_path), "--codemod", "mutex-counter"]
    assert CliRunner().invoke(cli, scan).exit_code == 0
    assert CliRunner().invoke(cli, [*scan, "--exit-code"]).exit_code == asked
    assert CliRunner().invoke(cli, ["scan", str(tmp_path / "none")]).exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize("text", [COUNTER, ""])
def test_a_script_that_stops_at_errors_goes_on(tmp_path: Path, text: str) -> None:
    """The form that the documents use, on a crate with a site and on one without."""
    manifest = package("app", "[workspace]\n")
    build(
        tmp_path, {"Cargo.toml": manifest, "src/lib.rs": text, ".gitignore": "target\nCargo.lock\n"}
    )
    start(tmp_path)
    tool = f"{sys.executable} -m engine.app.cli"
    script = f"set -eo pipefail; {tool} diff --no-bench -q --review | git apply --allow-empty; echo reached"
    run = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
    )
    assert run.stdout == "reached\n", run.stderr
    assert ("AtomicU64" in (tmp_path / "src/lib.rs").read_text("utf-8")) is bool(text)
