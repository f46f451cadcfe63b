"""The copy that is built: the same as the user's tree, apart from it, and seen afresh by cargo."""

from __future__ import annotations

import errno
import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import store, sync
from engine.cargoconfig import config_for_copy, target_dir
from engine.errors import SpikeproofError
from engine.patch import git_apply
from engine.relocate import relocated
from engine.scratch import Copy, Scratch
from engine.workspace import Selection, discover

CODE = "pub fn f() -> u32 { 1 }\n"
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n"


def build(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def package(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of the machine's, and no time in which a signature is not yet trusted."""
    for name in ("CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo-home"))
    monkeypatch.setattr(sync, "_RACY", -1)


@pytest.fixture
def user(tmp_path: Path) -> Path:
    root = build(
        tmp_path / "repo",
        {
            "Cargo.toml": "[workspace]\nmembers = ['a', 'b']\n",
            "a/Cargo.toml": package("a"),
            "a/src/lib.rs": CODE,
            "a/data/x.bin": b"\0\xff",
            "b/Cargo.toml": package("b", "[dependencies]\na = { path = '../a' }\n"),
            "b/src/lib.rs": "pub use a::f;\n",
        },
    )
    (root / ".git").mkdir()
    return root


def open_scratch(root: Path, target: Path | None = None) -> Scratch:
    return Scratch.open(discover(root, Selection()), target)


def content(root: Path) -> dict[str, bytes | str]:
    """All files and links below ``root``, but for what is the copy's own."""
    found: dict[str, bytes | str] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in (".git", "target")]
        for name in [*files, *folders]:
            path = Path(folder, name)
            key = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[key] = str(path.readlink())
            elif path.is_file():
                found[key] = path.read_bytes()
    return found


# --- the copy is the user's tree ---------------------------------------------------------------


