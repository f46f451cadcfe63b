"""The action, the hooks and the example workflows: schemas, zizmor, and hostile inputs really run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
EXAMPLES = ROOT / "docs" / "workflows"
GITHUB = sorted(
    EXAMPLES / name for name in ("suggest", "fork-verify", "fork-post", "code-scanning")
)
WORKFLOWS = [path.with_suffix(".yml") for path in GITHUB]
ACTIONS = [ROOT / "action.yml", ROOT / "actions" / "post" / "action.yml"]
HOSTILE = [
    "a; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "a b",
    '"; touch pwned; "',
    "--x='y",
]


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def check(*arguments: str | Path) -> None:
    run = subprocess.run(
        [BIN / arguments[0], *arguments[1:]], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_example_is_checked() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == {
        *(path.name for path in WORKFLOWS),
        "gitlab-ci.yml",
    }


def test_the_schemas_take_them() -> None:
    schema = "--builtin-schema"
    check("check-jsonschema", schema, "vendor.github-workflows", *WORKFLOWS)
    check("check-jsonschema", schema, "custom.github-workflows-require-timeout", *WORKFLOWS)
    check("check-jsonschema", schema, "vendor.github-actions", *ACTIONS)
    gitlab = EXAMPLES / "gitlab-ci.yml"
    check("check-jsonschema", schema, "vendor.gitlab-ci", "--data-transform", "gitlab-ci", gitlab)
    check("pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml")


def test_zizmor_finds_nothing() -> None:
    check("zizmor", "--offline", "--no-config", "--persona=pedantic", *ACTIONS, *WORKFLOWS)


def test_the_job_that_may_write_runs_nothing_of_the_pull_request() -> None:
    workflow = read(EXAMPLES / "fork-post.yml")
    assert set(workflow[True]) == {"workflow_run"}  # YAML 1.1 reads `on` as true
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"actions": "read", "pull-requests": "write"}
    uses = [step["uses"].partition("@")[0] for step in job["steps"]]
    assert uses == ["actions/download-artifact", "your-org/spikeproof/actions/post"]
    assert not any("run" in step for step in job["steps"])


def test_the_job_that_runs_anybodys_code_may_only_read() -> None:
    workflow = read(EXAMPLES / "fork-verify.yml")
    assert workflow["permissions"] == {}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    assert "token" not in (EXAMPLES / "fork-verify.yml").read_text().replace("a token", "")


def test_every_action_is_pinned() -> None:
    for path in WORKFLOWS:
        for job in read(path)["jobs"].values():
            for step in job["steps"]:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
    for path in ACTIONS:  # no action of anybody else
        assert not any("uses" in step for step in read(path)["runs"]["steps"])


def test_no_expression_stands_in_a_script() -> None:
    for path in ACTIONS:
        for step in read(path)["runs"]["steps"]:
            assert "${{" not in step["run"]


def test_hooks_are_static_unless_asked() -> None:
    hooks = {hook["id"]: hook for hook in read(ROOT / ".pre-commit-hooks.yaml")}
    for hook in hooks.values():
        assert hook["types"] == ["rust"]
        assert hook["require_serial"] is True
        static = hook["entry"].startswith("spikeproof scan") and "--types" not in hook["entry"]
        assert static or hook["stages"] == ["manual"]
        # The command is there, with these options.
        words = hook["entry"].split()[1:]
        run = subprocess.run([BIN / "spikeproof", *words, "--help"], capture_output=True)
        assert run.returncode == 0


# -- the action, run -------------------------------------------------------------------------------


def venv(place: Path) -> Path:
    """A spikeproof that writes down its arguments, one a line, and ends with 1."""
    program = place / "spikeproof-venv" / "bin" / "spikeproof"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor a in "$@"; do printf "%s\\n" "$a"; done > args\nexit 1\n')
    program.chmod(0o755)
    return program


def action(source: Path, place: Path, **inputs: str) -> tuple[int, list[str]]:
    """Run the steps of an action with these inputs, the others by default, as the runner would."""
    found = read(source)
    code = 0
    given = {name: str(value.get("default", "")) for name, value in found["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    for step in found["runs"]["steps"]:
        environment = {
            "PATH": os.environ["PATH"],
            "RUNNER_TEMP": str(place),
            "GITHUB_OUTPUT": str(place / "output"),
        }
        for name, value in step["env"].items():
            key = re.fullmatch(r"\$\{\{ (inputs|github)\.([\w-]+) \}\}", value)
            assert key is not None
            environment[name] = str(source.parent) if key[1] == "github" else given[key[2]]
        run = subprocess.run(
            ["bash", "-e", "-c", step["run"]], cwd=place, env=environment, capture_output=True
        )
        code = run.returncode
    arguments = place / "args"
    return code, arguments.read_text().split("\n")[:-1] if arguments.exists() else []


@pytest.mark.parametrize("text", HOSTILE)
def test_inputs_are_words_and_never_a_script(tmp_path: Path, text: str) -> None:
    venv(tmp_path)
    code, arguments = action(
        ACTIONS[0],
        tmp_path,
        path=text,
        base=text,
        fail_on=text,
        args=f"--one\n{text}\n",
        output="o",
    )
    assert code == 1
    assert arguments[:5] == ["ci", f"--fail-on={text}", f"--base={text}", "--one", text]
    assert arguments[-2:] == ["--", text]
    assert (tmp_path / "output").read_text() == "exit-code=1\n"
    code, arguments = action(ACTIONS[1], tmp_path, file=text, token="t", args=text)
    assert code == 1
    assert arguments == ["post-review", text, "--", text]
    assert {path.name for path in tmp_path.iterdir()} == {"spikeproof-venv", "o", "args", "output"}


def test_the_actions_give_options_that_are_there(tmp_path: Path) -> None:
    venv(tmp_path)
    _, arguments = action(ACTIONS[0], tmp_path)
    options = [
        word.partition("=")[0] for word in arguments if word.startswith("--") and word != "--"
    ]
    from engine.app.cli import cli

    known = {name for param in cli.commands["ci"].params for name in param.opts}
    assert set(options) <= known
    assert {"--sarif", "--rdjsonl", "--github-review", "--gitlab", "--patch"} <= set(options)
    assert arguments[-1] == "."


@pytest.mark.slow
def test_the_action_installs_with_pinned_hashes(tmp_path: Path) -> None:
    script = ROOT / "actions" / "install.sh"
    place = tmp_path / "venv"
    run = subprocess.run(["bash", script, place, sys.executable], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    said = subprocess.run(
        [place / "bin" / "spikeproof", "ci", "--help"], capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    said = subprocess.run(
        [place / "bin" / "spikeproof", "explain"], capture_output=True, text=True, cwd=tmp_path
    )
    assert "mutex-counter" in said.stdout
