"""What becomes of one value: which suspensions find it alive, and what follows them."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.queries import walk
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of
from engine.rust.value_trace import Names, Trace, trace


def traced(
    body: str,
    *,
    borrowed: bool = False,
    consumers: frozenset[bytes] = frozenset(),
    enders: frozenset[tuple[bytes, int]] = frozenset(),
) -> str:
    """The trace of ``g``, bound by ``let g = take();``, over the statements after it, in words."""
    source = Source("src/lib.rs", f"async fn f() {{ let g = take(); {body} }}".encode())
    assert not source.root.has_error, body
    function = source.root.named_children[0]
    block = next(node for node in walk(function) if node.type == "block")
    scopes = Scopes(source, function)
    binding = next(b for b in scopes.bindings if b.name == b"g")
    uses = frozenset(use.span for use in scopes.uses(binding))
    names = Names(uses, consumers, borrowed, enders)
    found = trace(source, block.named_children[1:], names, span_of(block))
    return shown(source, found)


def shown(source: Source, found: Trace) -> str:
    def text(span: Span) -> str:
        return source.slice(span).decode()

    parts = []
    for node in found.ordered():
        key = span_of(node)
        later = sorted(span_of(n) for n in found.later.get(key, ()))
        dropped = sorted(span_of(n) for n in found.drops_later.get(key, ()))
        line = text(key)
        if later:
            line += " then " + ", ".join(map(text, later))
        if dropped:
            line += " until " + ", ".join(map(text, dropped))
        parts.append(line)
    words = {"moved by": found.moves, "ended by": found.ended, "set by": found.reassigned}
    for word, nodes in words.items():
        parts += [f"{word} {text(span_of(node))}" for node in nodes]
    return "; ".join(parts)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("a().await;", "a().await"),
        ("g.x(); a().await;", "a().await"),
        ("a().await; g.x();", "a().await then g"),
        ("drop(g); a().await;", ""),
        ("a().await; drop(g); b().await;", "a().await until drop(g)"),
        ("if c { drop(g); } a().await;", "a().await"),
        ("if c { drop(g); } else { std::mem::drop(g); } a().await;", ""),
        ("if c { drop(g); a().await; }", ""),
        ("if c { drop(g); return; } a().await;", "a().await"),
        ("if c { drop(g); a().await; return; } g.x();", ""),
        ("if c { a().await; return; } g.x();", "a().await"),
        ("if c { a().await; } g.x();", "a().await then g"),
        ("loop { drop(g); break; } a().await;", ""),
        ("loop { if c { break; } drop(g); break; } a().await;", "a().await"),
        ("for x in y { if c { drop(g); break; } a().await; }", "a().await until drop(g)"),
        ("'l: { if c { break 'l; } drop(g); return; } a().await;", "a().await"),
        ("return; a().await;", ""),
        ("panic!(); a().await;", ""),
        ("let c = async || a().await;", ""),
        ("g; a().await;", "moved by g"),
        ("let s = S { g }; a().await;", "moved by g"),
        ("g.x = a().await;", "a().await then g"),
        ("g.x += a().await;", "a().await then g"),
        ("f(a().await, g.x);", "a().await then g"),
        ("for x in g.iter() { a().await; }", "a().await"),
        ("crossbeam_channel::select! { recv(r) -> x => y, }", ""),
        ('println!("{}", g.x); a().await;', "a().await"),
        ("match c { 0 => drop(g), _ => return } a().await;", ""),
        ("match c { 0 => drop(g), _ => panic!() } a().await;", ""),
        ("let Some(x) = y else { a().await; return };", "a().await"),
        ("loop { a().await; g.x(); }", "a().await then g"),
        ("loop { g.x(); a().await; }", "a().await then g"),
        ("loop { g.x(); a().await; break; }", "a().await"),
        ("'a: loop { g.x(); loop { a().await; break 'a; } }", "a().await"),
        ("'a: loop { g.x(); loop { a().await; continue 'a; } }", "a().await then g"),
        ("'a: { if c { drop(g); break 'a; } return; } a().await;", ""),
        ("while c { drop(g); } a().await;", "a().await"),
        ("while a().await { g.x(); }", "a().await then g"),
        ("for x in g.x() { a().await; }", "a().await"),
        ("c && a().await && g.x();", "a().await then g"),
        ("f(g); a().await;", "moved by g"),
        ("let h = g; a().await;", "moved by g"),
        ("f(&g); a().await;", "a().await"),
        ("f(g.x, a().await);", "a().await"),
        ("let h = move || g.x(); a().await;", "moved by move || g.x()"),
        ("let h = || g.x(); a().await;", "a().await"),
        ("a().await; let h = || g.x();", "a().await then || g.x()"),
        ("let h = async { a().await };", ""),
        ("fn h() { drop(g) } a().await;", "a().await"),
        ("g = take(); a().await;", "a().await; set by g"),
        ("drop(g); g = take(); a().await;", "a().await; set by g"),
        ("a().await; g += 1;", "a().await then g"),
        ("select! { _ = a() => g.x(), }", "select! { _ = a() => g.x(), } then g"),
        ("join!(a(), b()); g.x();", "join!(a(), b()) then g"),
        ('a().await; info!("{g}");', 'a().await then info!("{g}")'),
        ('info!("{}", g); a().await;', "a().await"),
        ('loop { info!("{g:?}"); a().await; }', 'a().await then info!("{g:?}")'),
        ("let s = stream! { g.x(); yield 1; }; a().await;", "moved by stream! { g.x(); yield 1; }"),
        ("m!(g => a().await);", "a().await"),
    ],
)
def test_traces(body: str, answer: str) -> None:
    assert traced(body) == answer


def test_methods_that_take_the_value_are_told() -> None:
    consumers = frozenset({b"unwrap", b"downgrade"})
    assert traced("g.unwrap(); a().await;") == "a().await"
    assert traced("g.unwrap(); a().await;", consumers=consumers) == "moved by g"
    assert traced("let r = g.downgrade(); a().await;", consumers=consumers) == "moved by g"
    assert traced("g.x.unwrap(); a().await;", consumers=consumers) == "a().await"
    assert traced("g.unwrap_it(); a().await;", consumers=consumers) == "a().await"


def test_methods_that_end_the_value_are_told() -> None:
    enders = frozenset({(b"remove", 0), (b"insert", 1)})
    assert traced("let x = g.remove(); a().await;", enders=enders) == "ended by g"
    assert traced("g.remove().a().await;", enders=enders) == "ended by g"
    assert traced("a().await; g.remove();", enders=enders) == "a().await then g; ended by g"
    assert traced("if c { g.remove(); } a().await;", enders=enders) == "a().await; ended by g"
    assert traced("g.remove(&k); a().await;", enders=enders) == "a().await"
    assert traced("g.x.remove(); a().await;", enders=enders) == "a().await"
    assert traced("g.insert(1); a().await;", enders=enders) == "ended by g"
    assert traced("g.insert(a().await); b().await;", enders=enders) == "a().await; b().await"
    assert traced("g.remove(); a().await;", enders=enders, borrowed=True) == "a().await"


def test_a_name_that_only_borrows_moves_and_drops_nothing() -> None:
    assert traced("drop(g); f(g); a().await;", borrowed=True) == "a().await"


def test_a_value_begins_behind_what_makes_it() -> None:
    source = Source(
        "src/lib.rs", b"async fn f() { loop { a().await; take(b().await); c().await; } }"
    )
    node = next(n for n in walk(source.root) if source.text(n) == b"take(b().await)")
    body = next(n for n in walk(source.root) if n.type == "block")
    found = trace(source, [body], Names(), span_of(body), node)
    assert shown(source, found) == "a().await; b().await; c().await"


def test_nothing_is_alive_outside_of_its_place() -> None:
    source = Source("src/lib.rs", b"async fn f() { { take(); a().await; } b().await; }")
    whole, inner = [n for n in walk(source.root) if n.type == "block"][:2]
    node = next(n for n in walk(source.root) if source.text(n) == b"take()")
    found = trace(source, [whole], Names(), span_of(inner), node)
    assert shown(source, found) == "a().await"
