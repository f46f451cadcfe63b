"""May two operands be evaluated in the other order, and does one only read?"""

from __future__ import annotations

import pytest
from tree_sitter import Node

from engine.rust.nodes import call_of
from engine.rust.operand_order import exchangeable, may_panic, only_reads
from engine.rust.queries import walk
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source


def _operands(text: str) -> tuple[Source, tuple[Node, ...]]:
    source = Source("src/lib.rs", text.encode())
    call = next(
        found
        for node in walk(source.root)
        if (found := call_of(node)) is not None and source.text(found.callee) == b"both"
    )
    return source, call.arguments


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        # a plain place stays in front of whatever does not change its names
        ("next(c)", "self.n", True),
        ("{ log(); 1 }", "self.n", True),
        ("self.write(bytes)", "self.bytes", True),
        ("send(x)", "TOTAL", True),
        ("buf.len() as u64", "self.shards[i % 2]", True),
        ("1", "self.pick()", True),
        ("n", "self.pick()", True),
        ("if big { 2 } else { 1 }", "self.pick()", True),
        ("x?", "self.n", True),
        # indexes and paths that the other changes
        ("{ i += 1; i }", "self.shards[i]", False),
        ("take(&mut i)", "self.shards[i]", False),
        ("it.next()", "self.shards[it.len()]", False),
        ("advance(cur)", "self.shards[cur.at]", False),
        ("advance(cur)", "cur.node.n", False),
        ("{ cur = cur.next; 1 }", "cur.n", False),
        # what may panic keeps the other from doing what it does
        ("self.next()", "self.shards[i]", False),
        ("x?", "self.shards[i]", False),
        ("next(c)", "self.shards[0].n", False),
        ("next(c)", "(*shared).n", False),
        ("next(c)", "all.first().unwrap().n", False),
        ("next(c)", "&cell.borrow().n", False),
        ("xs[i]", "self.pick()", False),
        ("{ n += 1; n }", "self.shards[k]", False),
        ("{ n += 1; n }", "self.inner.k", True),
        ("xs[i] + 1", "self.shards[k]", True),
        ("*self.n.lock().unwrap()", "self.shards[k]", True),
        ("next(c)", "(&self.inner).n", True),
        # both do something that the other, or a reader of the log, may see
        ("take(&mut input)", "self.shards[take(&mut input) as usize % 2]", False),
        ("c.next()", "self.totals[c.next()]", False),
        ("self.arg()", "self.add().total", False),
        ("say(1)", "self.me().total", False),
        ("step()", "pick(all)", False),
        ("it.next().unwrap_or(0)", "self.totals[it.next().unwrap_or(0) as usize]", False),
        ("self.at.get()", "self.totals[c.next()]", False),
        ("x?", "self.pick()", False),
        ("f(x)", "self.get(i)?.n", False),
        ('{ println!("a"); 1 }', "self.me()", False),
        # the place changes what the right side reads
        ("self.x", "pick(&mut self.x)", False),
        ("input.len() as u64", "self.pick(&mut input)", False),
        ("self.seen.len()", "self.pick()", False),
    ],
)  # fmt: skip
def test_exchangeable(first: str, second: str, answer: bool) -> None:
    source, (one, other) = _operands(f"impl S {{ fn f(&self) {{ both({first}, {second}); }} }}")
    assert exchangeable(source, one, other) is answer
    assert exchangeable(source, other, one) is answer


@pytest.mark.parametrize(
    ("declared", "answer"), [("&self", True), ("&mut self", False), ("self: Pin<&mut Self>", False)]
)
def test_self_that_a_method_may_change(declared: str, answer: bool) -> None:
    source, (one, other) = _operands(
        f"impl S {{ fn f({declared}) {{ both(self.next(), self.at % 2); }} }}"
    )
    assert exchangeable(source, one, other) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("self.n", True), ("self.shards[i % 2]", True), ("&*x", True), ("map.get(&k).unwrap()", True),
        ("all.first().unwrap().n", True), ("cell.get()", False), ("self.pick()", False),
        ("pick(all)", False), ("all[next(c)]", False), ("{ i += 1; i }", False), ("x?", False),
        ("say!(x)", False), ("it.next()", False),
    ],
)  # fmt: skip
def test_only_reads(text: str, answer: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let a = {text}; }}".encode())
    let = next(found for node in walk(source.root) if (found := let_of(node)) is not None)
    assert let.value is not None
    assert only_reads(source, let.value) is answer


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("n - g", "n - g"),
        ("{ n += 1; n }", "n += 1"),
        ("(a % b, c)", "a % b"),
        ("xs[i]", "xs[i]"),
        ("x.unwrap()", "x.unwrap()"),
        ("n.pow(2)", "n.pow(2)"),
        ("f(n)", "f(n)"),
        ("-n", "-n"),
        ("-1", ""),
        ("n.saturating_sub(g)", ""),
        ("n > g && !h", ""),
        ("n as u8", ""),
        ("Some(n)", ""),
        ('format!("{g}")', ""),
    ],
)
def test_may_panic(text: str, part: str) -> None:
    source, (node,) = _operands(f"fn f() {{ both({text}); }}")
    found = may_panic(source, node)
    assert (source.text(found).decode() if found is not None else "") == part
