"""The parts of the mutex-counter codemod, one by one, on snippets."""

from __future__ import annotations

import pytest
from tree_sitter import Node

from codemods.mutex_counter.atomic_change import Change, change_of, conditional, new_value
from codemods.mutex_counter.critical_section import section_of_let
from codemods.mutex_counter.group_rewrite import is_number, orders_for
from codemods.mutex_counter.guard_access import access, field_of
from codemods.mutex_counter.orderings import RELAXED, SEQ_CST
from engine.base.model import Span
from engine.rewrite.use_declarations import strip_markers
from engine.rust import nodes
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of


def source_of(body: str) -> Source:
    return Source("src/lib.rs", f"fn f(g: G) {{\n{body}\n}}\n".encode())


def node_of(source: Source, text: str) -> Node:
    start = source.data.index(text.encode())
    node = source.node_at(Span(start, start + len(text.encode())))
    assert node is not None, text
    return node


# -- what a mention does -----------------------------------------------------------------------


def mention(source: Source) -> Node:
    names = [n for n in walk(source.root) if n.type == "identifier" and source.text(n) == b"g"]
    return names[-1]


@pytest.mark.parametrize(
    ("body", "kind", "node", "operand"),
    [
        ("a(*g);", "read", "*g", ""),
        ("(*g) + 1;", "read", "*g", ""),
        ("g.max(3);", "read", "g", ""),
        ("(*g).max(3);", "read", "*g", ""),
        ("*g = a;", "assign", "*g = a", "a"),
        ("*g += a;", "compound", "*g += a", "a"),
        ("mem::take(&mut *g);", "take", "mem::take(&mut *g)", ""),
        ("std::mem::replace(&mut *g, a);", "replace", "std::mem::replace(&mut *g, a)", "a"),
        ("mem::swap(&mut a, &mut *g);", "swap", "mem::swap(&mut a, &mut *g)", "a"),
        ('println!("{}", g);', "read", "g", ""),
    ],
)
def test_what_a_mention_does(body: str, kind: str, node: str, operand: str) -> None:
    source = source_of(body)
    last = [n for root in source.roots() for n in walk(root) if source.text(n) == b"g"][-1]
    found = access(source, last)
    assert (found.kind, source.text(found.node).decode()) == (kind, node)
    assert (source.text(found.operand).decode() if found.operand is not None else "") == operand


@pytest.mark.parametrize(
    ("body", "reason", "locks"),
    [
        ("cv.wait(g);", "the guard is passed to `cv.wait`", True),
        ("return g;", "the guard is returned", True),
        ("self.a = g;", "the guard is stored", True),
        ("g.push(1);", "`.push()` is called on the guard", True),
        ("(*g).push(1);", "a method is called on the value", False),
        ("a(&mut *g);", "is lent as `&mut` to `a", True),
        ("let a = &*g;", "a reference to the value behind the lock is kept", True),
    ],
)
def test_mentions_that_are_no_operation(body: str, reason: str, locks: bool) -> None:
    source = source_of(body)
    with pytest.raises(Refused) as refused:
        access(source, mention(source))
    assert reason in refused.value.reason
    assert refused.value.locks is locks


def test_fields_of_a_struct_behind_the_lock() -> None:
    source = source_of("g.hits += 1;")
    assert field_of(source, mention(source)) == b"hits"
    assert access(source, mention(source), {}).kind == "compound"
    source = source_of("a(*g);")
    with pytest.raises(Refused, match="as a whole"):
        access(source, mention(source), {})


# -- one change as one operation ---------------------------------------------------------------


def changed(body: str, inner: str = "u64") -> Change:
    """The change that the first write in ``body`` is, ``*g`` being a read elsewhere."""
    source = source_of(body)
    write = next(n for n in walk(source.root) if n.type.startswith(("assignment", "compound")))
    left = nodes.operation_of(source, write)
    assert left is not None
    name = nodes.dereferenced(left.left)
    assert name is not None

    def is_read(node: Node) -> Span | None:
        return span_of(node) if source.text(node) == b"*g" else None

    return change_of(source, access(source, name), is_read, inner, b"g", False)


