"""The patch in steps: each applies on those before it, together they are the emitted text."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.report.mbox import mbox
from engine.rewrite import edits
from engine.rewrite.patch import git_apply
from engine.rewrite.patch_series import series
from engine.rewrite.use_declarations import name
from tests.examples import examples

TEXT = "use std::sync::Mutex;\n\n" + "".join(f"fn f{n}() {{ old{n}(); }}\n" for n in range(8))
PATHS = ("src/lib.rs", "src/a b.rs")


def verdict(path: str, number: int, written: bytes, note: str = "A note.") -> Verdict:
    data = TEXT.encode()
    start = data.index(b"old%d" % number)
    end = start + len(b"old%d" % number)
    site = Site("seed", path, Span(start, end), message=f"old{number}", id=f"seed-{path}-{number}")
    fix = Fix("other", Level.SAFE, (Edit(path, start, end, written),), note)
    return Verdict(Proposal((site,), (fix,)), fix, Outcome.VERIFIED, "", Evidence("passed", "ok"))


def whole(verdicts: list[Verdict]) -> dict[str, bytes]:
    fixes = [v.fix for v in verdicts if v.fix is not None]
    return edits.apply({path: TEXT.encode() for path in PATHS}, fixes).files


def as_it_is(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return files


def tree(root: Path) -> Path:
    for path in PATHS:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(TEXT.encode())
    return root


@given(st.sets(st.tuples(st.sampled_from(PATHS), st.integers(0, 7)), min_size=1), st.booleans())
@examples(60)
def test_the_steps_end_at_the_emitted_text(chosen: set[tuple[str, int]], short: bool) -> None:
    written = name(b"std::sync::atomic::AtomicU64") if short else b"new"
    verdicts = [verdict(path, number, written) for path, number in sorted(chosen)]
    files = whole(verdicts)
    steps = series(verdicts, frozenset(), files, lambda _: TEXT.encode(), as_it_is)
    assert [s.verdicts for s in steps] == [(v,) for v in verdicts]
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = tree(Path(folder))
        for step in steps:
            git_apply(step.patch, root)
        assert {path: (root / path).read_bytes() for path in files} == files


def test_what_was_planned_later_comes_last_and_together(tmp_path: Path) -> None:
    verdicts = [verdict("src/lib.rs", n, b"new%d" % n) for n in range(4)]
    later = frozenset(v.proposal.id for v in verdicts[2:])
    files = whole(verdicts)
    steps = series(verdicts, later, files, lambda _: TEXT.encode(), as_it_is)
    assert [len(step.verdicts) for step in steps] == [1, 1, 2]
    for step in steps:
        git_apply(step.patch, tree(tmp_path) if step is steps[0] else tmp_path)
    assert (tmp_path / "src/lib.rs").read_bytes() == files["src/lib.rs"]


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    run = subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        check=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
    )
    return run.stdout.decode()


def test_git_am_takes_the_series(tmp_path: Path) -> None:
    root = tree(tmp_path)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "start")
    hostile = "Line.\n---\ndiff --git a/x b/x\n-- \nFrom me.\u202e \u2028 caf\u00e9"
    verdicts = [
        verdict("src/lib.rs", 1, b"new1", hostile),
        verdict("src/a b.rs", 2, b"new2", "diff --git a/y b/y"),
        verdict("src/lib.rs", 5, b"new5"),
    ]
    files = whole(verdicts)
    steps = series(verdicts, frozenset(), files, lambda _: TEXT.encode(), as_it_is)
    mails = mbox(steps, "rustc 1.95.0")
    assert mails == mbox(steps, "rustc 1.95.0")
    git(root, "am", "-q", given=mails)
    assert {path: (root / path).read_bytes() for path in files} == files
    subjects = git(root, "log", "--format=%s", "--reverse").splitlines()[1:]
    assert subjects == ["seed: old2", "seed: old1", "seed: old5"]
    body = git(root, "log", "-1", "--format=%b")
    assert "check: passed" in body
    assert "A note." in body
    assert "caf\u00e9" in git(root, "log", "--format=%b")


@pytest.mark.parametrize(
    "name", ["Subject: owned", "from: owned <o@x>", ">From: owned", "Date: owned", "[PATCH] owned"]
)
def test_a_file_name_is_no_header_of_the_mail(tmp_path: Path, name: str) -> None:
    """``git am`` believes headers where the body begins, and there the path stands."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / name).write_bytes(TEXT.encode())
    git(tmp_path, "add", "--", name)
    git(tmp_path, "commit", "-qm", "start")
    made = verdict(name, 1, b"new1")
    assert made.fix is not None
    files = edits.apply({name: TEXT.encode()}, [made.fix]).files
    steps = series([made], frozenset(), files, lambda _: TEXT.encode(), as_it_is)
    git(tmp_path, "am", "-q", given=mbox(steps, "rustc 1.95.0"))
    told = git(tmp_path, "log", "-1", "--format=%an|%aI|%s")
    assert told.startswith("spikeproof|1970-01-01")
    assert told.endswith("|seed: old1\n")
    assert name in git(tmp_path, "log", "-1", "--format=%b")
