"""nextest on small real crates: all means what it means with cargo."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.cargo import cargo_results
from engine.cargo.cargo import Cargo
from engine.cargo.kept_runs import Call
from engine.cargo.test_runner import BY_CARGO, TestRunner
from engine.cargo.toolchain import Limits
from tests.smallcrate import cargo, manifest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("cargo-nextest") is None, reason="cargo-nextest is missing"),
    # What its tests share is made once.
    pytest.mark.xdist_group("nextest"),
]
NEXTEST = TestRunner("0.9", "a test asks for it")
HARNESSES = """
[[test]]
name = "own"
harness = false
[[test]]
name = "cases"
harness = false
[[example]]
name = "ex"
test = true
"""
# A harness as libtest-mimic makes them: nextest's protocol, and words as libtest's.
CASES = """\
fn main() {
    let words: Vec<String> = std::env::args().collect();
    let has = |word: &str| words.iter().any(|w| w == word);
    if has("--list") {
        if !has("--ignored") { println!("case/a,(odd): test\\ncase/b: test"); }
        return;
    }
    let all = ["case/a,(odd)", "case/b"];
    let run: Vec<_> = all.iter().filter(|name| words.len() == 1 || has(name)).collect();
    println!("\\nrunning {} tests", run.len());
    for name in &run { println!("test {name} ... ok"); }
    println!("\\ntest result: ok. {} passed; 0 failed; 0 ignored; 0 measured\\n", run.len());
}
"""
FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["a", "b-c", "made"]\nresolver = "2"\n',
    "a/Cargo.toml": manifest("a", HARNESSES),
    "a/src/lib.rs": """\
pub fn one() -> u64 { 1 }
#[cfg(test)]
mod tests {
    #[test]
    fn adds() { assert_eq!(super::one(), 1); }
    #[test]
    #[should_panic]
    fn falls() { panic!("x") }
    #[test]
    #[ignore = "slow"]
    fn later() {}
}
""",
    "a/src/main.rs": "fn main() {}\n#[test] fn adds() { assert_eq!(a::one(), 1); }\n",
    "a/examples/ex.rs": "fn main() {}\n#[test] fn shows() {}\n",
    "a/tests/it.rs": "#[test] fn works() { assert_eq!(a::one(), 1); }\n",
    "a/tests/own.rs": 'fn main() { println!("own"); assert_eq!(a::one(), 1); }\n',
    "a/tests/cases.rs": CASES,
    "b-c/Cargo.toml": manifest("b-c", '[dependencies]\na = { path = "../a" }'),
    "b-c/src/lib.rs": "/// ```\n/// assert_eq!(b_c::two(), 2);\n/// ```\n"
    "pub fn two() -> u64 { a::one() + 1 }\n",
    "made/Cargo.toml": manifest("made", "[lib]\nproc-macro = true\n"),
    "made/src/lib.rs": "#[test] fn expands() {}\n",
}
CASE = "a::test/cases::case/a,(odd)"
DOC = "b-c::doc::b-c/src/lib.rs - two #1"


def by_nextest(driver: Cargo) -> Cargo:
    driver.test_with(NEXTEST)
    return driver


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Cargo:
    """The workspace above; tests that write put the files back."""
    return cargo(tmp_path_factory.mktemp("nextest"), FILES, "--workspace")


def back(driver: Cargo, *paths: str) -> None:
    driver.write({path: FILES[path].encode() for path in paths})


def seen(run: cargo_results.TestRun) -> tuple[object, ...]:
    assert run.built, run.output
    return run.passed, run.failed, run.ignored, run.broken, run.timed_out


def test_the_tests_are_those_that_cargo_runs(built: Cargo) -> None:
    built.test_with(BY_CARGO)
    by_cargo = built.test()
    runs = built.runs
    run = by_nextest(built).test()
    assert seen(run) == seen(by_cargo)
    assert {CASE, DOC, "a::test/own", "made::lib::expands"} <= run.passed
    assert built.runs == runs + 3, "nextest, the target without a protocol, the doc tests"
    assert built.test(["made"]).passed == {"made::lib::expands"}


def test_single_tests(built: Cargo) -> None:
    wanted = {CASE, DOC, "a::lib::tests::adds", "a::bin/a::adds", "a::test/own"}
    some = by_nextest(built).test(only=sorted(wanted))
    assert some.passed == wanted
    whole = built.test(only=["a::lib", "a::test/it::works"])
    assert whole.passed == {"a::lib::tests::adds", "a::lib::tests::falls", "a::test/it::works"}
    assert built.test(only=["a::test/it::gone"]).passed == frozenset()


def test_a_failure_is_told_with_what_it_printed(built: Cargo) -> None:
    fails = b"#[test] fn works() { assert_eq!(a::one(), 2); }\n#[test] fn other() {}\n"
    built.write({"a/tests/it.rs": fails + b"#[test] fn dies() { std::process::abort() }\n"})
    run = by_nextest(built).test(["a"])
    back(built, "a/tests/it.rs")
    assert run.failed == {"a::test/it::works", "a::test/it::dies"}
    assert "a::test/it::other" in run.passed, "a process that dies takes no other test along"
    assert run.broken == frozenset()
    assert "---- a::test/it::works stdout ----" in run.output
    assert "a/tests/it.rs:1:" in run.output


def test_what_passes_when_it_is_run_again_has_failed(tmp_path: Path) -> None:
    config = (
        '[profile.default]\nretries = 2\n[[profile.default.overrides]]\nfilter = "test(second)"\n'
    )
    mark = tmp_path / "mark"
    lib = f"""\
