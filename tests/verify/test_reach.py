"""Which tests reach a fix: what probes tell of real test programs, and what they break."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.base.model import Edit, Fix, Level
from engine.cargo import cargo_results
from engine.cargo.cargo import Cargo
from engine.cargo.test_runner import TestRunner
from engine.verify.reach import TestReach
from engine.verify.values import Reader
from tests.smallcrate import cargo, manifest

LIB = """\
//! A crate.
#![deny(warnings, missing_docs, unused_qualifications, let_underscore_drop)]
#![forbid(unsafe_code)]

/// Doubles.
///
/// ```
/// assert_eq!(reached::doc(1), 2);
/// ```
pub fn doc(n: u32) -> u32 { n + 1 }

/// Told by unit tests.
pub fn unit(n: u32) -> u32 { n + 2 }

/// Told by an integration test.
pub fn outer(n: u32) -> u32 { n + 3 }

/// Runs on a thread.
pub fn threaded(n: u32) -> u32 { n + 4 }

/// Runs in a program.
pub fn program(n: u32) -> u32 { n + 5 }

/// Runs in a target without libtest.
pub fn plain(n: u32) -> u32 { n + 6 }

/// Nobody runs it.
pub fn nobody(n: u32) -> u32 { n + 7 }

/// No probe can stand in it.
pub const fn constant(n: u32) -> u32 { n + 8 }

/// Its caller's place is told.
#[track_caller]
pub fn located(n: u32) -> u32 { let m = n + 9; assert!(n < 9, "no"); m }

/// Only a test that fails anyway runs it.
pub fn failing(n: u32) -> u32 { n + 10 }

#[cfg(test)]
mod tests {
    #[test]
    fn one() { assert_eq!(super::unit(1), 3); }
    #[test]
    fn two() { assert_eq!(super::unit(2), 4); }
    #[test]
    fn other() { std::thread::spawn(|| super::threaded(1)).join().unwrap(); }
    #[test]
    #[should_panic(expected = "no")]
    fn panics() { super::located(9); }
    #[test]
    fn fails() { assert_eq!(super::failing(1), 0); }
    #[test]
    fn line_and_column() {
        let told = std::panic::Location::caller();
        assert_eq!(line!(), told.line() + 1);
    }
}
"""
PLAIN = '[[test]]\nname = "plain"\nharness = false\n'
FILES = {
    "Cargo.toml": manifest("reached", PLAIN),
    "src/lib.rs": LIB,
    "src/main.rs": '//! B.\nfn main() { println!("{}", reached::program(1)); }\n',
    "tests/outer.rs": """\
