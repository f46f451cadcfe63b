"""What a workload's target directory begins with: packages from elsewhere, never the tree's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.measure.seed import seed

OUR, DEP, OTHER = "0123456789abcdef", "fedcba9876543210", "aaaaaaaabbbbbbbb"
LOCK = """
version = 4
[[package]]
name = "kit"
version = "0.1.0"
[[package]]
name = "my-dep"
version = "1.0.0"
source = "registry+https://example.org/index"
[[package]]
name = "twice"
version = "1.0.0"
source = "registry+https://example.org/index"
[[package]]
name = "twice"
version = "2.0.0"
"""
FILES = (
    f"release/.fingerprint/kit-{OUR}/lib-kit",
    f"release/.fingerprint/my-dep-{DEP}/lib-my_dep",
    f"release/.fingerprint/twice-{OTHER}/lib-twice",
    f"release/build/my-dep-{DEP}/output",
    f"release/build/kit-{OUR}/output",
    f"release/deps/libmy_dep-{DEP}.rlib",
    f"release/deps/libmy_dep-{DEP}.rmeta",
    f"release/deps/my_dep-{DEP}.d",
    f"release/deps/libkit-{OUR}.rlib",
    f"release/deps/kit-{OUR}",
    f"release/deps/libtwice-{OTHER}.rlib",
    "release/kit",
    f"debug/.fingerprint/my-dep-{DEP}/lib-my_dep",
    f"debug/deps/libmy_dep-{DEP}.rlib",
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "Cargo.lock").write_text(LOCK)
    for number, path in enumerate(FILES):
        file = tmp_path / "build" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
        os.utime(file, ns=(0, 10**18 + number))
    return tmp_path / "build"


def seeded(source: Path) -> dict[str, Path]:
    target = source.with_name("workload-old")
    seed(source, target, source.with_name("Cargo.lock"))
    return {p.relative_to(target).as_posix(): p for p in target.rglob("*") if p.is_file()}


def test_only_what_is_of_elsewhere_is_taken(source: Path) -> None:
    found = seeded(source)
    assert set(found) == {
        f"release/.fingerprint/my-dep-{DEP}/lib-my_dep",
        f"release/build/my-dep-{DEP}/output",
        f"release/deps/libmy_dep-{DEP}.rlib",
        f"release/deps/libmy_dep-{DEP}.rmeta",
        f"release/deps/my_dep-{DEP}.d",
    }


def test_times_stay_and_what_cargo_writes_in_place_is_a_copy(source: Path) -> None:
    for path, file in seeded(source).items():
        own = source / path
        assert file.stat().st_mtime_ns == own.stat().st_mtime_ns
        assert file.samefile(own) == path.endswith((".rlib", ".rmeta"))


def test_a_directory_that_is_there_is_left_as_it_is(source: Path) -> None:
    source.with_name("workload-old").mkdir()
    assert seeded(source) == {}


@pytest.mark.parametrize("lock", [None, "not toml [", "package = 3", "[[package]]\nversion = 3\n"])
def test_without_a_lock_nothing_is_taken(source: Path, lock: str | None) -> None:
    place = source.with_name("Cargo.lock")
    place.unlink()
    if lock is not None:
        place.write_text(lock)
    assert seeded(source) == {}


def test_with_a_triple_and_without_any_build(source: Path, tmp_path: Path) -> None:
    below = source / "x86_64-unknown-linux-gnu"
    below.mkdir()
    (source / "release").rename(below / "release")
    assert f"x86_64-unknown-linux-gnu/release/deps/libmy_dep-{DEP}.rlib" in seeded(source)
    seed(tmp_path / "nothing", tmp_path / "target", tmp_path / "Cargo.lock")
    assert not (tmp_path / "target").exists()
