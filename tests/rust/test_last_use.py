"""May a value be moved here: tables of (source, answer). The place asked about is the receiver of
the first ``.clone()``."""

from __future__ import annotations

import pytest

from engine.rust.last_use import Blocked, Movable, movable
from engine.rust.nodes import call_of, method_call
from engine.rust.places import place_of
from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of, walk_all


def verdict(body: str, head: str = "async fn f(x: T, list: L, mut m: M)") -> Movable | Blocked:
    source = Source("src/lib.rs", f"{head} {{ {body} }}".encode())
    found = {}
    for node in walk_all(source, source.root):
        method, call = method_call(source, node), call_of(node)
        if method is not None and method.method == b"clone":
            found[span_of(node)] = (node, method.receiver)
        elif call is not None and source.text(call.callee) == b"Arc::clone":
            found[span_of(node)] = (node, call.arguments[0].named_children[-1])
    node, receiver = found[min(found)]
    function = source.fn_item_of(node)
    place = place_of(source, receiver)
    assert function is not None and place is not None
    return movable(source, Scopes(source, function), node, place)


@pytest.mark.parametrize(
    "body",
    [
        "g(x.clone());",
        "g(Arc::clone(&x));",
        "h(&x); g(x.clone());",
        # branches
        "if c { g(x.clone()); } else { h(&x); }",
        "match c { 1 => g(x.clone()), _ => h(x) }",
        "match c { n if h(&x) => g(x.clone()), _ => 0 }",
        "let y = match c { Some(y) => y, None => return g(x.clone()) }; h(&x);",
        'let id = x.strip_prefix("r/").unwrap(); match db.get(id) { Some(y) => g(x.clone()), _ => h(x) }',
        'match x.as_str() { "a" => h(x), _ if x.starts_with("b") => g(x.clone()), _ => h(x) }',
        # what leaves
        "if c { g(x.clone()); return; } h(&x);",
        "if c { g(x.clone()); panic!(); } h(&x);",
        "if c { bail!(x.clone()); } h(&x);",
        "let Some(y) = c else { return g(x.clone()) }; h(&x);",
        "let Some(y) = c else { g(x.clone()); return }; h(&x);",
        "return match c { 0 => g(x.clone()), _ => 1 }; h(&x);",
        "'a: { if c { g(x.clone()); break 'a; } h(&x); }",
        "let y = 'a: { if c { break 'a g(x.clone()); } h(&x) };",
        # loops
        "for y in list { g(y.clone()); }",
        "while let Some(y) = list.next().await { g(y.clone()); }",
        "for y in list { let z = make(); if c { g(z.clone()); continue; } h(&z); }",
        "for y in x.clone() { g(y); }",
        "loop { if done() { return g(x.clone()); } }",
        "loop { if done() { break g(x.clone()); } }",
        "loop { if c { g(x.clone()); break; } h(); }",
        "let y = loop { match c { 0 => { let y = x.clone(); break y; } _ => {} } };",
        "'a: loop { h(&x); loop { g(x.clone()); break 'a; } }",
        # a new value
        "loop { g(m.clone()); m = make(); }",
        "loop { m = make(); g(m.clone()); }",
        "for y in list { m = g(m.clone()); }",
        "for y in list { m.a = g(m.a.clone()); }",
        "loop { g(m.clone()); if c { m = make(); } else { return; } }",
        "g(x.clone()); let x = make(); h(&x);",
        # other fields
        "g(x.a.clone()); h(&x.b, x.c.d);",
        "S { a: x.a.clone(), ..x };",
        "S { a: g(x.a.clone()), b, ..x };",
        "S { b: 1, a: x.a.c.clone(), ..x }; h(x.n);",
        "S { a: x.s.a.clone(), ..x.s };",
        "let a = x.a.clone(); S { a, ..x };",
        "g(x.a.clone()); let f = || x.b.len();",
        # closures that run once, futures
        "spawn(async move { g(x.clone()) });",
        "spawn_blocking(move || g(x.clone()));",
        "read().map_err(|e| E(x.clone(), e));",
        "read().map_err(|e| { if c { return E(x.clone()); } F(&x) });",
        "let s = stream! { yield g(x.clone()); };",
        # macros
        'info!("{}", y); g(x.clone()); info!("{{x}}");',
        "select! { _ = a() => g(x.clone()), _ = b() => h(&x), }",
        "or!(h(&x), return); g(x.clone());",
    ],
)
def test_the_last_use_is_a_move(body: str) -> None:
    assert isinstance(verdict(body), Movable)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("g(x.clone()); h(&x);", "used"),
        ('g(x.clone()); info!("{x}");', "used"),
        ('g(x.clone()); info!("{:>1$}", 1, x);', "used"),
        ("g(x.clone()); info!(x, y);", "used"),
        ("g(x.clone()); let f = || h(&x);", "used"),
        ("g(x.clone(), x.len());", "used"),
        ("x[0] = g(x.clone());", "used"),  # the right side comes first
        ("m.a = g(m.clone());", "used"),
        ("x = x.clone() * x;", "used"),
        # fields
        ("g(x.a.clone()); h(&x);", "used"),
        ("S { b: x.a.clone(), ..x };", "used"),
        ("S { b: x.s.a.clone(), a: 1, ..x };", "used"),
        ("S { a: x.a.clone(), ..x.clone() };", "used"),
        ("S { a: x.a.clone(), ..g(x) };", "used"),
        ("S { a: x.a.clone(), b: T { ..x.a }, ..x };", "used"),
        ("let a = S { a: x.a.clone(), ..x }; h(x.a);", "used"),
        ("S { x: x.clone(), ..x };", "used"),
        ("g(x.a.clone()); x.run();", "used"),
        ("g(x.a.clone()); h(x.a.b);", "used"),
        # branches
        ("if c { g(x.clone()); } h(&x);", "used"),
        ("match c { 1 => { g(x.clone()); } _ => {} } h(&x);", "used"),
        ("match c { 1 if g(x.clone()) => 1, _ => h(&x) };", "used"),
        ("c && g(x.clone()); h(&x);", "used"),
        ("let Some(y) = g(x.clone()) else { return h(&x) };", "used"),
        ("g(x.clone())?; h(&x);", "used"),
        # what leaves less than it seems
        ("y.map_err(|e| { return E(x.clone()); }); h(&x);", "used"),
        ("spawn(async move { g(x.clone()); return; }); h(&x);", "used"),
        ("or!(g(x.clone()), return); h(&x);", "used"),
        # loops
        ("loop { if c { g(x.clone()); break; } } h(&x);", "used"),
        ("let y = loop { if c { break x.clone(); } }; h(&x);", "used"),
        ("for y in list { g(x.clone()); }", "loop"),
        ("loop { select! { a = b() => g(x.clone()), } }", "loop"),
        ("while g(x.clone()) {}", "loop"),
        ("'a: loop { loop { g(x.clone()); break; } }", "loop"),
        ("'a: loop { loop { g(x.clone()); continue 'a; } }", "loop"),
        ("loop { g(m.clone()); if c { continue; } m = make(); }", "loop"),
        ("loop { h(&m); if c { g(m.clone()); } }", "loop"),
        ("for y in list { spawn(async move { g(x.clone()) }); }", "loop"),
        ("let s = stream! { loop { yield g(x.clone()); } };", "loop"),
        # macros
        ("select! { _ = g(x.clone()) => {}, _ = h(&x) => {} }", "used"),
        ("select! { _ = g(x.clone()) => h(&x), }", "used"),
        # closures
        ("list.for_each(|y| g(x.clone(), y));", "closure"),
        ("let f = || x.clone();", "closure"),
        ("list.for_each(|y| { m = g(m.clone()); });", "closure"),  # E0507, a new value or not
        # places
        ("g(list[0].clone());", "place"),
        ("g((*x).clone());", "place"),
        ("g(x.get().name.clone());", "place"),
        ("g(x.get::<T>().name.clone());", "place"),
        ("g(LIMITS.clone());", "place"),
        ("for y in &list { g(y.clone()); }", "place"),
        ("for y in list.iter() { g(y.clone()); }", "place"),
        ("let y = &x; g(y.clone());", "place"),
        ("let y = &x; match c { _ if y.is_empty() => g(y.clone()), _ => h() }", "place"),
        # borrows and pointers
        ("m.insert(m.clone());", "borrowed"),
        ("g(&x, x.clone());", "borrowed"),
        ("let p = x.as_ptr(); g(x.clone()); h(p);", "pointer"),
        ("let p = &raw const x; g(x.clone()); h(p);", "pointer"),
        ("let p = &x as *const T; g(x.clone()); h(p);", "pointer"),
        ("let p: *const T = &x; g(x.clone()); h(p);", "pointer"),
        ("let p = Arc::as_ptr(&x); g(Arc::clone(&x)); h(p);", "pointer"),
        ("let p = std::ptr::addr_of!(x); g(x.clone()); h(p);", "pointer"),
        ("m.p = x.as_ptr(); g(x.clone());", "pointer"),
        ("let fd = x.as_raw_fd(); g(x.clone()); h(fd);", "pointer"),
    ],
)
def test_what_stands_in_the_way(body: str, kind: str) -> None:
    found = verdict(body)
    assert isinstance(found, Blocked) and found.kind == kind, found