#[test] fn second() {{
    let mark = std::path::Path::new({str(mark)!r});
    let again = mark.exists();
    std::fs::write(mark, "").unwrap();
    assert!(again);
}}
""".replace("'", '"')
    files = {
        "Cargo.toml": manifest("again"),
        "src/lib.rs": lib,
        ".config/nextest.toml": config + "retries = 3\n",
    }
    driver = by_nextest(cargo(tmp_path, files))
    assert driver.test().failed == {"again::lib::second"}
    assert driver.test(only=["again::lib::second"]).passed == {"again::lib::second"}


def test_the_workspaces_settings_hold(tmp_path: Path) -> None:
    config = """\
[store]
dir = "elsewhere"
[profile.default]
default-filter = "not (test(slow) | binary(apart))"
global-timeout = "1ms"
fail-fast = true
junit.path = "theirs.xml"
[profile.spikeproof]
slow-timeout = { period = "1s", terminate-after = 1 }
"""
    lib = """\
#[test] fn fails() { panic!() }
#[test] fn hangs() { loop { std::thread::park() } }
#[test] fn slow() {}
#[test] fn works() {}
"""
    files = {
        "Cargo.toml": manifest("set"),
        "src/lib.rs": lib,
        "tests/apart.rs": "#[test] fn one() {}\n",
        ".config/nextest.toml": config,
    }
    run = by_nextest(cargo(tmp_path, files)).test()
    assert run.passed == {"set::lib::works"}
    assert run.failed == {"set::lib::fails", "set::lib::hangs"}
    assert run.ignored == {"set::lib::slow", "set::test/apart"}
    assert not run.timed_out
    assert not list(tmp_path.rglob("theirs.xml"))


def test_a_program_that_dies_when_it_is_asked_for_tests_costs_itself(built: Cargo) -> None:
    dies = b"""\
