"""Reach: which benches and tests run the functions that a fix changes.

A measurement counts for a fix only if it runs what the fix changes. In a copy, each function that an
edit stands in gets a probe at its head: the first time that it runs in a process it writes its number
to the file that ``SPIKEPROOF_REACH`` names. The probe uses ``::std`` alone, so that it reads the same
in every module; where there is no ``std``, or where no statement can stand, there is none, and that
is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Edit, Fix
from engine.rewrite.edits import Owned, Text
from engine.rust.syntax import FUNCTIONS, Source

VARIABLE = "SPIKEPROOF_REACH"
_PROBE = (
    b" { static REACHED: ::std::sync::atomic::AtomicBool ="
    b" ::std::sync::atomic::AtomicBool::new(false);"
    b" if !REACHED.swap(true, ::std::sync::atomic::Ordering::Relaxed) {"
    b' if let ::std::option::Option::Some(path) = ::std::env::var_os("%b") {'
    b" if let ::std::result::Result::Ok(mut file) ="
    b" ::std::fs::OpenOptions::new().append(true).create(true).open(path) {"
    b' let _ = ::std::io::Write::write_all(&mut file, b"%d\\n"); } } } }'
)


@dataclass(frozen=True, slots=True)
class Probes:
    """The files with probes, which fixes each probe stands for, and which fixes have none: why."""

    files: Mapping[str, bytes]
    fixes: Mapping[int, frozenset[str]]
    without: Mapping[str, str] = field(default_factory=dict)

    def read(self, written: bytes) -> frozenset[str]:
        """The fixes whose functions a run reached, from what its probes wrote."""
        numbers = {int(word) for word in written.strip(b"\0").split() if word.isdigit()}
        return frozenset(name for number in numbers for name in self.fixes.get(number, frozenset()))


def probes(fixes: Mapping[str, Fix], source: Callable[[str], Source]) -> Probes:
    """Probes for ``fixes`` (by id) in the texts that they were made for."""
    places: dict[tuple[str, int], set[str]] = {}
    without: dict[str, str] = {}
    for name, fix in fixes.items():
        heads = {place for edit in fix.edits if (place := _head(source(edit.path), edit))}
        if not heads:
            without[name] = "changes no function that a probe can stand in"
        for place in heads:
            places.setdefault(place, set()).add(name)
    numbered = {place: number for number, place in enumerate(sorted(places), 1)}
    files = {}
    for path in {path for path, _ in numbered}:
        inserted = [
            Owned(Edit(path, at, at, _probe(number)), frozenset({number}))
            for (where, at), number in sorted(numbered.items())
            if where == path
        ]
        files[path] = Text(source(path).data).apply(inserted).data
    fixed = {number: frozenset(places[place]) for place, number in numbered.items()}
    return Probes(files, fixed, without)


def _probe(number: int) -> bytes:
    return _PROBE % (VARIABLE.encode(), number)


def _head(source: Source, edit: Edit) -> tuple[str, int] | None:
    """Where a statement can stand first in the innermost function around an edit."""
    node = source.innermost(edit.span)
    for function in (node, *source.ancestors(node)):
        if function.type not in FUNCTIONS:
            continue
        block = _block(function)
        if block is None or not source.sound(block):
            continue
        if _is_const(function):
            return None
        return source.path, _after_attributes(block)
    return None


def _block(function: Node) -> Node | None:
    body = function.child_by_field_name("body")
    if body is None:
        body = next((c for c in function.named_children if c.type == "block"), None)
    return body if body is not None and body.type == "block" else None


def _is_const(function: Node) -> bool:
    modifiers = next((c for c in function.children if c.type == "function_modifiers"), None)
    return modifiers is not None and any(c.type == "const" for c in modifiers.children)


def _after_attributes(block: Node) -> int:
    """After the brace and the inner attributes, which must come first."""
    at = block.start_byte + 1
    for child in _leading(block):
        if child.type == "inner_attribute_item":
            at = child.end_byte
    return at


def _leading(block: Node) -> Iterator[Node]:
    for child in block.named_children:
        if child.type not in ("inner_attribute_item", "line_comment", "block_comment"):
            return
        yield child
