"""Floats behind a lock: what their bits may be given to, and how a change is written."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.mutex_counter.float_bits import first_bits, is_steady
from engine.base.model import Level
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.queries import walk
from engine.rust.syntax import Source
from tests.codemods.test_mutex_counter import Workspace, one

LOCK = "std::sync::Mutex<f64>"
TEXT = """\
use std::sync::Mutex;

ATTRIBUTES
struct S {
    load: Mutex<f64>,
}

impl S {
    fn f(&self, a: f64, b: f64) {
        BODY
    }
}
"""
ADD = "*self.load.lock().unwrap() += a;"


def planned(body: str, attributes: str = "", types: Mapping[str, str] | None = None) -> Workspace:
    text = TEXT.replace("BODY", body).replace("ATTRIBUTES", attributes)
    return one(text, {"self.load": LOCK, "self": "&krate::S", **(types or {})})


def became(body: str) -> str:
    """What becomes of a method's body, or why nothing does."""
    work = planned(body)
    (proposal,) = work.plan()
    if not proposal.fixes:
        return proposal.reason
    assert proposal.fixes[0].level is Level.REVIEW
    after = work.applied(proposal.fixes[0])["src/lib.rs"]
    inside = after[after.index("b: f64) {") + len("b: f64) {") : after.rindex("}\n}")]
    return " ".join(
        inside.replace("Ordering::Relaxed", "R").replace("Ordering::SeqCst", "S").split()
    )


def adding(what: str, order: str = "R") -> str:
    bits = f"|bits| Some(f64::to_bits(f64::from_bits(bits) {what}))"
    return f"let _ = self.load.fetch_update({order}, {order}, {bits});"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ADD, adding("+ a")),
        # as it was rounded
        ("*self.load.lock().unwrap() += a - b;", adding("+ (a - b)")),
        ("*self.load.lock().unwrap() -= a + b;", adding("- (a + b)")),
        ("*self.load.lock().unwrap() += a * b;", adding("+ a * b")),
        ("*self.load.lock().unwrap() += -a;", adding("+ (-a)")),
        ("*self.load.lock().unwrap() += (a);", adding("+ a")),
        ("*self.load.lock().unwrap() += n as f64;", adding("+ n as f64")),
        # computed once
        ("*self.load.lock().unwrap() += next();", "let value = next(); " + adding("+ value")),
        ("*self.load.lock().unwrap() += *a;", "let value = *a; " + adding("+ value")),
        ("*self.load.lock().unwrap() += a.sqrt();", "let value = a.sqrt(); " + adding("+ value")),
        ("let mut g = self.load.lock().unwrap(); *g += a.sqrt();",
         "let value = a.sqrt(); " + adding("+ value")),
        ("if a > b { *self.load.lock().unwrap() += x[0]; }",
         "if a > b { let value = x[0]; " + adding("+ value") + " }"),
        # names that are taken
        ("let bits = 1.0; *self.load.lock().unwrap() += bits;",
         "let bits = 1.0; " + adding("+ bits").replace("|bits| ", "|old_bits| ").replace(
             "from_bits(bits)", "from_bits(old_bits)")),
        # an addition that comes first is another one
        ("let mut g = self.load.lock().unwrap(); *g = a - *g;",
         "let _ = self.load.fetch_update(S, S, |bits| Some(f64::to_bits(a - f64::from_bits(bits))));"),
        ("*self.load.lock().unwrap() = a;", "self.load.store(f64::to_bits(a), S);"),
        ("let n = *self.load.lock().unwrap();", "let n = f64::from_bits(self.load.load(R));"),
    ],
)  # fmt: skip
def test_changes(before: str, after: str) -> None:
    assert became(before) == after


def test_what_is_neither_less_nor_more_is_not_turned_round() -> None:
    found = became("let mut g = self.load.lock().unwrap(); if *g >= a { return; } *g += b;")
    assert "(!(f64::from_bits(bits) >= a)).then(|| f64::to_bits(f64::from_bits(bits) + b))" in found


@pytest.mark.parametrize(
    "attributes",
    [
        "#[derive(serde::Serialize)]",
        "#[derive(Default, Deserialize)]",
        '#[cfg_attr(feature = "serde", derive(Serialize))]',
        "#[serde_as]",
        "#[derive(Zeroize)]",
    ],
)
def test_a_derive_would_take_the_bits_for_the_number(attributes: str) -> None:
    (proposal,) = planned(ADD, attributes).plan()
    assert not proposal.fixes
    assert "may take the number's bits for the number" in proposal.reason


