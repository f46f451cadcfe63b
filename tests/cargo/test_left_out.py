"""What does not compile before any change costs itself alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.base.model import Diagnostic
from engine.cargo.cargo import Cargo
from engine.cargo.left_out import LeftOut, UnitKey, left_out, stopping_lints
from engine.cargo.setup_errors import setup_words
from tests.smallcrate import cargo, manifest

LIB = UnitKey("a", "lib", False)
UNIT = UnitKey("a", "lib", True)
IT = UnitKey("a", "test/it", True)
BIN = UnitKey("a", "bin/tool", True)


def error(target: str, code: str = "E0308", message: str = "mismatched types") -> Diagnostic:
    return Diagnostic("error", code, message, (), "", "a", target)


def found(made: set[UnitKey], *errors: Diagnostic, output: str = "") -> LeftOut:
    out = left_out(made, errors, output)
    assert out is not None
    return out


def test_where_nothing_compiles_nothing_is_left() -> None:
    assert left_out((), [error("lib")], "") is None
    assert left_out({UnitKey("a", "build-script", False)}, [error("lib")], "") is None
    assert left_out({LIB}, [], "error: something else") is None


def test_targets_are_told_with_their_first_error() -> None:
    out = found({LIB}, error("example/x"), error("example/x", "", "no such thing"), error("lib"))
    assert list(out.words()) == [
        "`example/x` of `a` does not compile as it is: error[E0308]: mismatched types",
        "the unit tests of `a` do not compile as they are: error[E0308]: mismatched types",
    ]
    many = [error(f"bench/{name}", "E0554", "no stable") for name in "abcde"]
    assert list(
        found({LIB}, *many, error("bench/f"), error("example/x", "E0554", "no stable")).words()
    ) == [
        "5 benches of `a` (`a`, `b`, `c` and 2 more) do not compile as they are: error[E0554]: no stable",
        "`bench/f` of `a` does not compile as it is: error[E0308]: mismatched types",
        "`example/x` of `a` does not compile as it is: error[E0554]: no stable",
    ]
    said = "error: failed to run custom build command for `a-sys v0.1.0 (/x)`\n"
    assert list(found({LIB}, output=said).words()) == [
        "`build-script` of `a-sys` does not compile as it is: its build script fails"
    ]


def test_the_errors_that_were_there_are_none_of_a_fix() -> None:
    out = found({LIB}, error("lib"))
    other = error("lib", message="another")
    assert out.new([error("lib"), other, error("bin/tool")]) == (other, error("bin/tool"))


def test_tests_that_compile_are_named() -> None:
    out = found({LIB, IT, BIN, UnitKey("b", "lib", True)}, error("lib"))
    assert out.test_flags("a") == ("--bin", "tool", "--test", "it")
    assert out.test_flags("b") == ("--lib",)
    assert (out.has_docs("a"), out.has_docs("b")) == (True, False)
    assert found({LIB, UNIT}, error("test/it")).test_flags("a") == ("--lib",)


def test_lints_are_no_errors_of_rustcs() -> None:
    lints = [
        error("lib", "unused_imports"),
        error("lib"),
        error("lib", "dead_code"),
        error("lib", ""),
    ]
    assert stopping_lints(lints) == ("dead_code", "unused_imports")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("error: toolchain '1.60.0' is not installed\n", "`rustup toolchain install 1.60.0`"),
        ("error: the package 'a' does not contain this feature: fancy\n", "no feature `fancy`"),
        ("= note: the `x-y` target may not be installed\n", "`rustup target add x-y`"),
        ("error: you're using offline mode (--offline) without ..\n", "run `cargo fetch`"),
        ("error: the lock file /x needs to be updated but --locked was passed", "not up to date"),
        ("error: cannot create the lock file /x because --locked was passed to prevent this\n"
         "help: remove the --locked flag and use --offline instead.", "cargo generate-lockfile"),
        ("error: failed to parse manifest at `/x`\n", "cargo cannot build the workspace: failed to parse"),
        ("", "cargo cannot build the workspace"),
    ],
)  # fmt: skip
def test_what_keeps_cargo_from_building_is_said_first(output: str, words: str) -> None:
    assert words in setup_words(output)


# -- with cargo ------------------------------------------------------------------------------------

FILES = {
    "Cargo.toml": manifest("a", "[workspace]"),
    "src/lib.rs": "pub fn one() -> u64 { 1 }\n/// ```\n/// assert_eq!(a::one(), 1);\n/// ```\n"
    'pub fn two() -> u64 { 2 }\n#[test] fn unit() { let x: u8 = ""; }\n',
    "examples/bad.rs": "fn main() { a::none() }\n",
    "examples/good.rs": "fn main() { a::one(); }\n",
    "tests/bad.rs": "#[test] fn bad() { nothing::here() }\n",
    "tests/good.rs": "#[test] fn good() { assert_eq!(a::one(), 1) }\n",
}


@pytest.mark.slow
def test_the_rest_is_checked_and_tested(tmp_path: Path) -> None:
    runner: Cargo = cargo(tmp_path, FILES)
    failed = runner.check()
    assert not failed.ok
    run = runner.leave_out(failed)
    assert run is not None
    assert run.ok
    assert run.left_out is not None
    assert set(run.left_out.targets) == {("a", "lib"), ("a", "example/bad"), ("a", "test/bad")}
    assert run.compiled == {"src/lib.rs", "examples/good.rs", "tests/good.rs"}
    assert not [d for d in run.diagnostics if d.level == "error"]
    assert runner.is_checked
    assert runner.check().ok
    tests = runner.test()
    assert tests.built
    assert {name.split("::")[1] for name in tests.passed} == {"test/good", "doc"}
    assert runner.test(only=["a::test/good::good"]).passed == {"a::test/good::good"}

    text = FILES["src/lib.rs"].replace("{ 1 }", '{ "x" }')
    runner.write({"src/lib.rs": text.encode()})
    broken = runner.check()
    assert not broken.ok
    assert [d.message for d in broken.diagnostics if d.level == "error"] == ["mismatched types"]
    runner.write({"src/lib.rs": FILES["src/lib.rs"].replace("{ 1 }", "{ 0 }").encode()})
    assert runner.check().ok
    assert runner.test().failed == {"a::test/good::good", "a::doc::src/lib.rs - two #1"}


@pytest.mark.slow
def test_denied_lints_stop_nothing_where_they_are_capped(tmp_path: Path) -> None:
    lib = "#![deny(warnings)]\npub fn one() { let x = 1; }\n"
    runner = cargo(tmp_path, {"Cargo.toml": manifest("a", "[workspace]"), "src/lib.rs": lib})
    run = runner.check()
    assert not run.ok
    assert stopping_lints(run.diagnostics) == ("unused_variables",)
    runner.cap_lints = True
    run = runner.check()
    assert run.ok
    assert [d.level for d in run.diagnostics] == ["warning"]
    runner.leave_nothing_out()
    assert not runner.check().ok
