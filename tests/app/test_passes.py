"""What comes of sites that waited for another fix: they are found again, or are gone."""

from __future__ import annotations

from engine.app.passes import _gone
from engine.base.model import Proposal, Site, Span


def proposal(id_: str, item: str = "f") -> Proposal:
    return Proposal((Site("one", "src/a.rs", Span(0, 1), item=item, id=id_),))


def gone(deferred: list[Proposal], found: list[Proposal]) -> list[str]:
    return [site.id for site in _gone(deferred, found)]


def test_what_comes_back_is_not_gone() -> None:
    assert gone([proposal("a")], [proposal("a")]) == []


def test_what_does_not_is() -> None:
    assert gone([proposal("a"), proposal("b")], [proposal("b")]) == ["a"]
    assert gone([proposal("a")], []) == ["a"]


def test_on_a_rewritten_line_it_may_come_back_under_another_id() -> None:
    assert gone([proposal("a")], [proposal("z")]) == []
    assert gone([proposal("a"), proposal("b")], [proposal("z"), proposal("b")]) == []
    assert gone([proposal("a")], [proposal("z", "g")]) == ["a"]
