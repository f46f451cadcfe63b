"""The copy is the user's tree, whatever happened to either."""

from __future__ import annotations

import os
import shutil
import stat
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.base.errors import SpikeproofError
from engine.cargo import sync
from tests.cargo.scratch.conftest import open_scratch
from tests.trees import CACHE_TAG, CODE, build, content


def test_everything_a_build_can_need_is_copied(user: Path) -> None:
    build(
        user,
        {
            ".gitignore": "/generated\n*.log\nnode_modules/\n/.venv\n",
            "generated/table.bin": b"\1" * 10,
            "huge.log": b"",
            "node_modules/x/i.js": "",
            ".venv/CACHEDIR.TAG": CACHE_TAG,
            ".venv/lib.py": "",
            "fixtures/CACHEDIR.TAG": CACHE_TAG,
            "a/build.rs": "fn main() {}\n",
            "a/src/target/mod.rs": CODE,
            "a/target/debug/x": "",
            "a/target/.rustc_info.json": "{}",
            "migrations/1.sql": "create table t;",
            "rust-toolchain.toml": "[toolchain]\n",
            "rustfmt.toml": "",
            "Cargo.lock": "# lock\n",
            "target/debug/x": "",
            "b/.hg/store": "",
        },
    )
    with (user / "huge.log").open("wb") as file:
        file.truncate(65 * 2**20)
    (user / "script.sh").write_text("#!/bin/sh\n")
    (user / "script.sh").chmod(0o4755)
    (user / "readonly").write_text("x")
    (user / "readonly").chmod(0o444)
    os.mkfifo(user / "pipe")
    old = 1_500_000_000_123_456_789
    os.utime(user / "a/src/lib.rs", ns=(old, old))
    with open_scratch(user) as scratch:
        scratch.sync()
        expected = content(user)
        for path in ("huge.log", "node_modules/x/i.js", ".venv/CACHEDIR.TAG", ".venv/lib.py"):
            del expected[path]
        del expected["b/.hg/store"]
        assert content(scratch.tree) == expected
        assert not (scratch.tree / "a/target").exists()
        assert stat.S_IMODE((scratch.tree / "script.sh").stat().st_mode) == 0o755
        assert stat.S_IMODE((scratch.tree / "readonly").stat().st_mode) == 0o444
        assert (scratch.tree / "a/src/lib.rs").stat().st_mtime_ns == old
        assert {skip.path: skip.reason for skip in scratch.left_out} == {
            "huge.log": "git-ignored and larger than 64 MiB",
            "node_modules/": "git-ignored packages of another language",
            "pipe": "not a regular file",
        }


def test_ignored_data_is_copied_up_to_a_limit(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "_IGNORED_TOTAL", 25)
    build(user, {".gitignore": "/d\n"} | {f"d/{i}": "0123456789" for i in range(4)})
    with open_scratch(user) as scratch:
        scratch.sync()
        assert sorted(path.name for path in (scratch.tree / "d").iterdir()) == ["0", "1"]
        assert [skip.path for skip in scratch.left_out] == ["d/2", "d/3"]


def test_links(user: Path, tmp_path: Path) -> None:
    build(tmp_path, {"outside/file": "x", "outside/folder/y": "y"})
    links = {
        "near": "a/src/lib.rs",
        "a/up": "../b/src",
        "absolute": str(user / "a/data/x.bin"),
        "round-about": "../repo/a",
        "out": "../outside/file",
        "b/outfolder": str(tmp_path / "outside/folder"),
        "broken": "nowhere",
        "loop": "loop",
        "self/loop": "..",
    }
    (user / "self").mkdir()
    for name, target in links.items():
        (user / name).symlink_to(target)
    with open_scratch(user) as scratch:
        scratch.sync()
        copied = {name: str((scratch.tree / name).readlink()) for name in links}
        assert copied == {
            "near": "a/src/lib.rs",
            "a/up": "../b/src",
            "absolute": "a/data/x.bin",
            "round-about": "a",
            "out": str(tmp_path / "outside/file"),
            "b/outfolder": str(tmp_path / "outside/folder"),
            "broken": "nowhere",
            "loop": "loop",
            "self/loop": "..",
        }
        (user / "near").unlink()
        scratch.sync()
        assert not (scratch.tree / "near").is_symlink()
    assert (tmp_path / "outside/folder/y").read_text() == "y"


