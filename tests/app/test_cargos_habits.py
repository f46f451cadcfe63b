"""Options, and answers of the environment, that people know from cargo."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from engine.base.ui import Ui
from engine.cargo.workspace import Selection, discover
from tests.trees import build, member, package


def scan(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["scan", *map(str, arguments)])
    return done.exit_code, done.output


def test_a_manifest_path_stands_in_place_of_a_path(tmp_path: Path) -> None:
    text = "pub fn f(v: &[String]) -> usize {\n    v.iter().map(|s| s.clone().len()).sum()\n}\n"
    build(tmp_path, {"a/Cargo.toml": package("a"), "a/src/lib.rs": text})
    manifest = tmp_path / "a" / "Cargo.toml"
    assert scan("--manifest-path", manifest) == scan(manifest)
    assert "clone-per-frame" in scan("--manifest-path", manifest)[1]
    code, said = scan("--manifest-path", manifest, tmp_path / "a")
    assert (code, "leave out one" in said) == (2, True)
    code, said = scan("--manifest-path", tmp_path / "a")
    assert (code, "must name a Cargo.toml" in said) == (2, True)


def test_workspaces_below_a_folder_that_is_none_are_listed(tmp_path: Path) -> None:
    build(
        tmp_path,
        {"net/Cargo.toml": "[workspace]\nmembers = ['x']\n", "app/Cargo.toml": package("app")}
        | member("net/x", "x")
        | {"target/y/Cargo.toml": package("y"), ".hidden/Cargo.toml": package("z")},
    )
    code, said = scan(tmp_path)
    assert code == 2
    assert "below it: app, net: name one, `scan` and `diff` take several" in said
    assert scan(tmp_path / "app", tmp_path / "net")[0] == 0


def test_jobs_and_frozen_and_the_profile_reach_cargo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, {"Cargo.toml": package("a"), "src/lib.rs": ""})
    monkeypatch.setenv("CARGO_BUILD_JOBS", "9")
    assert scan(tmp_path, "-j", "1", "--frozen", "--release")[0] == 0
    assert os.environ["CARGO_BUILD_JOBS"] == "1"
    assert scan(tmp_path, "--release", "--profile", "ci")[0] == 2
    selection = Selection(locked=True, offline=True, profile="ci")
    assert selection.cargo_args() == ("--locked", "--offline")
    assert selection.profile_args() == ("--profile", "ci")
    assert discover(tmp_path, selection).selection.profile_args() == ("--profile", "ci")


@pytest.mark.parametrize(
    ("variables", "colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"CARGO_TERM_COLOR": "always"}, True),
        ({"CARGO_TERM_COLOR": "always", "NO_COLOR": "1"}, False),
        ({"CARGO_TERM_COLOR": "never", "FORCE_COLOR": "1"}, True),
        ({"TERM": "dumb", "FORCE_COLOR": "3"}, True),
    ],
)
def test_color_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], colored: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CARGO_TERM_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Ui().color(io.StringIO()) is colored
    assert Ui(color="never").color(io.StringIO()) is False
