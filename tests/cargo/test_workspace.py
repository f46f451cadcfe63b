"""Workspaces as cargo sees them."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.cargo.members import Members, find_members
from engine.cargo.workspace import Selection, Workspace, discover, discover_all
from tests.trees import CODE, build, member, package, skipped


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


def test_targets_that_the_manifest_names(tmp_path: Path) -> None:
    more = (
        '[lib]\nname = "engine"\npath = "lib/all.rs"\n[[bin]]\nname = "x"\npath = "tools/x.rs"\n'
        '[[bin]]\nname = "y"\n[[test]]\nname = "t"\npath = "checks/t.rs"\n'
    )
    build(tmp_path, {**member("a-b", "a-b", more)})
    build(tmp_path, {"Cargo.toml": '[workspace]\nmembers = ["a-b"]\n'})
    (package,) = discover(tmp_path, Selection()).packages
    assert (package.crate, package.lib) == ("engine", "a-b/lib/all.rs")
    assert package.targets == ("a-b/tools/x.rs", "a-b/checks/t.rs")


def names(workspace: Workspace) -> list[str]:
    return [package.name for package in workspace.selected]


def refused(path: Path, selection: Selection | None = None) -> str:
    with pytest.raises(SpikeproofError) as caught:
        discover(path, selection or Selection())
    message = str(caught.value)
    assert "\n" not in message
    return message


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
    assert app.optional == {"serde_json", "nix"}  # the one for some targets
    assert workspace.outside == ()
    assert workspace.requested_paths[0].path == ""


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
    assert workspace.requested_paths[0].path == requested


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


# -- several paths -----------------------------------------------------------------------------------


def requested(workspace: Workspace) -> list[str]:
    return [path for path in workspace.files if workspace.is_requested(path)]


def test_paths_of_one_workspace_are_joined(virtual: Path) -> None:
    paths = [
        virtual / "crates/core",
        virtual / "crates/app/src",
        virtual / "crates/core/Cargo.toml",
    ]
    (workspace,) = discover_all(paths, Selection())
    assert names(workspace) == ["app", "acme-core"]
    assert requested(workspace) == ["crates/app/src/lib.rs", "crates/core/src/lib.rs"]
    assert len(workspace.requested_paths) == 2
    (whole,) = discover_all([virtual / "crates/core", virtual], Selection())
    assert requested(whole) == requested(discover(virtual, Selection()))


def test_what_one_path_asks_for_limits_no_other(virtual: Path) -> None:
    """The root asks for its default members, a file of another member for itself alone."""
    (workspace,) = discover_all([virtual, virtual / "tools/x/src/main.rs"], Selection())
    alone = requested(discover(virtual, Selection()))
    extra = [path for path in requested(workspace) if path not in alone]
    assert extra == ["tools/x/src/main.rs"]
    assert set(alone) < set(requested(workspace))


def test_workspaces_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    for name in ("a", "b"):
        build(tmp_path / name, {"Cargo.toml": package(name), "src/lib.rs": CODE})
    paths = [tmp_path / "b", tmp_path / "a/src", tmp_path / "b/src/lib.rs"]
    assert [w.root.name for w in discover_all(paths, Selection())] == ["b", "a"]
    with pytest.raises(SpikeproofError, match="nowhere"):
        discover_all([tmp_path / "a", tmp_path / "nowhere"], Selection())


def test_many_paths_read_the_workspace_once(virtual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Path] = []

    def counting(current: Path, home: Path) -> Members:
        calls.append(current)
        return find_members(current, home)

    monkeypatch.setattr("engine.cargo.workspace.find_members", counting)
    paths = [virtual / path for path in discover(virtual, Selection()).files]
    calls.clear()
    discover_all([*paths, virtual], Selection())
    assert len(calls) == 1
