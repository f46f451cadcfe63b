"""format-append: what becomes of a formatted text, by syntax."""

from __future__ import annotations

import pytest

from codemods.format_append.appends import formatted_at, formatted_by
from engine.detect.scan import scan_source
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


def test_cold_code_is_no_site_and_a_value_may_be_one() -> None:
    text = 's.push_str(&format!("{a}b")); f(format!("{a}"));'
    hot = scan_source(source_of(text), ("format-append",)).sites
    assert [(site.kind, site.role) for site in hot] == [("append", "site"), ("value", "maybe")]
    assert hot[0].message == "a `String` is made only to be appended to `s`"
    cold = Source("src/lib.rs", f"fn f() {{ {text} }}".encode())
    assert scan_source(cold, ("format-append",)).sites == ()
