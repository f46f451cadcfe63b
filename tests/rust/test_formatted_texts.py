"""What becomes of the text of a ``format!``, by syntax."""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.formatted_texts import formatted_at, formatted_by
from engine.rust.queries import macro_calls
from engine.rust.syntax import Source, span_of


def source_of(statement: str) -> Source:
    return Source("src/lib.rs", f"async fn f() {{ {statement}; }}".encode())


@pytest.mark.parametrize(
    ("statement", "kind", "whole", "target"),
    [
        ('s.push_str(&format!("{a}b"))', "append", "", "s"),
        ('s.push_str(format!("{a}b").as_str())', "append", "", "s"),
        ('s.push_str((&format!("{a}b")))', "append", "", "s"),
        ('self.a.b().push_str(&std::format!("x"))', "append", "", "self.a.b()"),
        ('s += &format!("{a}b")', "append", "", "s"),
        ('*s += &format!("{a}b")', "append", "", "*s"),
        ('s += format!("{a}b").as_str()', "append", "", "s"),
        ('s = s + &format!("{a}b")', "append", "", "s"),
        ('String::push_str(&mut s, &format!("{a}b"))', "append", "", "s"),
        ('w.write_all(format!("{a}b").as_bytes())', "write", "", "w"),
        (
            'w.write_all(format!("{a}b").as_bytes()).await?',
            "write",
            'w.write_all(format!("{a}b").as_bytes())',
            "w",
        ),
        ('f(format!("{}", a))', "value", 'format!("{}", a)', 'format!("{}", a)'),
        ('f(&format!("{a}"))', "value", 'format!("{a}")', 'format!("{a}")'),
        ('s.push_str(&*format!("{a}b"))', "append", "", "s"),
        ('s.push_str(&format!("{a}b")[..])', "append", "", "s"),
        ('s += &*format!("{a}b")', "append", "", "s"),
        ('s += &(*format!("{a}b"))[..]', "append", "", "s"),
        ('all.fold(s, |t, x| t + &format!("{x}b"))', "sum", 't + &format!("{x}b")', "t"),
        ('f.write_str(&format!("{a}b"))?', "append", 'f.write_str(&format!("{a}b"))', "f"),
        # nothing to say of these
        ('s.push_str(&format!("{a}b")[1..])', "", "", ""),
        ('s.push_str(&mut format!("{a}b"))', "", "", ""),
        ('s.insert_str(0, &format!("{a}b"))', "", "", ""),
        ('s = t + &format!("{a}b")', "", "", ""),
        ('s -= &format!("{a}b")', "", "", ""),
        ('let t = format!("{a}b")', "", "", ""),
        ('f(format!("{a:?}"))', "", "", ""),
        ('s.push_str(&format!("{"))', "", "", ""),
    ],
)
def test_what_becomes_of_the_text(statement: str, kind: str, whole: str, target: str) -> None:
    source = source_of(statement)
    (macro, *_) = macro_calls(source.root)
    found = formatted_by(source, macro)
    assert (found.kind if found is not None else "") == kind
    if found is not None:
        assert source.text(found.whole).decode() == (whole or statement)
        assert source.text(found.target).decode() == target
        assert formatted_at(source, span_of(macro)) == found


@pytest.mark.parametrize(
    ("statements", "span", "target"),
    [
        ('let t = format!("{a}b"); s.push_str(&t)', "", "s"),
        ('let t = &format!("{a}b"); s.push_str(t)', "", "s"),
        ('let t: String = format!("{a}b"); self.s.push_str(t.as_str())', "", "self.s"),
        ('let t = format!("{a}b"); *s += &t[..]', "", "*s"),
        ('let t = format!("{a}b"); s = s + &t', "", "s"),
        (
            'let t = format!("{a}b"); f.write_str(&t)?',
            'let t = format!("{a}b"); f.write_str(&t)',
            "f",
        ),
        ('let a = format!("{a}b"); s.push_str(&a)', "", "s"),
        ('let t = format!("{a}b"); /* why */ s.push_str(&t)', "", "s"),
        # not these
        ('let t = format!("{a}b"); s.push_str(&t); s.push_str(&t)', None, ""),
        ('let t = format!("{a}b"); s.push_str(&t); g(t)', None, ""),
        ('let t = format!("{a}b"); s.push_str(&t); println!("{t}")', None, ""),
        ('let t = format!("{a}b"); g(); s.push_str(&t)', None, ""),
        ('let t = format!("{a}b"); if c { s.push_str(&t) }', None, ""),
        ('let t = format!("{a}b"); all.each(|s| s.push_str(&t))', None, ""),
        ('let t = format!("{a}b"); return f.write_str(&t)', None, ""),
        ('let t = format!("{a}b"); g(s.push_str(&t))', None, ""),
        ('let t = format!("{a}b"); s.borrow_mut().push_str(&t)', None, ""),
        ('let t = format!("{a}b"); all[i].push_str(&t)', None, ""),
        ('let t = format!("{a}b"); s.push_str(&t[1..])', None, ""),
        ('let t = format!("{a}b"); #[cfg(x)] s.push_str(&t)', None, ""),
        ('#[cfg(x)] let t = format!("{a}b"); s.push_str(&t)', None, ""),
        ('let (t, _) = (format!("{a}b"), 1); s.push_str(&t)', None, ""),
        ('let mut t = format!("{a}b"); t.push_str(&t)', None, ""),
    ],
)
def test_a_text_may_have_a_name_on_its_way(statements: str, span: str | None, target: str) -> None:
    source = source_of(statements)
    (macro, *_) = macro_calls(source.root)
    found = formatted_by(source, macro)
    assert (found is not None) == (span is not None)
    if found is not None:
        assert source.slice(found.span).decode() == (span or statements)
        assert source.text(found.target).decode() == target


@pytest.mark.parametrize(
    ("statement", "shown", "changes"),
    [
        ('println!("{}", format!("{a}"))', True, False),
        ('println!("{} {}", format!("{a}"), b)', True, False),
        ('println!("{0} {1} {0}", format!("{a}"), b)', True, False),
        ('println!("{x}", x = format!("{a}"))', True, False),
        ('unsafe { println!("{}", format!("{}", A)) }', True, False),
        ('unsafe { println!("{} {}", format!("{}", A), b()) }', True, True),
        ('println!("{} {}", format!("{}", unsafe { A }), b())', True, True),
        # its text is shown in another way, or not at all
        ('println!("{:?}", format!("{a}"))', False, False),
        ('println!("{:>5}", format!("{a}"))', False, False),
        ('println!("{0} {0:?}", format!("{a}"))', False, False),
        ('println!("{}", g(format!("{a}")))', False, False),
        ('g(format!("{a}"))', False, False),
    ],
)
def test_what_another_macro_shows_as_it_is(statement: str, shown: bool, changes: bool) -> None:
    source = source_of(statement)
    at = source.data.index(b"format!")
    found = formatted_at(source, Span(at, source.data.index(b")", at) + 1))
    assert found is not None
    assert (found.shown_by is not None) == shown
    assert not shown or found.may_change == changes
