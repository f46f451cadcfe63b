"""Reading what ``cargo test`` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.cargo import cargo_results
from engine.cargo.libtest import Executable, Log, joined, restricted


def read(text: str, timed_out: bool = False) -> Mapping[str, frozenset[str]]:
    log = Log()
    log.executables = {
        "a-1": Executable("a::lib", True),
        "it-2": Executable("a::test/it", True),
        "own-3": Executable("a::test/own", False),
    }
    log.docs = {"a": "a"}
    for line in text.split("\n"):
        log.feed(line)
    return log.finish(timed_out)


LIB = "     Running unittests src/lib.rs (target/debug/deps/a-1)\n"
IT = "     Running tests/it.rs (/abs/olute dir/deps/it-2)\n"
OWN = "     Running tests/own.rs (target/debug/deps/own-3)\n"
FAILED = "error: test failed, to rerun pass `-p a --lib`\n"


def summary(passed: int = 0, failed: int = 0, ignored: int = 0) -> str:
    word = "FAILED" if failed else "ok"
    return (
        f"\ntest result: {word}. {passed} passed; {failed} failed; {ignored} ignored; "
        "0 measured; 0 filtered out; finished in 0.00s\n\n"
    )


def test_plain_results_of_two_targets() -> None:
    found = read(
        f"{LIB}\nrunning 3 tests\ntest m::one ... ok\ntest m::two - should panic ... ok\n"
        f"test m::off ... ignored, needs a network\n{summary(2, 0, 1)}"
        f"{IT}\nrunning 1 test\ntest one ... FAILED\n\nfailures:\n\n---- one stdout ----\n"
        f"panicked\n\nfailures:\n    one\n{summary(0, 1)}{FAILED}"
    )
    assert found == {
        "passed": {"a::lib::m::one", "a::lib::m::two"},
        "failed": {"a::test/it::one"},
        "ignored": {"a::lib::m::off"},
        "broken": frozenset(),
    }


def test_prints_between_name_and_result() -> None:
    found = read(
        f"{LIB}\nrunning 4 tests\ntest one ... hello ok\nworldok\ntest two ... some\n"
        "test three ... stuff\nmore\nFAILED\nprinted without a newlinetest four ... ok\n"
        f"{summary(2, 1)}{FAILED}"
    )
    assert found["passed"] == {"a::lib::one", "a::lib::four"}
    assert found["failed"] == {"a::lib::three"}


def test_the_list_of_failures_has_the_last_word() -> None:
    found = read(
        f"{LIB}\nrunning 2 tests\ntest one ... ok\ntest two ... ok\n\nfailures:\n\n"
        "---- two stdout ----\ntest inner ... ok\n    one\nrunning 5 tests\n"
        f"test result: ok. 5 passed; 0 failed; 0 ignored; 0 measured\n\nfailures:\n    two\n"
        f"{summary(1, 1)}{FAILED}"
    )
    assert found["passed"] == {"a::lib::one"}
    assert found["failed"] == {"a::lib::two"}
    assert found["broken"] == frozenset()


def test_a_target_that_died_is_broken() -> None:
    died = read(
        f"{LIB}\nrunning 2 tests\ntest one ... ok\n{FAILED}{IT}\nrunning 0 tests{summary()}"
    )
    assert died["broken"] == {"a::lib"}
    assert died["passed"] == {"a::lib::one"}
    assert read(f"{LIB}{FAILED}")["broken"] == {"a::lib"}
    # All told, none failed, and yet the program did: it crashed on its way out.
    assert read(f"{LIB}\nrunning 0 tests{summary()}{FAILED}")["broken"] == {"a::lib"}


def test_time_out_breaks_the_target_that_ran() -> None:
    found = read(f"{LIB}\nrunning 0 tests{summary()}{IT}\nrunning 1 test\n", timed_out=True)
    assert found["broken"] == {"a::test/it"}
    assert found["passed"] == frozenset()


def test_a_target_without_libtest_is_one_test() -> None:
    assert read(f"{OWN}hello\n")["passed"] == {"a::test/own"}
    assert read(f"{OWN}hello\n{FAILED}")["failed"] == {"a::test/own"}
    mimic = read(f"{OWN}\nrunning 1 test\ntest case/a ... ok\n{summary(1)}")
    assert mimic["passed"] == {"a::test/own::case/a"}


def test_doc_tests_are_counted_per_item() -> None:
    text = (
        "   Doc-tests a\n\nrunning 4 tests\n"
        "test src/lib.rs - f (line 30) ... ok\ntest src/lib.rs - f (line 4) ... FAILED\n"
        "test src/lib.rs - (line 1) ... ok\ntest src/lib.rs - g (line 9) - compile fail ... ok\n"
        f"{summary(3, 1)}"
    )
    found = read(text)
    assert found["passed"] == {
        "a::doc::src/lib.rs - f #2",
        "a::doc::src/lib.rs #1",
        "a::doc::src/lib.rs - g #1",
    }
    assert found["failed"] == {"a::doc::src/lib.rs - f #1"}
    moved = text.replace("line 4", "line 14").replace("line 30", "line 44")
    assert read(moved) == found


def test_other_programs_and_crates_are_no_targets() -> None:
    text = "     Running tests/x.rs (target/debug/deps/x-9)\ntest one ... ok\n   Doc-tests other\n"
    assert not any(read(text).values())


def run(
    passed: Iterable[str] = (), failed: Iterable[str] = (), broken: Iterable[str] = ()
) -> cargo_results.TestRun:
    told = [frozenset(names) for names in (passed, failed, broken)]
    return cargo_results.TestRun(True, told[0], told[1], frozenset(), told[2], (), "", 1.0)


def test_runs_are_joined_and_restricted() -> None:
    one = run(passed=["a::doc::src/lib.rs - f #1", "a::doc::src/lib.rs - foo #1"])
    two = run(failed=["a::test/it::x"], broken=["a::test/it", "a::lib"])
    both = restricted(joined([one, two]), frozenset({"a::doc::src/lib.rs - f #1", "a::test/it"}))
    assert both.passed == {"a::doc::src/lib.rs - f #1"}
    assert both.failed == {"a::test/it::x"}
    assert both.broken == {"a::test/it"}
    assert both.seconds == 2.0
    assert not both.ok
