"""The session: the same question has the same answer, whatever was asked or written before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from engine.app import session as session_module
from engine.app.session import Planned, Session, open_session
from engine.base.errors import SpikeproofError
from engine.base.model import Site, Span
from engine.base.ui import Ui
from engine.cargo.oracle import Oracle
from engine.cargo.workspace import Selection, discover
from engine.detect.codemod import Codemod, LoadedCodemod
from engine.detect.facts import Sources, sources_of
from engine.detect.scan import scan_workspace
from engine.rust.questions import COPY, NOTHING, Answers, Question
from tests.smallcrate import manifest
from tests.trees import build

# With the real cargo, a second and more each.
pytestmark = pytest.mark.slow

COUNTS = """\
use std::sync::Mutex;

pub struct Counts {
    pub hits: Mutex<u64>,
    used: Mutex<u8>,
}

impl Counts {
    pub fn add(&self) {
        *self.hits.lock().unwrap() += 1;
        *self.used.lock().unwrap() += 1; // spikeproof: allow(mutex-counter)
    }
}

#[cfg(test)]
mod tests {
    struct Tested {
        seen: std::sync::Mutex<u32>,
    }
    #[test]
    fn adds() {
        let tested = Tested { seen: std::sync::Mutex::new(1) };
        *tested.seen.lock().unwrap() += 1;
    }
}
"""
USER = "pub fn hits(counts: &counts::Counts) -> u64 { *counts.hits.lock().unwrap() }\n"
FILES = {
    "Cargo.toml": '[workspace]\nmembers = ["counts", "user"]\nresolver = "2"\n',
    "counts/Cargo.toml": manifest("counts"),
    "counts/src/lib.rs": COUNTS,
    "user/Cargo.toml": manifest("user", '[dependencies]\ncounts = { path = "../counts" }\n'),
    "user/src/lib.rs": USER,
}
# Another type behind the same field: what `user` is told hangs on what `counts` was built from.
OTHER = {"counts/src/lib.rs": COUNTS.replace("hits: Mutex<u64>", "hits: Mutex<i64>").encode()}
RECEIVER = Span(USER.index("counts.hits"), USER.index(".lock"))
ASKED = Question("user/src/lib.rs", RECEIVER)
NAMES = ("clone-per-frame", "guard-across-await", "mutex-counter")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    workspace = discover(build(tmp_path / "ws", FILES), Selection())
    with open_session(workspace, Ui(quiet=True)) as found:
        yield found


def sites_of(session: Session) -> tuple[Site, ...]:
    workspace = session.workspace
    return scan_workspace(workspace, NAMES).sites


def told(answers: Answers) -> str:
    return str(answers.types.get(ASKED))


# -- what the oracle builds on -------------------------------------------------------------------


def test_the_oracle_refuses_a_tree_that_was_not_checked_as_it_is(session: Session) -> None:
    oracle, sources = Oracle(session.cargo), session.sources
    with pytest.raises(RuntimeError, match="did not pass"):
        oracle.ask([ASKED], sources)
    session.check_baseline()
    assert told(oracle.ask([ASKED], sources)) == "std::sync::Mutex<u64>"
    session.cargo.write(OTHER)
    with pytest.raises(RuntimeError, match="changed after its last check"):
        oracle.ask([ASKED], sources)
    assert not session.cargo.check().ok  # `user` has another result's type
    with pytest.raises(RuntimeError, match="did not pass"):
        oracle.ask([ASKED], sources)
    session.cargo.write({"user/src/lib.rs": USER.replace("u64", "u64 ").encode()})
    session.cargo.check()
    with pytest.raises(RuntimeError, match=r"another text of user/src/lib\.rs"):
        oracle.ask([ASKED], sources)
    assert oracle.ask([], sources) == NOTHING  # with nothing to ask, nothing is needed


def test_why_it_refuses(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back, the tree is what it was; the metadata of `counts` are not."""
    sources = session.sources
    session.check_baseline()
    session.cargo.write({**OTHER, "user/src/lib.rs": USER.replace("u64", "i64").encode()})
    assert session.cargo.check().ok
    session.cargo.write({})
    assert not session.cargo.is_checked
    monkeypatch.setattr(type(session.cargo), "is_checked", True)
    assert told(Oracle(session.cargo).ask([ASKED], sources)) == "std::sync::Mutex<i64>"


# -- repeated and interleaved calls ---------------------------------------------------------------