@pytest.mark.parametrize(
    ("body", "inner", "call"),
    [
        ("*g += a;", "u64", "x.fetch_add(a, Ordering::SeqCst)"),
        ("*g -= 1;", "u64", "x.fetch_sub(1, Ordering::SeqCst)"),
        ("*g |= a;", "bool", "x.fetch_or(a, Ordering::SeqCst)"),
        ("*g = a;", "u64", "x.store(a, Ordering::SeqCst)"),
        ("*g = !*g;", "bool", "x.fetch_xor(true, Ordering::SeqCst)"),
        ("*g = *g + a;", "u64", "x.fetch_add(a, Ordering::SeqCst)"),
        ("*g = a + *g;", "u64", "x.fetch_add(a, Ordering::SeqCst)"),
        ("*g = (*g).max(a);", "u64", "x.fetch_max(a, Ordering::SeqCst)"),
        ("*g = std::cmp::min(*g, a);", "u64", "x.fetch_min(a, Ordering::SeqCst)"),
        (
            "*g = a - *g;",
            "u64",
            "x.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |g| Some(a - g))",
        ),
        (
            "*g *= a + 1;",
            "u64",
            "x.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |g| Some(g * (a + 1)))",
        ),
        (
            "*g = *g * g2;",
            "u64",
            "x.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |g| Some(g * g2))",
        ),
    ],
)
def test_changes(body: str, inner: str, call: str) -> None:
    text = changed(body, inner).call(b"x", SEQ_CST)
    assert strip_markers(text).decode() == call


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("*g = *g * next();", "`next(..)` runs while the lock is held"),
        ("*g *= a?;", "no pure function of the old one"),
    ],
)
def test_changes_that_are_no_update(body: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        changed(body)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("*g += a;", b"old + a"),
        ("*g = g.wrapping_sub(a);", b"old.wrapping_sub(a)"),
        ("*g = (*g).max(a);", b"old.max(a)"),
        ("*g += a.b();", None),  # it would be evaluated twice
        ("*g = a;", None),
    ],
)
def test_the_value_after_a_change(body: str, after: bytes | None) -> None:
    source = source_of(body)
    write = next(n for n in walk(source.root) if n.type.startswith(("assignment", "compound")))
    operation = nodes.operation_of(source, write)
    assert operation is not None
    name = nodes.dereferenced(operation.left)
    assert name is not None

    def is_read(node: Node) -> Span | None:
        return span_of(node) if source.text(node) in (b"*g", b"g") else None

    change = change_of(source, access(source, name), is_read, "u64", b"g", False)
    assert change.after(b"old") == after


@pytest.mark.parametrize(
    ("condition", "write", "call"),
    [
        ("a > *g", "*g = a", "x.fetch_max(a, Ordering::Relaxed)"),
        ("*g > a", "*g = a", "x.fetch_min(a, Ordering::Relaxed)"),
        (
            "*g < 3",
            "*g += 1",
            "x.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |g| (g < 3).then(|| g + 1))",
        ),
        (
            "b",
            "*g = a",
            "x.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |g| b.then(|| a))",
        ),
    ],
)
def test_conditional_changes(condition: str, write: str, call: str) -> None:
    source = source_of(f"if {condition} {{ {write} }}")
    change = node_of(source, write)
    operation = nodes.operation_of(source, change)
    assert operation is not None
    name = nodes.dereferenced(operation.left)
    assert name is not None
    what = access(source, name)

    def is_read(node: Node) -> Span | None:
        return span_of(node) if source.text(node) == b"*g" else None

    made = conditional(source, node_of(source, condition), what, is_read, "u64", b"g")
    assert strip_markers(made.call(b"x", RELAXED)).decode() == call
    assert new_value(source, what, is_read, b"old") in (b"a", b"old + 1")


# -- critical sections -------------------------------------------------------------------------


