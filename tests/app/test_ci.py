"""``spikeproof ci`` on small repositories: what is new, what is written, and the exit code."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from engine.app.ci import base_of, exit_code
from engine.app.cli import cli
from engine.base.errors import SpikeproofError
from engine.base.model import Level, Outcome
from engine.report.finding import Finding
from tests.findings import finding, report
from tests.report.test_report_formats import CODE_QUALITY, checked, diagnostics_of, runner
from tests.trees import build, package

OLD = """\
use std::sync::Mutex;

pub struct Hits {
    hits: Mutex<u64>,
}

impl Hits {
    pub fn add(&self, n: u64) {
        *self.hits.lock().unwrap() += n;
    }
}
"""
NEW = OLD.replace("Hits", "Misses").replace("hits", "misses")
ODD = "mi ses,%3A::error::ß##[x].rs"  # what a file may be called
FILES = {
    "app/Cargo.toml": package("app", "[workspace]\n"),
    "app/src/lib.rs": "pub mod hits;\n",
    "app/src/hits.rs": OLD,
    ".gitignore": "target/\n",
}


def git(root: Path, *arguments: str) -> str:
    names = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "core.autocrlf=false"]
    run = subprocess.run(["git", *names, *arguments], cwd=root, capture_output=True, check=True)
    return run.stdout.decode().strip()


def commit(root: Path, files: Mapping[str, str | bytes]) -> str:
    build(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x", "--allow-empty")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The package in a folder of its repository, one site on the branch main, on the branch topic."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, FILES)
    git(root, "switch", "-qc", "topic")
    return root


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without what the job that runs the tests says of itself."""
    for name in (
        "GITHUB_ACTIONS",
        "GITHUB_BASE_REF",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_EVENT_PATH",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA",
    ):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def ci(root: Path, *arguments: str, **environment: str) -> Result:
    command = ["ci", str(root / "app"), "--offline", "--no-bench", *arguments]
    return CliRunner().invoke(cli, command, env=environment)


# -- really run ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("history", [True, False])
def test_what_is_new_in_a_diff_that_is_given(
    repository: Path, tmp_path: Path, quiet: pytest.MonkeyPatch, history: bool
) -> None:
    """With git's history, and in a folder of which git knows nothing."""
    lib = "pub mod hits;\npub mod misses;\n"
    commit(repository, {"app/src/lib.rs": lib, "app/src/misses.rs": NEW})
    diff = tmp_path / "pull.diff"
    diff.write_text(git(repository, "diff", "main") + "\n")
    if not history:
        shutil.rmtree(repository / ".git")
    out = tmp_path / "a.jsonl"
    found = ci(repository, "--in-diff", str(diff), "--rdjsonl", str(out))
    assert found.exit_code == 1, found.output
    (diagnostic,) = diagnostics_of(out.read_bytes())
    assert diagnostic["location"]["path"].endswith("src/misses.rs")
    assert ci(repository, "--in-diff", str(diff), "--base", "main").exit_code == 2


@pytest.mark.slow
def test_one_new_site_beside_an_old_one(
    repository: Path, tmp_path: Path, quiet: pytest.MonkeyPatch
) -> None:
    lib = f'pub mod hits;\n#[path = "{ODD}"]\npub mod misses;\n'
    head = commit(repository, {"app/src/lib.rs": lib, f"app/src/{ODD}": NEW})
    out = tmp_path / "out"
    out.mkdir()
    names = {
        "--sarif": "a.sarif",
        "--rdjsonl": "a.jsonl",
        "--github-review": "review.json",
        "--gitlab": "gl.json",
        "--patch": "a.patch",
    }
    options = [text for name, file in names.items() for text in (name, str(out / file))]
    summary = out / "summary.md"
    found = ci(
        repository,
        "--base",
        "main",
        *options,
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_ACTIONS="true",
    )
    assert found.exit_code == 1, found.output
    (command,) = runner(found.stdout_bytes)
    assert command[1]["file"] == f"app/src/{ODD}"
    run = checked((out / "a.sarif").read_bytes())
    states = {r["baselineState"]: r["locations"][0] for r in run["results"]}
    place = states["new"]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == f"app/src/{ODD}"
    assert place["region"]["startLine"] == 4
    assert states.keys() == {"new", "unchanged"}
    (diagnostic,) = diagnostics_of((out / "a.jsonl").read_bytes())
    assert "AtomicU64" in diagnostic["suggestions"][0]["text"]
    issues = json.loads((out / "gl.json").read_text())
    import jsonschema

    jsonschema.validate(issues, CODE_QUALITY)
    assert len(issues) == 2
    review: dict[str, Any] = json.loads((out / "review.json").read_text())
    assert review["commit"] == head
    (comment,) = review["review"]["comments"]
    assert comment["path"] == f"app/src/{ODD}"
    assert "1 new finding, 1 verified fix; 1 older one left as it is." in summary.read_text()
    # The patch and the suggestion make the same file.
    before = (repository / f"app/src/{ODD}").read_text().split("\n")
    text = comment["body"].partition("```suggestion\n")[2].partition("\n```\n")[0]
    before[comment["start_line"] - 1 : comment["line"]] = text.split("\n")
    git(repository, "apply", str(out / "a.patch"))
    assert (repository / f"app/src/{ODD}").read_text() == "\n".join(before)
    assert git(repository, "diff", "--name-only", "-z") == f"app/src/{ODD}\0"


# -- without cargo ---------------------------------------------------------------------------------


