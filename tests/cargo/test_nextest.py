"""What nextest is asked, and what its list and its report say."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from engine.base.errors import SpikeproofError
from engine.base.process import ProcessResult
from engine.cargo import test_runner as runners
from engine.cargo.nextest import (
    CONFIG,
    Told,
    arguments,
    binary_id,
    but_for,
    only_program,
    only_tests,
    read_list,
    read_report,
    tool_config,
)
from engine.cargo.test_runner import TestRunner


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("a-b::lib", "a-b"),
        ("a-b::test/it", "a-b::it"),
        ("a-b::bin/tool", "a-b::bin/tool"),
        ("a-b::example/ex", "a-b::example/ex"),
        ("a-b::bench/be", "a-b::bench/be"),
    ],
)
def test_programs_have_nextests_names(target: str, name: str) -> None:
    assert binary_id(target) == name


def test_some_tests_are_named_exactly() -> None:
    assert list(
        only_tests(["a::test/it::x", "a::test/it::m::y (1, \\2)", "a::lib", "a::lib::z"])
    ) == [
        *("-E", "binary_id(=a)"),
        *("-E", "binary_id(=a::it) & (test(=m::y (1\\, \\\\2\\)) + test(=x))"),
    ]
    many = [f"a::lib::{number}{'x' * 100}" for number in range(1000)]
    assert list(only_tests(many)) == ["-E", "binary_id(=a)"], "more than a command line takes"
    assert only_program("a::bin/b") == ("-E", "binary_id(=a::bin/b)")
    assert but_for([]) == ()
    assert but_for(["a::test/it", "a::lib"]) == ("-E", "not (binary_id(=a) + binary_id(=a::it))")


def test_arguments_of_cargos() -> None:
    found = arguments(("-p", "a", "--profile", "ci", "--lib"), ("--config", "x=1"))
    assert found == ("--config", "x=1", "-p", "a", "--cargo-profile", "ci", "--lib")


def test_the_profile_writes_the_report(tmp_path: Path) -> None:
    report = tmp_path / 'a "b" \\ é \U0001f980'
    config = tomllib.loads(tool_config(report).decode())
    assert config["profile"]["spikeproof"]["junit"]["path"] == str(report)


def test_the_list_tells_what_would_run() -> None:
    def case(status: str, reason: str = "") -> dict[str, object]:
        return {
            "kind": "test",
            "ignored": False,
            "filter-match": {"status": status, "reason": reason},
        }

    def suite(name: str, status: str, **cases: dict[str, object]) -> dict[str, object]:
        return {"binary-path": f"/build/{name}", "status": status, "testcases": cases, "new": 1}

    ignored = case("mismatch", "ignored")
    suites = {
        "a": suite("a-1", "listed", one=case("matches"), two=ignored),
        "a::it": suite("it-2", "skipped"),
        "a::slow": suite("slow-3", "skipped-default-filter"),
        "other": suite("other-4", "listed", one=case("matches")),
    }
    data = json.dumps({"rust-suites": suites, "test-count": 3}).encode()
    programs = {"a-1": "a::lib", "it-2": "a::test/it", "slow-3": "a::test/slow"}
    listed = read_list(data, programs)
    assert listed.targets == {"a::lib", "a::test/slow"}
    assert listed.wanted == {"a::lib::one"}
    assert listed.passed_over == {"a::lib::two", "a::test/slow"}
    with pytest.raises(SpikeproofError, match="list of the tests that cargo nextest gave"):
        read_list(b"{}", programs)


REPORT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="9">
  <testsuite name="@setup-script:db"><testcase name="db"/></testsuite>
  <testsuite name="a">
    <testcase name="m::good" classname="a" time="0.1"/>
    <testcase name="bad"><failure type="test failure with exit code 101" message="m">short</failure>
      <system-out>out &lt;1&gt;\n</system-out><system-err>err\n</system-err></testcase>
    <testcase name="silent"><failure type="test failure with exit code 1">short</failure></testcase>
    <testcase name="again"><flakyFailure type="test failure with exit code 101"
      ><system-out>first</system-out></flakyFailure></testcase>
    <testcase name="ended"><failure type="test abort" message="signal 15"/></testcase>
    <testcase name="slow"><failure type="test timeout"/></testcase>
    <testcase name="lost"><error type="execution failure"/></testcase>
    <testcase name="later"><skipped/></testcase>
  </testsuite>
  <testsuite name="a::it"><testcase name="good"/></testsuite>
</testsuites>
"""