def test_everything_a_build_can_need_is_copied(user: Path) -> None:
    build(
        user,
        {
            ".gitignore": "/generated\n*.log\nnode_modules/\n/.venv\n",
            "generated/table.bin": b"\1" * 10,
            "huge.log": b"",
            "node_modules/x/i.js": "",
            ".venv/CACHEDIR.TAG": TAG,
            ".venv/lib.py": "",
            "fixtures/CACHEDIR.TAG": TAG,
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


# --- write -------------------------------------------------------------------------------------


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


# --- where it lives ----------------------------------------------------------------------------


def git_status(root: Path) -> str:
    command = ["git", "-C", str(root), "status", "--porcelain"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_git_takes_no_notice(user: Path) -> None:
    (user / ".git").rmdir()
    subprocess.run(["git", "init", "-q", str(user)], check=True)
    subprocess.run(["git", "-C", str(user), "add", "."], check=True)
    before = git_status(user)
    with open_scratch(user) as scratch:
        scratch.sync()
        assert git_status(user) == before
        assert scratch.tree == user / "target/spikeproof/tree"
        assert (user / "target/CACHEDIR.TAG").read_text().startswith(TAG)
        assert (user / "target/spikeproof/CACHEDIR.TAG").read_text().startswith(TAG)


def test_an_existing_target_directory_is_left_as_it_is(user: Path) -> None:
    build(user, {"target/CACHEDIR.TAG": TAG + "# by cargo\n"})
    with open_scratch(user) as scratch:
        scratch.sync()
    assert not (user / "target/.gitignore").exists()
    assert sorted(path.name for path in (user / "target").iterdir()) == [
        "CACHEDIR.TAG",
        "spikeproof",
    ]
    assert (user / "target/CACHEDIR.TAG").read_text() == TAG + "# by cargo\n"


def test_workspaces_that_share_a_target_directory_share_no_copy(user: Path, tmp_path: Path) -> None:
    other = build(tmp_path / "other/repo", {"Cargo.toml": package("x"), "src/lib.rs": CODE})
    shared = tmp_path / "shared"
    with open_scratch(user, shared) as one, open_scratch(other, shared) as two:
        one.sync()
        two.sync()
        assert one.tree != two.tree
        assert one.build != two.build
        assert one.tree.is_relative_to(shared / "spikeproof")
        assert (two.tree / "src/lib.rs").read_text() == CODE


def test_target_directory_is_cargos(
    user: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "cargo-home"
    assert target_dir(user, home) == user / "target"
    build(home, {"config.toml": "[build]\ntarget-dir = 'from-home'\n"})
    assert target_dir(user, home) == tmp_path / "from-home"
    build(tmp_path, {".cargo/config.toml": "[build]\ntarget-dir = 'above'\n"})
    assert target_dir(user, home) == tmp_path / "above"
    build(user, {".cargo/inc/t.toml": "[build]\ntarget-dir = 'included'\n"})
    build(user, {".cargo/config.toml": "include = ['inc/t.toml']\n"})
    assert target_dir(user, home) == user / ".cargo/included"
    build(user, {".cargo/config": "[build]\ntarget-dir = '/old/style'\n"})
    assert target_dir(user, home) == Path("/old/style")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CARGO_BUILD_TARGET_DIR", "by/variable")
    assert target_dir(user, home) == tmp_path / "by/variable"
    monkeypatch.setenv("CARGO_TARGET_DIR", "../first")
    assert target_dir(user, home) == tmp_path.parent / "first"


def test_neighbours_in_the_repository_can_be_reached(user: Path) -> None:
    root = build(
        user / "rust/svc", {"Cargo.toml": package("svc"), "src/lib.rs": CODE, "rust.txt": ""}
    )
    build(user, {"proto/x.proto": "x", "rust/shared/y": "y", "rust/Cargo.toml": "[workspace]\n"})
    build(user, {"rust/.cargo/config.toml": "", "proto2/z": ""})
    (user / "Cargo.toml").unlink()
    (user / "rust/Cargo.toml").write_text("[workspace]\nexclude = ['svc']\n")
    with open_scratch(root) as scratch:
        scratch.sync()
        assert scratch.tree == root / "target/spikeproof/tree/rust/svc"
        assert (scratch.tree / "../../proto/x.proto").read_text() == "x"
        assert (scratch.tree / "../shared/y").read_text() == "y"
        assert sorted(path.name for path in scratch.tree.parent.iterdir()) == ["shared", "svc"]
    shutil.rmtree(user / "proto2")
    with open_scratch(root) as scratch:
        assert not (scratch.tree / "../../proto2").is_symlink()


def test_a_link_in_place_of_the_folder_is_refused(user: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (user / "target").mkdir()
    (user / "target/spikeproof").symlink_to(tmp_path / "precious")
    with pytest.raises(SpikeproofError, match="is a symbolic link: remove it"):
        open_scratch(user)
    assert list((tmp_path / "precious").iterdir()) == []


def test_a_link_in_place_of_the_copy_is_replaced(user: Path, tmp_path: Path) -> None:
    build(tmp_path, {"precious/a/src/lib.rs": "precious"})
    (user / "target/spikeproof").mkdir(parents=True)
    (user / "target/spikeproof/tree").symlink_to(tmp_path / "precious")
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)
    assert (tmp_path / "precious/a/src/lib.rs").read_text() == "precious"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("ENOSPC", "no space left .* set CARGO_TARGET_DIR to a larger disk"),
        ("EROFS", "cannot write to .* set CARGO_TARGET_DIR"),
        ("EIO", "cannot keep the copy .* delete that folder"),
    ],
)
def test_errors_of_the_disk_say_what_to_do(
    user: Path, monkeypatch: pytest.MonkeyPatch, number: str, says: str
) -> None:
    code = getattr(errno, number)

    def broken(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with open_scratch(user) as scratch:
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "copyfileobj", broken)
            with pytest.raises(SpikeproofError, match=says):
                scratch.sync()
        assert list(scratch.build.parent.glob("tmp-*")) == []
        scratch.sync()
        assert content(scratch.tree) == content(user)


def test_a_target_directory_that_cannot_be_made(user: Path) -> None:
    (user / "target").write_text("a file")
    with pytest.raises(SpikeproofError, match="cannot keep the copy"):
        open_scratch(user)


# --- one run at a time, and none that ends badly -----------------------------------------------


def test_a_second_run_waits(user: Path) -> None:
    first = open_scratch(user)
    messages: list[str] = []

    def waiting(message: str) -> None:
        messages.append(message)
        first.close()

    with Scratch.open(discover(user, Selection()), on_wait=waiting) as second:
        second.sync()
    assert len(messages) == 1
    assert "waiting for another spikeproof run" in messages[0]


def test_a_folder_that_was_deleted_while_waiting_is_made_anew(user: Path) -> None:
    first = open_scratch(user)

    def waiting(_: str) -> None:
        shutil.rmtree(user / "target")
        first._lock.close()

    with Scratch.open(discover(user, Selection()), on_wait=waiting) as second:
        second.sync()
        with (second.build.parent / "lock").open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _die_in_the_middle(root: Path, moment: int) -> None:
    real = store.Store.put
    calls = 0

    def put(self: store.Store, *args: object) -> store.Signature:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *args)  # type: ignore[arg-type]

    store.Store.put = put  # type: ignore[method-assign, assignment]
    sync._RACY = -1
    with open_scratch(root) as scratch:
        scratch.sync()
        scratch.write({"a/src/lib.rs": b"broken", "a/src/bin/stray.rs": b"stray"})
        scratch.write({"b/src/lib.rs": b"broken"})


@pytest.mark.parametrize("moment", range(3, 22, 2))
def test_a_run_that_is_killed_leaves_what_the_next_can_use(user: Path, moment: int) -> None:
    child = multiprocessing.get_context("fork").Process(
        target=_die_in_the_middle, args=(user, moment)
    )
    child.start()
    child.join()
    (user / "a/data/x.bin").unlink()
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)
        assert list(scratch.build.parent.glob("tmp-*")) == []


