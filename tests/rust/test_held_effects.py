"""What else happens while a guard is held."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.guard_scopes import guard_scope
from engine.rust.held_effects import held_effects
from engine.rust.locks import outermost
from engine.rust.syntax import Source, walk_all


def held(body: str) -> list[str]:
    """Of the first lock call in the body."""
    source = Source("src/lib.rs", f"async fn f(&self) {{\n{body}\n}}\n".encode())
    for node in walk_all(source, source.root):
        locked = outermost(source, node) if node.type == "call_expression" else None
        scope = guard_scope(source, locked.node) if locked is not None else None
        if scope is not None:
            return [effect.words for effect in held_effects(source, scope)]
    raise AssertionError(body)


HELD = [
    ("let g = m.lock().await; let n = g.len(); rest(n);", ["`rest(..)`"]),
    ("let g = m.lock().await; self.tx.send(g.len()); let rx = self.tx.subscribe();",
     ["`self.tx.send(..)`", "`self.tx.subscribe(..)`"]),
    ("self.before(); let g = m.lock().await; self.after();", ["`self.after(..)`"]),
    ("{ let g = m.lock().await; self.inside(); } self.after();", ["`self.inside(..)`"]),
    ("let g = m.lock().await; self.inside(); drop(g); self.after();", ["`self.inside(..)`"]),
    ("let g = m.lock().await; if a { drop(g); self.other(); return; } self.after();",
     ["`self.after(..)`"]),
    ("let g = m.lock().await; let n = g.iter().map(|x| x + 1).sum();", []),
    ("let g = m.lock().await; let n = xs.map(|x| self.look(x));", ["`self.look(..)`"]),
    ("let g = m.lock().await; let n = xs.map(look);", ["`xs.map(..)`"]),
    ("let g = m.lock().await; let n = self.seen.load(SeqCst);", ["`self.seen.load(..)`"]),
    ("let g = m.lock().await; self.seen = 3; let mut a = 1; a += 1;", ["the write to `self.seen`"]),
    ("let g = m.lock().await; info!(\"{}\", g.len());", ["`info!(..)`"]),
    ("let g = m.lock().await; other.lock().await;",
     ["`other.lock().await`", "another lock, `other.lock()`,"]),
    ("let n = m.lock().await.len(); self.after();", []),
    ("work(m.lock().await.len(), self.inside()).await;",
     ["`work(m.lock().awai..lf.inside()).await`", "`work(..)`", "`self.inside(..)`"]),
    ("if let Some(g) = m.try_lock() { self.inside(); } self.after();", ["`self.inside(..)`"]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), HELD)
def test_what_happens_while_it_is_held(body: str, expected: list[str]) -> None:
    assert held(body) == expected


def test_what_stays_under_the_lock_is_left_out() -> None:
    body = "let g = m.lock().await; self.kept(self.too()); self.gone();"
    source = Source("src/lib.rs", f"async fn f(&self) {{ {body} }}\n".encode())
    start = source.data.index(b"m.lock().await")
    scope = guard_scope(source, source.innermost(Span(start, start + len("m.lock().await"))))
    assert scope is not None
    kept = Span(scope.holder.start_byte, source.data.index(b"self.gone"))
    assert [e.words for e in held_effects(source, scope, [kept])] == ["`self.gone(..)`"]
