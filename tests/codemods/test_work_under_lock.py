"""work-under-lock: what is a site, by syntax alone."""

from __future__ import annotations

import pytest

from engine.detect.scan import scan_source
from engine.rust.syntax import Source


def found(body: str, head: str = "async fn f()") -> list[tuple[str, str]]:
    source = Source("src/lib.rs", f"{head} {{ {body} }}".encode())
    return [(site.kind, site.role) for site in scan_source(source, ("work-under-lock",)).sites]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ('l.lock().unwrap().push(format!("{n}"));', [("temporary", "site")]),
        ("l.lock().unwrap().push(n.to_string());", [("temporary", "site")]),
        ("l.lock().unwrap().push(n.clone());", [("temporary", "maybe")]),
        ("*l.write().unwrap() = new;", [("temporary", "maybe")]),
        ("l.lock().unwrap().remove(&k);", [("temporary", "maybe")]),
        ("let mut g = l.lock().unwrap(); g.push(format!(\"{n}\"));", [("let", "maybe")]),
        ("let g = l.lock().unwrap(); g.n(); std::fs::write(p, t);", [("let", "maybe")]),
        ("if let Ok(g) = l.lock() { std::fs::write(p, t); g.n(); }", [("pattern", "maybe")]),
        ("l.lock().unwrap().push(n);", []), ("l.lock().unwrap().len();", []),
        ("let g = l.lock().unwrap(); g.push(n);", []), ("l.borrow_mut().push(format!(\"{n}\"));", []),
        ("let g = l.lock().await; let t = n.to_string(); send(g.n(t)).await;", []),
        ("l.try_lock().unwrap().push(format!(\"{n}\"));", []), ("file.read(&mut buffer);", []),
        ("l.lock().unwrap().entry(k).or_insert_with(|| format!(\"{n}\"));",
         [("temporary", "maybe")]),
    ],
)  # fmt: skip
def test_what_is_looked_at(body: str, kinds: list[tuple[str, str]]) -> None:
    assert found(body) == kinds


def test_cold_code_is_no_site() -> None:
    text = 'l.lock().unwrap().push(format!("{n}"));'
    assert found(text, "fn f()") == []
    assert found(f"for n in list {{ {text} }}", "fn f()") == [("temporary", "site")]