def test_the_report_tells_each_test() -> None:
    told = list(read_report(REPORT.encode(), {"a": "a::lib", "a::it": "a::test/it"}))
    assert told == [
        Told("a::lib::m::good", "passed"),
        Told("a::lib::bad", "failed", "out <1>\nerr\n"),
        Told("a::lib::silent", "failed", "short"),
        Told("a::lib::again", "failed", "first"),  # it has failed, whatever came then
        Told("a::lib::ended", "failed", cut=True),
        Told("a::lib::slow", "failed", cut=True),
        Told("a::lib::lost", "failed"),
        Told("a::lib::later", "ignored"),
        Told("a::test/it::good", "passed"),
    ]
    with pytest.raises(SpikeproofError, match="report of the tests that cargo nextest gave"):
        list(read_report(REPORT[:200].encode(), {}))


# -- who runs them ---------------------------------------------------------------------------------


class Cargo:
    """What cargo answers about nextest."""

    def __init__(
        self, version: bytes = b"cargo-nextest 0.9.143 (60fa45f63)\n", suits: int = 0
    ) -> None:
        self.version, self.suits = version, suits
        self.asked = 0

    def __call__(self, *words: str) -> ProcessResult:
        self.asked += 1
        code = self.suits if "show-config" in words else 0 if self.version else 101
        return ProcessResult(code, self.version, b"error: no such command", 0, False, 0.0)


def chosen(asked: str, tree: Path, cargo: Cargo) -> TestRunner:
    return runners.test_runner(asked, tree, cargo)


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    (tmp_path / CONFIG).parent.mkdir()
    (tmp_path / CONFIG).write_text("")
    return tmp_path


def test_nextest_is_taken_where_the_workspace_has_it(tmp_path: Path, configured: Path) -> None:
    cargo = Cargo()
    found = chosen("auto", configured, cargo)
    assert (found.nextest, found.name) == ("0.9.143", "nextest 0.9.143")
    assert found.why == "there is a .config/nextest.toml"
    (configured / CONFIG).unlink()
    asked = cargo.asked
    assert chosen("auto", tmp_path, cargo).name == "cargo test"
    assert cargo.asked == asked, "nobody need be asked"
    assert chosen("nextest", tmp_path, cargo).nextest == "0.9.143"


def test_cargo_is_taken_where_nextest_cannot_be_had(configured: Path) -> None:
    found = chosen("auto", configured, Cargo(version=b""))
    assert found.name == "cargo test"
    assert found.why == "there is a .config/nextest.toml, but `cargo nextest` is not installed"
    old = chosen("auto", configured, Cargo(suits=92))
    assert old.why == ".config/nextest.toml wants a newer nextest than 0.9.143"
    assert chosen("auto", configured, Cargo(suits=10)).nextest, "a newer one is only recommended"
    assert chosen("cargo", configured, Cargo()).nextest == ""


def test_who_asks_for_it_is_told_how_to_get_it(configured: Path) -> None:
    with pytest.raises(SpikeproofError, match=r"`cargo nextest` is not installed: .*cargo install"):
        chosen("nextest", configured, Cargo(version=b""))
    with pytest.raises(SpikeproofError, match=r"wants a newer nextest than 0\.9\.143: "):
        chosen("nextest", configured, Cargo(suits=92))
