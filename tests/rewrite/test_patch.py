"""Unified diffs: real git and GNU patch agree with them, on any bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unidiff.patch import PatchSet

from engine.base.errors import SpikeproofError
from engine.rewrite import patch
from tests.examples import examples

# -- helpers ---------------------------------------------------------------------------------------


def write(root: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def read(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def made(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> bytes:
    return patch.make_patch((path, before[path], after[path]) for path in before)


BEFORE = b"".join(b"line %d\n" % n for n in range(40))

# -- properties ------------------------------------------------------------------------------------

ATOMS = [
    b"a",
    b"}",
    b"",
    b"x\x0cy",
    "u\u2028v\u0085".encode(),
    b"\r",
    b"a\r",
    b"\xff\x00",
    b"@@ -1",
]
ATOMS += [
    b"--- a/x",
    b"+++ b/x",
    b"diff --git a/x b/x",
    b"\\ No newline at end of file",
    b"-",
    b" ",
]
# git reads a file, and then a patch, as text whatever is in it: any bytes may stand in a line.
TEXTS = st.builds(
    lambda lines, final: b"\n".join(lines) + (b"\n" if final and lines else b""),
    st.lists(st.sampled_from(ATOMS) | st.binary(max_size=4).filter(lambda b: b"\n" not in b)),
    st.booleans(),
)
ODD = [b"a b", b" lead", b"trail ", b"tab\there", b"new\nline", b'q"uote', b"back\\slash", b"-dash"]
ODD += [b"\xc3\xa9", b"\xff\xfe", b"x b", b"cr\r", b"b", b"\x1b[0m", b"a\tb c", b"::x::", b" b"]
NAME_BYTES = st.binary(min_size=1, max_size=6) | st.sampled_from(ODD)
NAMES = NAME_BYTES.filter(
    lambda raw: b"\0" not in raw and b"/" not in raw and raw.lower() not in (b".", b"..", b".git")
).map(os.fsdecode)
PATHS = st.builds(
    lambda parts, name: "/".join([*parts, f"{name}.rs"]), st.lists(NAMES, max_size=2), NAMES
)


@examples(150)
@given(st.dictionaries(PATHS, st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
def test_git_turns_the_old_tree_into_the_new_one(pairs: dict[str, tuple[bytes, bytes]]) -> None:
    # No file can be where another's folder is.
    files = {p: v for p, v in pairs.items() if not any(o.startswith(p + "/") for o in pairs)}
    before = {path: pair[0] for path, pair in files.items()}
    after = {path: pair[1] for path, pair in files.items()}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write(root, before)
        text = made(before, after)
        seen = patch.git_apply(text, root, check_only=True)
        assert read(root) == before
        assert patch.git_apply(text, root) == seen
        assert read(root) == after
    assert sorted(seen) == sorted(path for path in before if before[path] != after[path])


LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"-- c", b"++ d", b"@@ -1 +1 @@"]), max_size=9)


@examples(150)
@given(LINES, LINES, st.sampled_from(["src/a.rs", "with space/b.rs"]))
def test_another_reader_sees_the_same_lines(old: list[bytes], new: list[bytes], path: str) -> None:
    before, after = (b"".join(line + b"\n" for line in side) for side in (old, new))
    files = PatchSet(patch.make_patch([(path, before, after)]).decode())
    assert [file.path for file in files] == [path] * (old != new)
    for file in files:
        for hunk in file:
            said = [line.value.encode() for line in hunk if not line.is_removed]
            start = hunk.target_start - 1 if said else hunk.target_start
            assert said == [line + b"\n" for line in new][start : start + len(said)]
            said = [line.value.encode() for line in hunk if not line.is_added]
            start = hunk.source_start - 1 if said else hunk.source_start
            assert said == [line + b"\n" for line in old][start : start + len(said)]
        assert file.added - file.removed == len(new) - len(old)


@examples(150)
@given(TEXTS, TEXTS, PATHS)
def test_hunks_put_together_are_the_patch(before: bytes, after: bytes, path: str) -> None:
    text = patch.make_patch([(path, before, after)])
    found = patch.hunks(text)
    assert all(hunk.path == path for hunk in found)
    assert (
        b"".join(hunk.text for hunk in found) == text[text.find(b"@@ -") if found else len(text) :]
    )


@examples(300)
@given(
    st.lists(st.sampled_from([b"a", b"b", b"c", b"d"])),
    st.lists(st.sampled_from([b"a", b"b", b"e"])),
)
def test_blocks_are_ordered_and_rebuild_the_new_text(old: list[bytes], new: list[bytes]) -> None:
    rebuilt: list[bytes] = []
    at = 0
    for a0, a1, b0, b1 in patch.changed_blocks(old, new):
        assert a0 >= at
        assert a1 > a0 or b1 > b0
        rebuilt += old[at:a0] + new[b0:b1]
        at = a1
    assert rebuilt + old[at:] == new


# -- the form --------------------------------------------------------------------------------------


def test_the_form_is_gits_own() -> None:
    after = BEFORE.replace(b"line 3\n", b"line three\n").replace(b"line 30\n", b"") + b"end"
    assert patch.make_patch([("src/a b.rs", BEFORE, after)]).decode() == (
        "diff --git a/src/a b.rs b/src/a b.rs\n"
        "--- a/src/a b.rs\t\n"
        "+++ b/src/a b.rs\t\n"
        "@@ -1,7 +1,7 @@\n line 0\n line 1\n line 2\n-line 3\n+line three\n"
        " line 4\n line 5\n line 6\n"
        "@@ -28,7 +28,6 @@\n line 27\n line 28\n line 29\n-line 30\n line 31\n line 32\n line 33\n"
        "@@ -38,3 +37,4 @@\n line 37\n line 38\n line 39\n+end\n\\ No newline at end of file\n"
    )


def test_hunks_and_headers_equal_git_diffs(tmp_path: Path) -> None:
    after = BEFORE.replace(b"line 9\n", b"nine\n").replace(b"line 16\n", b"sixteen\n")
    after = after.replace(b"line 30\n", b"30\n\n")
    name = 'odd "\t\u00e9.rs'
    write(tmp_path, {f"a/{name}": BEFORE, f"b/{name}": after})
    command = ["git", "diff", "--no-index", "--no-prefix", "--no-color", "--no-ext-diff", "a", "b"]
    environment = {**os.environ, "GIT_DIR": os.devnull, "GIT_CONFIG_GLOBAL": os.devnull}
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, env=environment)
    # git writes an index line, and the text of the line before each hunk behind the second @@.
    expected = [
        b"@@" + line.split(b"@@")[1] + b"@@" if line.startswith(b"@@") else line
        for line in run.stdout.split(b"\n")
        if not line.startswith(b"index ")
    ]
    assert patch.make_patch([(name, BEFORE, after)]).split(b"\n") == expected


def test_files_are_sorted_and_unchanged_ones_left_out() -> None:
    changes = [("b.rs", b"1\n", b"2\n"), ("same.rs", b"1\n", b"1\n"), ("a.rs", b"1\n", b"2\n")]
    text = patch.make_patch(changes)
    assert [hunk.path for hunk in patch.hunks(text)] == ["a.rs", "b.rs"]
    assert patch.make_patch(reversed(changes)) == text
    assert patch.make_patch([("same.rs", b"1\n", b"1\n")]) == b""


def test_gnu_patch_reads_names_with_spaces(tmp_path: Path) -> None:
    if shutil.which("patch") is None:
        pytest.skip("GNU patch is not installed")
    write(tmp_path, {"a b.rs": BEFORE})
    after = BEFORE.replace(b"line 3\n", b"3\n")
    text = patch.make_patch([("a b.rs", BEFORE, after)])
    subprocess.run(["patch", "-p1", "--fuzz=0"], cwd=tmp_path, input=text, check=True)
    assert (tmp_path / "a b.rs").read_bytes() == after


def test_far_changes_of_a_large_file_stay_small_and_fast() -> None:
    body = [b"}\n" if n % 3 else b"    let x%d = 1;\n" % n for n in range(30_000)]
    changed = list(body)
    changed[5] = changed[29_990] = b"changed\n"
    start = time.perf_counter()
    text = patch.make_patch([("big.rs", b"".join(body), b"".join(changed))])
    assert time.perf_counter() - start < 5  # difflib alone takes minutes here
    assert text.count(b"\n-}\n") == text.count(b"\n+changed\n") == 2
    assert len(text) < 1_000


def test_a_large_stretch_without_anchors_is_one_block() -> None:
    old = [b"a", *[b"x", b"y"] * 1_500, b"b"]
    new = [b"c", *[b"y", b"x"] * 1_500, b"d"]
    assert patch.changed_blocks(old, new) == [(0, len(old), 0, len(new))]


# -- git apply -------------------------------------------------------------------------------------


def test_applies_in_an_ignored_folder_of_another_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / ".gitignore").write_text("target/\n")
    tree = tmp_path / "target" / "copy"
    write(tree, {"src/lib.rs": BEFORE})
    after = BEFORE.replace(b"line 3\n", b"3\n")
    text = patch.make_patch([("src/lib.rs", BEFORE, after)])
    plain = subprocess.run(["git", "apply", "-"], cwd=tree, input=text)
    assert plain.returncode == 0  # the trap: git says that all is well ...
    assert read(tree) == {"src/lib.rs": BEFORE}  # ... and has done nothing
    assert patch.git_apply(text, tree) == ("src/lib.rs",)
    assert read(tree) == {"src/lib.rs": after}


@pytest.mark.parametrize("attribute", ["text eol=lf", "text eol=crlf", "filter=evil", "ident"])
def test_attributes_and_filters_of_the_tree_take_no_part(tmp_path: Path, attribute: str) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    clean = f"touch {tmp_path}/ran; cat"
    subprocess.run(["git", "-C", tmp_path, "config", "filter.evil.clean", clean], check=True)
    write(tmp_path, {"x.rs": b"a\nb\r\n$Id$\n", ".gitattributes": f"*.rs {attribute}\n".encode()})
    text = patch.make_patch([("x.rs", b"a\nb\r\n$Id$\n", b"A\nb\r\n$Id$\n")])
    patch.git_apply(text, tmp_path)
    assert (tmp_path / "x.rs").read_bytes() == b"A\nb\r\n$Id$\n"
    assert not (tmp_path / "ran").exists()


def test_a_patch_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.rs": b"1\n", "b.rs": b"moved on\n"})
    text = patch.make_patch([("a.rs", b"1\n", b"2\n"), ("b.rs", b"1\n", b"2\n")])
    with pytest.raises(SpikeproofError, match="has changed since") as caught:
        patch.git_apply(text, tmp_path)
    assert "b.rs" in caught.value.detail
    assert read(tmp_path) == {"a.rs": b"1\n", "b.rs": b"moved on\n"}


def test_a_patch_does_not_leave_the_tree(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, {"x.rs": b"1\n"})
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link").symlink_to(outside)
    for path in ("../outside/x.rs", "link/x.rs"):
        with pytest.raises(SpikeproofError):
            patch.git_apply(patch.make_patch([(path, b"1\n", b"2\n")]), tree)
    assert read(outside) == {"x.rs": b"1\n"}


def test_an_empty_patch_changes_nothing(tmp_path: Path) -> None:
    assert patch.git_apply(b"", tmp_path) == ()


def test_garbage_is_no_patch(tmp_path: Path) -> None:
    assert patch.hunks(b"hello\n") == ()
    with pytest.raises(SpikeproofError):
        patch.git_apply(b"hello\n", tmp_path)


@pytest.mark.parametrize(
    "broken",
    [
        b"@@ -1 +1 @@\n-1\n+2\n",  # of no file
        b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-1\n+2\n",  # shorter than its head says
        b"--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-1\n+2\n+3\n-4\n",  # not the lines that its head says
    ],
)
def test_a_hunk_that_is_not_whole_is_refused(broken: bytes) -> None:
    with pytest.raises(SpikeproofError, match="not a whole unified diff"):
        patch.hunks(broken)


def test_without_git_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpikeproofError, match="install it"):
        patch.git_apply(patch.make_patch([("a.rs", b"1\n", b"2\n")]), tmp_path)