def test_an_interrupted_sync_is_not_recorded_as_done(
    user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
    build(user, {"a/src/extra.rs": CODE})

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(sync.Sync, "_remove_stale", interrupted)
        with open_scratch(user) as scratch:
            scratch.sync()
    (user / "a/src/extra.rs").unlink()
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)


@pytest.mark.parametrize("state", ["", "{", "[]", '{"format": 1}', '{"format": 99}', "[" * 10**5])
def test_a_damaged_record_is_not_trusted(user: Path, state: str) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        build(scratch.tree, {"a/src/stray.rs": "x"})
    (user / "target/spikeproof/tree.json").write_text(state)
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)


def test_a_copy_of_another_workspace_is_not_taken_for_ours(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
    record = user / "target/spikeproof/tree.json"
    data = json.loads(record.read_text())
    data["root"] = "/elsewhere"
    record.write_text(json.dumps(data))
    (user / "target/spikeproof/tree/a/src/lib.rs").write_text("// of another\n")
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)


# --- manifests in another place ----------------------------------------------------------------


def moved(text: str, path: str = "Cargo.toml", apart: tuple[str, ...] = ()) -> str:
    return relocated(text.encode(), path, Path("/home/u/ws"), apart).decode()


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a/Cargo.toml", "../b", "../b"),
        ("a/Cargo.toml", "./x/../y", "./x/../y"),
        ("a/Cargo.toml", "../../x", "/home/u/x"),
        ("a/Cargo.toml", "../../ws/b", "../b"),
        ("a/Cargo.toml", "../../../../etc", "/etc"),
        ("a/Cargo.toml", "/home/u/ws/b", "../b"),
        ("a/Cargo.toml", "/opt/x", "/opt/x"),
        ("a/Cargo.toml", "../../ws2", "/home/u/ws2"),
    ],
)
def test_paths_of_dependencies(path: str, before: str, after: str) -> None:
    text = f'[dependencies]\n# why\nx = {{ path = "{before}", features = ["a"] }} # keep\n'
    assert moved(text, path) == text.replace(f'"{before}"', f'"{after}"')


