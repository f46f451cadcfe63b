"""Real cargo in the copy: sees every change, is configured as in the user's tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from engine.cargo.scratch import Copy
from engine.rewrite.patch import git_apply
from tests.cargo.scratch.conftest import open_scratch
from tests.trees import CODE, build, content, package


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
@pytest.mark.parametrize("where", ["inside", "above", "elsewhere"])
def test_flags_count_once_and_relative_values_lead_into_the_copy(
    user: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, where: str
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
    target = {
        "inside": None,  # both files are above the copy
        "above": tmp_path / "target",  # only the far one
        "elsewhere": tmp_path_factory.mktemp("elsewhere"),
    }[where]
    with open_scratch(user, target) as scratch:
        scratch.sync()
        said = cargo(scratch, "check", ok=False)
        assert r'FLAGS "--cfg\u{1f}far\u{1f}--cfg\u{1f}near"' in said
        assert (scratch.tree / "bindings").read_text() == "x"
        assert not (user / "bindings").exists()


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
