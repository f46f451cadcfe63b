"""Items of collections and of their borrowing iterators."""

from __future__ import annotations

import pytest

from engine.rust.iteration import items_of_collection, items_of_iterator
from engine.rust.type_parser import parse


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("std::vec::Vec<u8>", ["u8"]),
        ("[u8]", ["u8"]),
        ("[u8; 4]", ["u8"]),
        ("std::collections::BTreeSet<u8>", ["u8"]),
        ("std::collections::HashMap<u8, bool>", ["u8", "bool"]),
        ("indexmap::IndexMap<u8, bool>", ["u8", "bool"]),
        ("mycrate::Vec<u8>", None),
        ("mycrate::HashMap<u8, bool>", None),
        ("std::string::String", None),
    ],
)
def test_collections(text: str, items: list[str] | None) -> None:
    found = items_of_collection(parse(text))
    assert (found and [str(item) for item in found]) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("std::slice::Iter<'_, u8>", ["u8"]),
        ("core::slice::Iter<'_, u8>", ["u8"]),
        ("std::collections::hash_map::Iter<'_, u8, bool>", ["u8", "bool"]),
        ("std::collections::hash_set::Iter<'_, u8>", ["u8"]),
        ("std::collections::btree_map::Keys<'_, u8, bool>", ["u8"]),
        ("std::collections::hash_map::Values<'_, u8, bool>", ["bool"]),
        ("indexmap::map::Iter<'_, u8, bool>", ["u8", "bool"]),
        ("std::iter::Rev<std::slice::Iter<'_, u8>>", ["u8"]),
        ("std::iter::Filter<std::slice::Iter<'_, u8>, {closure@a.rs:1:2: 1:3}>", ["u8"]),
        ("std::iter::Map<std::slice::Iter<'_, u8>, {closure@a.rs:1:2: 1:3}>", None),
        ("dashmap::iter::Iter<'_, u8, bool>", None),
        ("mycrate::Take<std::slice::Iter<'_, u8>>", None),
    ],
)
def test_iterators(text: str, items: list[str] | None) -> None:
    found = items_of_iterator(parse(text))
    assert (found and [str(item) for item in found]) == items
