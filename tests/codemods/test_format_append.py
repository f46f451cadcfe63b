"""format-append: what is a site."""

from __future__ import annotations

from engine.detect.scan import scan_source
from engine.rust.syntax import Source


def source_of(statement: str) -> Source:
    return Source("src/lib.rs", f"async fn f() {{ {statement}; }}".encode())


def test_cold_code_is_no_site_and_a_value_may_be_one() -> None:
    text = 's.push_str(&format!("{a}b")); f(format!("{a}"));'
    hot = scan_source(source_of(text), ("format-append",)).sites
    assert [(site.kind, site.role) for site in hot] == [("append", "site"), ("value", "maybe")]
    assert hot[0].message == "a `String` is made only to be appended to `s`"
    cold = Source("src/lib.rs", f"fn f() {{ {text} }}".encode())
    assert scan_source(cold, ("format-append",)).sites == ()
