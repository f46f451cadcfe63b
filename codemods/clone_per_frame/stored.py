"""Is the value kept: in a struct, a collection, a static? Then it matters that a moved `Vec` keeps the
room that it had to grow, where a clone is exactly as large as what it holds."""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.scopes import Scopes
from engine.rust.syntax import Source, span_of

_KEEPING = frozenset(
    b"""insert push push_back push_front or_insert or_insert_with get_or_init get_or_insert set store
    replace swap extend put add append entry""".split()
)
# Constructors that only wrap: what becomes of their result tells.
_WRAPPING = frozenset(b"Some Ok Err Box::new Owned Cow::Owned Reverse Pin::new Box::pin".split())
_HANDED_ON = frozenset(
    {"parenthesized_expression", "tuple_expression", "array_expression", "try_expression"}
    | {"await_expression", "block", "if_expression", "else_clause", "match_arm", "match_block"}
    | {"match_expression", "unsafe_block"}
)


def stored(source: Source, scopes: Scopes, node: Node, hops: int = 2) -> bool:
    """Does the value of ``node`` go where it may live on, as far as syntax shows (through ``let``s
    too)?"""
    child = node
    while (up := source.parent(child)) is not None:
        match up.type:
            case "field_initializer" | "shorthand_field_initializer" | "static_item":
                return True
            case "arguments":
                kept = _call(source, up)
                if kept is not None:
                    return kept
                if up.parent is None:
                    return False
                up = up.parent
            case "assignment_expression":
                left = up.child_by_field_name("left")
                if left is None or left == child:
                    return False
                return left.type != "identifier" or source.text(left).isupper()
            case "let_declaration":
                return (
                    hops > 0
                    and up.child_by_field_name("value") == child
                    and (_bound(source, scopes, up, hops))
                )
            case kind if kind not in _HANDED_ON:
                return False
        child = up
    return False


def _call(source: Source, arguments: Node) -> bool | None:
    """Is an argument of this call kept? None: its result has it."""
    call = arguments.parent
    function = call.child_by_field_name("function") if call is not None else None
    if function is None:
        return False
    if function.type == "field_expression":
        method = function.child_by_field_name("field")
        return method is not None and source.text(method) in _KEEPING
    path = b"".join(source.text(function).split()).partition(b"::<")[0]
    last = path.rpartition(b"::")[2]
    if last in _WRAPPING or any(path == word or path.endswith(b"::" + word) for word in _WRAPPING):
        return None
    owner = path.rpartition(b"::")[0].rpartition(b"::")[2]
    return last[:1].isupper() or (last == b"new" and owner in _CELLS)


_CELLS = frozenset(b"Arc Rc Mutex RwLock RefCell Cell OnceLock OnceCell LazyLock ArcSwap".split())


def _bound(source: Source, scopes: Scopes, let: Node, hops: int) -> bool:
    pattern = let.child_by_field_name("pattern")
    if pattern is None or pattern.type != "identifier":
        return False
    binding = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    if binding is None:
        return False
    uses = (source.innermost(use.span) for use in scopes.uses(binding) if not use.capture)
    return any(stored(source, scopes, use, hops - 1) for use in uses)
