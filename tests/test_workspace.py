"""Workspaces as cargo sees them, sources as git and a careful reader see them."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import SpikeproofError
from engine.ignore import Ignore, Patterns
from engine.model import Skip
from engine.sources import LIMIT, is_generated, read_source
from engine.workspace import Selection, Workspace, discover

CODE = "pub fn f() {}\n"


def build(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def package(name: str, more: str = "") -> str:
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


def member(folder: str, name: str, more: str = "") -> dict[str, str | bytes]:
    return {f"{folder}/Cargo.toml": package(name, more), f"{folder}/src/lib.rs": CODE}


@pytest.fixture
def virtual(tmp_path: Path) -> Path:
    return build(
        tmp_path / "ws",
        {
            "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["crates/*", "tools/x"]\n'
            'exclude = ["crates/old"]\ndefault-members = ["crates/app", "crates/core"]\n'
            '[workspace.package]\nversion = "3.1.4"\nedition = "2024"\n'
            '[workspace.dependencies]\ncore = { path = "crates/core", package = "acme-core" }\n'
            'tokio = { version = "1", features = ["rt"] }\n',
            **member("crates/core", "acme-core"),
            **member(
                "crates/app",
                "app",
                "publish = false\n[dependencies]\ncore.workspace = true\n"
                'tokio = { workspace = true, features = ["time"] }\n'
                'json = { package = "serde_json", version = "1", optional = true }\n'
                '[target."cfg(unix)".dependencies]\nnix = "0.29"\n'
                '[build-dependencies]\ncc = "1"\n',
            ),
            "crates/app/build.rs": "fn main() {}\n",
            **member("crates/old", "old"),
            "tools/x/Cargo.toml": '[package]\nname = "x"\nversion.workspace = true\n'
            'edition.workspace = true\n[dev-dependencies]\napp = { path = "../../crates/app" }\n',
            "tools/x/src/main.rs": "fn main() {}\n",
            "docs/readme.md": "",
        },
    )


def names(workspace: Workspace) -> list[str]:
    return [package.name for package in workspace.selected]


def refused(path: Path, selection: Selection | None = None) -> str:
    with pytest.raises(SpikeproofError) as caught:
        discover(path, selection or Selection())
    message = str(caught.value)
    assert "\n" not in message
    return message


def skipped(workspace: Workspace) -> dict[str, str]:
    return {skip.path: skip.reason for skip in workspace.skipped}


# --- members -----------------------------------------------------------------------------------


def test_virtual_workspace(virtual: Path) -> None:
    workspace = discover(virtual, Selection())
    by_name = {package.name: package for package in workspace.packages}
    assert sorted(by_name) == ["acme-core", "app", "x"]
    app, tool = by_name["app"], by_name["x"]
    assert (tool.version, tool.edition, tool.has_lib) == ("3.1.4", "2024", False)
    assert (app.manifest, app.root, app.has_lib) == ("crates/app/Cargo.toml", "crates/app", True)
    assert (app.publish, tool.publish) == (False, True)
    assert app.build_script == "crates/app/build.rs"
    assert app.dependencies == {"acme-core"}
    assert tool.dependencies == {"app"}
    assert app.external == {"tokio": ("rt", "time"), "serde_json": (), "nix": ()}
    assert app.renamed == {"serde_json": "json"}
    assert app.optional == {"serde_json"}
    assert workspace.outside == ()
    assert workspace.requested == ""


def test_default_members_from_the_root_and_all_without_them(virtual: Path) -> None:
    assert names(discover(virtual, Selection())) == ["app", "acme-core"]
    text = (virtual / "Cargo.toml").read_text()
    (virtual / "Cargo.toml").write_text(text.replace("default-members", "# default-members"))
    assert names(discover(virtual, Selection())) == ["app", "acme-core", "x"]


@pytest.mark.parametrize(
    ("path", "selected", "requested"),
    [
        ("crates/app", ["app"], "crates/app"),
        ("crates/app/Cargo.toml", ["app"], "crates/app"),
        ("crates/app/src", ["app"], "crates/app/src"),
        ("crates/app/src/lib.rs", ["app"], "crates/app/src/lib.rs"),
        ("crates", ["app", "acme-core"], "crates"),
        ("docs", ["app", "acme-core"], "docs"),
        ("Cargo.toml", ["app", "acme-core"], ""),
    ],
)
def test_a_path_selects(virtual: Path, path: str, selected: list[str], requested: str) -> None:
    workspace = discover(virtual / path, Selection())
    assert workspace.root == virtual
    assert names(workspace) == selected
    assert workspace.requested == requested


def test_requested_limits_to_selected_packages_below_the_path(virtual: Path) -> None:
    workspace = discover(virtual / "crates/app", Selection())
    assert [path for path in workspace.files if workspace.is_requested(path)] == [
        "crates/app/build.rs",
        "crates/app/src/lib.rs",
    ]
    flags = Selection(packages=("acme-core",))
    workspace = discover(virtual / "crates/app", flags)
    assert [path for path in workspace.files if workspace.is_requested(path)] == [
        "crates/core/src/lib.rs"
    ]


@pytest.mark.parametrize(
    ("selection", "selected"),
    [
        (Selection(packages=("app",)), ["app"]),
        (Selection(packages=("a*", "x")), ["app", "acme-core", "x"]),
        (Selection(packages=("x@3.1",)), ["x"]),
        (Selection(packages=("x@3.1.4",)), ["x"]),
        (Selection(workspace=True), ["app", "acme-core", "x"]),
        (Selection(workspace=True, exclude=("acme-*",)), ["app", "x"]),
    ],
)
def test_flags_select(virtual: Path, selection: Selection, selected: list[str]) -> None:
    assert names(discover(virtual, selection)) == selected


def test_wrong_flags_say_what_there_is(virtual: Path) -> None:
    assert "did you mean `acme-core`?" in refused(virtual, Selection(packages=("acme_core",)))
    assert "there is `acme-core`, `app`, `x`" in refused(virtual, Selection(packages=("qqqqq",)))
    assert "has version 3.1.4" in refused(virtual, Selection(packages=("x@2",)))
    assert "`z*`" in refused(virtual, Selection(packages=("z*",)))
    wrong = Selection(workspace=True, exclude=("apq",))
    assert "did you mean `app`?" in refused(virtual, wrong)
    assert "no package is left" in refused(virtual, Selection(workspace=True, exclude=("*",)))
    with pytest.raises(SpikeproofError, match="only be used together with --workspace"):
        Selection(exclude=("x",))


def test_cargo_arguments(virtual: Path) -> None:
    selection = Selection(
        features=("a", "b/c"), no_default_features=True, target="t", locked=True, offline=True
    )
    assert selection.cargo_args() == (
        *("--features", "a,b/c", "--no-default-features", "--target", "t"),
        *("--locked", "--offline"),
    )
    workspace = discover(virtual, selection)
    assert workspace.package_args() == ("-p", "app@0.1.0", "-p", "acme-core@0.1.0")
    assert workspace.package_args(["x"]) == ("-p", "x@3.1.4")
    assert discover(virtual, Selection(workspace=True)).package_args() == ("--workspace",)


def test_dependants_are_transitive(virtual: Path) -> None:
    workspace = discover(virtual, Selection())
    assert workspace.dependants(["acme-core"]) == ("acme-core", "app", "x")
    assert workspace.dependants(["x"]) == ("x",)


def test_dependants_follow_patches(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n'
            '[patch.crates-io]\nb = { path = "b" }\n',
            **member("a", "a", '[dependencies]\nb = "0.1"\n'),
            **member("b", "b"),
        },
    )
    workspace = discover(root, Selection())
    assert workspace.dependants(["b"]) == ("a", "b")
    assert workspace.packages[0].external == {}


def test_a_workspace_survives_pickling(virtual: Path) -> None:
    workspace = discover(virtual, Selection())
    assert pickle.loads(pickle.dumps(workspace)) == workspace


def test_lone_package_takes_no_path_dependency_for_a_member(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "Cargo.toml": package("a", '[dependencies]\nb = { path = "b" }\n'),
            "src/lib.rs": CODE,
            **member("b", "b"),
        },
    )
    workspace = discover(root, Selection())
    assert [package.name for package in workspace.packages] == ["a"]
    assert workspace.files == ("src/lib.rs",)
    assert skipped(workspace) == {"b/": "a package that is not a member of this workspace"}
    assert workspace.manifests == ("Cargo.toml", "b/Cargo.toml")
    assert workspace.package_of("src/lib.rs") is workspace.packages[0]
    assert workspace.package_of("b/src/lib.rs") is None


def test_path_dependencies_of_a_root_package_are_members(tmp_path: Path) -> None:
    root = build(
        tmp_path / "ws",
        {
            "Cargo.toml": "[workspace]\n" + package("a", '[dependencies]\nb = { path = "b" }\n'),
            "src/lib.rs": CODE,
            **member("b", "b", '[dev-dependencies]\nc = { path = "../c" }\n'),
            **member("c", "c", '[dependencies]\nd = { path = "../../d" }\n'),
        },
    )
    build(tmp_path, member("d", "d"))
    workspace = discover(root, Selection())
    assert [package.name for package in workspace.packages] == ["a", "b", "c"]
    assert names(workspace) == ["a"]
    assert workspace.outside == (tmp_path / "d",)


def test_package_workspace_key_and_a_member_outside_the_root(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "ws/Cargo.toml": '[workspace]\nmembers = ["a", "../out"]\n',
            **member("ws/a", "a"),
            "ws/deep/b/Cargo.toml": package("b", 'workspace = "../.."\n'),
            "ws/deep/b/src/lib.rs": CODE,
            "out/Cargo.toml": package("out", 'workspace = "../ws"\n'),
            "out/src/lib.rs": CODE,
        },
    )
    workspace = discover(root / "ws", Selection())
    assert [package.name for package in workspace.packages] == ["a"]
    assert workspace.outside == (tmp_path / "out",)
    assert "outside the workspace's folder" in skipped(workspace)["../out/"]
    assert "lies outside its folder" in refused(root / "out")
    assert "not a member" in refused(root / "ws/deep/b")


def test_nested_members_own_their_files(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "Cargo.toml": '[workspace]\nmembers = ["a", "a/macros"]\n',
            **member("a", "a"),
            **member("a/macros", "a-macros"),
            **member("a/fixture", "fixture"),
        },
    )
    workspace = discover(root, Selection())
    assert workspace.files == ("a/macros/src/lib.rs", "a/src/lib.rs")
    owner = workspace.package_of("a/macros/src/lib.rs")
    assert owner is not None
    assert owner.name == "a-macros"
    assert "a/fixture/" in skipped(workspace)


def test_an_excluded_package_is_a_workspace_of_its_own(virtual: Path) -> None:
    workspace = discover(virtual / "crates/old", Selection())
    assert workspace.root == virtual / "crates/old"
    assert names(workspace) == ["old"]


def test_a_crate_below_cargo_home_is_in_nobodys_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, {"Cargo.toml": "[workspace]\n", **member("home/registry/serde", "serde")})
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "home"))
    assert names(discover(tmp_path / "home/registry/serde", Selection())) == ["serde"]


# --- what cargo refuses ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no Cargo.toml in"),
        ({"Cargo.toml": "[package]\nname = \n"}, "line 2"),
        ({"Cargo.toml": b"[package]\nname = '\xff'\n"}, "line 2 is not UTF-8"),
        ({"Cargo.toml": "a = " + "[" * 30_000}, "nested too deeply"),
        ({"Cargo.toml": "[dependencies]\n"}, "neither a [package] nor a [workspace]"),
        ({"Cargo.toml": "[package]\nversion = '1.0.0'\n"}, "`package.name` is missing"),
        ({"Cargo.toml": "[package]\nname = 'a'\nversion = 3\n"}, "must be a string"),
        ({"Cargo.toml": "dependencies = 3\n" + package("a")}, "`dependencies` must be a table"),
        ({"Cargo.toml": "[workspace]\nmembers = 'a'\n"}, "must be an array of strings"),
        ({"Cargo.toml": "[workspace]\nmembers = ['gone']\n"}, "workspace member `gone`"),
        ({"Cargo.toml": "[workspace]\nmembers = ['*']\n", "empty/x": ""}, "member `*`"),
        ({"Cargo.toml": "[workspace]\n"}, "has no packages"),
        (
            {"Cargo.toml": "[workspace]\ndefault-members = ['b']\n", "b/x": ""},
            "default member `b` is not",
        ),
        (
            {"Cargo.toml": package("a", "[dependencies]\nb.workspace = true\n")},
            "dependency `b` is inherited",
        ),
        (
            {"Cargo.toml": "[workspace]\nmembers = ['a', 'b']\n"}
            | member("a", "same")
            | member("b", "same"),
            "two packages named `same`",
        ),
        (
            {"Cargo.toml": "[workspace]\nmembers = ['a']\n", "a/Cargo.toml": "[workspace]\n"},
            "two workspace roots",
        ),
    ],
)
def test_refused(tmp_path: Path, files: dict[str, str | bytes], says: str) -> None:
    assert says in refused(build(tmp_path, files))


def test_refused_paths(virtual: Path) -> None:
    assert "cannot open" in refused(virtual / "nowhere")
    assert "neither a folder" in refused(virtual / "docs/readme.md")
    (virtual / "loop").symlink_to("loop")
    assert "cannot open" in refused(virtual / "loop")
    shutil.rmtree(virtual / "docs")
    build(virtual, member("stray", "stray"))
    assert "not a member of it" in refused(virtual / "stray")


def test_a_manifest_that_is_a_pipe_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Cargo.toml")
    assert "not a regular file" in refused(tmp_path)


def test_member_globs_follow_no_loop(tmp_path: Path) -> None:
    root = build(tmp_path, {"Cargo.toml": "[workspace]\nmembers = ['**/k?']\n"})
    build(root, member("deep/down/k1", "k1") | member("k2", "k2"))
    (root / "deep/round").symlink_to("..")
    workspace = discover(root, Selection())
    assert [package.root for package in workspace.packages] == ["deep/down/k1", "k2"]
    (root / "/".join(["d"] * 300)).mkdir(parents=True)
    assert "nested too deeply" in refused(root)
    (root / "Cargo.toml").write_text("[workspace]\nmembers = ['" + "**/" * 50 + "k?']\n")
    assert "nested too deeply" in refused(root)


# --- sources -----------------------------------------------------------------------------------


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
            "target/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55",
            "target/debug/build/out/x.rs": CODE,
            "out/.rustc_info.json": "{}",
            "out/x.rs": CODE,
            "src/target/mod.rs": CODE,
            "tests/cache/CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55",
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


def test_excluded_by_the_config(virtual: Path) -> None:
    text = (virtual / "Cargo.toml").read_text()
    text += "[workspace.metadata.spikeproof]\nexclude = ['crates/core/src', 'build.rs']\n"
    (virtual / "Cargo.toml").write_text(text)
    with (virtual / "tools/x/Cargo.toml").open("a") as manifest:
        manifest.write("[package.metadata.spikeproof]\nexclude = ['src/main.rs']\n")
    workspace = discover(virtual, Selection())
    assert workspace.files == ("crates/app/src/lib.rs",)
    reasons = skipped(workspace)
    for path in ("crates/core/src/", "crates/app/build.rs", "tools/x/src/main.rs"):
        assert reasons[path] == "excluded by the config"


def test_a_requested_file_that_is_no_source_is_said_so(lone: Path) -> None:
    build(lone, {"target/.rustc_info.json": "{}", "target/x.rs": CODE})
    workspace = discover(lone / "target/x.rs", Selection())
    assert "target/x.rs" in skipped(workspace)
    assert names(workspace) == ["a"]


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
        start = time.perf_counter()
        workspace = discover(tmp_path, Selection())
        best = min(best, time.perf_counter() - start)
    assert len(workspace.files) == 10_000
    assert best < 0.5


# --- reading -----------------------------------------------------------------------------------


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


# --- git's own opinion -------------------------------------------------------------------------

PIECES = [
    *("a", "b", "*", "?", "**", "a*", "*.rs", "*.*", "x.rs", "!", "\\!", "#", " ", "\\ ", "b "),
    *(
        "[ab]",
        "[!a]*",
        "[^b]",
        "[]a]",
        "[a-",
        "[[:alpha:]]",
        "[b-a]",
        "\\a",
        "a\\",
        "x[.]rs",
    ),
]
LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "!", "/"]),
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("/".join),
        st.sampled_from(["", "/", "/*", "/**"]),
    ).map("".join),
    max_size=6,
)
PATHS = ["a/b/x.rs", "b/a/x.rs", "a/x.rs", "x.rs", "b/b.rs", "a/b/a/b.rs", "ab/x.rs"]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", root], check=True)
    build(root, dict.fromkeys(PATHS, CODE))
    yield root


def by_git(root: Path) -> set[str]:
    command = ["git", "-C", str(root), "status", "--porcelain", "-z", "-uall", "--ignored=no"]
    clean = {
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": os.environ["PATH"],
    }
    out = subprocess.run(command, check=True, capture_output=True, env=clean).stdout
    return {entry[3:] for entry in out.decode().split("\0") if entry.endswith(".rs")}


@settings(max_examples=60, deadline=None)
@given(top=LINES, below=LINES)
def test_ignores_what_git_ignores(repository: Path, top: list[str], below: list[str]) -> None:
    (repository / ".gitignore").write_text("\n".join(top))
    (repository / "a/.gitignore").write_text("\n".join(below))
    ignore = Ignore(repository)

    def kept(path: str) -> bool:
        parts = path.split("/")
        folders = ("/".join(parts[:count]) for count in range(1, len(parts)))
        return not any(ignore.ignores(folder, folder=True) for folder in folders) and (
            not ignore.ignores(path, folder=False)
        )

    assert {path for path in PATHS if kept(path)} == by_git(repository)


def test_a_hostile_pattern_takes_no_time() -> None:
    start = time.perf_counter()
    patterns = Patterns(["*a" * 60 + "b", "**/*a/" * 60 + "b", "[!b]*" * 60 + "b"])
    assert patterns.decides("a" * 200 + "/" + "a/" * 100 + "c", folder=False) is None
    assert time.perf_counter() - start < 1


# --- cargo's own opinion -----------------------------------------------------------------------


def by_cargo(root: Path) -> tuple[set[str], set[str]]:
    command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
    out = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    data = json.loads(out)
    by_id = {package["id"]: package["name"] for package in data["packages"]}
    default = {by_id[name] for name in data["workspace_default_members"]}
    return set(by_id.values()), default


@pytest.mark.slow
@pytest.mark.parametrize(
    "files",
    [
        {"Cargo.toml": "[workspace]\nmembers = ['crates/*']\nexclude = ['crates/b']\n"},
        {"Cargo.toml": "[workspace]\nmembers = ['./crates/a', 'crates/[bc]']\n"},
        {"Cargo.toml": "[workspace]\nmembers = ['crates/c']\nexclude = ['crates']\n"},
        {"Cargo.toml": "[workspace]\nmembers = ['**/a', 'tools/../tools/t']\n"},
        {"Cargo.toml": "[workspace]\nmembers=['crates/*']\ndefault-members=['crates/a']\n"},
        {
            "Cargo.toml": "[workspace]\n"
            + package("root", "[dev-dependencies]\nc = { path = 'crates/c' }\n"),
            "src/lib.rs": CODE,
        },
        {
            "Cargo.toml": "[workspace]\nmembers = ['tools/t']\n" + package("root"),
            "src/lib.rs": CODE,
        },
        {
            "Cargo.toml": package("root", "[dependencies]\nc = { path = 'crates/c' }\n"),
            "src/lib.rs": CODE,
        },
    ],
)
def test_members_are_cargos(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    build(tmp_path, member("crates/a", "a") | member("crates/b", "b") | member("tools/t", "t"))
    build(tmp_path, member("crates/c", "c", "[dependencies]\na = { path = '../a' }\n"))
    build(tmp_path, files)
    workspace = discover(tmp_path, Selection())
    found = {package.name for package in workspace.packages}
    assert (found, set(names(workspace))) == by_cargo(tmp_path)
