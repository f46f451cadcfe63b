"""Cargo on small real crates: what a check and a test run tell, and how they fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.base.model import Span
from engine.cargo import record_unit
from engine.cargo.cargo import Cargo
from engine.cargo.messages import Paths, diagnostic, package_name, target_name
from engine.cargo.toolchain import Limits
from engine.cargo.units import dep_info
from tests.smallcrate import cargo, manifest

# What its tests share is made once.
pytestmark = pytest.mark.xdist_group("cargo")

LIB = """\
//! A crate.
mod part;
pub fn one() -> u64 {
    part::get()
}
#[cfg(test)]
mod tests {
    #[test]
    fn adds() {
        assert_eq!(super::one(), 1);
    }
    #[test]
    #[should_panic]
    fn falls() {
        panic!("x")
    }
    #[test]
    #[ignore = "slow"]
    fn later() {}
}
"""
FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b-c"]\nresolver = "2"\n',
    "a/Cargo.toml": manifest("a", '[[test]]\nname = "own"\nharness = false'),
    "a/src/lib.rs": LIB,
    "a/src/part.rs": "pub fn get() -> u64 { 1 }\n",
    "a/src/unused.rs": "not rust",
    "a/src/main.rs": "mod part;\nfn main() { assert_eq!(part::get(), a::one()); }\n"
    "#[test] fn adds() {}\n",
    "a/tests/it.rs": "#[test] fn works() { assert_eq!(a::one(), 1); }\n",
    "a/tests/own.rs": 'fn main() { println!("own"); assert_eq!(a::one(), 1); }\n',
    "b-c/Cargo.toml": manifest("b-c", '[dependencies]\na = { path = "../a" }'),
    "b-c/src/lib.rs": "/// ```\n/// assert_eq!(b_c::two(), 2);\n/// ```\n"
    "pub fn two() -> u64 { a::one() + 1 }\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Cargo:
    """The workspace above, checked once; tests that write put the files back."""
    found = cargo(tmp_path_factory.mktemp("cargo"), FILES)
    assert found.check().ok
    return found


def back(driver: Cargo, *paths: str) -> None:
    driver.write({path: FILES[path].encode() for path in paths})


def test_check_tells_what_was_compiled(built: Cargo) -> None:
    runs = built.runs
    run = built.check()  # nothing is compiled again, and yet it is known
    assert built.runs == runs + 1
    assert run.ok
    assert run.diagnostics == ()
    assert run.compiled == {path for path in FILES if path.endswith(".rs")} - {"a/src/unused.rs"}
    assert {unit.name.rpartition("-")[0] for unit in built.units} == {"a", "b_c", "it", "own"}
    tests = [unit for unit in built.units if unit.is_test]
    assert {"a/src/lib.rs", "a/src/part.rs"} in [unit.files for unit in tests]


def test_an_error_is_told_once_with_its_places(built: Cargo) -> None:
    built.write(
        {"a/src/part.rs": "pub fn get() -> String {\n    /* é */ String::new()\n}\n".encode()}
    )
    run = built.check()
    back(built, "a/src/part.rs")
    assert not run.ok
    assert "could not compile `a`" in run.output
    errors = [found for found in run.diagnostics if found.level == "error"]
    (lib,) = [found for found in errors if found.target == "lib"]  # not again for its unit tests
    assert (lib.code, lib.package) == ("E0308", "a")
    first = lib.spans[0]
    text = LIB.encode()
    assert first.primary
    assert (first.path, first.line, first.column) == ("a/src/lib.rs", 4, 5)
    assert text[first.span.start : first.span.end] == b"part::get()"
    assert any(spot.path == "a/src/lib.rs" and not spot.primary for spot in lib.spans)
    # What rustc read is known of units that fail, too; those behind them were not reached.
    assert run.compiled == {"a/src/lib.rs", "a/src/part.rs"}


def test_offsets_are_the_files_own(built: Cargo) -> None:
    text = "\ufeff// é\r\nmacro_rules! m { ($e:expr) => { fun($e) } }\r\n".encode()
    text += 'fn fun(_: u8) {}\r\npub fn get() -> u64 { /* é */ m!("s"); 1 }\r\n'.encode()
    built.write({"a/src/part.rs": text})
    run = built.check()
    back(built, "a/src/part.rs")
    (error,) = [d for d in run.diagnostics if d.level == "error" and d.target == "lib"]
    places = {(text[s.span.start : s.span.end], s.line, s.primary) for s in error.spans}
    assert (b'"s"', 4, True) in places
    assert (b"fun", 2, False) in places
    assert (b'm!("s")', 4, False) in places  # the call site of what points into the macro
    assert next(s for s in error.spans if s.primary).column == 34


def test_lints_count_as_the_user_set_them(built: Cargo) -> None:
    built.write({"a/src/part.rs": b"pub fn get() -> u64 { let x = 1; 1 }\n"})
    warned = built.check()
    denied = b"#![deny(warnings)]\n" + FILES["a/src/lib.rs"].encode()
    built.write({"a/src/lib.rs": denied})
    failed = built.check()
    back(built, "a/src/part.rs", "a/src/lib.rs")
    assert warned.ok
    assert [d.code for d in warned.diagnostics] == ["unused_variables"] * len(warned.diagnostics)
    assert warned.diagnostics
    assert not failed.ok


@pytest.mark.slow
def test_test_run(built: Cargo) -> None:
    built.write(
        {
            "a/tests/it.rs": b"#[test] fn works() { assert_eq!(a::one(), 1); }\n#[test] fn no() { panic!() }\n"
        }
    )
    run = built.test()
    back(built, "a/tests/it.rs")
    assert run.built
    assert run.passed == {
        *("a::lib::tests::adds", "a::lib::tests::falls", "a::bin/a::adds", "a::test/it::works"),
        *("a::test/own", "b-c::doc::b-c/src/lib.rs - two #1"),
    }
    assert run.failed == {"a::test/it::no"}
    assert run.ignored == {"a::lib::tests::later"}
    assert run.broken == frozenset()
    assert not run.ok


@pytest.mark.slow
def test_packages_and_single_tests(built: Cargo) -> None:
    package = built.test(["b-c"])
    assert package.passed == {"b-c::doc::b-c/src/lib.rs - two #1"}
    wanted = {
        *("a::lib::tests::adds", "a::bin/a::adds", "a::test/own"),
        "b-c::doc::b-c/src/lib.rs - two #1",
    }
    runs = built.runs
    some = built.test(only=sorted(wanted))
    assert some.passed == wanted
    assert some.ok
    assert built.runs == runs + 3  # named ones of programs, the docs, and the one without libtest
    mixed = built.test(only=["a::lib", "a::lib::tests::adds", "a::test/it::works"])
    assert mixed.passed == {
        *("a::lib::tests::adds", "a::lib::tests::falls", "a::test/it::works"),
    }
    assert built.runs == runs + 3 + 2


def test_tests_that_do_not_compile(built: Cargo) -> None:
    built.write({"a/tests/it.rs": b"#[test] fn works() { nothing(); }\n"})
    run = built.test(["a"])
    back(built, "a/tests/it.rs")
    assert not run.built
    assert not run.ok
    assert [(d.code, d.target) for d in run.diagnostics] == [("E0425", "test/it")]


@pytest.mark.slow
def test_abort_and_hang(built: Cargo) -> None:
    built.write(
        {
            "a/tests/it.rs": b"#[test] fn works() { std::process::abort() }\n",
            "a/tests/own.rs": b"fn main() { std::process::exit(3) }\n",
        }
    )
    run = built.test(["a"])
    assert run.broken == {"a::test/it"}
    assert run.failed == {"a::test/own"}
    assert "a::lib::tests::adds" in run.passed
    built.write({"a/tests/it.rs": b"#[test] fn works() { loop { std::thread::park() } }\n"})
    quick = Cargo(built.scratch, (), Limits(test=3.0))
    hung = quick.test(only=["a::test/it::works"])
    back(built, "a/tests/it.rs", "a/tests/own.rs")
    assert hung.timed_out
    assert not hung.ok
    assert "cargo test was stopped after 3 s" in hung.output
    assert "`test-timeout`" in hung.output


@pytest.mark.slow
def test_a_build_script_that_hangs(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": manifest("slow"),
        "src/lib.rs": "",
        "build.rs": "fn main() { std::thread::sleep(std::time::Duration::from_secs(600)) }",
    }
    run = cargo(tmp_path, files, limits=Limits(check=3.0)).check()
    assert run.timed_out
    assert not run.ok
    assert "cargo check was stopped after 3 s" in run.output
    assert "`check-timeout`" in run.output
    assert run.seconds < 10


def test_cargos_own_message_is_kept(tmp_path: Path) -> None:
    run = cargo(tmp_path, {"Cargo.toml": "[package]\nname = 3\n", "src/lib.rs": ""}).check()
    assert not run.ok
    assert run.diagnostics == ()
    assert "invalid type: integer `3`" in run.output


def test_features_and_exclusion_reach_cargo(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": manifest("f", "[features]\nextra = []"),
        "src/lib.rs": '#[cfg(feature = "extra")]\nmod extra;\n',
        "src/extra.rs": "#[test] fn t() {}\n",
    }
    without = cargo(tmp_path, files)
    assert without.check().compiled == {"src/lib.rs"}
    with_it = Cargo(without.scratch, ("--features", "extra"))
    assert with_it.check().compiled == {"src/lib.rs", "src/extra.rs"}
    assert with_it.test(["f"]).passed == {"f::lib::extra::t"}


def test_progress_names_units(tmp_path: Path) -> None:
    heard: list[str] = []
    tests = "#[test] fn one() {}\n#[test] fn two() {}\n"
    scratch = cargo(tmp_path, {"Cargo.toml": manifest("p"), "src/lib.rs": tests}).scratch
    driver = Cargo(scratch, on_progress=heard.append)
    driver.check()
    assert heard == ["p (lib)"] * 2  # and its unit tests
    # From the second time on it is known how much there is.
    heard.clear()
    driver.check()
    assert heard == ["1 of 2: p (lib)", "2 of 2: p (lib)"]
    driver.test()
    heard.clear()
    driver.test()
    assert heard[-2:] == ["1 of 2 tests", "2 of 2 tests"]


def test_deleted_notes_are_written_again(tmp_path: Path) -> None:
    driver = cargo(tmp_path, {"Cargo.toml": manifest("n"), "src/lib.rs": ""})
    assert driver.check().compiled == {"src/lib.rs"}
    for note in (tmp_path / "units").iterdir():
        note.unlink()
    again = driver.check()
    assert again.compiled == {"src/lib.rs"}


def test_rustfmt_takes_the_trees_configuration(built: Cargo) -> None:
    text = b"fn main() { if true { one(); } }\n"
    plain = built.rustfmt(text, "2021", "a/src")
    assert plain == b"fn main() {\n    if true {\n        one();\n    }\n}\n"
    built.write({"a/rustfmt.toml": b"tab_spaces = 2\n"})
    assert built.rustfmt(text, "2021", "a/src") == plain.replace(b"    ", b"  ")
    (built.scratch.tree / "a/rustfmt.toml").unlink()
    assert built.rustfmt(b"fn main( {", "2021", "a/src") is None


def test_version(built: Cargo) -> None:
    assert built.version().startswith("rustc 1.")


def test_missing_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = cargo(tmp_path, {"Cargo.toml": manifest("m"), "src/lib.rs": ""})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SpikeproofError, match="cargo was not found on PATH"):
        Cargo(driver.scratch)
    (tmp_path / "cargo").write_text("#!/bin/sh\n")
    (tmp_path / "cargo").chmod(0o755)
    assert Cargo(driver.scratch).rustfmt(b"", "2021", ".") is None
    with pytest.raises(SpikeproofError, match="rustc was not found on PATH"):
        Cargo(driver.scratch).version()


def fake(driver: Cargo, folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Cargo:
    """A cargo that says what ``script`` does."""
    (folder / "cargo").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "cargo").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return Cargo(driver.scratch)


def test_full_disk_and_old_cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = cargo(tmp_path, {"Cargo.toml": manifest("m"), "src/lib.rs": ""})
    said = "echo 'error: failed to write x: No space left on device (os error 28)' >&2; exit 101"
    full = fake(driver, tmp_path, said, monkeypatch)
    with pytest.raises(SpikeproofError, match="no space left on the disk"):
        full.check()
    with pytest.raises(SpikeproofError, match="no space left on the disk"):
        full.test()
    said = "echo \"error: unexpected argument '--keep-going' found\" >&2; exit 1"
    with pytest.raises(SpikeproofError, match=r"cargo 1\.74 or newer"):
        fake(driver, tmp_path, said, monkeypatch).check()


def test_the_child_sees_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "t0ken")
    monkeypatch.setenv("SHOWN", "value")
    files = {
        "Cargo.toml": manifest("e"),
        "src/lib.rs": "",
        "build.rs": 'fn main() { for (k, v) in std::env::vars() { println!("cargo:warning={k}={v}"); } }',
    }
    driver = cargo(tmp_path, files, limits=Limits(env=("SHOWN",)))
    output = driver.check().output
    assert "SHOWN=value" in output
    assert "t0ken" not in output


@pytest.mark.parametrize(
    ("package_id", "name"),
    [
        ("path+file:///x/a#my-a@0.1.0", "my-a"),
        ("path+file:///x/b%20c#0.1.0", "b c"),
        ("registry+https://h/i#serde@1.0.0", "serde"),
        ("git+https://h/p/repo?branch=x#0.2.0", "repo"),
        ("my-a 0.1.0 (path+file:///x/a)", "my-a"),
    ],
)
def test_package_name(package_id: str, name: str) -> None:
    assert package_name(package_id) == name


def test_target_name() -> None:
    kinds = [["lib"], ["proc-macro"], ["cdylib", "rlib"], ["bin"], ["test"], ["custom-build"]]
    names = [target_name({"kind": kind, "name": "x"}) for kind in kinds]
    assert names == ["lib", "lib", "lib", "bin/x", "test/x", "build-script"]


def test_places_outside_the_tree_are_dropped(tmp_path: Path) -> None:
    def spot(name: str, expansion: object = None) -> dict[str, object]:
        place = {"file_name": name, "byte_start": 1, "byte_end": 2, "line_start": 1}
        more = {"column_start": 2, "is_primary": True, "label": None, "expansion": expansion}
        return {**place, **more}

    inside = spot(f"{tmp_path}/src/b.rs")
    head: dict[str, object] = {
        "level": "error",
        "code": None,
        "message": "m",
        "rendered": None,
        "children": [],
    }
    message = {
        **head,
        "spans": [
            spot("/rustc/abc/library/core/src/macros.rs", {"span": inside}),
            spot("src/../src/a.rs"),
            spot("../outside.rs"),
            spot("<anon>"),
        ],
    }
    found = diagnostic(message, Paths.of(tmp_path))
    assert found is not None
    assert [(s.path, s.span) for s in found.spans] == [
        ("src/b.rs", Span(1, 2)),
        ("src/a.rs", Span(1, 2)),
    ]
    remark = {**message, "spans": [], "message": "aborting due to 2 previous errors"}
    assert diagnostic(remark, Paths.of(tmp_path)) is None


def test_dep_info(tmp_path: Path) -> None:
    rules = (
        f"{tmp_path}/out/a.d: src/a\\ b.rs {tmp_path}/src/c.rs\n\n"
        f"src/a\\ b.rs:\n{tmp_path}/src/c.rs:\n/elsewhere/d.rs:\n# env-dep:X=1:\n"
    )
    (tmp_path / "a.d").write_text(rules)
    assert dep_info(tmp_path / "a.d") == ("src/a b.rs", f"{tmp_path}/src/c.rs", "/elsewhere/d.rs")
    assert dep_info(tmp_path / "none.d") == ()


def test_dep_info_of_rustc_names_odd_files(tmp_path: Path) -> None:
    names = [
        b"a b.rs",
        b"new\nline.rs",
        b"col:on.rs",
        b"colon:\nnew.rs",
        b"caf\xc3\xa9.rs",
        b"#x.rs",
    ]
    escaped = [os.fsdecode(name).replace("\n", "\\n") for name in names]
    text = "".join(f'#[path = "{name}"]\npub mod m{n};\n' for n, name in enumerate(escaped))
    source = tmp_path / "src"
    source.mkdir()
    (source / "lib.rs").write_text(f'{text}pub const X: Option<&str> = option_env!("X");\n')
    for name in names:
        (source / os.fsdecode(name)).write_text("pub fn f() {}\n")
    subprocess.run(
        ["rustc", "--crate-type=lib", "--emit=dep-info,metadata", "src/lib.rs"],
        cwd=tmp_path,
        check=True,
        env={**os.environ, "X": "a: b:\n\nsrc/none.rs:"},
    )
    found = dep_info(tmp_path / "lib.d")
    # The name with a colon before its newline is taken for two: nothing tells it from them.
    odd = {f"src/{os.fsdecode(name)}" for name in names if b":\n" not in name}
    assert set(found) == {*odd, "src/lib.rs", "src/colon", "new.rs"}


def test_recorder_notes_and_becomes_the_compiler(tmp_path: Path) -> None:
    (tmp_path / "args").write_text("--crate-name\nmy_a\n-C\nextra-filename=-0f\n")
    argv = [sys.executable, "-I", "-S", record_unit.__file__, str(tmp_path)]
    done = subprocess.run(
        [*argv, "/bin/echo", "ran", f"@{tmp_path}/args"],
        capture_output=True,
        cwd=tmp_path,
        env={"A": "b"},
        check=True,
    )
    assert done.stdout.decode() == f"ran @{tmp_path}/args\n"
    note = json.loads((tmp_path / "my_a-0f.json").read_text())
    words = ["--crate-name", "my_a", "-C", "extra-filename=-0f"]
    assert note["argv"] == ["/bin/echo", "ran", *words]
    assert (note["cwd"], note["env"]["A"]) == (str(tmp_path.resolve()), "b")
    blocked = [*argv[:-1], str(tmp_path / "missing"), "/bin/echo", "--crate-name", "x"]
    silent = subprocess.run(blocked, capture_output=True, check=True)
    assert silent.stdout == b"--crate-name x\n"
    assert b"cannot note a rustc command" in silent.stderr


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["rustc", "-vV"], ""),
        (["rustc", "--crate-name", "___", "--print=cfg"], ""),
        (["rustc", "--crate-name", "a", "-C", "metadata=1", "-C", "extra-filename=-2"], "a-2"),
        (["rustc", "--crate-name", "a", "-Cmetadata=1"], "a-1"),
    ],
)
def test_unit_name(argv: list[str], name: str) -> None:
    assert record_unit.unit_name(argv) == name