def test_every_place_where_a_path_stands() -> None:
    text = """\
[package]
name = "x"
build = "../build.rs"
workspace = "/home/u/ws"

[lib]
path = "../lib.rs"

[[bin]]
name = "one"

[[bin]]
name = "two"
path = "../two.rs"

[dev-dependencies.d]
path = "../d"

[target.'cfg(unix)'.build-dependencies]
e = { path = "../e" }

[workspace]
members = ["in", "../out", "/home/u/ws/abs", "../ws/back/*"]
default-members = ["../out"]

[workspace.dependencies]
f = { path = "../f" }

[patch.crates-io]
g = { path = "../g" }

[patch."https://example.org/x"]
h.path = "../h"

[replace]
"i:1.0.0" = { path = "../i" }
"""
    data = tomllib.loads(moved(text))
    up = "/home/u"
    assert data["package"]["build"] == f"{up}/build.rs"
    assert data["package"]["workspace"] == "."
    assert data["lib"]["path"] == f"{up}/lib.rs"
    assert data["bin"] == [{"name": "one"}, {"name": "two", "path": f"{up}/two.rs"}]
    assert data["dev-dependencies"]["d"]["path"] == f"{up}/d"
    assert data["target"]["cfg(unix)"]["build-dependencies"]["e"]["path"] == f"{up}/e"
    assert data["workspace"]["members"] == ["in", "abs", "back/*"]
    assert data["workspace"]["default-members"] == []
    assert data["workspace"]["dependencies"]["f"]["path"] == f"{up}/f"
    assert data["patch"]["crates-io"]["g"]["path"] == f"{up}/g"
    assert data["patch"]["https://example.org/x"]["h"]["path"] == f"{up}/h"
    assert data["replace"]["i:1.0.0"]["path"] == f"{up}/i"


def test_tables_out_of_order_and_dotted_keys() -> None:
    text = (
        "[dependencies.a]\npath = '../a'\n[package]\nname = 'x'\n[dependencies]\nc = '1'\n"
        "[dependencies.b]\npath = '../b'\n[features]\n[dependencies.d]\nversion = '1'\n"
    )
    data = tomllib.loads(moved(text, "m/Cargo.toml").replace("'", '"'))
    assert data["dependencies"]["a"]["path"] == "../a"
    text = text.replace("'../", "'../../")
    data = tomllib.loads(moved(text, "m/Cargo.toml"))
    assert data["dependencies"]["a"]["path"] == "/home/u/a"
    assert data["dependencies"]["b"]["path"] == "/home/u/b"
    assert data["dependencies"]["d"]["version"] == "1"


def test_a_lone_package_becomes_a_workspace_of_its_own() -> None:
    text = package("x", "[[bin]]\nname = 'y'")
    after = moved(text, apart=("b", 'q"uote'))
    assert after.startswith(text)
    assert tomllib.loads(after)["workspace"] == {"exclude": ["b", 'q"uote']}
    assert moved(after, apart=("b",)) == after
    assert moved(text, "a/Cargo.toml") == text


# --- cargo's configuration ---------------------------------------------------------------------

HOME = "cargo-home"


def config_of(root: Path, tree: Path, tmp_path: Path) -> tuple[dict[str, object], tuple[str, ...]]:
    found = config_for_copy(root, tree, tmp_path / HOME)
    text = found.files.get(".cargo/config.toml", b"").decode()
    return tomllib.loads(text), found.args


