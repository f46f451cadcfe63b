"""What the shell completes, and names given together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from engine.detect.codemod import registry
from tests.trees import build, package

HOME = Path(__file__).resolve().parents[2]


def complete(entry: str, program: str, words: str) -> list[str]:
    """What click offers for the last of ``words``, which begin with the program's name."""
    variable = f"_{program.upper().replace('-', '_')}_COMPLETE"
    asked = {variable: "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    found = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv[0] = {program!r}; {entry}"],
        env={**os.environ, **asked, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
    )
    assert found.stderr == ""
    return [line.partition(",")[2] for line in found.stdout.splitlines() if line]


@pytest.mark.parametrize("name", ["spikeproof", "cargo-spikeproof"])
def test_commands_and_codemods(name: str) -> None:
    entry = f"from engine.app import cli; cli.{'cargo_main' if '-' in name else 'main'}()"
    assert "diff" in complete(entry, name, f"{name} d")
    assert complete(entry, name, f"{name} explain mut") == ["mutex-counter"]
    assert complete(entry, name, f"{name} diff --codemod ") == list(registry())
    assert complete(entry, name, f"{name} diff --codemod nothing") == []
    assert complete(entry, name, f"{name} diff --test-runner ") == ["auto", "cargo", "nextest"]


def test_completing_cargo_itself_is_left_to_cargo() -> None:
    entry = "from engine.app.cli import cargo_main; cargo_main()"
    found = subprocess.run(
        [sys.executable, "-c", entry],
        env={
            **os.environ,
            "_CARGO_SPIKEPROOF_COMPLETE": "bash_source",
            "PYTHONPATH": str(HOME),
        },
        capture_output=True,
        text=True,
    )
    assert "-F _cargo_spikeproof_completion cargo-spikeproof\n" in found.stdout


def test_several_codemods_in_one_option(tmp_path: Path) -> None:
    build(tmp_path, {"Cargo.toml": package("app"), "src/lib.rs": ""})
    names = "mutex-counter,format_append"
    assert CliRunner().invoke(cli, ["scan", str(tmp_path), "--codemod", names]).exit_code == 0
    found = CliRunner().invoke(cli, ["scan", str(tmp_path), "--codemod", f"{names},nothing"])
    assert found.exit_code == 2
    assert "no codemod named `nothing`" in found.output