@pytest.mark.parametrize(
    "body",
    [
        'let p = x.as_ptr(); log!("{p:?}"); g(x.clone());',
        "if x.as_ptr() == m { return; } g(x.clone());",
        "let n = x.len(); g(x.clone()); h(n);",
    ],
)
def test_a_pointer_that_is_not_kept_does_not_matter(body: str) -> None:
    assert isinstance(verdict(body), Movable)


@pytest.mark.parametrize(
    ("body", "receiver"),
    [
        ("list.get(0).map(|y| g(x.clone(), y));", "list.get(0)"),
        ("c.then(|| x.clone());", "c"),
        ("c.is_none_or(|y| y == x.clone());", "c"),
        ("read().ok_or_else(|| x.clone());", None),
    ],
)
def test_only_a_type_tells_an_option_from_an_iterator(body: str, receiver: str | None) -> None:
    found = verdict(body)
    assert isinstance(found, Movable)
    text = found.option.text if found.option is not None else None
    assert (text.decode() if text is not None else None) == receiver


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ("fn f(self)", True),
        ("fn f(mut self)", True),
        ("fn f(&self)", False),
        ("fn f(&mut self)", False),
        ("fn f(self: Pin<&mut Self>)", False),
        ("fn f(self: Box<Self>)", True),
        ("fn f(self: Self)", True),
        ("fn f(self: Arc<Self>)", False),  # what it points to is shared
        ("fn f(self: std::rc::Rc<Self>)", False),
    ],
)
def test_self_can_be_moved_out_of_where_it_is_owned(head: str, answer: bool) -> None:
    assert isinstance(verdict("g(self.a.clone()); h(self.b);", head), Movable) is answer