def test_asked_again_in_another_order_it_says_the_same(session: Session) -> None:
    sites, sources = sites_of(session), session.sources
    texts = {**OTHER, "user/src/lib.rs": USER.replace("u64", "i64").encode()}
    changed = sources.with_texts(texts)

    def both(these: Sources) -> tuple[Answers, Planned]:
        answers = session.ask(sites, these)
        return answers, session.plan(sites, answers, these)

    first, later = both(sources), both(changed)
    assert told(first[0]) == "std::sync::Mutex<u64>"
    assert told(later[0]) == "std::sync::Mutex<i64>"
    assert first[1].tally.in_tests == 1
    assert first[1].proposals != later[1].proposals
    runs = session.cargo.runs
    for these, known in ((changed, later), (sources, first), (sources, first), (changed, later)):
        answers, planned = both(these)
        assert answers == known[0]
        assert (planned.proposals, planned.tally) == (known[1].proposals, known[1].tally)
    assert session.cargo.runs == runs  # known by the text, not asked again
    some = [site for site in sites if site.path == "user/src/lib.rs"]
    assert set(session.ask(some, sources).types) < set(first[0].types)


def test_a_session_that_was_asked_other_things_first_says_the_same(session: Session) -> None:
    sites = sites_of(session)
    fresh = Session(session.workspace, session.scratch, session.ui)
    session.ask([site for site in sites if site.path == "user/src/lib.rs"], session.sources)
    session.cargo.write({"user/src/lib.rs": b""})
    session.cargo.check()  # what the tree holds is of no account either
    asked = session.ask(sites, session.sources)
    assert asked == fresh.ask(sites, fresh.sources)
    planned = session.plan(sites, asked, session.sources)
    again = fresh.plan(sites, asked, fresh.sources)
    assert (planned.proposals, planned.tally) == (again.proposals, again.tally)


def test_a_text_that_does_not_compile_is_no_ground_for_answers(session: Session) -> None:
    sites = sites_of(session)
    with pytest.raises(SpikeproofError, match="does not compile"):
        session.ask(sites, session.sources.with_texts(OTHER))
    assert told(session.ask(sites, session.sources)) == "std::sync::Mutex<u64>"


def test_renewed_it_knows_the_tree_as_it_is_now(session: Session) -> None:
    sites = sites_of(session)
    before = session.ask(sites, session.sources)
    root = session.workspace.root
    for path, data in OTHER.items():
        (root / path).write_bytes(data)
    (root / "user/src/lib.rs").write_text(USER.replace("u64", "i64"))
    session.renew()
    answers = session.ask(sites_of(session), sources_of(session.workspace))
    assert (told(before), told(answers)) == ("std::sync::Mutex<u64>", "std::sync::Mutex<i64>")


# -- two rounds ------------------------------------------------------------------------------------


class Curious(Codemod):
    """Asks for a receiver's type, and when that is a lock, whether it is Copy, in another file."""

    name = "curious"
    summary = "asks twice"
    literals = ((b"lock",),)

    def __init__(self) -> None:
        self.calls: list[Answers | None] = []

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        self.calls.append(answers)
        yield ASKED
        type_ = answers.type_of(ASKED.path, ASKED.span) if answers is not None else None
        if type_ is not None and type_.name == "std::sync::Mutex":
            data = sources.data("counts/src/lib.rs")
            start = data.index(b"self.hits")
            yield Question("counts/src/lib.rs", Span(start, start + len(b"self.hits")), COPY)


def test_a_second_round_asks_what_the_first_one_brought_up(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    curious = Curious()
    loaded: Mapping[str, LoadedCodemod] = {
        "curious": LoadedCodemod(curious, "", "", "", "codemods.curious")
    }
    monkeypatch.setattr(session_module, "registry", lambda: loaded)
    site = Site("curious", "user/src/lib.rs", RECEIVER)
    answers = session.ask([site], session.sources)
    assert answers.rounds == 2
    assert answers.replays == 2  # each asks one unit
    assert curious.calls[0] is None
    assert curious.calls[1] is not None
    assert set(curious.calls[1].types) == {ASKED}
    assert list(answers.traits.values()) == [False]
    assert len(curious.calls) == 3  # the last time it has nothing new to ask
    assert session.ask([site], session.sources) == answers
    assert curious.calls[4] == curious.calls[1]


def test_who_asks_nothing_new_costs_no_second_round(session: Session) -> None:
    sites, sources = sites_of(session), session.sources
    answers = session.ask(sites, sources)
    asked = {*answers.types, *answers.traits, *answers.reasons}
    assert {question.path for question in asked} == {"counts/src/lib.rs", "user/src/lib.rs"}
    once = Oracle(session.cargo).ask(asked, sources)
    assert (answers.rounds, answers.replays) == (once.rounds, once.replays)


def test_the_fixes_of_a_codemod_that_takes_precedence_are_planned_first() -> None:
    names = ("clone-per-frame", "guard-across-await", "mutex-counter")
    sites = [Site(name, "src/lib.rs", Span(0, 1)) for name in names]
    assert list(session_module._by_codemod(sites)) == [
        "mutex-counter",
        "clone-per-frame",
        "guard-across-await",
    ]