def test_below_the_root_the_config_is_seen_anyway(user: Path, tmp_path: Path) -> None:
    build(user, {".cargo/config.toml": "[build]\nrustflags = ['--cfg', 'x']\n"})
    assert config_of(user, user / "target/spikeproof/tree", tmp_path) == ({}, ())


def test_below_the_root_paths_into_it_are_led_into_the_copy(user: Path, tmp_path: Path) -> None:
    build(
        user,
        {
            ".cargo/config.toml": "[env]\nOUT_TO = { value = 'bind\"ings', relative = true }\n"
            "UP = { value = '../x', relative = true }\nPLAIN = 'bindings'\n"
            "[patch.crates-io]\nfoo = { path = 'vendored/foo' }\n"
            "[target.x]\nlinker = 'tools/ld'\n"
        },
    )
    tree = user / "target/spikeproof/tree"
    own, args = config_of(user, tree, tmp_path)
    assert own == {}
    assert args[::2] == ("--config", "--config")
    assert [tomllib.loads(arg) for arg in args[1::2]] == [
        {"env": {"OUT_TO": {"value": f'{tree}/bind"ings'}}},
        {"patch": {"crates-io": {"foo": {"path": f"{tree}/vendored/foo"}}}},
    ]


def test_elsewhere_the_config_goes_along(user: Path, tmp_path: Path) -> None:
    build(
        tmp_path,
        {
            ".cargo/config.toml": "paths = ['over']\n[build]\nrustflags = ['far']\njobs = 1\n"
            "rustc-wrapper = 'bin/wrap'\n[net]\noffline = true\n",
            "repo/.cargo/config.toml": "include = [{ path = 'more.toml' }, "
            "{ path = 'gone.toml', optional = true }]\n"
            "[build]\nrustflags = ['near']\njobs = 2\nrustc = 'rustc'\ntarget = 'spec.json'\n"
            "target-dir = 'out'\n[target.'cfg(unix)']\nrunner = ['./run', 'x/y']\n"
            "[source.v]\ndirectory = 'vendor'\n[env]\nD = { value = 'd', relative = true }\n",
            "repo/.cargo/more.toml": "[build]\njobs = 9\n[target.t]\nrunner = './r --now'\n",
            "repo/.cargo/gone": "",
        },
    )
    tree = Path("/elsewhere/target/spikeproof/tree")
    own, args = config_of(user, tree, tmp_path)
    assert args == ()
    assert own == {
        "paths": [str(tmp_path / "over")],
        "build": {
            "rustflags": ["far", "near"],
            "jobs": 2,
            "rustc": "rustc",
            "rustc-wrapper": str(tmp_path / "bin/wrap"),
            "target": f"{tree}/spec.json",
        },
        "net": {"offline": True},
        "target": {
            "cfg(unix)": {"runner": [f"{tree}/run", "x/y"]},
            "t": {"runner": f"{tree}/r --now"},
        },
        "source": {"v": {"directory": f"{tree}/vendor"}},
        "env": {"D": {"value": f"{tree}/d", "relative": True}},
    }


def test_a_config_that_counts_only_for_the_copy_is_refused(user: Path, tmp_path: Path) -> None:
    build(tmp_path, {"odd/.cargo/config.toml": "[build]\n"})
    with pytest.raises(SpikeproofError, match="would change how the copy"):
        open_scratch(user, tmp_path / "odd/target")
    build(tmp_path, {"chain/rust-toolchain": "stable\n"})
    with pytest.raises(SpikeproofError, match="would choose another toolchain"):
        open_scratch(user, tmp_path / "chain/target")


def test_the_toolchain_above_the_workspace_goes_along(user: Path, tmp_path: Path) -> None:
    build(tmp_path, {"rust-toolchain.toml": "[toolchain]\nchannel = 'stable'\n"})
    far = config_for_copy(user, Path("/elsewhere/tree"), tmp_path / HOME)
    assert far.files == {"rust-toolchain.toml": b"[toolchain]\nchannel = 'stable'\n"}
    near = config_for_copy(user, tmp_path / "repo/target/tree", tmp_path / HOME)
    assert near.files == {}
    build(user, {"rust-toolchain": "beta\n"})
    assert config_for_copy(user, Path("/elsewhere/tree"), tmp_path / HOME).files == {}


