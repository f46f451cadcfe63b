"""The tool as it is installed: from a wheel, in an environment that has nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import click
import pytest

from engine import __version__
from tests.trees import build, package

HOME = Path(__file__).resolve().parents[2]
CLONES = "pub fn f(v: &[String]) -> usize {\n    v.iter().map(|s| s.clone().len()).sum()\n}\n"
MODULE = (sys.executable, "-m", "spikeproof")


def said(*words: str | Path, cwd: Path) -> str:
    run = subprocess.run([*map(str, words)], cwd=cwd, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    assert __version__ in said(*MODULE, "--version", cwd=tmp_path)


def test_a_folder_with_our_modules_names_is_not_taken_for_ours(tmp_path: Path) -> None:
    hostile = "raise SystemExit('ran code of the repository')\n"
    build(
        tmp_path,
        {"Cargo.toml": package("app"), "src/lib.rs": CLONES}
        | {f"{name}/__init__.py": hostile for name in ("engine", "codemods", "click")},
    )
    assert "clone-per-frame" in said(*MODULE, "scan", cwd=tmp_path)


@pytest.mark.slow
def test_the_wheel_works_in_a_clean_environment(tmp_path: Path) -> None:
    wheels, clean, crate = (tmp_path / name for name in ("wheels", "venv", "crate"))
    wheel = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation")
    said(sys.executable, *wheel, "--wheel-dir", wheels, HOME, cwd=tmp_path)
    (built,) = wheels.glob("spikeproof-*.whl")
    # What the tool depends on is taken from here: the test needs no network.
    venv.create(clean, system_site_packages=False, with_pip=False)
    (site,) = clean.glob("lib/python*/site-packages")
    python = clean / "bin" / "python"
    install = ("-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-compile")
    said(sys.executable, *install, built, cwd=tmp_path)
    here = Path(click.__file__).parents[1]
    (site / "ours.pth").write_text(f"{here}\n")
    build(crate, {"Cargo.toml": package("app"), "src/lib.rs": CLONES})
    where = said(python, "-c", "import engine; print(engine.__file__)", cwd=crate)
    assert Path(where.strip()).is_relative_to(site)
    assert "clone-per-frame" in said(python, "-m", "spikeproof", "scan", cwd=crate)
    for name in ("spikeproof", "cargo-spikeproof"):
        assert __version__ in said(clean / "bin" / name, "--version", cwd=crate)
