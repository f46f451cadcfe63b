"""Which types hold a guard: those of the lock crates, and structs of the workspace around them."""

from __future__ import annotations

import pytest

from engine.rust.guard_types import GuardTypes, written_flavour
from engine.rust.locks import Flavour
from engine.rust.queries import walk
from engine.rust.statement_nodes import let_of
from engine.rust.syntax import Source
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

FILES = {
    "src/lib.rs": "mod held; mod plain; mod twice;",
    "src/held.rs": """\
use parking_lot::MutexGuard;
pub struct Held<'a> { guard: MutexGuard<'a, u8> }
pub struct Numbered<'a>(u8, tokio::sync::OwnedMutexGuard<u8>);
pub enum Either<'a> { Locked(MutexGuard<'a, u8>), Free }
pub struct Borrows<'a> { guard: &'a MutexGuard<'a, u8> }
pub struct Twice<'a> { guard: MutexGuard<'a, u8> }
pub struct Outer<'a> { held: Option<Held<'a>> }
pub struct Fourth<'a> { third: Third<'a> }
pub struct Third<'a> { outer: Outer<'a> }
pub struct Lends<'a> { held: &'a Held<'a>, take: fn() -> Held<'static> }
pub struct Cyclic { next: Option<Box<Cyclic>> }
pub trait Locks { fn lock(&self) -> MutexGuard<'_, u8>; }
pub struct Erased { locks: Locks }
pub struct Sends { to: mpsc::Sender<Held<'static>>, other: Sender<MutexGuard<'static, u8>> }
""",
    "src/plain.rs": "pub struct MutexGuard; pub struct Plain { guard: MutexGuard }",
    "src/twice.rs": "pub struct Twice { n: u8 }",
}


@pytest.mark.parametrize(
    ("told", "guard", "flavour"),
    [
        ("std::sync::MutexGuard<'_, u8>", "std::sync::MutexGuard<u8>", Flavour.STD),
        ("Option<std::sync::MutexGuard<'_, u8>>", "std::sync::MutexGuard<u8>", Flavour.STD),
        ("(u8, tokio::sync::watch::Ref<'_, u8>)", "tokio::sync::watch::Ref<u8>", Flavour.WATCH),
        ("held::Held<'_>", "held::Held", Flavour.PARKING_LOT),
        ("Option<held::Held<'_>>", "held::Held", Flavour.PARKING_LOT),
        ("(u8, held::Numbered<'_>)", "held::Numbered", Flavour.TOKIO),
        ("held::Either<'_>", "held::Either", Flavour.PARKING_LOT),
        ("held::Borrows<'_>", None, None),
        ("&held::Held<'_>", None, None),
        ("held::Outer<'_>", "held::Outer", Flavour.PARKING_LOT),
        ("held::Third<'_>", "held::Third", Flavour.PARKING_LOT),
        ("held::Fourth<'_>", None, None),  # three structs deep, and no further
        ("held::Lends<'_>", None, None),
        ("held::Cyclic", None, None),
        ("held::Sends", None, None),
        ("held::Erased", None, None),  # what a trait's method gives is not held
        ("plain::Plain", None, None),
        ("twice::Twice", None, None),
        ("Twice", None, None),  # one of the two has no guard: nothing is claimed
        ("other::Held", None, None),
        ("u8", None, None),
    ],
)
def test_what_a_type_holds(told: str, guard: str | None, flavour: Flavour | None) -> None:
    types = GuardTypes(Workspace(FILES).items)
    found = types.guard(parse(told), "src/lib.rs")
    assert (str(found) if found is not None else None) == guard
    assert (types.flavour(found, "src/lib.rs") if found is not None else None) == flavour


@pytest.mark.parametrize(
    ("written", "flavour"),
    [
        ("MutexGuard<'_, u8>", Flavour.STD),
        ("Guard<'_, u8>", Flavour.TOKIO),
        ("Vec<std::cell::RefMut<'_, u8>>", Flavour.REFCELL),
        ("parking_lot::RwLockReadGuard<'_, u8>", Flavour.PARKING_LOT),
        ("&MutexGuard<'_, u8>", None),
        ("fn() -> MutexGuard<'static, u8>", None),
        ("mine::MutexGuard", None),
        ("u8", None),
    ],
)
def test_types_as_they_are_written(written: str, flavour: Flavour | None) -> None:
    head = "use std::sync::MutexGuard;\nuse tokio::sync::MutexGuard as Guard;\n"
    source = Source("a.rs", f"{head}fn f() {{ let x: {written} = y; }}".encode())
    let = next(let for node in walk(source.root) if (let := let_of(node)) is not None)
    assert let.type is not None
    assert written_flavour(source, let.type) is flavour
