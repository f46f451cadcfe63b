"""The oracle on small real crates: every place where a question may stand, and what has no answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.base.model import NO_UNIT, NOT_COMPILED, Diagnostic, Span
from engine.cargo.cargo import Cargo
from engine.cargo.hardlink_tree import HardlinkTree
from engine.cargo.messages import Paths
from engine.cargo.oracle import Oracle
from engine.cargo.toolchain import Reply
from engine.cargo.type_probes import Asked, Probed, ProbePlace, places
from engine.cargo.units import Replay, option, replay
from engine.detect.facts import Sources
from engine.rust.questions import Answers, Question
from engine.rust.syntax import Source
from tests.oraclecrate import EXPECTED, FILES, receivers
from tests.smallcrate import cargo, manifest, span

# What its tests share is made once.
pytestmark = pytest.mark.xdist_group("oracle")


@pytest.fixture(scope="module")
def crate(tmp_path_factory: pytest.TempPathFactory) -> Cargo:
    driver = cargo(tmp_path_factory.mktemp("oracle"), FILES)
    run = driver.check()
    assert run.ok, [found.rendered for found in run.diagnostics]
    return driver


def parsed(files: Mapping[str, str]) -> Sources:
    return Sources([p for p in files if p.endswith(".rs")], lambda path: files[path].encode())


@pytest.fixture(scope="module")
def sources() -> Sources:
    return parsed(FILES)


def tree_state(driver: Cargo) -> dict[str, tuple[bytes, int]]:
    tree = driver.scratch.tree
    return {
        str(path.relative_to(tree)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in tree.rglob("*")
        if path.is_file()
    }


def types(where: Iterable[tuple[str, Span]]) -> list[Question]:
    return [Question(path, span) for path, span in where]


def ask(driver: Cargo, sources: Sources) -> tuple[Answers, dict[int, tuple[str, Span]]]:
    marks = {n: (p, s) for p in sources.paths for n, s in receivers(sources.get(p)).items()}
    return Oracle(driver).ask(types(marks.values()), sources), marks


def test_types_of_all_places(crate: Cargo, sources: Sources) -> None:
    runs, before = crate.runs, tree_state(crate)
    artifacts = {p: p.stat().st_mtime_ns for p in (crate.scratch.build).rglob("*.rmeta")}
    answers, marks = ask(crate, sources)
    shown = {n: answers.type_of(*where) for n, where in marks.items()}
    assert {n: None if t is None else str(t) for n, t in shown.items()} == EXPECTED
    reasons = {n: answers.reason(*marks[n]) for n in (1, 7, 8, 29, 33)}
    assert reasons == {
        1: "",
        7: NOT_COMPILED,
        8: NOT_COMPILED,
        29: "it does not stand in a function body, where alone rustc can be asked",
        33: NO_UNIT,
    }
    # No cargo, no trace: neither in the tree nor in the build.
    assert crate.runs == runs
    assert tree_state(crate) == before
    assert {p: p.stat().st_mtime_ns for p in crate.scratch.build.rglob("*.rmeta")} == artifacts
    assert {p.name for p in crate.scratch.tree.parent.iterdir()} == {"tree", "build", "units"}
    assert crate.check().ok


def test_one_bad_question_costs_no_other(crate: Cargo, sources: Sources) -> None:
    """Spans of patterns and methods are no expressions: rustc says so, the others are answered."""
    source = sources.get("src/lib.rs")
    bad = [span(source, "w", n) for n in range(3)]
    bad = [span(source, "self.c/*18*/.clone"), span(source, "k", 0), span(source, "first")]
    bad.append(span(source, "(k, v)"))
    good = receivers(source)
    answers = Oracle(crate).ask(
        [Question("src/lib.rs", where) for where in (*bad, *good.values())], sources
    )
    for number, where in good.items():
        type_ = answers.type_of("src/lib.rs", where)
        assert (None if type_ is None else str(type_)) == EXPECTED[number]
    reasons = [answers.reason("src/lib.rs", where) for where in bad]
    assert reasons[0].startswith("rustc: attempted to take value of method `clone`")
    assert all(reasons)


def test_nothing_asked_runs_nothing(crate: Cargo, sources: Sources) -> None:
    answers = Oracle(crate).ask([], sources)
    assert (answers.replays, answers.rounds) == (0, 0)
    assert answers.reason("src/lib.rs", Span(0, 1)) == "it was not asked"


def test_trimmed_paths_when_rustc_refuses_unstable_flags(
    crate: Cargo, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    real = crate.replay

    def stable(replays: Sequence[Replay], paths: Paths, jobs: int) -> list[Reply]:
        asked.append(any("-Ztrim-diagnostic-paths=no" in item.argv for item in replays))
        return real(
            [replace(r, env={**r.env, "RUSTC_BOOTSTRAP": "-1"}) for r in replays], paths, jobs
        )

    monkeypatch.setattr(crate, "replay", stable)
    source = sources.get("src/lib.rs")
    where = receivers(source)[2]
    answers = Oracle(crate).ask([Question("src/lib.rs", where)], sources)
    assert asked == [True, False]
    type_ = answers.type_of("src/lib.rs", where)
    assert type_ is not None
    # rustc said `Arc<Mutex<u64>>`, and nothing here is called so.
    assert str(type_) == "std::sync::Arc<std::sync::Mutex<u64>>"


def test_a_dependant_is_asked_although_its_dependency_has_questions(tmp_path: Path) -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\nresolver = "2"\n',
        "a/Cargo.toml": manifest("a"),
        "a/src/lib.rs": "pub struct A(pub u8);\npub fn f(a: A) -> u8 { a.0 }\n",
        "b/Cargo.toml": manifest("b", '[dependencies]\na = { path = "../a" }'),
        "b/src/lib.rs": "pub fn g() -> u8 { let x = a::A(1); a::f(x) }\n",
        "b/src/main.rs": '#[path = "../../shared.rs"] mod shared;\nfn main() { shared::h() }\n',
        "shared.rs": 'pub fn h() { let y = b::g(); print!("{}", y) }\n',
    }
    driver = cargo(tmp_path, files)
    assert driver.check().ok
    sources = parsed(files)
    wanted = {
        "a/src/lib.rs": (span(sources.get("a/src/lib.rs"), "a.0"), "u8"),
        "b/src/lib.rs": (Span(35, 36), "a::A"),
        "shared.rs": (span(sources.get("shared.rs"), "y", 1), "u8"),
    }
    where = sources.get("b/src/lib.rs").data.rindex(b"x")
    wanted["b/src/lib.rs"] = (Span(where, where + 1), "a::A")
    answers = Oracle(driver).ask(types((p, s) for p, (s, _) in wanted.items()), sources)
    assert {p: str(answers.type_of(p, s)) for p, (s, _) in wanted.items()} == {
        p: type_ for p, (_, type_) in wanted.items()
    }


def test_time_out_and_crash_are_said(
    crate: Cargo, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = receivers(sources.get("src/lib.rs"))[2]
    for reply, reason in (
        (Reply((), "", -9, True, 1.0), "rustc took too long"),
        (Reply((), "error: internal compiler error", 101, False, 1.0), "rustc crashed"),
        (
            Reply((Diagnostic("error", "", "no such crate", (), ""),), "", 1, False, 1.0),
            "rustc stopped at an error elsewhere: no such crate",
        ),
    ):
        monkeypatch.setattr(crate, "replay", lambda replays, *_, r=reply: [r] * len(replays))
        answers = Oracle(crate).ask([Question("src/lib.rs", where)], sources)
        assert answers.reason("src/lib.rs", where) == reason


def test_the_overlay_is_removed_when_interrupted(
    crate: Cargo, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> list[Reply]:
        raise KeyboardInterrupt

    before = tree_state(crate)
    monkeypatch.setattr(crate, "replay", interrupt)
    where = receivers(sources.get("src/lib.rs"))[2]
    with pytest.raises(KeyboardInterrupt):
        Oracle(crate).ask([Question("src/lib.rs", where)], sources)
    assert tree_state(crate) == before
    assert {p.name for p in crate.scratch.tree.parent.iterdir()} == {"tree", "build", "units"}


def test_replays_leave_the_build_alone(crate: Cargo) -> None:
    build = str(crate.scratch.build)
    for unit in crate.units:
        command = replay(unit, crate.paths, Path("/copy"), Path("/out"), unstable=True)
        assert option(command.argv, "--out-dir") == "/out"
        assert option(command.argv, "--emit") == "metadata"
        assert not any("incremental=" in word for word in command.argv)
        assert command.cwd == Path("/copy")
        assert command.env["RUSTC_BOOTSTRAP"] == "1"
        named = [word for word in command.argv if build in word]
        assert all(word.startswith(("dependency=", "p=")) for word in named)


def test_overlay_puts_and_puts_back(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / ".git").mkdir()
    (tree / "src/a.rs").write_bytes(b"a")
    (tree / "src/b.rs").write_bytes(b"b")
    (tree / "link").symlink_to("src/a.rs")
    overlay = HardlinkTree(tree, tmp_path / "over")
    overlay.put({"src/a.rs": b"A"})
    assert (overlay.root / "link").read_bytes() == b"A"
    assert (tree / "src/a.rs").read_bytes() == b"a"
    overlay.put({"src/b.rs": b"B"})
    assert (overlay.root / "src/a.rs").read_bytes() == b"a"
    assert (overlay.root / "src/b.rs").read_bytes() == b"B"
    assert not (overlay.root / ".git").exists()
    assert (tree / "src/b.rs").read_bytes() == b"b"
    overlay.remove()
    assert not overlay.root.exists()


def test_the_way_back_from_probed_text() -> None:
    source = Source("a.rs", b"fn f() { let a = g(x); let b = |y| h(y); b(a); }\nfn k() { x; }\n")
    spans = {0: span(source, "x"), 1: span(source, "y", 1), 2: span(source, "h(y)")}
    asked = {}
    for number, where in spans.items():
        found = places(source, where)
        assert not isinstance(found, str)
        asked[number] = Asked(where, found[0])
    probed = Probed(source, asked)
    text = probed.data
    assert text == (
        b"fn f() { { struct SpikeproofQ0; (&(x)) as SpikeproofQ0; }\nlet a = g(x); let b = |y| "
        b"{ { struct SpikeproofQ1; (&(y)) as SpikeproofQ1; }\n"
        b"{ struct SpikeproofQ2; (&(h(y))) as SpikeproofQ2; }\nh(y) }; b(a); }\nfn k() { x; }\n"
    )

    def culprits(needle: bytes, number: int = 0, open_: Sequence[int] = (0, 1, 2)) -> set[int]:
        at = -1
        for _ in range(number + 1):
            at = text.index(needle, at + 1)
        return probed.culprits(Span(at, at + len(needle)), open_)

    assert culprits(b"SpikeproofQ1") == {1}
    assert culprits(b"SpikeproofQ1", open_=[0]) == {1}  # answered, and yet the one
    assert culprits(b"g(x)") == {0}
    assert culprits(b"h(y)", 1) == {1, 2}
    assert culprits(b"b(a)") == {0, 1, 2}  # nobody's statement: all of the function
    assert culprits(b"k()") == set()
    assert culprits(b"fn f()") == {0, 1, 2}


def test_macros_give_a_second_place() -> None:
    source = Source("a.rs", b"fn f() { m! { let x = g(); x.h(); } }")
    found = places(source, span(source, "x", 1))
    assert not isinstance(found, str)
    assert [(source.data[p.at : p.at + 4], p.form) for p in found] == [
        (b"x.h(", "before"),
        (b"m! {", "before"),
    ]
    assert places(source, Span(0, 1)) == "there is no expression at this place"


def test_a_name_in_a_format_string_is_asked_before_its_statement() -> None:
    source = Source("a.rs", b'fn f() { s.push(&format!("{x:>w$}")); }')
    for name in "xw":
        found = places(source, span(source, name))
        assert not isinstance(found, str)
        assert source.data[found[0].at :].startswith(b"s.push(")
    assert places(source, span(source, ":>")) == "there is no expression at this place"


def test_a_place_in_a_macro_is_one_of_its_statements() -> None:
    source = Source("a.rs", b"fn f() { m! { let x = g(); x.h(); } }")
    found = places(source, span(source, "x", 1))
    assert not isinstance(found, str)
    assert isinstance(found[0], ProbePlace)


NAMES = """\
pub struct Pair {
    pub left: u8,
    pub right: Vec<u16>,
}