def test_a_config_that_includes_itself(user: Path, tmp_path: Path) -> None:
    build(user, {".cargo/config.toml": "include = 3\n"})
    with pytest.raises(SpikeproofError, match="`include` must be"):
        target_dir(user, tmp_path / HOME)
    build(user, {".cargo/config.toml": "include = ['config.toml']\n"})
    with pytest.raises(SpikeproofError, match="includes itself"):
        target_dir(user, tmp_path / HOME)


def test_a_circle_over_the_roots_edge_is_refused(user: Path, tmp_path: Path) -> None:
    build(user, {"a/Cargo.toml": package("a", "[dependencies]\nout = { path = '../../out' }\n")})
    out = "[dev-dependencies]\nb = { path = '../repo/b' }\n"
    build(tmp_path, {"out/Cargo.toml": package("out", out), "out/src/lib.rs": ""})
    open_scratch(user).close()
    out += "[dependencies]\nb = { path = '../repo/b' }\n"
    build(tmp_path, {"out/Cargo.toml": package("out", out)})
    with pytest.raises(SpikeproofError, match="no copy of such a workspace can be built"):
        open_scratch(user)


# --- real cargo --------------------------------------------------------------------------------


def cargo(copy: Copy, *args: str, ok: bool = True) -> str:
    env = {
        **os.environ,
        "CARGO_TARGET_DIR": str(copy.build),
        "CARGO_BUILD_BUILD_DIR": str(copy.build),
    }
    command = ["cargo", *copy.cargo_args, *args, "--offline"]
    done = subprocess.run(command, cwd=copy.tree, env=env, capture_output=True, text=True)
    assert (done.returncode == 0) == ok, done.stderr
    return done.stderr


@pytest.mark.slow
def test_cargo_sees_every_change_and_only_changes(user: Path) -> None:
    wrong, other = CODE.replace("u32", "&str"), CODE.replace("1", "2")
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        for _ in range(3):
            for text, ok in ((wrong, False), (other, True), (wrong, False), (CODE, True)):
                scratch.write({"a/src/lib.rs": text.encode()})
                said = cargo(scratch, "check", ok=ok)
                assert "Checking a v0.1.0" in said
                scratch.write({"a/src/lib.rs": text.encode()})
                assert ok is False or "Checking" not in cargo(scratch, "check")
            scratch.write({})
            assert "Checking" not in cargo(scratch, "check")
            scratch.write({"b/src/lib.rs": b"pub use a::f as g;\n"})
            said = cargo(scratch, "check")
            assert "Checking b" in said
            assert "Checking a" not in said
        scratch.write({"a/src/lib.rs": wrong.encode()})
        cargo(scratch, "check", ok=False)
    # The next run: what was put back is seen too, and what the user wrote before the last check.
    (user / "b/src/lib.rs").write_text("pub use a::gone;\n")
    os.utime(user / "b/src/lib.rs", (1_500_000_000, 1_500_000_000))
    with open_scratch(user) as scratch:
        scratch.sync()
        assert "a::gone" in cargo(scratch, "check", ok=False)
    (user / "b/src/lib.rs").write_text("pub use a::f;\n")
    os.utime(user / "b/src/lib.rs", (1_500_000_000, 1_500_000_000))
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        scratch.sync()
        assert "Checking" not in cargo(scratch, "check")


@pytest.mark.slow
def test_a_new_copy_beside_an_old_build_is_not_taken_for_built(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        shutil.rmtree(scratch.tree)
    (user / "a/src/lib.rs").write_text(CODE.replace("u32", "bool"))
    os.utime(user / "a/src/lib.rs", (1_500_000_000, 1_500_000_000))
    with open_scratch(user) as scratch:
        scratch.sync()
        assert "mismatched types" in cargo(scratch, "check", ok=False)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["inside", "elsewhere"])
