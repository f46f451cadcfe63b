"""Writers that take the bytes of a text, by their types: what ``write!`` into them would cost."""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.known_types import key_of
from engine.rust.nodes import awaited
from engine.rust.syntax import Source, span_of
from engine.rust.types import Type

_BUFFERS = frozenset({"std::vec::Vec", "std::io::BufWriter", "std::io::LineWriter"})


def instead_of_bytes(source: Source, whole: Node, target: Node, type_: Type) -> str:
    """What to do where ``whole`` writes the bytes of a text to ``target``, which is of ``type_``, in words."""
    said, up = source.quoted(span_of(target)), whole.parent
    if up is not None and awaited(up) is not None:
        return f"`{said}` takes bytes, in one write for each text: `write!` all into one `String`"
    if any(key_of(step.name) in _BUFFERS for step in type_.deref_chain()):
        return f"`{said}` is a buffer: `write!` into it makes no `String` between"
    return (
        f"`{said}` may not be buffered: each piece of a `write!` would be a write of its own; put "
        "a `BufWriter` around it first"
    )
