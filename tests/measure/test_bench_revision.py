"""A git revision as the side before: the repository may run nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.measure.revision import materialise
from tests.trees import build, content


def git(root: Path, *arguments: str, data: bytes = b"") -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    run = subprocess.run(
        ["git", *identity, *arguments], cwd=root, capture_output=True, check=True, input=data
    )
    return run.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = build(
        tmp_path / "repo",
        {
            "crate/src/lib.rs": "pub fn old() {}\n",
            "crate/build.sh": "#!/bin/sh\n",
            "crate/crlf.txt": b"a\r\nb\r\n",
            "shared/data": b"\x00\xff",
            "name with\ttab": "x",
        },
    )
    (root / "crate/build.sh").chmod(0o755)
    (root / "crate/link").symlink_to("src/lib.rs")
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "first")
    git(root, "tag", "v1")
    (root / "crate/src/lib.rs").write_text("pub fn new() {}\n")
    (root / "crate/added.rs").write_text("")
    git(root, "add", ".")
    git(root, "commit", "-m", "second")
    return root


def test_the_tree_is_that_of_the_revision(repository: Path, tmp_path: Path) -> None:
    before = content(repository)
    found = materialise(repository / "crate", "v1", tmp_path / "place")
    assert found.folder == tmp_path / "place/crate"
    assert found.commit == git(repository, "rev-parse", "v1")
    assert found.left_out == ()
    assert content(tmp_path / "place") == {
        "crate/src/lib.rs": b"pub fn old() {}\n",
        "crate/build.sh": b"#!/bin/sh\n",
        "crate/crlf.txt": b"a\r\nb\r\n",
        "crate/link": "src/lib.rs",
        "shared/data": b"\x00\xff",
        "name with\ttab": b"x",
    }
    assert os.access(found.folder / "build.sh", os.X_OK)
    assert not os.access(found.folder / "src/lib.rs", os.X_OK)
    assert content(repository) == before
    again = materialise(repository / "crate", "HEAD", tmp_path / "place")
    assert (again.folder / "added.rs").exists()


def test_a_hostile_repository_runs_nothing(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    evil = build(tmp_path, {"evil.sh": f"#!/bin/sh\ntouch {mark}\ncat\n"}) / "evil.sh"
    evil.chmod(0o755)
    (repository / ".gitattributes").write_text(
        "* filter=evil diff=evil text eol=crlf export-ignore\n"
    )
    git(repository, "add", ".gitattributes")  # alone: or git may convert the others
    git(repository, "commit", "-m", "attributes")
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.gitProxy",
        "core.editor",
        "credential.helper",
        "alias.rev-parse",
        "uploadpack.packObjectsHook",
    ):
        git(repository, "config", key, f"!{evil}" if key.startswith("alias") else str(evil))
    hooks = build(repository / ".git/hooks", dict.fromkeys(
        ("post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"),
        evil.read_text(),
    ))  # fmt: skip
    for hook in hooks.iterdir():
        hook.chmod(0o755)
    git(repository, "config", "extensions.partialClone", "origin")
    git(repository, "config", "core.repositoryFormatVersion", "1")
    git(repository, "config", "remote.origin.promisor", "true")
    git(repository, "config", "remote.origin.url", f"ext::{evil}")
    mark.unlink(missing_ok=True)
    found = materialise(repository / "crate", "HEAD", tmp_path / "place")
    assert not mark.exists()
    assert (found.folder / "crlf.txt").read_bytes() == b"a\r\nb\r\n"
    assert (found.folder / "src/lib.rs").read_bytes() == b"pub fn new() {}\n"
    lost = git(repository, "rev-parse", "HEAD:crate/crlf.txt")
    (repository / ".git/objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(SpikeproofError, match="git"):
        materialise(repository / "crate", "HEAD", tmp_path / "place")
    assert not mark.exists()


def tree(root: Path, entries: bytes) -> str:
    return git(root, "mktree", "--missing", "-z", data=entries)


def commit(root: Path, entries: bytes) -> str:
    return git(root, "commit-tree", "-m", "x", tree(root, entries))


def test_paths_that_leave_the_tree_are_refused(repository: Path, tmp_path: Path) -> None:
    blob = git(repository, "hash-object", "-w", "--stdin", data=b"evil")
    link = git(repository, "hash-object", "-w", "--stdin", data=bytes(tmp_path))
    inner = tree(repository, f"100644 blob {blob}\tconfig\0".encode())
    for entries in (
        f"040000 tree {inner}\t.git\0",
        f"040000 tree {inner}\t.GIT\0",
        f"040000 tree {inner}\t..\0",
        f"120000 blob {link}\tout\x00040000 tree {inner}\tout\0",
    ):
        revision = commit(repository, entries.encode())
        with pytest.raises(SpikeproofError):
            materialise(repository, revision, tmp_path / "place")
        assert not (tmp_path / "config").exists()
        assert not (tmp_path / "place/.git/config").exists()


def test_what_a_checkout_would_have_otherwise_is_told(repository: Path, tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    blob = git(repository, "hash-object", "-w", "--stdin", data=pointer)
    head = git(repository, "rev-parse", "HEAD")
    entries = f"100644 blob {blob}\tbig.bin\x00160000 commit {head}\tvendor\0".encode()
    found = materialise(repository, commit(repository, entries), tmp_path / "place")
    assert found.left_out == (
        "big.bin (a file of git-lfs: only its pointer is there)",
        "vendor (a submodule)",
    )


@pytest.mark.parametrize("name", ["nowhere", "--help", "-", "v1:crate", "HEAD..v1", "a b"])
def test_what_is_no_revision_is_said_so(repository: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(SpikeproofError, match="neither a folder nor a revision"):
        materialise(repository / "crate", name, tmp_path / "place")


def test_a_path_that_the_revision_has_not(repository: Path, tmp_path: Path) -> None:
    build(repository, {"later/x": ""})
    with pytest.raises(SpikeproofError, match="is not there in v1"):
        materialise(repository / "later", "v1", tmp_path / "place")


def test_without_a_repository(tmp_path: Path) -> None:
    (tmp_path / "crate").mkdir()
    with pytest.raises(SpikeproofError, match="is in no git repository"):
        materialise(tmp_path / "crate", "HEAD", tmp_path / "place")