pub fn names(pair: Pair, given: Option<&str>, rows: &[(u32, String)]) -> usize {
    #[cfg(all())]
    let Pair { left, right: other } = pair;
    let Some(text) = given else { return left.into() };
    for (number, row) in rows {
        let _ = (number, row);
    }
    let total: u64 = rows.iter().map(|(count, _)| u64::from(*count)).sum();
    if let Some(first) = other.first() && let Ok(parsed) = text.parse::<i8>() {
        return usize::from(*first) + parsed as usize;
    }
    let mut queue = vec![1i64];
    while let Some(last) = queue.pop() {
        let _ = last;
    }
    match rows.first() {
        Some((_, name)) if name.is_empty() => 0,
        Some((_, kept)) => kept.len(),
        None => total as usize,
    }
}
"""
TOLD = {
    "pair": "Pair",
    "left": "u8",
    "other": "std::vec::Vec<u16>",
    "text": "&str",
    "number": "&u32",
    "row": "&std::string::String",
    "total": "u64",
    "count": "&u32",
    "first": "&u16",
    "parsed": "i8",
    "queue": "std::vec::Vec<i64>",
    "last": "i64",
    "name": "&std::string::String",
    "kept": "&std::string::String",
}


def test_a_name_is_asked_about_where_it_is_known(tmp_path: Path) -> None:
    files = {"Cargo.toml": manifest("app", edition="2024"), "src/lib.rs": NAMES}
    driver, sources = cargo(tmp_path, files), parsed(files)
    assert driver.check().ok
    source = sources.get("src/lib.rs")
    asked = {
        name: Question("src/lib.rs", declared(source, name))
        for name in (*TOLD, "Some", "Ok", "None")
    }
    answers = Oracle(driver).ask(asked.values(), sources)
    told = {name: str(answers.types.get(question)) for name, question in asked.items()}
    assert told == {**TOLD, "Some": "None", "Ok": "None", "None": "None"}
    assert answers.replays == 1
    assert "no expression" in answers.reasons[asked["Some"]]


def declared(source: Source, name: str) -> Span:
    """Where a pattern binds ``name``: its first word behind the parameters' names."""
    found = re.search(
        rf"\b{name}\b(?!\s*:\s*other)", source.data.decode()[source.data.index(b"fn ") :]
    )
    assert found is not None
    start = source.data.index(b"fn ") + found.start()
    return Span(start, start + len(name))


