"""What a change brought: told by lines, over renames, whatever moved around it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.base.model import Site
from engine.cargo.workspace import Selection, discover
from engine.detect.change_base import Revision, since
from engine.detect.given_diff import given_diff
from engine.detect.newness import Newness
from engine.detect.scan import scan_workspace
from tests.gitrepo import commit, git, start
from tests.trees import build, package

NAMES = ("guard-across-await", "mutex-counter")
HEAD = "use std::sync::Mutex;\n\n"
COUNTERS = "pub struct Counters {\n    hits: Mutex<u64>,\n    errors: Mutex<u64>,\n}\n"
LIB = HEAD + COUNTERS
MORE = "    bytes: Mutex<u64>,\n}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose workspace is not its top."""
    build(tmp_path / "repo/app", {"Cargo.toml": package("app"), "src/lib.rs": LIB})
    return start(tmp_path / "repo") / "app"


def look(root: Path, revision: str = "main", merge_base: bool = True) -> tuple[Newness, list[Site]]:
    workspace = discover(root, Selection())
    sites = scan_workspace(workspace, NAMES).sites
    return since(workspace, revision, merge_base=merge_base), [s for s in sites if s.role == "site"]


def new(
    root: Path, revision: str = "main", merge_base: bool = True, as_given: bool = True
) -> list[str]:
    """The text of each site that is new; ``as_given``: for one who has git's diff alone, too."""
    newness, sites = look(root, revision, merge_base)
    assert sites
    if as_given:
        workspace = discover(root, Selection())
        assert isinstance(newness.base, Revision)
        git(root, "add", "--intent-to-add", ".")
        diff = git(root, "diff", "--find-renames", newness.base.commit, strip=False).encode()
        given = Newness.since(given_diff(workspace, diff, "x.diff"), workspace)
        assert [*map(given.is_new, sites)] == [*map(newness.is_new, sites)]
    return [
        (root / s.path).read_bytes()[s.span.start : s.span.end].decode()
        for s in sites
        if newness.is_new(s)
    ]


def write(root: Path, text: str, path: str = "src/lib.rs") -> None:
    build(root, {path: text})


def test_nothing_is_new_without_a_change(root: Path) -> None:
    assert new(root) == []
    newness, _ = look(root)
    assert not newness.changed("src/lib.rs")
    assert isinstance(newness.base, Revision)
    assert newness.base.commit == git(root, "rev-parse", "main")
    assert newness.words == f"main ({newness.base.commit[:12]})"


def test_only_the_site_that_was_added_is_new(root: Path) -> None:
    write(root, LIB.replace("}\n", MORE))
    assert new(root) == ["bytes: Mutex<u64>"]  # not committed
    git(root, "checkout", "-q", "-b", "work")
    commit(root)
    assert new(root) == ["bytes: Mutex<u64>"]
    assert new(root, "HEAD") == []
    newness, _ = look(root)
    assert newness.changed_lines("src/lib.rs") == ((6, 6),)


def test_a_touched_line_is_new_and_those_around_it_are_not(root: Path) -> None:
    write(root, "// moved\n" + LIB.replace("errors: Mutex", "pub errors: Mutex") + "// end\n")
    assert new(root) == ["errors: Mutex<u64>"]


@pytest.mark.parametrize("place", ["first", "last"])
def test_of_equal_sites_the_one_that_was_added_is_new(root: Path, place: str) -> None:
    """Their ids differ by a number alone: which of them is new cannot be told by the id."""
    one = "    {\n        let g = m.lock().unwrap();\n        work().await;\n        drop(g);\n    }\n"
    text = "use std::sync::Mutex;\nasync fn work() {}\npub async fn f(m: &Mutex<Vec<u8>>) {\n%s}\n"
    write(root, text % (one * 2))
    commit(root)
    write(root, text % (f"    // here\n{one}{one * 2}" if place == "first" else one * 3))
    newness, sites = look(root)
    assert len(sites) == 3
    assert sum(map(newness.is_new, sites)) == 1


def test_line_endings_alone_bring_nothing(root: Path) -> None:
    write(root, LIB.replace("\n", "\r\n"))
    assert new(root) == []
    write(root, LIB.replace("}\n", MORE).replace("\n", "\r\n"))
    assert new(root) == ["bytes: Mutex<u64>"]


def test_a_renamed_file_brings_nothing_but_what_was_added_to_it(root: Path) -> None:
    (root / "src/lib.rs").rename(root / "src/stats.rs")
    write(root, "pub mod stats;\n")
    # git takes `lib.rs` for the one that it was, and its diff says so.
    assert new(root, as_given=False) == []
    write(root, LIB.replace("}\n", MORE) + "pub fn other() {}\n", "src/stats.rs")
    assert new(root, as_given=False) == ["bytes: Mutex<u64>"]


def test_two_files_that_swap_folders_are_each_their_own(root: Path) -> None:
    for name in ("one", "two"):
        filler = "".join(f"pub fn {name}{n}() {{}}\n" for n in range(9))
        write(root, LIB.replace("Counters", name.title()) + filler, f"src/{name}/mod.rs")
    commit(root)
    for name in ("one", "two"):
        shutil.move(root / f"src/{name}", root / f"src/deep_{name}")
    write(root, (root / "src/deep_two/mod.rs").read_text() + "\n", "src/deep_two/mod.rs")
    assert new(root) == []


