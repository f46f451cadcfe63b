"""What ``diff`` writes, in every format, as real git takes it: odd names, odd texts, any folder."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.base.errors import SpikeproofError
from engine.base.model import Edit, Evidence, Fix, Level, Outcome, Proposal, Site, Span, Verdict
from engine.detect.facts import Sources
from engine.report.folder import patches, write_folder
from engine.report.render import FailedWorkspace, render, render_all, series_of
from engine.report.result import Result
from engine.rewrite import edits
from engine.rewrite.patch import git_apply, hunks, make_patch, placed
from engine.rewrite.patch_series import series
from tests.examples import examples
from tests.gitrepo import commit, git, start
from tests.trees import build

BODY = "".join(f"fn f{n}() {{ old{n}(); }}\n" for n in range(12))
FILES: dict[str, bytes] = {
    "src/lib.rs": BODY.encode(),
    "src/a b.rs": BODY.replace("\n", "\r\n").encode(),
    'src/q"uote.rs': BODY.rstrip("\n").encode(),
    "src/tab\there.rs": BODY.replace("{ ", "{ \x0c").encode(),
    "src/caf\u00e9.rs": BODY.replace("{ ", "{ /* \u2028\u0085 */ ").encode(),
    "src/back\\slash.rs": b"\xef\xbb\xbf" + BODY.encode(),
    "src/-dash.rs": BODY.replace("\n", "\n\n", 3).rstrip("\n").replace("\n", "\r\n").encode(),
    "src/new\nline.rs": BODY.replace("fn f3", "--- a/x\n+++ b/x\nfn f3").encode(),
    "src/$(touch x); [/x] ::error::.rs": BODY.encode(),
    "src/\x1b[2J\u202e.rs": BODY.encode(),
}
SITES = [(path, number) for path in FILES for number in (0, 3, 11)]


def verdict(path: str, number: int) -> Verdict:
    data = FILES[path]
    start = data.index(b"old%d(" % number)
    end = start + len(b"old%d" % number)
    name = f"seed-{path}-{number}"
    site = Site("seed", path, Span(start, end), message=f"old{number} of {path}", id=name)
    note = f"It is new.\n---\nFrom me\ndiff --git a/x b/x\n{path}"
    fix = Fix("other", Level.SAFE, (Edit(path, start, end, b"new%d" % number),), note)
    return Verdict(Proposal((site,), (fix,)), fix, Outcome.VERIFIED, "", Evidence("passed", "ok"))


def as_it_is(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return files


def result(chosen: Sequence[tuple[str, int]], root: Path, folder: str) -> Result:
    verdicts = [verdict(path, number) for path, number in sorted(chosen)]
    fixes = [v.fix for v in verdicts if v.fix is not None]
    files = edits.apply({path: FILES[path] for path, _ in chosen}, fixes).files
    return Result(
        root,
        Sources(tuple(FILES), FILES.__getitem__),
        tuple(verdicts),
        make_patch((path, FILES[path], text) for path, text in files.items()),
        files,
        steps=series(verdicts, frozenset(), files, FILES.__getitem__, as_it_is),
        toolchain="rustc 1.95.0",
        folder=folder,
    )


def after(made: Result) -> dict[str, bytes]:
    return {**FILES, **made.files}


def content(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in FILES}


def by_apply(top: Path, made: Result, cwd: Path) -> None:
    git(cwd, "apply", "-", given=render(made, "patch"))


def by_am(top: Path, made: Result, cwd: Path) -> None:
    git(cwd, "am", "-q", "--keep-cr", given=render(made, "mbox"))


def by_folder(top: Path, made: Result, cwd: Path) -> None:
    write_folder(top / "out", patches(series_of([made]), mail=False))
    names = (top / "out/series").read_text().split("\n")[:-1]
    assert sorted([*names, "series"]) == sorted(os.listdir(top / "out"))
    for name in names:
        git(cwd, "apply", str(top / "out" / name))


def by_mails(top: Path, made: Result, cwd: Path) -> None:
    write_folder(top / "out", patches(series_of([made]), mail=True))
    names = sorted(path.name for path in (top / "out").glob("*.patch"))
    assert "".join(f"{name}\n" for name in names) == (top / "out/series").read_text()
    git(cwd, "am", "-q", "--keep-cr", *(str(top / "out" / name) for name in names))


@pytest.mark.parametrize("way", [by_apply, by_am, by_folder, by_mails])
@pytest.mark.parametrize("folder", ["", "ws", 'odd caf\u00e9/w\ts"\\'])
@pytest.mark.parametrize("inside", [False, True])
def test_git_takes_it_at_the_top_and_in_the_workspace(
    tmp_path: Path, way: Callable[[Path, Result, Path], None], folder: str, inside: bool
) -> None:
    root = tmp_path / folder
    build(root, FILES)
    start(tmp_path)
    made = result(SITES, root, folder)
    way(tmp_path, made, root if inside else tmp_path)
    assert content(root) == after(made)
    assert not (tmp_path / "x").exists()


@examples(40)
@given(st.sets(st.sampled_from(SITES), min_size=1), st.sampled_from(["", "ws", "a b/\u00e9"]))
def test_any_subset_applies_and_each_step_on_those_before(
    chosen: set[tuple[str, int]], folder: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        for way in (by_apply, by_folder):
            build(top / folder, FILES)
            made = result(sorted(chosen), top / folder, folder)
            way(top, made, top)
            assert content(top / folder) == after(made)


def test_a_placed_patch_differs_in_its_paths_alone() -> None:
    text = result(SITES, Path("/r"), "").patch
    moved = placed(text, "a/b c")
    assert placed(text, "") == text
    assert [hunk.path for hunk in hunks(moved)] == [f"a/b c/{hunk.path}" for hunk in hunks(text)]
    assert [hunk.text for hunk in hunks(moved)] == [hunk.text for hunk in hunks(text)]


def test_what_is_emitted_is_what_is_proven(tmp_path: Path) -> None:
    """The proof applies the very bytes, told where their paths begin."""
    build(tmp_path, FILES)
    made = result(SITES, tmp_path, "some/w s")
    git_apply(made.emitted, tmp_path, folder="some/w s")
    assert content(tmp_path) == after(made)
    with pytest.raises(SpikeproofError):
        git_apply(made.emitted, tmp_path)


def test_the_same_results_give_the_same_bytes() -> None:
    for form in ("patch", "mbox", "json", "summary", "stat"):
        one = render(result(SITES, Path("/r"), "ws"), form)
        other = render(result(SITES[::-1], Path("/r"), "ws"), form)
        assert one == other
        assert one


@pytest.mark.parametrize("form", ["patch", "mbox", "summary", "stat"])
def test_nothing_of_a_name_reaches_a_terminal(form: str) -> None:
    """(A patch holds the files' own lines, a mail too: these are data.)"""
    text = render(result(SITES, Path("/r"), "w\x1b[1m"), form)
    head = text.partition(b"diff --git")[0].decode()
    assert "\x1b" not in head
    assert "\u202e" not in head
    assert "\x1b" not in text.decode() or form in ("patch", "mbox")
    assert all(line.startswith("#") for line in head.splitlines()) or form != "patch"


# -- several workspaces ----------------------------------------------------------------------------


def test_two_workspaces_are_one_patch_and_one_series(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        build(tmp_path / folder, FILES)
    start(tmp_path)
    both = [result(SITES[:6], tmp_path / f, f) for f in ("one", "two")]
    git(tmp_path, "apply", "-", given=render_all(both, (), "patch"))
    assert [content(made.root) for made in both] == [after(made) for made in both]
    git(tmp_path, "checkout", "-q", ".")
    mails = render_all(both, (), "mbox")
    assert b"[PATCH 1/12]" in mails
    assert b"[PATCH 12/12]" in mails
    git(tmp_path, "am", "-q", "--keep-cr", given=mails)
    assert [content(made.root) for made in both] == [after(made) for made in both]
    assert "Proven with the other 5 in two (rustc 1.95.0)." in git(tmp_path, "log", "-1")


def test_json_of_several_holds_one_object_each_and_what_failed() -> None:
    both = [result(SITES[:1], Path(f"/{f}"), f) for f in ("one", "two")]
    single = json.loads(render(both[0], "json"))
    assert single["schema"] == "spikeproof/diff/1"
    several = json.loads(render_all(both, [FailedWorkspace(Path("/bad"), "why")], "json"))
    assert several["schema"] == "spikeproof/diffs/1"
    assert several["workspaces"] == [single, json.loads(render(both[1], "json"))]
    assert several["failed"] == [{"root": "/bad", "reason": "why"}]
    alone = json.loads(render_all([], [FailedWorkspace(Path("/bad"), "why")], "json"))
    assert (alone["schema"], alone["workspaces"]) == ("spikeproof/diffs/1", [])


# -- stat ------------------------------------------------------------------------------------------


def test_the_stat_counts_what_git_counts(tmp_path: Path) -> None:
    build(tmp_path, FILES)
    start(tmp_path)
    made = result(SITES, tmp_path, "")
    by_apply(tmp_path, made, tmp_path)
    commit(tmp_path)
    told = render(made, "stat").decode().splitlines()
    assert told[-1] == git(tmp_path, "diff", "--shortstat", "HEAD~1").join([" ", ""])
    numbers = {
        path: (int(added), int(removed))
        for entry in git(tmp_path, "diff", "--numstat", "-z", "HEAD~1").split("\0")
        if entry
        for added, removed, path in [entry.split("\t", 2)]
    }
    assert len(told) == len(numbers) + 1
    plain = next(line for line in told if line.startswith(" src/lib.rs"))
    assert numbers["src/lib.rs"] == (3, 3)
    assert plain.split("|")[1].split() == ["6", "+++---", "seed", "3"]
    assert max(map(len, told)) <= 80


def test_the_stat_of_a_long_path_and_a_large_change() -> None:
    path = "deep/" * 30 + "lib.rs"
    lines = b"".join(b"%d\n" % n for n in range(500))
    made = Result(
        Path("/r"), Sources((), FILES.__getitem__), patch=make_patch([(path, lines, lines * 2)])
    )
    (row, total) = render(made, "stat").decode().splitlines()
    assert row.startswith(" ...")
    assert row.split("|")[0].rstrip().endswith("deep/lib.rs")
    assert len(row) <= 80
    assert total == " 1 file changed, 500 insertions(+), 0 deletions(-)"
    assert render(Result(Path("/r"), Sources((), FILES.__getitem__)), "stat") == b""


# -- a folder --------------------------------------------------------------------------------------


def test_a_folder_is_written_anew_and_never_mixed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(out, patches(series_of([result(SITES, tmp_path, "")]), mail=False))
    many = set(os.listdir(out))
    write_folder(out, patches(series_of([result(SITES[:2], tmp_path, "")]), mail=False))
    few = set(os.listdir(out))
    assert len(many) == len(SITES) + 1
    assert len(few) == 3
    (out / "mine.txt").write_text("kept")
    with pytest.raises(SpikeproofError, match=r"mine\.txt, which is none of ours"):
        write_folder(out, {})
    assert set(os.listdir(out)) == {*few, "mine.txt"}
    with pytest.raises(SpikeproofError, match="there is none above it"):
        write_folder(tmp_path / "no/such", {})


@pytest.mark.parametrize(
    "listed", ["../outside\n", "0001-x.patch\n/etc/passwd\n", "\xff\n", "mine\n"]
)
def test_a_series_that_is_not_ours_deletes_nothing(tmp_path: Path, listed: str) -> None:
    build(tmp_path, {"outside": "kept", "out/mine": "kept", "out/series": listed.encode("latin-1")})
    with pytest.raises(SpikeproofError, match="none of ours"):
        write_folder(tmp_path / "out", {})
    assert (tmp_path / "outside").read_text() == (tmp_path / "out/mine").read_text() == "kept"


def test_names_of_files_in_a_folder_are_plain() -> None:
    files = patches(series_of([result(SITES, Path("/r"), "w\n")]), mail=True)
    assert list(files)[-1] == "series"
    for number, name in enumerate(list(files)[:-1], 1):
        assert name.startswith(f"{number:04}-seed-src-")
        assert name.isascii()
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._")