def test_a_change_of_no_rust_file_runs_nothing(repository: Path, quiet: pytest.MonkeyPatch) -> None:
    commit(repository, {"README.md": "x\n"})
    found = ci(repository, "--base", "main")
    assert found.exit_code == 0, found.output
    assert "nothing new against main" in found.output
    assert not (repository / "app" / "target").exists()


def test_a_base_that_is_not_there_is_a_failure(
    repository: Path, tmp_path: Path, quiet: pytest.MonkeyPatch
) -> None:
    found = ci(repository, "--base", "nothing")
    assert found.exit_code == 2
    assert "git knows no revision `nothing`" in found.output
    shallow = tmp_path / "shallow"
    commit(repository, {"app/src/hits.rs": OLD + "\n"})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repository}", str(shallow))
    found = ci(shallow, GITHUB_BASE_REF="main")
    assert found.exit_code == 2
    assert "fetch-depth: 0" in found.output


def test_a_merge_commit_is_told_where_a_review_is_asked_for(
    repository: Path, tmp_path: Path, quiet: pytest.MonkeyPatch
) -> None:
    commit(repository, {"README.md": "x\n"})
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": "d" * 40}}}))
    review = tmp_path / "review.json"
    found = ci(
        repository,
        "--base",
        "main",
        "--github-review",
        str(review),
        GITHUB_EVENT_PATH=str(event),
    )
    assert found.exit_code == 0, found.output
    assert "HEAD is not the head of the pull request" in found.output
    assert json.loads(review.read_text())["findings"] == []


def test_without_a_base_it_asks_for_one(repository: Path, quiet: pytest.MonkeyPatch) -> None:
    found = ci(repository)
    assert found.exit_code == 2
    assert "--base origin/main" in found.output


def test_a_failure_is_an_annotation_too(repository: Path, quiet: pytest.MonkeyPatch) -> None:
    found = ci(repository, "--base", "no::error::such%0A", GITHUB_ACTIONS="true")
    assert found.exit_code == 2
    (command,) = runner(found.stdout_bytes)
    assert command[0] == "error"
    assert command[1] == {"title": "spikeproof failed"}
    assert "no::error::such%0A" in command[2]


def test_a_place_that_cannot_be_written_is_told_before_the_work(
    repository: Path, quiet: pytest.MonkeyPatch
) -> None:
    found = ci(repository, "--base", "main", "--sarif", str(repository / "none" / "a.sarif"))
    assert found.exit_code == 2
    assert "is in no folder that exists" in found.output


def test_the_base_is_what_the_environment_says() -> None:
    assert base_of({"GITHUB_BASE_REF": "main"}) == ("origin/main", "GITHUB_BASE_REF")
    gitlab = "CI_MERGE_REQUEST_DIFF_BASE_SHA"
    assert base_of({"GITHUB_BASE_REF": "", gitlab: "abc"}) == ("abc", gitlab)
    with pytest.raises(SpikeproofError, match="--base"):
        base_of({})


def test_an_unknown_base_says_where_it_came_from(
    repository: Path, quiet: pytest.MonkeyPatch
) -> None:
    found = ci(repository, GITHUB_BASE_REF="none")
    assert found.exit_code == 2
    assert "no revision `origin/none`" in found.output
    assert "(GITHUB_BASE_REF named it; --base REV names another)" in found.output
    found = ci(repository, "--base", "none", GITHUB_BASE_REF="other")
    assert "no revision `none`" in found.output
    assert "GITHUB_BASE_REF" not in found.output


# -- the exit code ---------------------------------------------------------------------------------

SAFE = finding()
OLDER = finding("o", new=False, outcome=Outcome.UNVERIFIED)
FAILS = finding("f", outcome=Outcome.TESTS_FAILED)
SLOWER = finding("s", outcome=Outcome.REGRESSED)
UNPROVEN = finding("u", outcome=Outcome.UNVERIFIED)
NOT_HERE = finding("n", outcome=Outcome.NOT_COMPILED)
WAITS = finding("w", level=Level.REVIEW, outcome=Outcome.UNVERIFIED)
REVIEWED = finding("v", level=Level.REVIEW)
REVIEW_FAILS = finding("x", level=Level.REVIEW, outcome=Outcome.CHECK_FAILED)
REPORTED = finding("r", level=Level.REPORT, outcome=Outcome.UNVERIFIED)


@pytest.mark.parametrize(
    ("findings", "fail_on", "review", "code"),
    [
        ([], "safe", False, 0),
        ([OLDER], "safe", False, 0),
        ([REPORTED, NOT_HERE], "review", True, 0),
        ([SAFE], "safe", False, 1),
        ([SAFE], "none", False, 0),
        ([WAITS], "safe", False, 0),
        ([WAITS], "review", False, 1),
        ([REVIEWED], "review", True, 1),
        ([REVIEWED], "safe", True, 0),
        ([SAFE, FAILS], "safe", False, 3),
        ([SLOWER], "safe", False, 3),
        ([UNPROVEN], "safe", False, 3),
        ([WAITS], "review", True, 3),
        ([REVIEW_FAILS], "safe", True, 0),
        ([REVIEW_FAILS, SAFE], "safe", True, 1),
        ([REVIEW_FAILS], "review", True, 3),
        ([FAILS, SAFE], "none", False, 0),
    ],
)
def test_the_exit_code(findings: list[Finding], fail_on: str, review: bool, code: int) -> None:
    assert exit_code(report(*findings), fail_on, review) == code
