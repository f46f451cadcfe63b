"""What is shown by its ``Debug``, and whose it may be."""

from __future__ import annotations

import pytest

from engine.rust.debug_shown import Printed, Shown, all_debug_shown
from engine.rust.files import mentions
from engine.rust.item_nodes import name_of
from engine.rust.queries import walk
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace


def shown_in(text: str) -> list[Shown]:
    sources = Workspace({"src/lib.rs": text}).sources
    return list(all_debug_shown(sources, sources.paths))


def words(shown: Shown) -> str:
    """``at <- asked``, ``at <- (asked)`` where it is a part of that, ``at: type``."""
    at = shown.source.slice(shown.at).decode()
    if shown.type_ is not None:
        return f"{at}: {shown.source.text(shown.type_).decode()}"
    asked = shown.source.slice(shown.asked).decode() if shown.asked is not None else "?"
    return f"{at} <- ({asked})" if shown.inside else f"{at} <- {asked}"


TELLING = 'macro_rules! telling { ($x:expr) => { println!("{:?}", $x) }; }'


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('println!("{:?}", a.b);', ["a.b <- a.b"]),
        ('println!("{:#?} {} {0:?}", &a, b);', ["&a <- &a", "&a <- &a"]),
        ('println!("{} {:x}", a, b);', []),
        ('let a = f(); println!("{a:?}");', ["a <- f()"]),
        ('let a = f(); g(a); println!("{a:?}");', ["a <- a"]),
        ('for a in all { println!("{a:?}"); }', ["a <- (all)"]),
        ('if let Some(a) = self.a { println!("{a:?}"); }', ["a <- (self.a)"]),
        ('all.map(|a| format!("{a:?}"));', ["a <- (all)"]),
        ('let a: &S = f(); println!("{a:?}");', ["a: &S"]),
        ('println!("{p:?}");', ["p: &P"]),
        ('println!("{LIMIT:?}");', ["LIMIT <- ?"]),
        ("dbg!(a, &b);", ["a <- a", "&b <- &b"]),
        ("info!(a = ?b, %c, ?d.e, \"x\");", ["b <- b", "d.e <- d.e"]),
        ("insta::assert_debug_snapshot!(a);", ["a <- a"]),
        ("want.assert_debug_eq(&a);", ["&a <- &a"]),
        ('f.debug_struct("S").field("a", &self.a).finish();', ["&self.a <- &self.a"]),
        ("map.entry(a);", []),
        ('own!("{} {:?}", a, b);', ["a <- a", "b <- b"]),
        ('own!("{a:?}");', ['own!("{a:?}") <- ?']),
        ('own!("{}", a);', []),
        ('other::run! { f(a); }', []),
        ("telling!(a);", ["a <- a"]),
        ('told(&a); println!("{}", a);', ["&a <- &a"]),
    ],
)  # fmt: skip
def test_what_is_shown(code: str, found: list[str]) -> None:
    text = f"fn f(p: &P) {{ {code} }}\nfn told<T: Debug>(what: T) {{}}\n{TELLING}"
    assert [words(shown) for shown in shown_in(text)] == found


STRUCTS = """
#[derive(Debug)] struct S { n: Mutex<u64> }
#[derive(Debug)] struct Holder { all: Vec<S> }
struct Silent { s: S }
type Shared = Arc<S>;
use self::Holder as Renamed;
#[derive(Debug)] struct Farther { r: Renamed }
#[derive(Debug)] struct Far { s: Option<Shared> }
#[derive(Debug)] struct Other { n: u64 }
"""


def printed(more: str = "") -> Printed:
    workspace = Workspace({"src/lib.rs": STRUCTS + more})
    source = workspace.sources.get("src/lib.rs")
    struct = next(
        node
        for node in walk(source.root)
        if node.type == "struct_item" and (n := name_of(node)) and source.text(n) == b"S"
    )
    return Printed(workspace.items, lambda word: mentions(workspace.sources, word), source, struct)


def test_which_types_print_it() -> None:
    found = printed()
    assert sorted(found.printing) == [b"Far", b"Farther", b"Holder", b"Renamed", b"S", b"Shared"]
    assert sorted(found.holding) == [*sorted(found.printing), b"Silent"]


@pytest.mark.parametrize(
    ("code", "type_", "may"),
    [
        ('println!("{:?}", a);', "crate::S", True),
        ('println!("{:?}", a);', "&alloc::sync::Arc<crate::Holder>", True),
        ('println!("{:?}", a);', "crate::Other", False),
        ('println!("{:?}", a);', "crate::Silent", False),
        ('println!("{:?}", a);', "T", False),
        ('println!("{:?}", a);', "impl core::fmt::Debug", True),
        ('println!("{:?}", a);', None, True),
        ('if let Silent { s } = x { println!("{s:?}"); }', "crate::Silent", True),
        ('if let Some(s) = x { println!("{s:?}"); }', "core::option::Option<u8>", False),
        ('println!("{p:?}");', None, False),
        ('let a: Holder = f(); println!("{a:?}");', None, True),
    ],
)
def test_whose_value_it_may_be(code: str, type_: str | None, may: bool) -> None:
    (shown,) = shown_in(f"fn f(p: &P) {{ {code} }}")
    assert printed().may_be(shown, parse(type_) if type_ is not None else None) is may


@pytest.mark.parametrize(
    ("text", "unseen"),
    [
        ("struct G<T: Debug> { t: T }", True),
        ("impl std::error::Error for Holder {}", True),
        ("impl std::error::Error for Other {}", False),
        ("impl<T: Debug> G<T> { fn g(&self) {} }", True),
        ("impl<T: Debug> Debug for G<T> { fn fmt(&self) {} }", False),
        ("fn f(all: &[Box<dyn Debug>]) {}", True),
        ("fn f<T: Debug>(t: T) {}", False),
        ("trait Job: Debug {}", False),
        ("trait Job: Debug {}\nimpl Job for Holder {}", True),
        ("trait Job: Debug {}\nimpl Job for Other {}", False),
        ("#[instrument]\nfn f(s: &S) {}", True),
        ("#[tracing::instrument(skip(s))]\nfn f(s: &S, n: u64) {}", False),
        ("impl Silent { #[instrument(skip_all)]\nfn f(&self, s: &S) {} }", False),
        ("impl Holder { #[instrument]\nfn f(&self) {} }", True),
        ("impl Other { #[instrument]\nfn f(&self) {} }", False),
        ('#[derive(Error)] enum E { #[error("{0:?}")] One(S) }', True),
        ('#[derive(Error)] enum E { #[error("{0}")] One(S) }', False),
        ('#[derive(Error)] enum E { #[error("{0:?}")] One(u8) }', False),
    ],
)
def test_values_of_types_that_are_not_told(text: str, unseen: bool) -> None:
    assert (printed(text).unseen() is not None) is unseen
