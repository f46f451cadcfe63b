"""Questions for traits on a real crate, the service of the corpus: tokio, axum, async all over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.app.session import Session, open_session
from engine.base.model import Span
from engine.base.ui import Ui
from engine.cargo.cargo import Cargo
from engine.cargo.messages import Paths
from engine.cargo.oracle import Oracle
from engine.cargo.toolchain import Reply
from engine.cargo.trait_probes import LATE
from engine.cargo.units import Replay
from engine.cargo.workspace import Selection, discover
from engine.detect.codemod import registry
from engine.detect.scan import scan_workspace
from engine.rust.questions import (
    COPY,
    DISPLAY,
    DOUBLE_ENDED_ITERATOR,
    EXACT_SIZE_ITERATOR,
    ITERATOR,
    SEND,
    SYNC,
    Question,
)
from engine.rust.syntax import span_of

pytestmark = pytest.mark.slow
HOME = Path(__file__).resolve().parents[2]

# (file, code around the expression, the expression, trait): does it implement it?
TABLE = [
    # A guard of std's lock must stay on its thread, what it guards need not.
    ("maintenance.rs", "*retired = kept", "retired", SEND, False),
    ("maintenance.rs", "*retired = kept", "retired", SYNC, True),
    ("maintenance.rs", "*retired = kept", "kept", SEND, True),
    ("service.rs", "let service = Arc::clone(self)", "Arc::clone(self)", SEND, True),
    ("service.rs", "for meta in files {", "files", SEND, True),
    ("service.rs", "job.await.map_err", "job", SEND, True),
    ("routes.rs", "let piece = chunk.clone()", "chunk", SEND, True),
    ("routes.rs", "body.next().await", "body", SYNC, False),
    # What iterates over a slice or a map knows its length, a filter of lines does not.
    ("storage/manifest.rs", "for line in self.lines.values()", "self.lines.values()",
     EXACT_SIZE_ITERATOR, True),
    ("storage/manifest.rs", "for line in self.lines.values()", "self.lines.values()",
     DOUBLE_ENDED_ITERATOR, True),
    ("storage/manifest.rs", "text.lines().filter_map(parse_line)",
     "text.lines().filter_map(parse_line)", EXACT_SIZE_ITERATOR, False),
    ("storage/manifest.rs", "text.lines().filter_map(parse_line)",
     "text.lines().filter_map(parse_line)", DOUBLE_ENDED_ITERATOR, True),
    ("service.rs", "= registry.files().cloned()", "registry.files()", ITERATOR, True),
    ("service.rs", "= registry.files().cloned()", "registry.files()", COPY, False),
    ("service.rs", "files.sort_by", "files", EXACT_SIZE_ITERATOR, False),
    ("storage/manifest.rs", "text.push_str(line)", "line", DISPLAY, True),
    # Traits of the crate itself, of a dependency, and of its dependency, which it cannot name.
    ("routes.rs", "let piece = chunk.clone()", "chunk", "bytes::Buf", True),
    ("maintenance.rs", "*retired = kept", "kept", "futures_util::Stream", False),
    # A future: whether it may be sent is known when all of it was looked at.
    ("service.rs", "self.accounts.authenticate(authorization).await",
     "self.accounts.authenticate(authorization)", SEND, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    workspace = discover(HOME / "corpus" / "upload-service", Selection())
    with open_session(workspace, Ui(quiet=True), HOME / "target" / "oracle") as found:
        found.check_baseline()
        yield found


def question(session: Session, file: str, around: str, expression: str, trait: str) -> Question:
    source = session.sources.get(f"src/{file}")
    at = source.data.index(around.encode())
    start = source.data.index(expression.encode(), at)
    span = Span(start, start + len(expression))
    node = source.node_at(span)
    assert node is not None
    assert span_of(node) == span
    return Question(source.path, span, trait)


def ask(session: Session) -> None:
    wanted = {question(session, *row[:4]): row[4] for row in TABLE}
    answers = Oracle(session.cargo).ask(wanted, session.sources)
    told = {each: answers.traits.get(each) for each in wanted}
    unlike = {
        each: (told[each], answers.reasons.get(each))
        for each in wanted
        if told[each] is not wanted[each]
    }
    assert unlike == {}
    late = [each for each, known in wanted.items() if known is None]
    assert [answers.reasons[each] for each in late] == [LATE]


def test_a_real_crate_is_told(session: Session) -> None:
    assert "nightly" not in session.cargo.version()
    ask(session)


def test_a_compiler_that_knows_it_is_stable_tells_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the unstable flags that rustc takes with ``RUSTC_BOOTSTRAP``."""
    real = Cargo.replay

    def stable(self: Cargo, replays: Sequence[Replay], paths: Paths, jobs: int) -> list[Reply]:
        kept = [replace(r, env={**r.env, "RUSTC_BOOTSTRAP": "-1"}) for r in replays]
        return real(self, kept, paths, jobs)

    monkeypatch.setattr(Cargo, "replay", stable)
    ask(session)


def test_what_traits_cost(session: Session) -> None:
    """Beside the types of all that the codemods ask about: no further run of rustc."""
    workspace, sources = session.workspace, session.sources
    found = scan_workspace(workspace, tuple(registry()))
    types = {
        question
        for name in registry()
        for question in registry()[name].codemod.questions(
            [site for site in found.sites if site.codemod == name], sources, None
        )
        if not question.trait
    }
    assert len(types) > 200
    alone = Oracle(session.cargo).ask(types, sources)
    traits = {replace(question, trait=trait) for question in types for trait in (COPY, ITERATOR)}
    both = Oracle(session.cargo).ask(types | traits, sources)
    assert (both.rounds, both.replays) == (alone.rounds, alone.replays)
    assert both.types.keys() == alone.types.keys()
    assert all(replace(question, trait=COPY) in both.traits for question in alone.types)
