"""Reach: which benches and tests run the functions that a fix changes.

A measurement, or a test, counts for a fix only if it runs what the fix changes. In a copy, each
function that an edit stands in gets a probe at its head: the first time that it runs in a thread it
writes a line to a file: its number, the program's file name, the package whose tests cargo runs, and
the thread's name, which is a test's in libtest. nextest, which starts a process for each test, tells
the names of both to all that runs there: these are written in the places of the two others. Where no statement can stand that runs code at run
time, there is none, and that is said.

A probe names nothing that its surroundings can give another meaning or a lint can refuse: it brings
``std`` in itself (also where the crate has none), and no line of the file moves.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tree_sitter import Node

from engine.base.model import Edit, Fix, Span
from engine.rewrite.edits import Owned, Text
from engine.rust.syntax import FUNCTIONS, Source

VARIABLE = "SPIKEPROOF_REACH"  # names the file, where probes ask the environment for it
# A path, and where in it a statement can stand.
Place = tuple[str, int]

_PROBE = (
    b" { #[allow(warnings)] fn reached() { extern crate std as spikeproof_std;"
    b" spikeproof_std::thread_local! { static SEEN: spikeproof_std::cell::Cell<bool> ="
    b" spikeproof_std::cell::Cell::new(false) }"
    b" static LINES: spikeproof_std::sync::atomic::AtomicUsize ="
    b" spikeproof_std::sync::atomic::AtomicUsize::new(0);"
    b" if !SEEN.try_with(|seen| seen.replace(true)).unwrap_or(true)"
    b" && LINES.fetch_add(1, spikeproof_std::sync::atomic::Ordering::Relaxed) < 10000 {"
    b" let program = spikeproof_std::env::current_exe().unwrap_or_default();"
    b' let package = spikeproof_std::env::var("CARGO_PKG_NAME").unwrap_or_default();'
    b" let thread = spikeproof_std::thread::current();"
    b' let binary = spikeproof_std::env::var_os("NEXTEST_BINARY_ID");'
    b' let test = spikeproof_std::env::var("NEXTEST_TEST_NAME");'
    b' let line = spikeproof_std::format!("%d {:?} {:?} {:?}\\n",'
    b" binary.as_deref().unwrap_or(program.file_name().unwrap_or_default()), package,"
    b" test.as_deref().unwrap_or(thread.name().unwrap_or_default()));"
    b" let _written = spikeproof_std::fs::OpenOptions::new().append(true).create(true)"
    b" .open(%b).and_then(|mut file|"
    b" spikeproof_std::io::Write::write_all(&mut file, line.as_bytes())).is_ok(); } } reached(); }"
)
_QUOTED = rb'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(rb"(\d+) %b %b %b" % (_QUOTED, _QUOTED, _QUOTED))


@dataclass(frozen=True, slots=True)
class Hit:
    """A probe that ran: its number, and in which ``program`` (its file name), for the tests of which
    ``package`` and on which ``thread``; "" for what has no name. In what nextest starts, ``program`` is
    its name of the test program, and ``thread`` the test, whatever runs there."""

    number: int
    program: str
    package: str
    thread: str


@dataclass(frozen=True, slots=True)
class Probes:
    """The files with probes, which fixes each probe stands for, and which fixes have none: why."""

    files: Mapping[str, bytes]
    fixes: Mapping[int, frozenset[str]]
    without: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[Place, int] = field(default_factory=dict)
    spans: Mapping[str, tuple[Span, ...]] = field(
        default_factory=dict
    )  # of the probes in ``files``

    def read(self, written: bytes) -> frozenset[str]:
        """The fixes whose functions a run reached, from what its probes wrote."""
        numbers = {hit.number for hit in hits(written)}
        return frozenset(name for number in numbers for name in self.fixes.get(number, frozenset()))


def hits(written: bytes) -> frozenset[Hit]:
    """What probes wrote; lines that none can have written are left out."""
    found = filter(None, map(_LINE.fullmatch, written.replace(b"\0", b"").split(b"\n")))
    return frozenset(
        Hit(int(line[1]), *(text.decode("utf-8", "replace") for text in line.groups()[1:]))
        for line in found
    )


def probes(
    fixes: Mapping[str, Fix],
    source: Callable[[str], Source],
    file: str | None = None,
    without: frozenset[Place] = frozenset(),
) -> Probes:
    """Probes for ``fixes`` (by id) in the texts that they were made for, but none at the places
    ``without``. They write to ``file``, else to the one that the environment names when they run."""
    places: dict[Place, set[str]] = {}
    missing: dict[str, str] = {}
    for name, fix in fixes.items():
        heads = heads_of(fix, source).places - without
        if not heads:
            missing[name] = "changes no function that a probe can stand in"
        for place in heads:
            places.setdefault(place, set()).add(name)
    numbered = {place: number for number, place in enumerate(sorted(places), 1)}
    where = _literal(file) if file is not None else _variable()
    files: dict[str, bytes] = {}
    spans: dict[str, tuple[Span, ...]] = {}
    for path in {path for path, _ in numbered}:
        inserted = [
            Owned(Edit(path, at, at, _PROBE % (number, where)), frozenset({number}))
            for (other, at), number in sorted(numbered.items())
            if other == path
        ]
        files[path] = Text(source(path).data).apply(inserted).data
        spans[path] = tuple(_inserted([each.edit for each in inserted]))
    fixed = {number: frozenset(places[place]) for place, number in numbered.items()}
    return Probes(files, fixed, missing, numbered, spans)


def _inserted(edits: list[Edit]) -> Iterator[Span]:
    """Where insertions, in their order, stand in the text that they make."""
    moved = 0
    for edit in edits:
        yield Span(edit.start + moved, edit.start + moved + len(edit.replacement))
        moved += len(edit.replacement)


def _variable() -> bytes:
    return b'spikeproof_std::env::var_os("%b").unwrap_or_default()' % VARIABLE.encode()


def _literal(file: str) -> bytes:
    """``file`` as a string literal. Raises UnicodeEncodeError for what no such literal can hold."""
    os.fsencode(file).decode("utf-8")
    escaped = (c if c.isalnum() or c in "/._- " else f"\\u{{{ord(c):x}}}" for c in file)
    return f'"{"".join(escaped)}"'.encode()


@dataclass(frozen=True, slots=True)
class Heads:
    """Where statements can stand first in the functions that a fix changes; ``blind`` tells that it
    also changes functions in which none can."""

    places: frozenset[Place]
    blind: bool = False


def heads_of(fix: Fix, source: Callable[[str], Source]) -> Heads:
    """The heads of the innermost functions around the edits of ``fix``."""
    found: set[Place] = set()
    blind = False
    for edit in fix.edits:
        if not edit.path.endswith(".rs"):
            continue
        function = _function(source(edit.path), edit)
        if function is not None and _is_const(function[0]):
            blind = True
        elif function is not None:
            found.add((edit.path, _after_attributes(function[1])))
    return Heads(frozenset(found), blind)


def _function(source: Source, edit: Edit) -> tuple[Node, Node] | None:
    """The innermost function around an edit that has a block, and that block."""
    node = source.innermost(edit.span)
    for function in (node, *source.ancestors(node)):
        if function.type in FUNCTIONS:
            block = _block(function)
            if block is not None and source.sound(block):
                return function, block
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
