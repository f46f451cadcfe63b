"""What is worked out once a file: by the arguments, for as long as the file is kept."""

from __future__ import annotations

import gc
import weakref

import pytest
from tree_sitter import Node

from engine.detect.facts import Sources
from engine.rust.per_source import per_source
from engine.rust.queries import captures, compile_query
from engine.rust.scopes import Scopes, scopes_of
from engine.rust.syntax import Source

calls: list[tuple[str, str]] = []


@per_source
def named(source: Source, node: Node, suffix: str = "") -> str:
    """The node's text."""
    calls.append((source.path, suffix))
    if suffix == "!":
        raise ValueError(suffix)
    return source.text(node).decode() + suffix


def words(source: Source) -> list[Node]:
    return captures(compile_query("(identifier) @word"), source.root, "word")


def test_once_for_each_source_and_arguments() -> None:
    calls.clear()
    one, other = Source("a.rs", b"fn f() { g(x) }"), Source("b.rs", b"fn f() { g(x) }")
    assert [named(one, word) for word in words(one) * 2] == ["f", "g", "x"] * 2
    assert len(calls) == 3
    assert [named(other, word) for word in words(other)] == ["f", "g", "x"]
    assert len(calls) == 6
    assert named(one, words(one)[0], suffix="?") == named(one, words(one)[0], "?") == "f?"
    assert named.__name__ == "named"
    assert named.__doc__ == "The node's text."


def test_what_raises_is_asked_again() -> None:
    calls.clear()
    source = Source("a.rs", b"fn f() {}")
    for _ in range(2):
        with pytest.raises(ValueError, match="!"):
            named(source, words(source)[0], "!")
    assert calls == [("a.rs", "!")] * 2


def test_it_goes_with_the_file() -> None:
    """Of many files the latest are kept, and of the others nothing."""
    files = {f"{number:03}.rs": b"fn f(x: u8) { x }" for number in range(200)}
    sources = Sources(tuple(files), files.__getitem__)
    first = sources.get("000.rs")
    function = first.root.named_children[0]
    scopes = sources.scopes(first, function)
    assert sources.scopes(first, function) is scopes is scopes_of(first, function)
    gone: weakref.ref[Scopes] = weakref.ref(scopes)
    del first, function, scopes
    for path in files:
        sources.get(path)
    gc.collect()
    assert gone() is None