def test_an_unlike_file_is_not_taken_for_the_one_that_went(root: Path) -> None:
    (root / "src/lib.rs").unlink()
    write(
        root, "use std::sync::Mutex;\npub static TOTAL: Mutex<u64> = Mutex::new(0);\n", "src/a.rs"
    )
    assert new(root) == ["TOTAL: Mutex<u64>"]


def test_a_renamed_struct_leaves_its_fields_old(root: Path) -> None:
    write(root, LIB.replace("Counters", "Statistics"))
    assert new(root) == []


def test_an_old_line_that_became_a_site_is_new(root: Path) -> None:
    body = "{\n    let g = m.lock().unwrap();\n    %s;\n    drop(g);\n}\n"
    text = HEAD + "async fn work() {}\npub async fn f(m: &Mutex<Vec<u8>>) " + body
    write(root, text % "work()" + COUNTERS)
    commit(root)
    write(root, text % "work().await" + COUNTERS)
    newness, sites = look(root)
    assert [s.codemod for s in sites if newness.is_new(s)] == ["guard-across-await"]


def test_a_comment_that_is_taken_away_brings_what_it_silenced(root: Path) -> None:
    write(root, LIB.replace("    hits", "    // spikeproof: allow(mutex-counter)\n    hits"))
    commit(root)
    write(root, LIB)
    assert new(root) == ["hits: Mutex<u64>"]


def test_a_test_that_becomes_code_that_runs_is_new(root: Path) -> None:
    write(root, HEAD + "#[cfg(test)]\nmod inner {\nuse super::*;\n" + COUNTERS + "}\n")
    commit(root)
    write(root, HEAD + "mod inner {\nuse super::*;\n" + COUNTERS + "}\n")
    assert new(root) == ["hits: Mutex<u64>", "errors: Mutex<u64>"]


def test_what_others_did_meanwhile_is_no_part_of_the_change(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "work")
    write(root, LIB.replace("}\n", MORE))
    commit(root)
    git(root, "checkout", "-q", "main")
    write(root, LIB.replace("    hits: Mutex<u64>,\n", ""))
    commit(root)
    git(root, "checkout", "-q", "work")
    assert new(root) == ["bytes: Mutex<u64>"]
    newness, _ = look(root)
    assert isinstance(newness.base, Revision)
    assert newness.base.merged
    assert newness.words == f"main (merge base {git(root, 'rev-parse', 'main~1')[:12]})"
    assert new(root, merge_base=False) == ["hits: Mutex<u64>", "bytes: Mutex<u64>"]


def test_what_cannot_be_compared_with_is_said(root: Path, tmp_path: Path) -> None:
    for name in ("nowhere", "--help", "", "main:app", "a\0b", "HEAD..main"):
        with pytest.raises(SpikeproofError, match="git knows no revision"):
            look(root, name)
    git(root, "checkout", "-q", "--orphan", "apart")
    commit(root)
    with pytest.raises(SpikeproofError, match="no common ancestor"):
        look(root)
    revision = look(root, merge_base=False)[0].base
    assert isinstance(revision, Revision)
    assert revision.commit == git(root, "rev-parse", "main")
    plain = build(tmp_path / "plain", {"Cargo.toml": package("app"), "src/lib.rs": LIB})
    with pytest.raises(SpikeproofError, match="in no git repository"):
        look(plain)


def test_a_shallow_clone_is_told_to_fetch(root: Path, tmp_path: Path) -> None:
    first = git(root, "rev-parse", "HEAD")
    write(root, LIB + "// 1\n")
    commit(root)
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root.parent}", "clone")
    with pytest.raises(SpikeproofError, match="fetch-depth: 0"):
        look(tmp_path / "clone/app", first)


def test_a_hostile_repository_runs_nothing(root: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.sh"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\ncat\n")
    evil.chmod(0o755)
    for key in ("filter.x.clean", "filter.x.smudge", "diff.x.command", "diff.x.textconv"):
        git(root, "config", key, str(evil))
    for key in ("core.fsmonitor", "core.pager", "diff.external"):
        git(root, "config", key, str(evil))
    write(root, "*.rs filter=x diff=x\n", ".gitattributes")
    write(root, LIB.replace("}\n", MORE))
    assert new(root, as_given=False) == ["bytes: Mutex<u64>"]
    assert not (tmp_path / "ran").exists()


def test_odd_files_at_the_revision_are_no_trouble(root: Path) -> None:
    deep = "pub fn f() { " + "(" * 5_000 + ")" * 5_000 + " }\n"
    build(
        root,
        {"src/deep.rs": deep, "src/bytes.rs": b"\xff\x00\n", "src/big.rs": "//" + "x" * 10_000},
    )
    commit(root)
    for name in ("deep", "bytes", "big"):
        write(root, LIB.replace("Counters", name.title()), f"src/{name}.rs")
    assert len(new(root)) == 6
