"""May code be run at another time than it stands, and is that worth anything?"""

from __future__ import annotations

import pytest

from engine.base.model import Span
from engine.rust.early_values import Early, Known, early, types_asked
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, let_of, statements_of
from engine.rust.syntax import Source, span_of
from engine.rust.type_facts import TypeFacts
from engine.rust.type_parser import parse as parse_type
from engine.rust.types import Type

_TYPES = {
    "n": "u64", "f": "f64", "name": "&str", "text": "std::string::String",
    "names": "&[std::string::String]", "list": "std::vec::Vec<u64>", "user": "&app::User",
    "shared": "std::sync::Arc<app::User>", "seen": "&std::sync::atomic::AtomicU64",
    "cell": "std::cell::Cell<u64>", "lock": "&std::sync::Mutex<u64>", "path": "&std::path::Path",
    "file": "std::fs::File", "map": "&std::collections::HashMap<u64, std::string::String>",
    "sender": "std::sync::mpsc::Sender<u64>", "pointer": "*const u64", "self.name": "std::string::String",
    "names.iter()": "std::slice::Iter<'_, std::string::String>",
    "names.iter().cloned()": "std::iter::Cloned<std::slice::Iter<'_, std::string::String>>",
    "names.iter().cloned().collect()": "std::vec::Vec<std::string::String>",
    "list.iter()": "std::slice::Iter<'_, u64>",
    "list.iter().map(|x| x + 1)": "std::iter::Map<std::slice::Iter<'_, u64>, {closure@a.rs:1:1}>",
    "User::default()": "app::User", "guard": "std::sync::MutexGuard<'_, std::vec::Vec<u64>>",
    "*guard": "std::vec::Vec<u64>", "x": "&u64", "names[0]": "std::string::String", "name.into()": "std::string::String",
    "render": "fn(u64) -> u64 {app::render}", "String::from(name)": "std::string::String",
    "String::from(user)": "std::string::String", "std::fs::read": "fn() {std::fs::read::<&str>}",
    "std::fs::write": "fn() {std::fs::write::<&str, &str>}", "Box::new(n)": "std::boxed::Box<u64>",
    "std::thread::sleep": "fn() {std::thread::sleep}", "text.as_str()": "&str",
    "name.parse::<u64>()": "std::result::Result<u64, std::num::ParseIntError>",
    "Arc::clone(&shared)": "std::sync::Arc<app::User>", "&text": "&std::string::String",
}  # fmt: skip


