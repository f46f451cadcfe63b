"""Of which values others see the drop."""

from __future__ import annotations

import pytest

from engine.rust.seen_drops import Ends, SeenDrops
from engine.rust.type_definitions import DefinedTypes
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace

_LIB = """
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::Arc;
pub struct Spin(AtomicBool);
pub struct SpinGuard<'a>(&'a Spin);
impl Drop for SpinGuard<'_> { fn drop(&mut self) {} }
pub struct InFlight { count: Arc<AtomicU64> }
impl Drop for InFlight { fn drop(&mut self) {} }
pub struct Temp(std::path::PathBuf);
impl Drop for Temp { fn drop(&mut self) {} }
pub struct Named<'a> { name: &'a str }
impl Drop for Named<'_> { fn drop(&mut self) {} }
pub struct Around { temp: Option<Temp> }
pub struct Plain { name: String }
pub struct Shared { temp: Arc<Temp> }
"""


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ("SpinGuard", Ends.GUARD),
        ("std::option::Option<SpinGuard>", Ends.GUARD),
        ("impl std::ops::Deref<Target = u8>", Ends.GUARD),
        ("InFlight", Ends.OWN),
        ("Temp", Ends.OWN),
        ("Named", Ends.OWN),
        ("Around", Ends.OWN),
        ("std::vec::Vec<(u8, Temp)>", Ends.OWN),
        ("tokio::sync::OwnedSemaphorePermit", Ends.GIVEN_BACK),
        ("std::result::Result<tokio::sync::SemaphorePermit, tokio::sync::TryAcquireError>",
         Ends.GIVEN_BACK),
        ("deadpool::managed::Object<Manager>", Ends.GIVEN_BACK),
        ("impl std::iter::Iterator<Item = u8>", Ends.HIDDEN),
        ("std::boxed::Box<dyn Store>", Ends.HIDDEN),
        ("std::boxed::Box<dyn std::error::Error>", None),
        ("&SpinGuard", None),
        ("Plain", None),
        ("Shared", None),
        ("std::sync::Arc<Temp>", None),
        ("axum::extract::Query<Plain>", None),
        ("axum::extract::State<std::sync::Arc<App>>", None),
        ("tokio::sync::mpsc::Sender<u8>", None),
        ("T", None),
    ],
)  # fmt: skip
def test_whose_drop_is_seen(told: str, ends: Ends | None) -> None:
    work = Workspace({"src/lib.rs": _LIB})
    drops = SeenDrops(work.items, DefinedTypes(work.items, work.sources).drops)
    assert drops.of(parse(told)) is ends
