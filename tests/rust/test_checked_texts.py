"""What becomes of bytes that are copied to be checked as a text: tables of (code, what stands for it)."""

from __future__ import annotations

import pytest

from engine.rust.checked_texts import checked_text, opened_text
from engine.rust.codegen import replaced
from engine.rust.copies import clone_of
from engine.rust.scopes import scopes_of
from engine.rust.syntax import Source, span_of, walk_all


def lent(code: str) -> str | None:
    """The code with ``check(b)`` in the place of the call, and ``[]`` around the text."""
    source = Source("src/lib.rs", f"fn f(b: B) {{ {code} }}".encode())
    function = source.root.named_children[0]
    copy = next(n for n in walk_all(source, function) if clone_of(source, n) is not None)
    found = checked_text(source, scopes_of(source, function), copy)
    if found is None:
        return None
    body = span_of(function.named_children[-1])
    if found.opened:
        text = b"[" + opened_text(source, found, b"check(b)") + b"]"
        changes = {span_of(found.end): text}
    else:
        edits = {edit.span: edit.replacement for edit in found.edits}
        changes = {**edits, span_of(found.call): b"check(b)"}
    return replaced(source, body, changes).decode()[2:-2] + ("!" if found.panics else "")


_CALL = "String::from_utf8(b.to_vec())"


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("C.is_ok()", "check(b).is_ok()"),
        ("C.ok().is_none()", "check(b).ok().is_none()"),
        ("C.unwrap().len()", "[check(b).unwrap()].len()!"),
        ('let s = C.expect("x");', 'let s = [check(b).expect("x")];!'),
        ("C.unwrap_or_default().len()", "[check(b).unwrap_or_default()].len()"),
        ('C.unwrap_or("x".to_string()).len()', '[check(b).unwrap_or("x")].len()'),
        ("C.ok()?.len()", "[check(b).ok()?].len()"),
        ("C.ok().unwrap()", "[check(b).ok().unwrap()]"),
        ("C.map_err(|_| E)?.len()", "[check(b).map_err(|_| E)?].len()"),
        ("C.map_err(|e| e.to_string())?", "[check(b).map_err(|e| e.to_string())?]"),
        ('C.map_err(|e| format!("{e}"))?', '[check(b).map_err(|e| format!("{e}"))?]'),
        ("C.map_or(0, |s| s.len())", "check(b).map_or(0, |s| s.len())"),
        ("C.is_ok_and(|s| s.as_str() == x)", "check(b).is_ok_and(|s| s == x)"),
        ("C.ok().map(|s| s.len())", "check(b).ok().map(|s| s.len())"),
        ("if let Ok(s) = C { g(&s) }", "if let Ok(s) = check(b) { g(s) }"),
        ("match C { Ok(s) => s.len(), Err(_) => 0 }", "match check(b) { Ok(s) => s.len(), Err(_) => 0 }"),
        ('match C { Ok(_) => 1, Err(e) => { info!("{e}"); 2 } }', 'match check(b) { Ok(_) => 1, Err(e) => { info!("{e}"); 2 } }'),
        ("let Ok(s) = C else { return };", "let Ok(s) = check(b) else { return };"),
        # the text is needed, or the error
        ("C", None),
        ("let r = C;", None),
        ("C?.len()", None),
        ("C.map(|s| s.len())?", None),
        ("C.unwrap_err().into_bytes()", None),
        ("C.unwrap_or_else(|e| f(e)).len()", None),
        ("C.map_err(Error::Text)?", None),
        ("C.map_err(|e| Error::Text(e))?", None),
        ('C.map_err(|e| format!("{e:?}"))?', None),
        ("C.map_err(|e| info!(error = ?e))?", None),
        ("C.unwrap_or(x).len()", None),
        ("C.ok().map(|s| s)", None),
        ("if let Ok(s) = C { v.push(s) }", None),
        ("if let Ok(mut s) = C { s.push('x') }", None),
        ("match C { Ok(s) => s.len(), Err(e) => e.into_bytes().len() }", None),
        ("match C { r => r.is_ok() }", None),
        ("Text::from_utf8(b.to_vec()).is_ok()", None),
        ("std::str::from_utf8(&b.to_vec()).is_ok()", None),
    ],
)  # fmt: skip
def test_what_stands_for_the_text(code: str, made: str | None) -> None:
    assert lent(code.replace("C", _CALL)) == made