def read(text: str) -> Early:
    """Of the expression, with ``User`` as a type of which nothing is known."""
    source = Source("src/lib.rs", f"fn f(&self) {{ let _a = {text}; }}".encode())
    let = next(found for node in walk(source.root) if (found := let_of(node)) is not None)
    assert let.value is not None

    def type_of(span: Span) -> Type | None:
        told = _TYPES.get(source.quoted(span))
        return parse_type(told) if told is not None else None

    facts = TypeFacts()
    return early(source, let.value, Known(type_of, facts, facts))


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("n", False), ("n + 1", False), ("text", False), ('"a"', False), ("(n, name)", False),
        ("Arc::clone(&shared)", False), ("shared.clone()", False), ("n.clone()", False),
        ("Entry { n, name: text }", False), ("list.len()", False), ("vec![]", False),
        ("names[0].len()", False), ("Some(n)", False), ("&text", False),
        ('format!("{n}")', True), ("text.clone()", True), ("self.name.clone()", True),
        ("name.to_string()", True), ("name.to_owned()", True), ("vec![n, 2]", True),
        ("String::from(name)", True), ("Box::new(n)", True), ("name.into()", True),
        ("names.iter().cloned().collect()", True), ("Entry { n, name: name.to_string() }", True),
        ("if n > 1 { name.to_string() } else { text }", True), ("std::fs::read(name)", True),
        ("match n { 1 => text.clone(), _ => text }", True), ("names.to_vec()", True),
        ('{ let a = format!("{n}"); a }', True), ("list.iter().map(|x| x + 1)", False),
    ],
)  # fmt: skip
def test_what_is_work(text: str, worth: bool) -> None:
    told = read(text)
    assert (told.worth, told.never) == (worth, "")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Instant::now()", "tells the time"), ("start.elapsed()", "tells the time"),
        ("seen.load(Relaxed)", "others may change"), ("cell.get()", "others may change"),
        ('format!("{seen:?}")', "others may change"), ("lock.lock()", "another lock"),
        ("next()", "`next` does is not known"), ("self.next()", "type of `self` is not known"),
        ("user.next()", "`user.next()` does is not known"), ("make!(n)", "`make!` does"),
        ('format!("{}", next())', "is not known"), ("f().await", "awaits"),
        ("sender.send(n)", "is not known"), ("unsafe { *pointer }", "is not looked into"),
        ("std::fs::write(name, name)", "others see what"), ("list.iter().map(render)", "`render` does"),
        ('format!("{}", line!())', "tells where it stands"), ('format!("{:p}", name)', "where a value is"),
        ("User::default()", "`User::default` does"), ("guard.push(n)", "others may change"),
        ("{ *guard = list; n }", "what `guard` guards"),
        ("async { n }", "is not looked into"), ("rand::random()", "is not known"),
    ],
)  # fmt: skip
def test_what_may_never_run_at_another_time(text: str, why: str) -> None:
    assert why in read(text).never


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("user.clone()", "the `Clone` of `User`"), ('format!("{user}")', "formatting of `User`"),
        ("user.to_string()", None), ("serde_json::to_string(user)", "serializes outside"),
        ("std::fs::read(name)", "waits for the disk"), ('format!("{n}")', None),
        ('println!("{n}")', "logs outside"), ("json!(n)", "is serialized"),
    ],
)  # fmt: skip
def test_what_a_person_should_look_at(text: str, doubt: str | None) -> None:
    told = read(text)
    if doubt is None:
        assert told.doubts == []
    else:
        assert any(doubt in each for each in told.doubts)


@pytest.mark.parametrize(
    ("text", "stops", "leaves", "changes"),
    [
        ("n + 1", True, False, set()), ("n == 1", False, False, set()),
        ("names[0].clone()", True, False, set()), ("name.parse::<u64>().unwrap()", True, False, set()),
        ("name.parse::<u64>()?", False, True, set()), ("text.push_str(name)", False, False, {b"text"}),
        ("{ n = 3; n }", False, False, {b"n"}), ("take(&mut text)", False, False, {b"text"}),
        ("list.iter().map(|x| x + 1)", True, False, set()),
        ("if n > 3 { return } else { n }", False, True, set()),
    ],
)  # fmt: skip
def test_how_it_may_end_and_what_it_changes(
    text: str, stops: bool, leaves: bool, changes: set[bytes]
) -> None:
    told = read(text)
    assert (told.stops, told.leaves, told.changes) == (stops, leaves, changes)


def test_what_is_asked_does_not_hang_on_answers() -> None:
    text = 'f(format!("{a}{}", b), c.clone(), d[0] + 1)'
    source = Source("src/lib.rs", f"fn f() {{ {text} }}".encode())
    function = next(n for n in walk(source.root) if n.type == "function_item")
    body = body_of(function)
    assert body is not None
    asked = [source.quoted(span) for span in types_asked(source, statements_of(body)[0])]
    assert asked == ["a", "b", "c", "d[0]", "d"]


def test_statements_are_read_as_well() -> None:
    text = "let mut all = Vec::new(); for x in list { all.push(x.to_string()); }"
    source = Source("src/lib.rs", f"fn f(list: &[u64]) {{ {text} }}".encode())
    types = {"list": "&[u64]", "all": "std::vec::Vec<std::string::String>", "x": "&u64",
             "Vec::new()": "std::vec::Vec<std::string::String>"}  # fmt: skip
    body = next(n for n in walk(source.root) if n.type == "block")

    def type_of(span: Span) -> Type | None:
        told = types.get(source.quoted(span))
        return parse_type(told) if told is not None else None

    facts = TypeFacts()
    told = [early(source, s, Known(type_of, facts, facts)) for s in statements_of(body)]
    assert [(each.never, each.worth, each.changes) for each in told] == [
        ("", False, set()), ("", True, {b"all"}),
    ]  # fmt: skip
    assert span_of(body).start > 0
