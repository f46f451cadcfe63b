"""Sources as a careful reader sees them."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from engine.base.model import Skip
from engine.cargo.sources import LIMIT, is_generated, read_source
from engine.cargo.workspace import Selection, discover
from tests.trees import CACHE_TAG, CODE, build, member, package, skipped


@pytest.fixture
def lone(tmp_path: Path) -> Path:
    root = build(tmp_path / "pkg", {"Cargo.toml": package("a"), "src/lib.rs": CODE})
    (root / ".git").mkdir()
    return root


def test_git_ignored_at_every_level(lone: Path) -> None:
    build(
        lone,
        {
            ".gitignore": "\ufeff/gen/\n*.tmp.rs\n# no\n\\\n!keep.tmp.rs\r\n",
            ".git/info/exclude": "private.rs\n",
            "src/.gitignore": "local.rs\n!x.tmp.rs\n",
            "gen/a.rs": CODE,
            "src/a.tmp.rs": CODE,
            "src/x.tmp.rs": CODE,
            "src/keep.tmp.rs": CODE,
            "src/private.rs": CODE,
            "src/local.rs": CODE,
            "tests/local.rs": CODE,
            "src/gen/a.rs": CODE,
        },
    )
    workspace = discover(lone, Selection())
    assert workspace.files == (
        *("src/gen/a.rs", "src/keep.tmp.rs", "src/lib.rs", "src/x.tmp.rs", "tests/local.rs"),
    )
    assert skipped(workspace) == dict.fromkeys(
        ["gen/", "src/a.tmp.rs", "src/private.rs", "src/local.rs"], "git-ignored"
    )


def test_rules_of_the_repository_above_count_but_not_beyond_a_nested_one(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    build(
        tmp_path,
        {
            ".gitignore": "/ws/a/src/no.rs\nnever.rs\n",
            "ws/Cargo.toml": "[workspace]\nmembers = ['a', 'sub']\n",
            **member("ws/a", "a"),
            "ws/a/src/no.rs": CODE,
            "ws/a/src/never.rs": CODE,
            **member("ws/sub", "sub"),
            "ws/sub/.git": "gitdir: ../../.git/modules/sub\n",
            ".git/modules/sub/info/exclude": "secret.rs\n",
            "ws/sub/src/never.rs": CODE,
            "ws/sub/src/secret.rs": CODE,
        },
    )
    workspace = discover(tmp_path / "ws", Selection())
    assert workspace.files == ("a/src/lib.rs", "sub/src/lib.rs", "sub/src/never.rs")


def test_a_root_that_its_repository_ignores_is_wanted_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    root = build(tmp_path / "real/x", {"Cargo.toml": package("x"), "src/lib.rs": CODE})
    (tmp_path / ".gitignore").write_text("real/\n")
    assert discover(root, Selection()).files == ("src/lib.rs",)


def test_build_output_vendored_and_foreign_folders(lone: Path) -> None:
    build(
        lone,
        {
            "target/CACHEDIR.TAG": CACHE_TAG,
            "target/debug/build/out/x.rs": CODE,
            "out/.rustc_info.json": "{}",
            "out/x.rs": CODE,
            "src/target/mod.rs": CODE,
            "tests/cache/CACHEDIR.TAG": CACHE_TAG,
            "tests/cache/x.rs": CODE,
            "vendor/v/src/lib.rs": CODE,
            "src/vendor/mod.rs": CODE,
            "third_party/x.rs": CODE,
            "deps/w/.cargo-checksum.json": "{}",
            "deps/w/x.rs": CODE,
            "fuzz/Cargo.toml": package("fuzz", "[workspace]\n"),
            "fuzz/x.rs": CODE,
            ".hg/x.rs": CODE,
            ".git/x.rs": CODE,
            ".github/x.rs": CODE,
        },
    )
    workspace = discover(lone, Selection())
    assert workspace.files == (
        *(".github/x.rs", "src/lib.rs", "src/target/mod.rs", "src/vendor/mod.rs"),
        "tests/cache/x.rs",
    )
    assert skipped(workspace) == {
        "vendor/": "vendored",
        "third_party/": "vendored",
        "deps/w/": "vendored",
        "fuzz/": "a package that is not a member of this workspace",
    }


def test_links_and_special_files(lone: Path, tmp_path: Path) -> None:
    build(tmp_path, {"secret/key.rs": CODE})
    (lone / "src/out.rs").symlink_to(tmp_path / "secret/key.rs")
    (lone / "src/outdir").symlink_to("../../secret")
    (lone / "src/twin.rs").symlink_to("lib.rs")
    (lone / "src/round").symlink_to("..")
    (lone / "src/self.rs").symlink_to("self.rs")
    (lone / "src/gone.rs").symlink_to("nowhere.rs")
    (lone / "notes").symlink_to("nowhere")
    os.mkfifo(lone / "src/pipe.rs")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(lone / "src/sock.rs"))
    workspace = discover(lone, Selection())
    assert workspace.files == ("src/lib.rs",)
    assert skipped(workspace) == {
        "src/out.rs": "symbolic link that leaves the workspace",
        "src/outdir/": "symbolic link that leaves the workspace",
        "src/twin.rs": "symbolic link to src/lib.rs",
        "src/round/": "symbolic link to .",
        "src/self.rs": "broken symbolic link",
        "src/gone.rs": "broken symbolic link",
        "src/pipe.rs": "not a regular file",
        "src/sock.rs": "not a regular file",
    }


def test_a_member_behind_a_link_is_left_out(tmp_path: Path) -> None:
    build(tmp_path, member("elsewhere", "linked") | {"ws/Cargo.toml": "[workspace]\nmembers=['m']"})
    (tmp_path / "ws/m").symlink_to("../elsewhere")
    workspace = discover(tmp_path / "ws", Selection())
    assert workspace.files == ()
    assert skipped(workspace) == {"m/": "m is a symbolic link"}


def test_a_requested_file_that_is_no_source_is_said_so(lone: Path) -> None:
    build(lone, {"target/.rustc_info.json": "{}", "target/x.rs": CODE})
    workspace = discover(lone / "target/x.rs", Selection())
    assert "target/x.rs" in skipped(workspace)
    assert [package.name for package in workspace.selected] == ["a"]


NAMES = ["a b.rs", "new\nline.rs", "tab\t.rs", '"quote".rs', "-x.rs", "[x].rs", "\u202eabc.rs"]


@pytest.mark.parametrize("name", [os.fsencode(name) for name in NAMES] + [b"\xff\xfe.rs"])
def test_any_file_name(lone: Path, name: bytes) -> None:
    (lone / "src" / os.fsdecode(name)).write_text(CODE)
    workspace = discover(lone, Selection())
    path = "src/" + os.fsdecode(name)
    assert path in workspace.files
    assert read_source(workspace.root, path) == CODE.encode()


def test_unreadable_folder(lone: Path) -> None:
    build(lone, {"src/closed/x.rs": CODE})
    (lone / "src/closed").chmod(0)
    if os.access(lone / "src/closed", os.R_OK):
        pytest.skip("root reads everything")
    workspace = discover(lone, Selection())
    (lone / "src/closed").chmod(0o755)
    assert skipped(workspace) == {"src/closed/": "cannot be read: Permission denied"}


def test_ten_thousand_files_in_half_a_second(tmp_path: Path) -> None:
    build(tmp_path, {"Cargo.toml": "[workspace]\nmembers = ['c*']\n"})
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("\n".join(f"*.x{i}\n/y{i}/" for i in range(15)))
    for crate in range(50):
        build(tmp_path, {f"c{crate}/Cargo.toml": package(f"c{crate}")})
        for module in range(10):
            folder = tmp_path / f"c{crate}/src/m{module}"
            folder.mkdir(parents=True)
            for index in range(20):
                (folder / f"f{index}.rs").touch()
    best = 9.0
    for _ in range(3):
        start = time.process_time()  # other tests run beside it
        workspace = discover(tmp_path, Selection())
        best = min(best, time.process_time() - start)
    assert len(workspace.files) == 10_000
    assert best < 0.5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"ok\n\0", "holds a NUL byte in line 2"),
        (b"ok\n\xff", "not UTF-8 in line 2"),
        (b"// @generated by prost-build\n", "generated code"),
        (b"x" * (LIMIT + 1), "larger than 8 MiB"),
        (b"\xef\xbb\xbffn main() {}\r", None),
        (b"", None),
        (b"x" * LIMIT, None),
    ],
    ids=["nul", "latin", "generated", "large", "bom", "empty", "limit"],
)
def test_read_source(tmp_path: Path, data: bytes, reason: str | None) -> None:
    (tmp_path / "x.rs").write_bytes(data)
    expected = data if reason is None else Skip("x.rs", reason)
    assert read_source(tmp_path, "x.rs") == expected


def test_read_source_trusts_nothing_that_was_seen_before(tmp_path: Path) -> None:
    build(tmp_path, {"real/x.rs": CODE, "ws/src/x.rs": CODE})
    root = tmp_path / "ws"
    assert read_source(root, "src/x.rs") == CODE.encode()
    (root / "src/x.rs").unlink()
    assert isinstance(gone := read_source(root, "src/x.rs"), Skip)
    assert "No such file" in gone.reason
    (root / "src/x.rs").symlink_to(tmp_path / "real/x.rs")
    assert read_source(root, "src/x.rs") == Skip("src/x.rs", "not a regular file")
    (root / "src/x.rs").unlink()
    os.mkfifo(root / "src/x.rs")
    assert read_source(root, "src/x.rs") == Skip("src/x.rs", "not a regular file")
    shutil.rmtree(root / "src")
    (root / "src").symlink_to(tmp_path / "real")
    assert isinstance(swapped := read_source(root, "src/x.rs"), Skip)
    assert swapped.reason.startswith("cannot be read")


@pytest.mark.parametrize(
    "text",
    [
        "/* automatically generated by rust-bindgen 0.69.4 */",
        "// This file is @generated by prost-build.",
        "// @generated automatically by Diesel CLI.",
        "// automatically generated by the FlatBuffers compiler, do not modify",
        "//! `SeaORM` Entity, @generated by sea-orm-codegen 1.0.0",
        "//! `SeaORM` Entity. Generated by sea-orm-codegen 0.11.0",
        "// This file was autogenerated by some hot garbage in the `uniffi` crate.",
        "// Code generated by protoc-gen-tonic. DO NOT EDIT.",
        "// This file is generated by rust-protobuf 2.8.0. Do not edit",
        '#![doc = "Peripheral access API (generated using svd2rust v0.24.0)"]',
        '// auto-generated: "lalrpop 0.19.8"',
        "/*\n * AUTOGENERATED FILE\n */",
        "// auto-generated",
        "// DO NOT EDIT THIS FILE. IT WAS AUTOMATICALLY GENERATED BY:",
        "//! This file is generated code. Please edit the generator",
    ],
)
def test_generated(text: str) -> None:
    assert is_generated(f"// Copyright\n\n{text}\nfn f() {{}}\n".encode())


@pytest.mark.parametrize(
    "text",
    [
        "//! Ids are auto-generated here.",
        "// Auto-generated ids are never reused.",
        "/// Tokens generated by the lexer.",
        "// looks for the `@generated` marker",
        'const MARK: &str = "@generated";',
        "// me@generated.example",
        "x" * 5000 + "\n// @generated",
    ],
)
def test_not_generated(text: str) -> None:
    assert not is_generated(text.encode())
