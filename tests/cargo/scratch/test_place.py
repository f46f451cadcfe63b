"""Where the copy lives, who may use it, and what a run that ends badly leaves."""

from __future__ import annotations

import errno
import fcntl
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from engine.base import atomic_write
from engine.base.errors import SpikeproofError
from engine.cargo import sync
from engine.cargo.cargoconfig import target_dir
from engine.cargo.scratch import Scratch
from engine.cargo.workspace import Selection, discover
from tests.cargo.scratch.conftest import open_scratch
from tests.trees import CACHE_TAG, CODE, build, content, package


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
        assert (user / "target/CACHEDIR.TAG").read_text().startswith(CACHE_TAG)
        assert (user / "target/spikeproof/CACHEDIR.TAG").read_text().startswith(CACHE_TAG)


def test_an_existing_target_directory_is_left_as_it_is(user: Path) -> None:
    build(user, {"target/CACHEDIR.TAG": CACHE_TAG + "# by cargo\n"})
    with open_scratch(user) as scratch:
        scratch.sync()
    assert not (user / "target/.gitignore").exists()
    assert sorted(path.name for path in (user / "target").iterdir()) == [
        "CACHEDIR.TAG",
        "spikeproof",
    ]
    assert (user / "target/CACHEDIR.TAG").read_text() == CACHE_TAG + "# by cargo\n"


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


@pytest.mark.parametrize("link", ["target/spikeproof", "target/spikeproof/build"])
def test_a_link_in_place_of_a_folder_is_refused(user: Path, tmp_path: Path, link: str) -> None:
    (tmp_path / "precious").mkdir()
    (user / link).parent.mkdir(parents=True)
    (user / link).symlink_to(tmp_path / "precious")
    with pytest.raises(SpikeproofError, match="is a symbolic link: remove it"):
        open_scratch(user)
    assert list((tmp_path / "precious").iterdir()) == []


def test_a_target_directory_behind_a_link_is_no_part_of_the_copy(
    user: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (user / "target").symlink_to(tmp_path / "disk")
    (user / ".cargo").symlink_to(tmp_path / "disk")
    with open_scratch(user) as scratch:
        scratch.sync()
        assert scratch.tree.is_relative_to(tmp_path / "disk/spikeproof")
        assert not (scratch.tree / "target").is_symlink()
        assert not (scratch.tree / ".cargo").is_symlink()


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


def test_a_second_run_waits(user: Path) -> None:
    first = open_scratch(user)
    messages: list[str] = []

    def waiting(message: str) -> None:
        messages.append(message)
        first.close()

    with Scratch.open(discover(user, Selection()), on_wait=waiting) as second:
        second.sync()
    assert len(messages) == 1
    assert messages[0].startswith("for another spikeproof run on ")


def test_a_folder_that_was_deleted_while_waiting_is_made_anew(user: Path) -> None:
    first = open_scratch(user)

    def waiting(_: str) -> None:
        shutil.rmtree(user / "target")
        first._lock.release()

    with Scratch.open(discover(user, Selection()), on_wait=waiting) as second:
        second.sync()
        with (second.build.parent / "lock").open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _die_in_the_middle(root: Path, moment: int) -> None:
    real = atomic_write.Store.put
    calls = 0

    def put(self: atomic_write.Store, *args: object) -> atomic_write.Signature:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *args)  # type: ignore[arg-type]

    atomic_write.Store.put = put  # type: ignore[method-assign, assignment]
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