@pytest.mark.parametrize(
    ("body", "reason", "line"),
    [
        (
            'g(x.clone());\nh();\nlog!("{x}");',
            "`x` is used again in a format string at line 3",
            3,
        ),
        ("g(x.clone());\nh(x);\nh(&x);", "`x` is used again at line 2", 2),
        (
            "loop {\nfor y in list { g(x.clone()); } }",
            "`x` is declared outside the loop at line 2 and the next round needs it",
            2,
        ),
        (
            "loop {\nfor y in list { g(x.clone()); break; } }",
            "`x` is declared outside the loop at line 1 and the next round needs it",
            1,
        ),
        (
            "\nlist.for_each(|y| g(x.a\n .clone()));",
            "the closure at line 2 captures `x.a` and may run more than once",
            0,
        ),
        (
            "let p = x.as_ptr();\ng(x.clone()); h(p);",
            "a raw pointer to `x`, taken at line 1, is kept",
            1,
        ),
    ],
)
def test_the_reason_is_told_with_its_line(body: str, reason: str, line: int) -> None:
    found = verdict(body)
    assert isinstance(found, Blocked) and (found.reason, found.line) == (reason, line)


@pytest.mark.parametrize(
    "head", ["fn f(self)", "fn f(self: Arc<Self>)", "fn f(self: rc::Rc<Self>)"]
)
@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("g(self.clone());", True),
        ("h(&self.a); g(Arc::clone(&self));", True),
        ("let this = self.clone(); spawn(move || this.run());", True),
        ("if c { return g(self.clone()); } self.run();", True),
        ("g(self.clone()); self.run();", False),
        ("g(self.clone()); h(&self.a);", False),
        ("for y in list { g(self.clone()); }", False),
        ("g(&self.a, self.clone());", False),
        ("xs.map(|x| g(self.clone()));", True),
        ("each(|x| g(self.clone()));", False),
        ('g(self.clone()); println!("{}", self.a);', False),
    ],
)
def test_a_shared_self_is_moved_at_its_last_use(head: str, body: str, answer: bool) -> None:
    assert isinstance(verdict(body, head), Movable) is answer


@pytest.mark.parametrize("head", ["fn f(self: &Arc<Self>)", "fn f(self: Pin<Box<Self>>)"])
def test_a_self_that_is_lent_or_pinned_is_not_moved(head: str) -> None:
    assert isinstance(verdict("g(self.clone());", head), Blocked)