@pytest.mark.parametrize(
    "attributes", ["", "#[derive(Default)]", "#[allow(dead_code)]", "/// Doc."]
)
def test_attributes_that_do_not_look(attributes: str) -> None:
    (proposal,) = planned(ADD, attributes).plan()
    assert proposal.fixes


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("self.load.serialize(s);", "self.load.serialize(s)"),
        ("let l = &self.load; l.serialize(s);", "l.serialize(s)"),
        ("let S { load } = self; load.serialize(s);", "load.serialize(s)"),
        ("Json(&self.load);", "Json(&self.load)"),
        ("Own { own: &self.load };", "own: &self.load"),
        ("Own2(&self.load);", "Own2(&self.load)"),
        ("Some(&self.load).serialize(s);", "Some(&self.load).serialize(s)"),
        ("let a = Plain { load: &self.load };", ""),
        ("let a = Some(&self.load); a.is_some();", ""),
    ],
)
def test_what_takes_anything_would_take_the_bits(code: str, given: str) -> None:
    text = TEXT.replace("BODY", f"{ADD} {code}").replace("ATTRIBUTES", "")
    more = "struct Own<T> { own: T }\nstruct Own2<T>(T);\n"
    if "Plain" in code:
        more += "struct Plain { load: &'static Mutex<f64> }\n"
    work = one(text + more, {"self.load": LOCK, "self": "&krate::S"})
    reasons = " ".join(proposal.reason for proposal in work.plan())
    assert (f"`{given}` may take the number's bits" in reasons) if given else not reasons


def test_a_map_gets_the_lock_as_it_is() -> None:
    made = "let mut all = HashMap::new(); all.insert(1, Mutex::new(0.5)); "
    work = planned(f"{made} {ADD}", types={"Mutex::new(0.5)": LOCK})
    (proposal,) = work.plan()
    assert proposal.fixes


def test_a_function_that_is_not_seen_would_take_the_bits() -> None:
    (proposal,) = planned(f"{ADD} serde_json::to_string(&self.load);").plan()
    assert "and would take the number's bits for the number" in proposal.reason


@pytest.mark.parametrize(
    ("text", "version", "bits"),
    [
        ("static A: M = M::new(0.0);", "", "0"),
        ("static A: M = M::new(0.);", "1.60", "0"),
        ("static A: M = M::new(0_f64);", "", "0"),
        ("static A: M = M::new(-0.0);", "", "f64::to_bits(-0.0)"),
        ("static A: M = M::new(0.5);", "1.83.0", "f64::to_bits(0.5)"),
        ("static A: M = M::new(0.5);", "1.82", None),
        ("const fn f() -> M { M::new(1.0) }", "1.56.1", None),
        ("fn f() -> M { M::new(1.0) }", "1.56.1", "f64::to_bits(1.0)"),
        ("static A: L = L::new(|| M::new(1.0));", "1.56.1", "f64::to_bits(1.0)"),
        ("fn f() -> M { const { M::new(1.0) } }", "1.80", None),
    ],
)
def test_what_it_starts_with(text: str, version: str, bits: str | None) -> None:
    source = Source("src/lib.rs", text.encode())
    call = next(n for n in walk(source.root) if source.text(n).startswith(b"M::new("))
    value = call.named_children[1].named_children[0]
    if bits is None:
        with pytest.raises(Refused, match=r"needs Rust 1\.83"):
            first_bits(source, "f64", value, version, "src/lib.rs:1")
    else:
        assert first_bits(source, "f64", value, version, "").decode() == bits


@pytest.mark.parametrize(
    ("value", "steady"),
    [
        ("a", True), ("self.a.b", True), ("1.5", True), ("-a * 2.0", True), ("n as f64", True),
        ("m::LIMIT", True), ("(a + b)", True), ("*a", False), ("a()", False), ("a.b()", False),
        ("a[0]", False), ("!a", False), ("if a { 1.0 } else { 2.0 }", False), ("f!(a)", False),
    ],
)  # fmt: skip
def test_what_may_be_evaluated_again(value: str, steady: bool) -> None:
    source = Source("src/lib.rs", f"fn f() {{ let x = {value}; }}".encode())
    let = next(n for n in walk(source.root) if n.type == "let_declaration")
    assert is_steady(source, let.named_children[1]) is steady
