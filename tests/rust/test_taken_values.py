"""What a future that is dropped at a new await has taken from others and still carries."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.between_awaits import between_awaits
from engine.rust.shared_effects import SharedEffects
from engine.rust.taken_values import TakenValues
from tests.rust.future_snippets import Future

_ITEMS = """
impl Jobs {
    fn grab(&self) -> Option<u8> { self.list.borrow_mut().pop() }
    fn next_name(&self) -> String { self.name.clone() }
    fn stem(&self, name: &str) -> String { name.split('.').next().unwrap().to_string() }
}
"""


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        ("let p = self.rx.recv().await?; HERE(&p)", "self.rx.recv()"),
        ("let p = self.rx.recv().await?; let q = p.path(); HERE(&q)", "self.rx.recv()"),
        ("let p = self.rx.recv().await?; other().await; HERE(&p)", ""),
        ("let p = self.q.pop()?; HERE(&p)", "self.q.pop()"),
        ("let p = self.pending.take()?; HERE(x); use_it(p)", "self.pending.take()"),
        ("let p = std::mem::take(&mut self.p); HERE(&p)", "std::mem::take(&mut self.p)"),
        ("HERE(self.it.next()?)", "self.it.next()"),
        ("f(self.q.pop(), HERE(x))", "self.q.pop()"),
        ("if let Some(p) = self.q.pop() { HERE(p); }", "self.q.pop()"),
        ("while let Some(p) = self.q.pop() { HERE(p); }", "self.q.pop()"),
        ("for p in self.q.drain(..) { HERE(p); }", "self.q.drain(..)"),
        ("match self.q.pop() { Some(p) => HERE(p), None => x }", "self.q.pop()"),
        ("let id = COUNT.fetch_add(1, S); HERE(x); show(id)", "COUNT.fetch_add(1, S)"),
        ("COUNT.fetch_add(1, S); HERE(x)", ""),
        ("self.rx.changed().await?; HERE(x)", "self.rx.changed()"),
        ("tokio::select! { p = self.rx.recv() => { HERE(p); } }", "self.rx.recv()"),
        (
            "let mut line = String::new(); self.r.read_line(&mut line).await?; HERE(&line)",
            "self.r.read_line(&mut line)",
        ),
        # nobody's loss
        ("let _ = self.q.pop(); HERE(x)", ""),
        ("self.q.pop(); HERE(x)", ""),
        ("let p = self.q.pop(); keep(p); HERE(x)", ""),
        ("if self.q.pop().is_some() { HERE(x); }", ""),
        ("let mut own = vec![1]; let p = own.pop(); HERE(p)", ""),
        ("let p = own_rx.recv().await; HERE(p)", ""),
        ("let p = self.dir.join(x); HERE(p)", ""),
        ("let p = name.split('.').next(); HERE(p)", ""),
        ("let n = self.n.next_power_of_two(); HERE(n)", ""),
        ("let user = self.db.find_user(id).await?; HERE(user.path)", ""),
        # functions of the workspace
        ("let p = self.grab(); HERE(p)", "self.grab()"),
        ("let p = self.next_name(); HERE(p)", ""),
        ("let p = self.stem(x); HERE(p)", ""),
    ],
)
def test_what_is_lost(body: str, taken: str) -> None:
    text = f"{_ITEMS} impl Jobs {{ async fn f(&mut self, own_rx: Receiver<u8>) {{ {body} }} }}"
    future = Future(text, {"own_rx": "tokio::sync::mpsc::Receiver<u8>"})
    at = future.source.data.index(b"HERE(")
    point = Span(at, future.source.data.index(b")", at) + 1)
    node = future.source.innermost(Span(at, at + 4)).parent
    assert node is not None
    point = Span(node.start_byte, node.end_byte)
    effects = SharedEffects(future.own, future.workspace.items, future.calls).effects()
    between = between_awaits(future.source, future.body, [point], effects)[point]
    found = TakenValues(future.own, future.calls).lost_at(point, between)
    assert [future.source.text(call).decode() for call in found] == ([taken] if taken else [])