#[test]
fn sums() { assert_eq!(reached::outer(1), 4); }
#[test]
fn starts() {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_reached"));
    let out = program.env_clear().output().unwrap();
    assert_eq!(out.stdout, b"6\\n");
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_reached")).output().unwrap();
    assert_eq!(out.stdout, b"6\\n");
}
""",
    "tests/plain.rs": "fn main() { assert_eq!(reached::plain(1), 7); }\n",
}


def fix(text: str, *marks: str) -> Fix:
    edits = tuple(
        Edit("src/lib.rs", text.index(mark), text.index(mark) + len(mark), mark.encode())
        for mark in marks
    )
    return Fix("same", Level.SAFE, edits, "")


NAMES = dict(
    re.findall(r"fn (\w+)\(n: u32\) -> u32 \{[^}]*?(n \+ \d+)", LIB),
)


def reader(files: Mapping[str, str]) -> Reader:
    return Reader(lambda path: files[path].encode(), {})


def told(driver: Cargo, folder: Path) -> tuple[TestReach, cargo_results.TestRun]:
    """What the tests of the crate told of all its functions, in a file in ``folder``."""
    folder.mkdir()
    reach = TestReach([fix(LIB, mark) for mark in NAMES.values()], reader(FILES), folder / "reach")
    driver.write(reach.files)
    reach.begin()
    run = driver.test()
    assert run.built, run.output
    assert run.failed == {"reached::lib::tests::fails"}, run.output
    reach.end(run)
    return reach, run


@pytest.mark.slow
@pytest.mark.parametrize(("threads", "edition"), [("", "2021"), ("1", "2018"), ("", "2024")])
def test_real_test_programs_tell_what_they_reach(
    tmp_path: Path, threads: str, edition: str
) -> None:
    config = {".cargo/config.toml": f'[env]\nRUST_TEST_THREADS = "{threads}"\n'} if threads else {}
    driver = cargo(tmp_path, {**FILES, **config, "Cargo.toml": manifest("reached", PLAIN, edition)})
    fixes = {name: fix(LIB, mark) for name, mark in NAMES.items()}
    reach, run = told(driver, tmp_path / 'a "b" \\ $c')
    found = {
        name: reach.of(fix, run.passed, run.passed | run.failed) for name, fix in fixes.items()
    }

    unit = "reached::lib::tests::"
    assert {name: each.tests for name, each in found.items() if each.tests} == {
        "doc": ("reached::doc::src/lib.rs - doc #1",),
        "unit": (f"{unit}one", f"{unit}two"),
        "outer": ("reached::test/outer::sums",),
        "plain": ("reached::test/plain",),
        "located": (f"{unit}panics",),
    }
    assert {name for name, each in found.items() if each.some} == set()
    unknown = {name for name, each in found.items() if each.unknown}
    assert unknown == {"constant", "threaded", "program"}
    passing = {name: reach.of(fix, run.passed, run.passed) for name, fix in fixes.items()}
    assert passing["threaded"].some == ("reached::lib",)
    assert passing["program"].some == ("reached",)
    assert passing["nobody"].words() == "none of 9 tests reaches it"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("cargo-nextest") is None, reason="cargo-nextest is missing")
def test_a_process_for_each_test_tells_on_every_thread_and_in_every_child(tmp_path: Path) -> None:
    driver = cargo(tmp_path, FILES)
    driver.test_with(TestRunner("0.9", "a test asks for it"))
    reach, run = told(driver, tmp_path / "told")
    ran = run.passed | run.failed
    found = {name: reach.of(fix(LIB, mark), run.passed, ran) for name, mark in NAMES.items()}
    unit = "reached::lib::tests::"
    assert {name: each.tests for name, each in found.items() if each.tests} == {
        "doc": ("reached::doc::src/lib.rs - doc #1",),
        "unit": (f"{unit}one", f"{unit}two"),
        "outer": ("reached::test/outer::sums",),
        "plain": ("reached::test/plain",),
        "located": (f"{unit}panics",),
        "threaded": (f"{unit}other",),
        "program": ("reached::test/outer::starts",),
    }
    assert not any(each.some for each in found.values())
    # The test clears the environment of a child, too.
    assert {name for name, each in found.items() if each.unknown} == {"constant", "program"}


ODD = """\
#![no_std]
#![no_implicit_prelude]
macro_rules! wrap { ($($t:tt)*) => { $($t)* } }
wrap! { pub fn wrapped(n: u32) -> u32 { n + 1 } }
pub mod std {
    pub fn shadowed(n: u32) -> u32 { n + 2 }
}
pub fn generic<T: ::core::convert::Into<u32>>(n: T) -> u32 { n.into() + 3 }
pub fn closure(n: u32) -> u32 { let f = |n: u32| { n + 4 }; if n > 5 { f(n) } else { n } }
pub trait Given { fn given(&self) -> u32 { 0 + 5 } }
impl Given for u32 {}
"""
ODD_TEST = """\
use odd::Given;
#[test]
fn runs() {
    odd::wrapped(1);
    odd::std::shadowed(1);
    odd::generic(1u8);
    odd::closure(1);
    1u32.given();
}
#[test]
fn runs_the_closure() { odd::closure(9); }
"""


@pytest.mark.slow
def test_probes_stand_in_odd_places(tmp_path: Path) -> None:
    files = {"Cargo.toml": manifest("odd"), "src/lib.rs": ODD, "tests/odd.rs": ODD_TEST}
    driver = cargo(tmp_path, files)
    fixes = [fix(ODD, mark) for mark in ("n + 1", "n + 2", "n.into()", "n + 4", "0 + 5")]
    reach = TestReach(fixes, reader(files), tmp_path / "reach")
    driver.write(reach.files)
    reach.begin()
    run = driver.test()
    assert run.ok, run.output
    reach.end(run)
    found = [reach.of(fix, run.passed, run.passed) for fix in fixes]
    runs = "odd::test/odd::runs"
    assert [each.tests for each in found] == [
        (runs,),
        (runs,),
        (runs,),
        (f"{runs}_the_closure",),
        (runs,),
    ]
    assert not any(each.unknown for each in found)


BUILT = {
    "Cargo.toml": '[workspace]\nmembers = ["made", "app"]\nresolver = "2"\n',
    "made/Cargo.toml": manifest("made", "[lib]\nproc-macro = true\n"),
    "made/src/lib.rs": """\
use proc_macro::TokenStream;
fn text(n: u32) -> String { format!("{}", n + 1) }
#[proc_macro]
pub fn two(_: TokenStream) -> TokenStream { text(1).parse().unwrap() }
""",
    "app/Cargo.toml": manifest("app", '[dependencies]\nmade = { path = "../made" }\n'),
    "app/build.rs": '#[path = "src/shared.rs"]\nmod shared;\nfn main() { shared::shared(1); }\n',
    "app/src/shared.rs": "pub fn shared(n: u32) -> u32 { n + 2 }\n",
    "app/src/lib.rs": """\
pub mod shared;
#[test]
fn expands() { assert_eq!(made::two!(), 2); }
#[test]
fn shares() { assert_eq!(shared::shared(1), 3); }
""",
}


@pytest.mark.slow
def test_what_runs_while_tests_are_built_is_no_test(tmp_path: Path) -> None:
    driver = cargo(tmp_path, BUILT)
    fixes = []
    for path, mark in (("made/src/lib.rs", "n + 1"), ("app/src/shared.rs", "n + 2")):
        at = BUILT[path].index(mark)
        edit = Edit(path, at, at + len(mark), mark.encode())
        fixes.append(Fix("same", Level.SAFE, (edit,), ""))
    reach = TestReach(fixes, reader(BUILT), tmp_path / "reach")
    driver.write(reach.files)
    reach.begin()
    run = driver.test(("made", "app"))
    assert run.ok, run.output
    reach.end(run)
    macro, shared = (reach.of(fix, run.passed, run.passed) for fix in fixes)
    assert not macro.known
    assert macro.words().endswith("is not known: it runs while the tests are built")
    assert shared.tests == ("app::lib::shares",)