#[used]
#[link_section = ".init_array"]
static DIE: extern "C" fn() = { extern "C" fn die() { std::process::abort() } die };
#[test] fn works() {}
"""
    built.write({"a/tests/it.rs": dies})
    whole = by_nextest(built).test(["a"])
    some = built.test(only=["a::test/it::works", "a::lib::tests::adds"])
    back(built, "a/tests/it.rs")
    assert whole.broken == {"a::test/it"}
    assert {"a::lib::tests::adds", "a::test/own", CASE} <= whole.passed
    assert some.broken == {"a::test/it"}
    assert some.passed == {"a::lib::tests::adds"}


HANGS = """\
extern "C" { fn signal(number: i32, handler: usize) -> usize; }
fn wait() { loop { std::thread::park() } }
#[test] fn a_quick() {}
#[test] fn b_hangs() { wait() }
#[test] fn c_stubborn() {
    unsafe { signal(15, 1) };
    std::fs::write("pid", std::process::id().to_string()).unwrap();
    wait()
}
#[test] fn d_later() {}
"""


def test_a_limit_ends_what_hangs_and_keeps_the_rest(tmp_path: Path) -> None:
    config = "[profile.default]\ntest-threads = 2\n"
    files = {
        "Cargo.toml": manifest("hangs"),
        "src/lib.rs": "",
        "tests/it.rs": HANGS,
        ".config/nextest.toml": config,
    }
    patient = cargo(tmp_path, files)
    assert patient.test(only=["hangs::test/it::a_quick"]).ok  # built
    run = by_nextest(Cargo(patient.scratch, (), Limits(test=4.0))).test()
    assert run.timed_out
    assert run.failed == run.cut == {"hangs::test/it::b_hangs", "hangs::test/it::c_stubborn"}
    assert run.passed == {"hangs::test/it::a_quick"}
    assert "cargo nextest was stopped after 4 s" in run.output
    pid = (patient.scratch.tree / "pid").read_text()
    assert not Path(f"/proc/{pid}/exe").exists(), "no test outlives the run"


def test_tests_that_do_not_compile(built: Cargo) -> None:
    built.write({"a/tests/it.rs": b"#[test] fn works() { nothing(); }\n"})
    run = by_nextest(built).test(["a"])
    back(built, "a/tests/it.rs")
    assert not run.built
    assert [(d.code, d.target) for d in run.diagnostics] == [("E0425", "test/it")]


def test_what_does_not_compile_as_it_is_is_left_out(tmp_path: Path) -> None:
    files: Mapping[str, str] = {
        "Cargo.toml": manifest("part", "[workspace]"),
        "src/lib.rs": "/// ```\n/// part::one();\n/// ```\npub fn one() {}\n#[test] fn unit() {}\n",
        "tests/bad.rs": "#[test] fn bad() { nothing::here() }\n",
        "tests/good.rs": "#[test] fn good() {}\n",
    }
    driver = by_nextest(cargo(tmp_path, files))
    assert driver.leave_out(driver.check()) is not None
    run = driver.test()
    assert run.built
    tests = {"part::lib::unit", "part::test/good::good", "part::doc::src/lib.rs - one #1"}
    assert run.passed == tests
    assert driver.test(["part"]).passed == tests


def test_a_package_without_a_library_has_no_doc_tests(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["lone", "used"]\nresolver = "2"\n',
        "lone/Cargo.toml": manifest("lone", '[dependencies]\nused = { path = "../used" }\n'),
        "lone/src/main.rs": "fn main() { used::one() }\n#[test] fn unit() {}\n",
        "used/Cargo.toml": manifest("used"),
        "used/src/lib.rs": "pub fn one() {}\n",
    }
    run = by_nextest(cargo(tmp_path, files)).test(["lone"])
    assert run.ok, run.output
    assert run.passed == {"lone::bin/lone::unit"}


NO_SETUP = """\
experimental = ["setup-scripts"]
[scripts.setup.no]
command = "false"
[[profile.default.scripts]]
filter = "all()"
setup = "no"
"""
NO_REPORT = '[profile.spikeproof.junit]\npath = "mine.xml"\n'


@pytest.mark.parametrize(
    ("config", "why"),
    [
        pytest.param("[profile.default]\nretries = 'many'\n", "it ended with 96", id="config"),
        pytest.param(NO_SETUP, "a setup script fails", id="setup"),
        pytest.param(NO_REPORT, "wrote no report .* leave `junit.path`", id="report"),
    ],
)
def test_what_keeps_nextest_from_running_is_said(tmp_path: Path, config: str, why: str) -> None:
    files = {
        "Cargo.toml": manifest("no"),
        "src/lib.rs": "#[test] fn fails() { panic!() }\n",
        ".config/nextest.toml": config,
    }
    with pytest.raises(SpikeproofError, match=why):
        by_nextest(cargo(tmp_path, files)).test()


class Calls:
    """Keeps what is asked of it."""

    def __init__(self) -> None:
        self.made: list[Call] = []

    def state(self) -> None:
        return None

    def tests(self, before: object, call: Call) -> None:
        self.made.append(call)

    def ran(self, before: object, call: Call, run: object) -> None:
        assert call == self.made[-1]


def test_what_is_kept_of_a_run_is_the_runners(built: Cargo) -> None:
    calls = built.kept = Calls()  # type: ignore[assignment]
    try:
        for runner in (NEXTEST, TestRunner("0.10", ""), BY_CARGO):
            built.test_with(runner)
            built.test(only=["a::test/it::works"])
    finally:
        built.kept = None
    assert len(set(calls.made)) == 3
