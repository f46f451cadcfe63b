"""The file of sites that are left alone: its bytes, what it refuses, what the commands make of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.app.cli import cli
from engine.base.errors import SpikeproofError
from engine.base.model import Site, Span
from engine.detect import baseline
from engine.detect.baseline import Baseline, BaselineEntry
from tests.gate import gated
from tests.trees import build, package

ID = "mutex-counter-%012x"
LIB = "use std::sync::Mutex;\n\npub struct Counters {\n    hits: Mutex<u64>,\n    errors: Mutex<u64>,\n}\n"
MORE = LIB.replace("}\n", "    bytes: Mutex<u64>,\n}\n")


def entry(number: int, path: str = "src/lib.rs") -> BaselineEntry:
    return BaselineEntry(path, "mutex-counter", "struct S", f"site {number}", ID % number)


def test_the_bytes_depend_on_the_entries_alone(tmp_path: Path) -> None:
    entries = [entry(n, path) for n, path in enumerate(("b.rs", "a.rs", "a \u202e\n.rs", "a.rs"))]
    assert baseline.dump(entries) == baseline.dump([*entries[::-1], entries[0]])
    lines = baseline.dump(entries).decode("ascii").split("\n")
    assert len(lines) == len(entries) + 3  # one a line, so that version control merges them
    file = tmp_path / "b.json"
    baseline.write(file, entries)
    assert baseline.read(file) == Baseline(file, tuple(sorted(entries)))
    assert baseline.dump(baseline.read(file).entries) == file.read_bytes()
    assert baseline.dump([]) == b'{"schema": "spikeproof/baseline/1", "sites": [\n]}\n'
    baseline.write(file, [])
    assert baseline.read(file).entries == ()


def test_entries_are_put_to_those_that_are_there(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    assert baseline.add(file, [entry(2)]).entries == (entry(2),)
    assert baseline.add(file, [entry(1), entry(2)]).entries == (entry(1), entry(2))
    assert baseline.read(file).entries == (entry(1), entry(2))


def test_a_site_is_known_by_its_id_alone() -> None:
    held = Baseline(Path("b.json"), (entry(1),))
    assert Site("other", "other.rs", Span(0, 1), id=ID % 1) in held
    assert Site("mutex-counter", "src/lib.rs", Span(0, 1), id=ID % 2) not in held
    assert Site("mutex-counter", "src/lib.rs", Span(0, 1)) not in held


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("the guard of `a` is held while `b()` is awaited on line 662", "the guard of `a` is held while `b()` is awaited"),
        ("`a` is used again at line 9, and kept", "`a` is used again, and kept"),
        ("held (line 12) and in lines 14", "held and"),
        ("`line 12` of a text", "`line 12` of a text"),
    ],
)  # fmt: skip
def test_lines_in_words_change_no_entry(message: str, kept: str) -> None:
    site = Site("c", "a.rs", Span(1, 2), {}, message=message, id=ID % 1)
    assert BaselineEntry.of(site).message == kept


def test_writing_keeps_mode_and_follows_the_users_own_link(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text("old")
    file.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(file)
    baseline.write(link, [entry(1)])
    assert link.is_symlink()
    assert file.stat().st_mode & 0o777 == 0o640
    assert baseline.read(file).entries == (entry(1),)
    assert sorted(os.listdir(tmp_path)) == ["b.json", "link.json"]
    with pytest.raises(SpikeproofError, match="cannot write the baseline"):
        baseline.write(tmp_path / "no/such/folder.json", [])


GOOD = json.loads(baseline.dump([entry(1)]))
SITE = GOOD["sites"][0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"<<<<<<< HEAD\n", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "no baseline of schema"),
        (json.dumps({**GOOD, "schema": "spikeproof/baseline/2"}).encode(), "no baseline of schema"),
        (json.dumps({**GOOD, "more": 1}).encode(), "other keys"),
        (json.dumps({**GOOD, "sites": {}}).encode(), "other keys"),
        (json.dumps({**GOOD, "sites": [SITE, 1]}).encode(), "entry 2"),
        (json.dumps({**GOOD, "sites": [{**SITE, "id": "x\x1b[2J"}]}).encode(), "entry 1"),
        (json.dumps({**GOOD, "sites": [{**SITE, "path": 7}]}).encode(), "entry 1"),
        (json.dumps({**GOOD, "sites": [{**SITE, "more": ""}]}).encode(), "entry 1"),
        (json.dumps({**GOOD, "sites": [{"id": ID % 1}]}).encode(), "entry 1"),
    ],
)
def test_what_is_no_baseline_is_said_in_a_line(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "b.json"
    file.write_bytes(data)
    with pytest.raises(SpikeproofError, match=words) as caught:
        baseline.read(file)
    assert "\n" not in str(caught.value)


def test_only_a_regular_file_of_some_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "folder"):
        with pytest.raises(SpikeproofError, match="not a regular file"):
            baseline.read(tmp_path / name)
    with pytest.raises(SpikeproofError, match=r"no baseline .*spikeproof baseline -o"):
        baseline.read(tmp_path / "absent")
    monkeypatch.setattr(baseline, "LIMIT", 10)
    baseline.write(tmp_path / "b.json", [entry(1)])
    with pytest.raises(SpikeproofError, match="too large"):
        baseline.read(tmp_path / "b.json")


# -- the commands ----------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return build(tmp_path / "app", {"Cargo.toml": package("app"), "src/lib.rs": LIB})


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, gated(map(str, arguments)))


def test_a_baseline_silences_what_it_holds(root: Path) -> None:
    file = root / "b.json"
    written = run("baseline", "--no-types", root, "-o", file)
    assert written.exit_code == 0
    assert "Wrote 2 sites" in written.stderr
    again = run("baseline", "--no-types", root)
    assert again.stdout_bytes == file.read_bytes()
    assert run("scan", root).exit_code == 1
    silent = run("scan", root, "--baseline", file)
    assert (silent.exit_code, silent.stdout) == (0, "")
    assert "2 sites of the baseline b.json" in silent.stderr
    build(root, {"src/lib.rs": "\n\n// moved\n" + MORE})
    found = run("scan", root, "--baseline", file, "--format", "json")
    assert found.exit_code == 1
    assert [site["start"]["line"] for site in json.loads(found.stdout)["sites"]] == [9]


def test_the_configs_baseline_holds_without_the_option(root: Path) -> None:
    config = '[package.metadata.spikeproof]\nbaseline = "kept/b.json"\n'
    build(root, {"Cargo.toml": package("app", config)})
    missing = run("scan", root)
    assert missing.exit_code == 2
    assert "spikeproof baseline" in missing.stderr
    (root / "kept").mkdir()
    assert run("baseline", "--no-types", root).exit_code == 0
    assert len(baseline.read(root / "kept/b.json").entries) == 2
    assert run("scan", root).exit_code == 0
    assert run("scan", root, "--no-baseline").exit_code == 1


def test_a_repositorys_baseline_is_no_way_out_of_it(root: Path, tmp_path: Path) -> None:
    outside = build(tmp_path, {"outside.json": "mine"}) / "outside.json"
    for value in ("../outside.json", str(outside), "a/../../outside.json", "", ".", "C:/x"):
        config = f'[package.metadata.spikeproof]\nbaseline = "{value}"\n'
        build(root, {"Cargo.toml": package("app", config)})
        assert run("scan", root).exit_code == 2
        assert run("baseline", "--no-types", root).exit_code == 2
    config = '[package.metadata.spikeproof]\nbaseline = "b.json"\n'
    build(root, {"Cargo.toml": package("app", config)})
    (root / "b.json").symlink_to(outside)
    assert run("scan", root).exit_code == 2
    refused = run("baseline", "--no-types", root)
    assert refused.exit_code == 2
    assert "symbolic link" in refused.stderr
    assert outside.read_text() == "mine"


def test_a_member_has_no_baseline_of_its_own(tmp_path: Path) -> None:
    config = '[package.metadata.spikeproof]\nbaseline = "b.json"\n'
    files = {"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/src/lib.rs": LIB}
    root = build(tmp_path, {**files, "a/Cargo.toml": package("a", config)})
    refused = run("scan", root)
    assert refused.exit_code == 2
    assert "there is one for all packages" in refused.stderr


def test_what_was_not_looked_at_keeps_its_entries(root: Path) -> None:
    guard = "pub async fn f(m: &Mutex<u8>) {\n    let g = m.lock().unwrap();\n    w().await;\n    drop(g);\n}\n"
    build(root, {"src/lib.rs": LIB, "src/other.rs": "use std::sync::Mutex;\n" + guard})
    file = root / "b.json"
    run("baseline", "--no-types", root, "-o", file)
    every = baseline.read(file).entries
    assert {e.codemod for e in every} == {"mutex-counter", "guard-across-await"}
    run("baseline", "--no-types", root, "-o", file, "--codemod", "mutex-counter")
    assert baseline.read(file).entries == every
    build(root, {"src/lib.rs": "", "src/other.rs": ""})
    run("baseline", "--no-types", root / "src/lib.rs", "-o", file)
    assert {e.path for e in baseline.read(file).entries} == {"src/other.rs"}
    run("baseline", "--no-types", root, "-o", file)
    assert baseline.read(file).entries == ()