def test_a_second_sync_follows_the_user(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        tree = scratch.tree
        before = {path: (tree / path).stat().st_mtime_ns for path in content(tree)}
        (user / "a/src/lib.rs").write_text(CODE.replace("1", "2"))
        shutil.rmtree(user / "a/data")
        (user / "b/src/lib.rs").unlink()
        (user / "b/src/lib.rs").mkdir()
        build(user, {"b/src/lib.rs/inner": "x", "a/new/deep/x.rs": CODE})
        (user / "b/Cargo.toml").chmod(0o600)
        scratch.sync()
        assert content(tree) == content(user)
        assert not (tree / "a/data").exists()
        assert stat.S_IMODE((tree / "b/Cargo.toml").stat().st_mode) == 0o600
        after = {path: (tree / path).stat().st_mtime_ns for path in content(tree)}
        assert {path for path in before if after.get(path) == before[path]} == {
            *("Cargo.toml", "a/Cargo.toml", "b/Cargo.toml"),
        }
        assert after["a/src/lib.rs"] > before["a/src/lib.rs"]


def test_content_that_changed_under_the_same_size_and_mtime_is_seen(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        for tree in (user, scratch.tree):
            scratch.sync()
            path = tree / "a/data/x.bin"
            old = path.stat().st_mtime_ns
            path.write_bytes(b"zz")
            os.utime(path, ns=(old, old))
            if tree is user:
                scratch.sync()
                assert content(scratch.tree) == content(user)
        source = scratch.tree / "a/src/lib.rs"
        old = source.stat().st_mtime_ns
        source.write_text(CODE.replace("1", "9"))
        os.utime(source, ns=(old, old))
        scratch.sync()
        assert source.read_text() == CODE


def test_what_builds_add_stays_and_what_they_change_goes(user: Path) -> None:
    build(user, {"a/build.rs": "fn main() {}\n", "b/build.rs": "fn main() {}\n"})
    with open_scratch(user) as scratch:
        scratch.sync()
        tree = scratch.tree
        scripts = [tree / "a/build.rs", tree / "b/build.rs"]
        before = [script.stat().st_mtime_ns for script in scripts]
        build(tree, {"a/src/generated.rs": "//", "Cargo.lock": "# made by cargo\n"})
        (tree / "a/data/x.bin").write_bytes(b"changed by a test")
        scratch.sync()
        assert (tree / "a/data/x.bin").read_bytes() == b"\0\xff"
        assert (tree / "a/src/generated.rs").read_text() == "//"
        assert (tree / "Cargo.lock").read_text() == "# made by cargo\n"
        after = [script.stat().st_mtime_ns for script in scripts]
        # What a build script made is gone with the rest: it has to run again.
        assert after[0] > before[0]
        assert after[1] == before[1]


@pytest.mark.parametrize(
    "damage", ["file", "folder", "link", "linked folder", "read-only", "closed"]
)
def test_damage_in_the_copy_is_repaired_and_leads_nowhere(
    user: Path, tmp_path: Path, damage: str
) -> None:
    build(tmp_path, {"precious/lib.rs": "precious", "precious/data/x.bin": "precious"})
    with open_scratch(user) as scratch:
        scratch.sync()
        source, folder = scratch.tree / "a/src/lib.rs", scratch.tree / "a/src"
        if damage == "file":
            shutil.rmtree(folder)
            folder.write_text("x")
        elif damage == "folder":
            source.unlink()
            build(source, {"x/y": "z"})
            (source / "x").chmod(0o500)
        elif damage == "link":
            source.unlink()
            source.symlink_to(tmp_path / "precious/lib.rs")
        elif damage == "linked folder":
            shutil.rmtree(folder)
            folder.symlink_to(tmp_path / "precious")
        else:
            folder.chmod(0o500 if damage == "read-only" else 0)
        scratch.write({"a/src/lib.rs": b"new"})
        assert source.read_bytes() == b"new"
        assert not folder.is_symlink()
        scratch.sync()
        assert content(scratch.tree) == content(user)
    assert (tmp_path / "precious/lib.rs").read_text() == "precious"


def test_write_touches_only_what_differs_and_always_forward(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        a, b = scratch.tree / "a/src/lib.rs", scratch.tree / "b/src/lib.rs"
        seen = [a.stat().st_mtime_ns]

        def step(files: Mapping[str, bytes], changed: bool) -> None:
            untouched = b.stat()
            scratch.write(files)
            now = a.stat().st_mtime_ns
            assert (now > max(seen)) if changed else (now == seen[-1])
            assert b.stat() == untouched
            seen.append(now)

        step({}, changed=False)
        step({"a/src/lib.rs": b"one"}, changed=True)
        step({"a/src/lib.rs": b"one"}, changed=False)
        step({"a/src/lib.rs": b"two"}, changed=True)
        step({"a/src/lib.rs": b"one"}, changed=True)
        step({}, changed=True)
        assert a.read_text() == CODE
        step({}, changed=False)
        with pytest.raises(ValueError, match="not a path below"):
            scratch.write({"../x": b""})


def test_write_creates_and_removes_and_keeps_modes(user: Path) -> None:
    (user / "a/src/lib.rs").chmod(0o755)
    with open_scratch(user) as scratch:
        scratch.sync()
        scratch.write({"a/src/lib.rs": b"x", "a/src/bin/new.rs": b"y"})
        assert (scratch.tree / "a/src/lib.rs").stat().st_mode & 0o777 == 0o755
        assert (scratch.tree / "a/src/bin/new.rs").read_bytes() == b"y"
        scratch.write({})
        assert content(scratch.tree) == content(user)


def test_write_goes_back_to_what_was_synced_whatever_the_user_does(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        scratch.write({"a/src/lib.rs": b"x"})
        (user / "a/src/lib.rs").write_text("// edited meanwhile\n")
        scratch.write({})
        assert (scratch.tree / "a/src/lib.rs").read_text() == CODE
        (scratch.tree / "b/src/lib.rs").write_text("// rewritten by a test\n")
        (user / "b/src/lib.rs").write_text("// edited meanwhile\n")
        with pytest.raises(SpikeproofError, match=r"b/src/lib\.rs was changed while"):
            scratch.write({"b/src/lib.rs": b"x"})


def test_a_hard_link_to_the_copy_is_no_change(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        source = scratch.tree / "a/src/lib.rs"
        mtime = source.stat().st_mtime_ns
        os.link(source, user.parent / "overlay.rs")
        (user / "a/src/lib.rs").write_text("// edited meanwhile\n")
        scratch.write({"a/src/lib.rs": b"x"})
        scratch.write({})
        assert source.read_text() == CODE
        assert (user.parent / "overlay.rs").read_text() == CODE
        assert source.stat().st_mtime_ns > mtime


def test_a_coarse_clock_still_moves_forward(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.utime

    def whole_seconds(path: int, ns: tuple[int, int] | None = None) -> None:
        now = time.time_ns() if ns is None else ns[1]
        real(path, ns=(now // 10**9 * 10**9,) * 2)

    monkeypatch.setattr(os, "utime", whole_seconds)
    with open_scratch(user) as scratch:
        scratch.sync()
        source = scratch.tree / "a/src/lib.rs"
        last = source.stat().st_mtime_ns
        for text in (b"1", b"2", b"1"):
            scratch.write({"a/src/lib.rs": text})
            assert source.stat().st_mtime_ns > last
            last = source.stat().st_mtime_ns
        # The same size within the same second: only the content tells.
        source.write_bytes(b"3")
        real(source, ns=(last, last))
        scratch.sync()
        assert source.read_text() == CODE


def test_a_clock_that_was_set_back_costs_the_build(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        build(scratch.build, {"debug/x": ""})
    open_scratch(user).close()
    assert (user / "target/spikeproof/build/debug/x").exists()
    later = time.time() + 3600
    os.utime(user / "target/spikeproof/clock", (later, later))
    open_scratch(user).close()
    assert not (user / "target/spikeproof/build").exists()


TEXTS = st.sampled_from([b"", b"1", b"2", b"3"])
PATHS = st.sampled_from(["a/src/lib.rs", "b/src/lib.rs", "a/data/x.bin", "a/src/new.rs"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["user", "remove", "write", "build", "sync", "reopen"]), PATHS, TEXTS
    ),
    max_size=12,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_any_order_of_events_ends_in_the_users_tree(
    user: Path, steps: list[tuple[str, str, bytes]]
) -> None:
    for path, text in (("a/src/lib.rs", CODE), ("b/src/lib.rs", CODE), ("a/data/x.bin", "d")):
        build(user, {path: text})
    (user / "a/src/new.rs").unlink(missing_ok=True)
    scratch = open_scratch(user)
    scratch.sync()
    for event, path, data in [*steps, ("sync", "a/src/lib.rs", b"")]:
        if event == "user":
            build(user, {path: data})
        elif event == "remove":
            (user / path).unlink(missing_ok=True)
        elif event == "build" and (scratch.tree / path).exists():
            (scratch.tree / path).write_bytes(data)
        elif event == "write":
            try:
                scratch.write({path: data})
            except SpikeproofError as error:
                assert "was changed while spikeproof ran" in str(error)
                continue
            assert (scratch.tree / path).read_bytes() == data
        elif event == "reopen":
            scratch.close()
            scratch = open_scratch(user)
            scratch.sync()
        elif event == "sync":
            scratch.sync()
            for name in ("a/src/lib.rs", "b/src/lib.rs", "a/data/x.bin"):
                ours, theirs = scratch.tree / name, user / name
                assert ours.exists() == theirs.exists()
                if theirs.exists():
                    assert ours.read_bytes() == theirs.read_bytes()
    scratch.close()
    assert not list(scratch.build.parent.glob("*.dirty"))
