"""Manifests and cargo's configuration for a copy in another place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.cargo.cargoconfig import config_for_copy, target_dir
from engine.cargo.relocate import relocated
from tests.cargo.scratch.conftest import open_scratch
from tests.trees import build, package


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
