"""Which sites a run is about: asked once of the user's own text, whatever was rewritten since."""

from __future__ import annotations

import re
from pathlib import Path

from engine.base.model import Proposal, Site, Span
from engine.detect.baseline import Baseline, BaselineEntry
from engine.detect.facts import Sources
from engine.detect.site_filter import ProposalFilter, SiteFilter, old_words
from engine.detect.site_tracking import SiteTracker

LINES = [f"line {n}\n".encode() for n in range(6)]
PATH = "src/lib.rs"


def sources(text: bytes) -> Sources:
    return Sources((PATH,), lambda _: text)


def proposal(text: bytes, *lines: int, name: str = "", item: str = "fn f") -> Proposal:
    """A proposal with a site on each of ``lines`` (what is left of the text's ``line N``)."""
    spans = [(text.index(b"line %d" % n), len(b"line %d" % n)) for n in lines]
    return Proposal(
        tuple(
            Site("seed", PATH, Span(at, at + length), item=item, id=name or f"seed-{n}")
            for n, (at, length) in zip(lines, spans, strict=True)
        )
    )


def lines_of(proposals: list[Proposal], text: bytes) -> list[bytes]:
    return [text[s.span.start : s.span.end] for p in proposals for s in p.sites]


def test_a_proposal_is_taken_whole_when_one_of_its_sites_is_wanted() -> None:
    text = b"".join(LINES)
    choice = ProposalFilter(lambda site: site.id == "seed-3")
    planned = [proposal(text, 0), proposal(text, 1, 3), proposal(text, 4)]
    assert choice.of(planned) == [planned[1]]
    assert choice.refused == (planned[0], planned[2])


def test_without_a_wish_all_are_taken() -> None:
    text = b"".join(LINES)
    choice = ProposalFilter(None)
    planned = [proposal(text, 0)]
    assert choice.of(planned) == planned
    assert choice.refused == ()


def test_later_passes_know_the_sites_by_their_place() -> None:
    """The rewrite of one of three equal sites gives the others the ids of those before them."""
    text = b"".join(LINES)
    choice, tracker = (
        ProposalFilter(lambda site: site.id in ("seed-1", "seed-2")),
        SiteTracker(sources(text)),
    )
    first = [proposal(text, 1), proposal(text, 2), proposal(text, 4)]
    tracker.remember(first)
    assert choice.of(first) == first[:2]
    # Line 1 was rewritten into two, so that the site on line 4 is now called as that on line 2 was.
    now = b"".join([b"new\n", b"new\n", LINES[0], b"rewritten\n", *LINES[2:]])
    later = [proposal(now, 2, name="seed-1"), proposal(now, 4, name="seed-2")]
    named = tracker.named(later, sources(now), {"seed-1"})
    assert [p.id for p in named] == ["seed-2", "seed-4"]
    assert lines_of(choice.of(named), now) == [b"line 2"]
    assert choice.refused == (first[2],)


def test_a_site_on_a_rewritten_line_keeps_its_id_unless_it_is_anothers() -> None:
    text = b"".join(LINES)
    tracker = SiteTracker(sources(text))
    tracker.remember([proposal(text, 1), proposal(text, 2), proposal(text, 4), proposal(text, 5)])
    now = text.replace(b"line 1", b"the line 1").replace(b"line 4", b"the line 4")
    later = [
        proposal(now, 1),  # waited, and comes with the id that it had
        proposal(now, 4, name="seed-5"),  # comes with that of a site that is still there
        proposal(now, 5, name="seed-4"),
    ]
    kept, other, moved = (p.id for p in tracker.named(later, sources(now), {"seed-2"}))
    assert kept == "seed-1"
    assert re.fullmatch(r"seed-[0-9a-f]{12}", other)
    assert moved == "seed-5"
    (settled,) = tracker.named([proposal(now, 1)], sources(now), {"seed-1"})
    assert re.fullmatch(r"seed-[0-9a-f]{12}", settled.id)


def test_what_is_left_alone_is_said_in_words() -> None:
    held = Site("seed", PATH, Span(0, 1), id="seed-held")
    other = Site("seed", PATH, Span(0, 1), id="seed-other")
    wanted = SiteFilter(None, Baseline(Path("some/b.json"), (BaselineEntry.of(held),)))
    assert not wanted(held)
    assert wanted(other)
    assert old_words(wanted, [held]) == ("1 site of the baseline b.json",)
    assert old_words(wanted, []) == ()
    assert old_words(lambda site: False, [held, other]) == ("2 sites that nobody asked for",)
    assert not wanted.hopeless([PATH])
