"""Places by their types: tables of (source, what rustc tells, answer). The place asked about is the receiver
of the first ``.clone()``."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tree_sitter import Node

from engine.base.model import Span
from engine.rust.last_use import Blocked, Movable
from engine.rust.nodes import method_call
from engine.rust.places import Place, place_of
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.syntax import Source, walk_all
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse
from engine.rust.typed_places import TypedPlaces
from engine.rust.types import Type

STRING = "std::string::String"
ARC = f"std::sync::Arc<{STRING}>"


def given(body: str, told: Mapping[str, str]) -> tuple[TypedPlaces, Source, Scopes, Node, Place]:
    source = Source("src/lib.rs", f"async fn f(&self, x: T, list: L) {{ {body} }}".encode())
    calls = ((n, method_call(source, n)) for n in walk_all(source, source.root))
    node, call = next((n, c) for n, c in calls if c is not None and c.method == b"clone")
    assert call is not None
    place, function = place_of(source, call.receiver), source.fn_item_of(node)
    assert place is not None and function is not None

    def type_of(path: str, span: Span) -> Type | None:
        text = source.slice(span).decode()
        return parse(told[text]) if text in told else None

    places = TypedPlaces(type_of, TypeFacts(), lambda told: told.last == "Dropped")
    return places, source, scopes_of(source, function), node, place


@pytest.mark.parametrize(
    ("body", "told", "owned"),
    [
        ("x.clone();", {"x": STRING}, True),
        ("x.clone();", {"x": ARC}, True),
        ("x.clone();", {"x": f"&{STRING}"}, False),
        ("x.clone();", {"x": "(u8, std::vec::Vec<u8>)"}, True),
        ("x.clone();", {"x": "std::vec::Vec<&str>"}, False),
        ("x.clone();", {"x": "std::cell::RefCell<u8>"}, False),
        ("x.clone();", {"x": "other::Thing"}, False),
        ("x.clone();", {}, False),
    ],
)
def test_is_owned(body: str, told: Mapping[str, str], owned: bool) -> None:
    places, source, _, _, place = given(body, told)
    assert places.is_owned(source, place.root) is owned


GUARD = f"std::sync::MutexGuard<'_, {STRING}>"


@pytest.mark.parametrize(
    ("body", "told", "guarded"),
    [
        ("x.clone();", {"x": f"&{STRING}"}, False),
        ("let g = m.lock().unwrap(); let x = &*g; x.clone();", {"x": f"&{STRING}"}, True),
        ("let x = g.get(); x.clone();", {"x": f"&{STRING}", "g": GUARD}, True),
        ("let x = g.get(); x.clone();", {"x": f"&{STRING}", "g": f"&{STRING}"}, False),
        # Owned: whatever it came from is let go.
        ("let x = m.lock().unwrap().take(); x.clone();", {"x": STRING}, False),
        ("m.lock().unwrap().clone();", {}, True),
    ],
)
def test_is_guarded(body: str, told: Mapping[str, str], guarded: bool) -> None:
    places, source, scopes, _, place = given(body, told)
    assert places.is_guarded(source, scopes, place) is guarded


@pytest.mark.parametrize(
    ("body", "told", "type_", "kind"),
    [
        ("g(x.clone());", {"x": STRING}, STRING, ""),
        ("g(x.clone());", {"x": f"&{STRING}"}, f"&{STRING}", "place"),
        ("g(x.a.clone());", {"x": "app::T", "x.a": STRING}, STRING, ""),
        ("g(x.a.clone());", {"x": "&app::T", "x.a": STRING}, STRING, "place"),
        ("g(x.a.clone());", {"x": "std::sync::Arc<app::T>", "x.a": STRING}, STRING, "place"),
        ("g(x.a.clone());", {"x": "std::pin::Pin<app::T>", "x.a": STRING}, STRING, "place"),
        ("g(x.a.clone());", {}, STRING, "place"),
        ("g(x.clone()); h(x);", {"x": STRING}, STRING, "used"),
        ("g(make().clone());", {}, STRING, ""),
        ("list.map(|_| x.clone());", {"list": "std::option::Option<u8>"}, STRING, ""),
        ("list.map(|_| x.clone());", {"list": "std::vec::IntoIter<u8>"}, STRING, "closure"),
        ("list.map(|_| x.clone());", {}, STRING, "closure"),
    ],
)
def test_movable(body: str, told: Mapping[str, str], type_: str, kind: str) -> None:
    places, source, scopes, node, place = given(body, told)
    found = places.movable(source, scopes, node, place, parse(type_))
    assert found.kind == kind if isinstance(found, Blocked) else (kind == "" and Movable)


def test_out_of_what_drops_itself_nothing_is_moved() -> None:
    told = {"x": "app::Dropped", "x.a": STRING}
    places, source, scopes, node, place = given("g(x.a.clone());", told)
    found = places.movable(source, scopes, node, place, parse(STRING))
    assert isinstance(found, Blocked) and "`Drop` of its own" in found.reason
    places, source, scopes, node, place = given("g(x.clone());", told)  # the whole may go
    found = places.movable(source, scopes, node, place, parse("app::Dropped"))
    assert isinstance(found, Movable)


def test_types_on_the_way() -> None:
    places, source, _, _, place = given("x.a.clone();", {"x": "&app::T", "x.a": STRING})
    assert sorted(str(t) for t in places.types_of(source, place)) == ["&app::T", STRING]


JOB = {"job(m)": "app::Job", "job(m).name": STRING, "job(m).tags": f"std::vec::Vec<{STRING}>"}
JOBS = {**JOB, "job(m).tags[0]": STRING, "job(m).name()": f"&{STRING}"}
PLAIN = {"job(m)": f"({STRING}, u8)", "job(m).0": STRING}


@pytest.mark.parametrize(
    ("body", "told", "named", "held"),
    [
        ("let v = job(m).name.clone();", JOBS, True, True),
        ("let v = job(m).tags[0].clone();", JOBS, True, True),
        ("let v = &job(m).name.clone();", JOBS, False, True),
        ("let v = Some(&job(m).name.clone());", JOBS, False, True),
        ("g(&job(m).name.clone());", JOBS, False, False),  # to the end of the statement either way
        ("let v = g(&job(m).name.clone());", JOBS, False, False),
        ("let v = job(m).name().clone();", JOBS, True, False),  # a reference is nothing to hold
        ("let v = job(m).0.clone();", PLAIN, True, False),
        ("let v = job(m).name.clone();", {}, True, True),
        ("let v = x.name.clone();", {}, True, False),
    ],
)
def test_what_a_reference_to_a_part_holds_on_to(
    body: str, told: Mapping[str, str], named: bool, held: bool
) -> None:
    places, source, _, node, place = given(body, told)
    said = places.held_on(source, place, node, named)
    assert ("`job(m)` makes would live on" in said) is held and bool(said) is held


@pytest.mark.parametrize(
    ("body", "told", "lent", "made"),
    [
        ("let v = a().as_ref().clone();", {"a()": ARC, "a().as_ref()": f"&{STRING}"}, False, "a()"),
        (
            "let v = a().0.get().clone();",
            {"a()": "(u8,)", "a().0": STRING, "a().0.get()": "&u8"},
            False,
            "a()",
        ),
        ("let v = job(m).name.clone().unwrap();", JOBS, True, "job(m)"),
        ("let v = job(m).name.clone();", JOBS, False, ""),
        ("let v = job(m).name().clone();", JOBS, False, ""),  # it may be what the job borrows
        (
            "let v = a().0.len().clone();",
            {"a()": f"(&{STRING},)", "a().0": f"&{STRING}", "a().0.len()": "&u8"},
            False,
            "",
        ),
        ("let v = x.get().clone();", {"x": STRING, "x.get()": "&u8"}, True, ""),
        ("let v = a().at(x).clone();", {"a()": STRING, "a().at(x)": "&u8"}, False, ""),
    ],
)
def test_what_has_no_life_behind_its_statement(
    body: str, told: Mapping[str, str], lent: bool, made: str
) -> None:
    places, source, _, _, place = given(body, told)
    said = places.ends_first(source, place, lent)
    assert said == (f"what `{made}` makes is gone at the end of the statement" if made else "")