OPEN = """\
use std::sync::{Arc, Mutex};

pub fn open(texts: &[&str]) -> Result<(Arc<Mutex<u8>>, Option<u16>, Vec<u32>), String> {
    let lock = Arc::new(Mutex::new(0));
    *lock.lock().unwrap() += 1u8;
    let sizes: Vec<u32> = texts.iter().map(|text| text.len() as u32).collect();
    let found = None;
    let found = if texts.is_empty() { found } else { Some(1) };
    Ok((lock, found, sizes))
}
"""


def test_what_its_surroundings_decide_is_asked_where_it_stands(tmp_path: Path) -> None:
    files = {"Cargo.toml": manifest("app"), "src/lib.rs": OPEN}
    driver, sources = cargo(tmp_path, files), parsed(files)
    assert driver.check().ok
    source = sources.get("src/lib.rs")
    wanted = {
        "Arc::new(Mutex::new(0))": "std::sync::Arc<std::sync::Mutex<u8>>",
        "None": "std::option::Option<u16>",
        "texts.iter().map(|text| text.len() as u32).collect()": "std::vec::Vec<u32>",
    }
    asked = {text: Question("src/lib.rs", span(source, text)) for text in wanted}
    answers = Oracle(driver).ask(asked.values(), sources)
    assert {text: str(answers.types[question]) for text, question in asked.items()} == wanted
    assert answers.replays == 1


def test_what_is_open_after_some_rounds_is_gone_on_with(tmp_path: Path) -> None:
    lib = "pub fn f() -> Vec<u8> {\n    let all = Vec::new();\n    let first = all.clone();\n    [all, first].concat()\n}\n"
    files = {"Cargo.toml": manifest("app"), "src/lib.rs": lib}
    driver, sources = cargo(tmp_path, files), parsed(files)
    assert driver.check().ok
    source = sources.get("src/lib.rs")
    copied, own = (
        Question("src/lib.rs", span(source, text)) for text in ("Vec::new()", "all.clone")
    )
    oracle = Oracle(driver)
    first = oracle.ask([copied, own], sources, rounds=1)
    assert not first.knows(copied), "of a copy alone nobody knows of what it is a list"
    assert first.rounds == 1
    more = Question("src/lib.rs", span(source, "[all, first]"))
    second = oracle.ask([copied, own, more], sources, first, rounds=1)
    assert second.rounds == 2
    assert str(second.types[copied]) == "std::vec::Vec<u8>"
    assert str(second.types[more]) == "[std::vec::Vec<u8>; 2]"
    assert oracle.ask([copied, own, more], sources, second) == second