def section(body: str) -> tuple[list[str], tuple[str, ...]]:
    """(what is done with the guard ``h`` under its lock, in order; notes)."""
    source = source_of(f"let mut h = LOCKED;\n{body}")
    function = next(n for n in walk(source.root) if n.type == "function_item")
    scopes = Scopes(source, function)
    let = next(n for n in walk(source.root) if n.type == "let_declaration")
    binding = next(b for b in scopes.bindings if b.name == b"h")
    found = section_of_let(source, scopes, let, binding, lambda _source, _call: False)
    return [m.access.kind for m in found.mentions], found.notes


@pytest.mark.parametrize(
    ("body", "done", "noted"),
    [
        ("*h += 1;", ["compound"], 0),
        ("*h += 1; drop(h); flush();", ["compound"], 0),
        ("let a = *h; *h = a + 1; a", ["read", "assign"], 0),
        ('println!("{}", *h);', ["read"], 1),
        ('println!("{h}");', ["read"], 1),
        ("let a = list.iter().sum(); *h += a;", ["compound"], 2),
        ("let a = *other.lock().unwrap(); *h + a", ["read"], 1),
        ("*h += 1; (*h, Instant::now())", ["compound", "read"], 1),
        ("*h += 1; Request { id: *h, at: Instant::now() }", ["compound", "read"], 1),
        ("*h += start.elapsed().as_micros() as u64; *h", ["compound", "read"], 0),
        ("*h += 1; start.elapsed()", ["compound"], 0),
    ],
)
def test_sections(body: str, done: list[str], noted: int) -> None:
    kinds, notes = section(body)
    assert kinds == done
    assert len(notes) == noted


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("flush();", "held as a gate"),
        ("*h += 1; flush();", "`flush(..)` (line 3) runs while the lock is held"),
        ("a.await; *h += 1;", "`a.await` (line 3) runs while the lock is held"),
        ("*h += 1; flush(); a.await;", "`flush(..)` (line 3) runs while the lock is held"),
        ("*h += 1; a.await; drop(h);", "`a.await` (line 3) runs while the lock is held"),
        ("*h = 1; a.await;", "`a.await` (line 3) runs while the lock is held"),
        ("let n = *h; *h += 1; a(n).await;", "`a(n).await` (line 3) runs while the lock is held"),
        ("*h += 1; a.await; *h -= 1;", "`a.await` (line 3) runs while the lock is held"),
        ("*h += *other.lock().unwrap();", "another lock"),
        ("spawn(move || *h += 1);", "captured by a closure"),
        ("#[cfg(a)]\n*h += 1;", "an attribute stands on a statement"),
        ("drop(h); *h += 1;", "after it was dropped"),
        ("mine!(h);", "the guard is used as a value"),
    ],
)
def test_sections_that_stay(body: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        section(body)
    assert reason in refused.value.reason


# -- orderings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inner", "ops", "publishes", "relaxed"),
    [
        ("u64", {"add", "load"}, False, True),
        ("u64", {"add", "sub", "load"}, False, True),
        ("i64", {"add", "load", "own"}, False, True),
        ("u64", {"add", "load"}, True, False),
        ("u64", {"add", "load", "escapes"}, False, False),
        ("u64", {"add", "load", "decides"}, False, False),
        ("u64", {"store", "load"}, False, False),
        ("bool", {"load"}, False, False),
        ("u64", {"max"}, False, False),
    ],
)
def test_orderings(inner: str, ops: set[str], publishes: bool, relaxed: bool) -> None:
    orders = orders_for(frozenset({inner}), frozenset(ops), publishes)
    assert (orders is RELAXED) is relaxed


def test_what_needs_no_person_is_a_number_and_single_operations() -> None:
    assert is_number(frozenset({"u64"}), frozenset({"add", "load", "own", "decides", "max"}))
    assert not is_number(frozenset({"u64"}), frozenset({"add", "update"}))
    assert not is_number(frozenset({"bool"}), frozenset({"load"}))