def test_flags_count_once_and_relative_values_lead_into_the_copy(
    user: Path, tmp_path: Path, where: str
) -> None:
    build(
        user,
        {
            ".cargo/config.toml": "[build]\nrustflags = ['--cfg', 'near']\n"
            "[env]\nBIND = { value = 'bindings', relative = true }\n",
            "a/build.rs": "fn main() {\n"
            '    std::fs::write(std::env::var("BIND").unwrap(), "x").unwrap();\n'
            '    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap();\n'
            '    panic!("FLAGS {flags:?}");\n}\n',
        },
    )
    build(tmp_path, {".cargo/config.toml": "[build]\nrustflags = ['--cfg', 'far']\n"})
    target = None if where == "inside" else Path("/var/tmp") / f"spikeproof-test-{os.getpid()}"
    try:
        with open_scratch(user, target) as scratch:
            scratch.sync()
            said = cargo(scratch, "check", ok=False)
            assert r'FLAGS "--cfg\u{1f}far\u{1f}--cfg\u{1f}near"' in said
            assert (scratch.tree / "bindings").read_text() == "x"
            assert not (user / "bindings").exists()
    finally:
        if target is not None:
            shutil.rmtree(target, ignore_errors=True)


@pytest.mark.slow
def test_packages_outside_inside_and_above(tmp_path: Path) -> None:
    """A lone package with a path dependency inside it (whose dev-dependency nobody has), one
    outside that inherits from a workspace of its own, and a workspace above that excludes it."""
    root = build(
        tmp_path / "mono/svc",
        {
            "Cargo.toml": package(
                "svc",
                "[dependencies]\ninner = { path = 'inner' }\nout = { path = '../libs/out' }\n",
            ),
            "src/lib.rs": "pub use inner::f; pub use out::g;\n"
            'pub const P: &str = include_str!("../../proto/x.proto");\n',
            "inner/Cargo.toml": package("inner", "[dev-dependencies]\nnobody-has-this = '1'\n"),
            "inner/src/lib.rs": CODE,
        },
    )
    build(
        tmp_path / "mono",
        {
            "Cargo.toml": "[workspace]\nexclude = ['svc', 'libs']\n",
            "libs/Cargo.toml": "[workspace]\nmembers = ['out']\n"
            "[workspace.package]\nversion = '7.0.0'\n",
            "libs/out/Cargo.toml": "[package]\nname = 'out'\nversion.workspace = true\n",
            "libs/out/src/lib.rs": "pub fn g() {}\n",
            "proto/x.proto": "x",
        },
    )
    (tmp_path / "mono/.git").mkdir()
    subprocess.run(["cargo", "generate-lockfile", "--offline"], cwd=root, check=True)
    lock = (root / "Cargo.lock").read_bytes()
    with open_scratch(root) as scratch:
        scratch.sync()
        said = cargo(scratch, "check", "--locked")
        assert "Checking out v7.0.0" in said
        assert (scratch.tree / "Cargo.lock").read_bytes() == lock
    assert (root / "Cargo.lock").read_bytes() == lock
    assert not (root / "target/debug").exists()


@pytest.mark.slow
def test_a_user_without_a_lock_file_gets_none(user: Path) -> None:
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        assert (scratch.tree / "Cargo.lock").exists()
        scratch.sync()
        cargo(scratch, "check", "--locked")
    assert not (user / "Cargo.lock").exists()


@pytest.mark.slow
def test_a_build_dir_of_the_users_is_not_written(user: Path, tmp_path: Path) -> None:
    build(user, {".cargo/config.toml": f"[build]\nbuild-dir = '{tmp_path}/intermediate'\n"})
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        assert any(scratch.build.rglob("*.rmeta"))
    assert not (tmp_path / "intermediate").exists()


