"""A scan answers from what earlier runs found in the same bytes, and is never worse off for it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.base import user_cache
from engine.base.user_cache import UserCache, digest
from engine.detect import scan as scanning
from engine.detect.scan import FileSites, ScanResult, scan
from tests.trees import build

LOOP = """\
pub fn total(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        let copy = name.clone();
        sum += copy.len();
    }
    sum
}
"""
QUIET = "// spikeproof: allow(clone-per-frame)\n" + LOOP
BROKEN = LOOP + "pub fn broken( {\n"
FILES = {"a.rs": LOOP, "b.rs": QUIET, "c.rs": BROKEN, "d.rs": "pub fn f() {}\n"}
NAMES = ("clone-per-frame", "mutex-counter")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(user_cache.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(scanning, "_CACHED_FROM", 0)
    return build(tmp_path / "tree", FILES)


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were not answered from the cache."""
    found: list[str] = []
    was = scanning._sites_in

    def noted(job: object, path: str, *rest: object) -> FileSites:
        found.append(path)
        return was(job, path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(scanning, "_sites_in", noted)
    return found


def run(root: Path, names: tuple[str, ...] = NAMES, **options: object) -> ScanResult:
    return scan(root, sorted(FILES), names, lambda _: 2021, **options)  # type: ignore[arg-type]


def test_the_second_run_says_the_same_and_scans_nothing(root: Path, scanned: list[str]) -> None:
    first = run(root)
    assert sorted(scanned) == sorted(FILES)
    assert first.sites and first.suppressed and first.skipped
    scanned.clear()
    assert run(root) == first
    assert scanned == []


def test_what_changed_is_scanned(root: Path, scanned: list[str]) -> None:
    run(root)
    scanned.clear()
    (root / "a.rs").write_text("\n" + LOOP)
    assert [site.span.start for site in run(root).sites if site.path == "a.rs"]
    assert scanned == ["a.rs"]


@pytest.mark.parametrize(
    "again",
    [
        lambda root: run(root, ("clone-per-frame",)),
        lambda root: run(root, uses=False),
        lambda root: run(root, takes_cold=lambda _: True),
        lambda root: scan(root, sorted(FILES), NAMES, lambda _: 2015),
    ],
)
def test_a_result_hangs_on_more_than_the_bytes(
    root: Path, scanned: list[str], again: Callable[[Path], ScanResult]
) -> None:
    run(root)
    scanned.clear()
    again(root)
    assert sorted(scanned) == sorted(FILES)


def test_the_code_of_this_program_is_part_of_the_key(
    root: Path, scanned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(root)
    scanned.clear()
    monkeypatch.setattr(user_cache, "_code", lambda: "another version")
    run(root)
    assert sorted(scanned) == sorted(FILES)


def test_a_file_that_moved_has_sites_of_its_own(root: Path) -> None:
    run(root)
    (root / "a.rs").rename(root / "e.rs")
    found = scan(root, ["e.rs"], NAMES, lambda _: 2021)
    assert {site.path for site in found.sites} == {"e.rs"}


@pytest.mark.parametrize(
    "damage", [b"", b"SQLite format 3\0" + b"\xff" * 4096, b"no database at all"]
)
def test_a_damaged_cache_is_made_anew(root: Path, scanned: list[str], damage: bytes) -> None:
    first = run(root)
    for name in os.listdir(root.parent / "cache"):
        (root.parent / "cache" / name).unlink()
    (root.parent / "cache/scan.sqlite").write_bytes(damage)
    assert run(root) == first
    run(root)
    scanned.clear()
    assert run(root) == first
    assert scanned == []


def test_values_of_another_shape_are_none(root: Path) -> None:
    first = run(root)
    with sqlite3.connect(root.parent / "cache/scan.sqlite") as database:
        database.execute("UPDATE files SET value = x'c0'")
    database.close()
    assert run(root) == first
    assert run(root) == first


def test_a_cache_that_is_locked_or_cannot_be_written_costs_nothing_else(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_cache, "_WAIT", 0.05)
    first = run(root)
    database = sqlite3.connect(root.parent / "cache/scan.sqlite", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    (root / "a.rs").write_text("\n" + LOOP)
    assert len(run(root).sites) == len(first.sites)
    database.close()
    monkeypatch.setenv(user_cache.VARIABLE, str(root / "a.rs"))
    assert len(run(root).sites) == len(first.sites)


def test_nothing_is_kept_when_it_is_off_or_small(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(user_cache.VARIABLE, "off")
    run(root)
    monkeypatch.setenv(user_cache.VARIABLE, str(root.parent / "cache"))
    monkeypatch.setattr(scanning, "_CACHED_FROM", 10**9)
    run(root)
    assert not (root.parent / "cache").exists()


def test_it_is_bounded_and_drops_what_was_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_cache, "LIMIT", 400_000)
    cache = UserCache(tmp_path, "scan", str)
    clock = 0.0

    def tick() -> float:
        nonlocal clock
        clock += 2 * user_cache._DAY
        return clock

    monkeypatch.setattr("engine.base.user_cache.time.time", tick)
    cache.put({b"kept": "x"})
    for n in range(100):
        cache.put({b"%d" % n: "y" * 10_000})
        assert cache.get([b"kept"]) == {b"kept": "x"}
        assert (tmp_path / "scan.sqlite").stat().st_size < 800_000
    assert 10 < len(cache.get(b"%d" % n for n in range(100))) < 60
    assert cache.get([b"99"])


def test_two_runs_at_once_share_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from engine.base.user_cache import UserCache\n"
        "cache = UserCache(Path(sys.argv[1]), 'scan', str)\n"
        "for n in range(40): cache.put({b'%s %d' % (sys.argv[2].encode(), n): 'x' * 1000})\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in ("a", "b")
    ]
    assert [one.wait() for one in both] == [0, 0]
    cache = UserCache(tmp_path, "scan", str)
    assert len(cache.get(b"%c %d" % (name, n) for name in b"ab" for n in range(40))) == 80


def test_a_path_that_is_no_text_is_not_kept(tmp_path: Path) -> None:
    path = os.fsdecode(b"src/\xff.rs")
    assert digest(b"", path) != digest(b"", "src/x.rs")
    cache = UserCache(tmp_path, "scan", FileSites)
    cache.put({b"k": FileSites(path), b"l": FileSites("src/x.rs")})
    assert cache.get([b"k", b"l"]) == {b"l": FileSites("src/x.rs")}


def test_what_is_found_anew_takes_the_place_of_what_was_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = UserCache(tmp_path, "words", str)
    cache.put({b"a": "old"})
    monkeypatch.setenv(user_cache.FRESH, "1")
    assert cache.get([b"a"]) == {}
    cache.put({b"a": "new"})
    monkeypatch.delenv(user_cache.FRESH)
    assert cache.get([b"a"]) == {b"a": "new"}
