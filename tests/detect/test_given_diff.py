"""A diff that is given as a file: taken back from what is on disk, or refused with words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from engine.app.cli import cli
from engine.base.errors import SpikeproofError
from engine.cargo.workspace import Selection, discover
from engine.detect.given_diff import GivenDiff, given_diff
from tests.gitrepo import commit, git, start
from tests.trees import build, package

HEAD = "use std::sync::Mutex;\n"
LIB = HEAD + "".join(f"pub static N{n}: Mutex<u64> = Mutex::new(0);\n" for n in range(9))
NEW = "pub static ADDED: Mutex<u64> = Mutex::new(0);\n"
AFTER = LIB.replace("pub static N4", NEW + "pub static N4")
ODD = 'src/sp ace "q" \u00e4.rs'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose workspace is not its top, with a change that is not committed."""
    files = {"Cargo.toml": package("app"), "src/lib.rs": LIB, ODD: LIB}
    build(tmp_path / "repo/app", files)
    start(tmp_path / "repo")
    build(tmp_path / "repo/app", {"src/lib.rs": AFTER, ODD: AFTER})
    return tmp_path / "repo/app"


def read(root: Path, text: bytes | str) -> GivenDiff:
    data = text if isinstance(text, bytes) else os.fsencode(text)
    return given_diff(discover(root, Selection()), data, "x.diff")


def before(found: GivenDiff, root: Path, path: str = "src/lib.rs") -> bytes | None:
    return found.before(path, (root / path).read_bytes())


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-U0",),
        ("-U30",),
        ("--no-prefix",),
        ("--relative",),
        ("--src-prefix=i/", "--dst-prefix=w/"),
        ("-c", "core.quotePath=false"),
    ],
)
def test_git_writes_it_in_many_ways(root: Path, options: Sequence[str]) -> None:
    config, options = (options, ()) if options[:1] == ("-c",) else ((), options)
    found = read(root, git(root, *config, "diff", *options, strip=False))
    assert found.elsewhere == ()
    assert before(found, root) == before(found, root, ODD) == LIB.encode()


@given(
    st.lists(
        st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "-- d\n", "++ e\n", "\f\n"]), max_size=12
    ),
    st.lists(
        st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "-- d\n", "++ e\n", "\f\n"]), max_size=12
    ),
    st.sampled_from(["", "no end"]),
    st.sampled_from(["", "no end"]),
    st.integers(0, 3),
)
def test_what_was_there_comes_back(
    shared: Path, old: list[str], new: list[str], last: str, end: str, context: int
) -> None:
    one, other = "".join(old) + last, "".join(new) + end
    build(shared, {"src/lib.rs": one})
    commit(shared)
    build(shared, {"src/lib.rs": other})
    found = read(shared, git(shared, "diff", f"-U{context}", strip=False))
    assert before(found, shared) == one.encode()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start(build(tmp_path_factory.mktemp("shared"), {"Cargo.toml": package("app")}))


def test_new_and_deleted_and_other_files(root: Path) -> None:
    build(root, {"src/new.rs": HEAD, "notes.md": "x\n"})
    (root / ODD).unlink()
    git(root, "add", "-A")
    found = read(root, git(root, "diff", "--cached", strip=False))
    assert found.elsewhere == ()
    assert before(found, root, "src/new.rs") is None
    assert before(found, root) == LIB.encode()
    other = read(root, "--- a/else/where.rs\n+++ b/else/where.rs\n@@ -0,0 +1 @@\n+x\n")
    assert other.elsewhere == ("b/else/where.rs",)


HUNK = "--- a/app/src/lib.rs\n+++ b/app/src/lib.rs\n@@ -1 +1,2 @@\n use std::sync::Mutex;\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<html>Not found</html>\n", "the diff x.diff is no unified diff"),
        (HUNK, "x.diff is no whole unified diff"),
        (HUNK + "+other\n" + HUNK + "+other\n", "twice"),
        ("diff --cc a\n@@@ -1,2 -1,2 +1,3 @@@\n  a\n++b\n", "the diff of a merge"),
    ],
)
def test_what_is_no_diff_is_refused(root: Path, text: str, says: str) -> None:
    with pytest.raises(SpikeproofError, match=says):
        read(root, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HUNK + "+other\n", "line 2 is another"),
        (HUNK.replace("-1 +1,2", "-1 +99,2") + "+other\n", "no line 99"),
    ],
)
def test_a_diff_of_another_state_is_refused(root: Path, text: str, says: str) -> None:
    found = read(root, text)
    with pytest.raises(SpikeproofError, match=says):
        before(found, root)


def test_an_empty_diff_brings_nothing(root: Path) -> None:
    found = read(root, "")
    assert before(found, root) == AFTER.encode()


def scan(root: Path, *arguments: str, given: bytes = b"") -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["scan", str(root), *arguments], input=given)
    return done.exit_code, done.output


def test_scan_shows_the_sites_that_a_diff_brought(root: Path, tmp_path: Path) -> None:
    text = os.fsencode(git(root, "diff", strip=False))
    file = tmp_path / "x.diff"
    file.write_bytes(text)
    short = ("--format", "short", "--codemod", "mutex-counter")
    code, said = scan(root, "--in-diff", str(file), *short)
    assert code == 0
    assert said.count("ADDED: Mutex") == 2
    assert "N4" not in said
    assert "before the diff on stdin" in scan(root, "--in-diff", "-", *short, given=text)[1]
    for wrong in (("--since", "main"), ("--in-diff", str(tmp_path / "none"))):
        assert scan(root, "--in-diff", str(file), *wrong)[0] == 2


def test_a_diff_of_another_place_is_told(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.diff"
    file.write_text("--- a/else/where.rs\n+++ b/else/where.rs\n@@ -0,0 +1 @@\n+x\n")
    code, said = scan(root, "--in-diff", str(file))
    assert code == 0
    assert "not among the sources of" in said
    assert "b/else/where.rs" in said