@pytest.mark.slow
def test_generated_sources_come_back(user: Path) -> None:
    """A build script that writes into the source tree, and is told apart from the user's change."""
    build(
        user,
        {
            "a/build.rs": "fn main() {\n"
            '    println!("cargo:rerun-if-changed=build.rs");\n'
            '    std::fs::write("src/made.rs", "pub fn made() {}").unwrap();\n}\n',
            "a/src/lib.rs": "mod made;\npub use made::made as f;\n",
            "a/src/made.rs": "// stale\n",
        },
    )
    for _ in range(2):
        with open_scratch(user) as scratch:
            scratch.sync()
            cargo(scratch, "check")
            scratch.write({"b/src/lib.rs": b"pub use a::f as g;\n"})
            cargo(scratch, "check")
    assert (user / "a/src/made.rs").read_text() == "// stale\n"


PATCH = b"""\
diff --git a/a/Cargo.toml b/a/Cargo.toml
--- a/a/Cargo.toml
+++ b/a/Cargo.toml
@@ -3,3 +3,5 @@
 version = "0.1.0"
 edition = "2021"
 [dependencies]
 out = { path = '../../out' }
+[features]
+new = []
diff --git a/a/src/lib.rs b/a/src/lib.rs
--- a/a/src/lib.rs
+++ b/a/src/lib.rs
@@ -1 +1 @@
-pub fn f() -> u32 { 1 }
+pub fn f() -> u32 { out::g() }
""".replace(b"@@ -3,3 +3,5 @@", b"@@ -3,4 +3,6 @@")


@pytest.mark.slow
def test_the_final_patch_is_applied_to_the_users_own_text(user: Path, tmp_path: Path) -> None:
    build(user, {"a/Cargo.toml": package("a", "[dependencies]\nout = { path = '../../out' }\n")})
    build(tmp_path, {"out/Cargo.toml": package("out"), "out/src/lib.rs": "pub fn g() -> u32 { 3 }"})
    (user / ".git").rmdir()
    subprocess.run(["git", "init", "-q", str(user)], check=True)
    with open_scratch(user) as scratch:
        scratch.sync()
        cargo(scratch, "check")
        for _ in range(2):
            final = scratch.fresh()
            assert final.tree == scratch.build.parent / "final"
            lock = (scratch.tree / "Cargo.lock").read_bytes()
            assert content(final.tree) == content(user) | {"Cargo.lock": lock}
            assert git_apply(PATCH, final.tree) == ("a/Cargo.toml", "a/src/lib.rs")
            final.settle()
            assert "out::g()" in (final.tree / "a/src/lib.rs").read_text()
            manifest = tomllib.loads((final.tree / "a/Cargo.toml").read_text())
            assert manifest["dependencies"]["out"]["path"] == str(tmp_path / "out")
            cargo(final, "check", "--features", "a/new")
            build(final.tree, {"a/src/stray.rs": "left by a test"})
        assert content(scratch.tree)["a/src/lib.rs"] == CODE.encode()


def test_names_of_further_copies(user: Path) -> None:
    with open_scratch(user) as scratch:
        for name in ("tree", "build", "../x", ""):
            with pytest.raises(ValueError, match="not the name of a copy"):
                scratch.fresh(name)


@pytest.mark.parametrize("stage", ["opened", "synced", "written"])
def test_leaving_puts_the_copy_back(user: Path, stage: str) -> None:
    with pytest.raises(KeyboardInterrupt), open_scratch(user) as scratch:
        if stage != "opened":
            scratch.sync()
        if stage == "written":
            scratch.write({"a/src/lib.rs": b"x", "a/src/new.rs": b"y"})
        raise KeyboardInterrupt
    if stage != "opened":
        assert content(user / "target/spikeproof/tree") == content(user)
    with open_scratch(user) as scratch:
        scratch.sync()
        assert content(scratch.tree) == content(user)
