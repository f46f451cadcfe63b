"""What rustc told of a tree is known to the next run on it, and to no run on another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from engine.app.session import open_session
from engine.base.model import Span
from engine.base.ui import Ui
from engine.base.user_cache import VARIABLE
from engine.cargo.kept_answers import KeptAnswers
from engine.cargo.oracle import Oracle
from engine.cargo.toolchain import UNSTEADY
from engine.cargo.tree_key import TreeKey
from engine.cargo.workspace import Selection, discover
from engine.detect.scan import scan_workspace
from engine.rust.questions import Answers, Question
from tests.smallcrate import manifest
from tests.trees import build

# With the real cargo, on one crate.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kept_answers")]

LIB = """\
include!(concat!(env!("OUT_DIR"), "/made.rs"));

pub fn total(names: &[String]) -> usize {
    let mut sum = 0;
    for name in names {
        let copy = name.clone();
        sum += copy.len();
    }
    sum
}
"""
BUILD = """\
fn main() {
    println!("cargo:rerun-if-changed=table.txt");
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR").unwrap());
    let kind = std::fs::read_to_string("table.txt").unwrap();
    std::fs::write(out.join("made.rs"), format!("pub type Key = {kind};")).unwrap();
}
"""
FILES = {
    "Cargo.toml": manifest("app", "[workspace]\n[features]\nmore = []\n"),
    "build.rs": BUILD,
    "table.txt": "u8",
    "src/lib.rs": LIB,
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("kept") / "app", FILES)


@pytest.fixture(autouse=True)
def cache(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(root.parent / "cache"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many questions went to rustc, run by run."""
    found: list[int] = []
    was = Oracle.ask

    def noted(self: Oracle, questions: set[Question], *rest: object) -> Answers:
        found.append(len(questions))
        return was(self, questions, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Oracle, "ask", noted)
    yield found


def told(root: Path, selection: Selection | None = None) -> Answers:
    workspace = discover(root, selection or Selection())
    sites = scan_workspace(workspace, ("clone-per-frame",)).sites
    with open_session(workspace, Ui(quiet=True)) as session:
        session.check_baseline()
        return session.ask(sites, session.sources)


def test_the_next_run_asks_nothing(root: Path, asked: list[int]) -> None:
    first = told(root)
    assert first.types
    assert asked
    asked.clear()
    assert told(root) == first
    assert asked == []


def _write(path: str, text: str) -> Callable[[Path, pytest.MonkeyPatch], Selection]:
    def change(root: Path, _: pytest.MonkeyPatch) -> Selection:
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_text(text)
        return Selection()

    return change


def _environment(root: Path, monkeypatch: pytest.MonkeyPatch) -> Selection:
    monkeypatch.setenv("RUSTFLAGS", "--cfg another")
    return Selection()


def _off(root: Path, monkeypatch: pytest.MonkeyPatch) -> Selection:
    monkeypatch.setenv(VARIABLE, "off")
    return Selection()


@pytest.mark.parametrize(
    "change",
    [
        _write("src/lib.rs", "// one line more\n" + LIB),
        _write("table.txt", "u16"),
        _write("new.txt", "nobody reads it, as far as one can know"),
        _write(".cargo/config.toml", '[build]\nrustflags = ["--cfg", "configured"]\n'),
        lambda root, _: Selection(features=("more",)),
        _environment,
        _off,
    ],
    ids=["source", "table", "file", "config", "feature", "environment", "off"],
)
def test_whatever_a_build_may_read_makes_it_another_tree(
    root: Path,
    asked: list[int],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, pytest.MonkeyPatch], Selection],
) -> None:
    told(root)
    asked.clear()
    told(root, change(root, monkeypatch))
    assert asked


def test_what_may_be_told_otherwise_another_time_is_not_kept(root: Path) -> None:
    workspace = discover(root, Selection())
    first, second = Question("src/lib.rs", _span(1)), Question("src/lib.rs", _span(2))
    reasons: Mapping[Question, str] = {first: min(UNSTEADY), second: "rustc: no such field"}
    with open_session(workspace, Ui(quiet=True)) as session:
        session.check_baseline()
        units = session.cargo.units
        key = TreeKey(session.scratch, workspace, session.cargo, "mine")
        kept = KeptAnswers(key)
        kept.put({}, units, Answers(reasons=reasons))
        assert kept.of_tree({}).reasons == {second: "rustc: no such field"}
        assert kept.of_units(units, ["src/lib.rs"]).reasons == {second: "rustc: no such field"}
        assert kept.of_units(units, ["build.rs"]) == Answers()
        assert kept.of_tree({"src/lib.rs": b""}) == Answers()
        key.is_possible = False
        blind = KeptAnswers(key)
        blind.put({}, units, Answers(reasons=reasons))
        assert blind.of_tree({}) == Answers(), "it builds what was not copied"


LOOP = (
    "pub fn all(names: &[String]) { for name in names { let copy = name.clone(); drop(copy); } }\n"
)
MEMBERS = {
    "Cargo.toml": '[workspace]\nmembers = ["low", "high", "aside"]\nresolver = "2"\n',
    "low/Cargo.toml": manifest("low"),
    "low/src/lib.rs": "pub type Id = u8;\n" + LOOP,
    "high/Cargo.toml": manifest("high", '[dependencies]\nlow = { path = "../low" }\n'),
    "high/src/lib.rs": "pub fn id() -> low::Id { 1 }\n" + LOOP,
    "aside/Cargo.toml": manifest("aside"),
    "aside/src/lib.rs": LOOP,
}


@pytest.mark.parametrize(
    ("changed", "asked_again"),
    [
        ("high/src/lib.rs", {"high"}),
        ("low/src/lib.rs", {"high", "low"}),
        ("aside/src/lib.rs", {"aside"}),
        ("aside/notes.txt", {"high", "low", "aside"}),  # a macro may read it
    ],
)
def test_only_a_changed_crate_and_its_dependants_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: str, asked_again: set[str]
) -> None:
    root = build(tmp_path / "several", MEMBERS)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    first = told(root)
    assert {question.path.partition("/")[0] for question in first.types} == {"high", "low", "aside"}
    paths: set[str] = set()
    was = Oracle.ask

    def noted(self: Oracle, questions: set[Question], *rest: object) -> Answers:
        paths.update(question.path.partition("/")[0] for question in questions)
        return was(self, questions, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Oracle, "ask", noted)
    file = root / changed
    file.write_text("// one line more\n" + (file.read_text() if file.exists() else ""))
    assert len(told(root).types) == len(first.types)
    assert paths == asked_again
    paths.clear()
    told(root)
    assert paths == set()


def _span(start: int) -> Span:
    return Span(start, start + 1)
