"""Is a value kept where it may live on: in a struct, a collection, a static?

As far as syntax shows, through ``let``s too. By the names that std gives to what keeps a value
(``insert``, ``push``), and a constructor by its capital letter.
"""

from __future__ import annotations

from tree_sitter import Node

from engine.rust.nodes import access_of, call_around, call_of, operation_of
from engine.rust.scopes import Scopes
from engine.rust.statement_nodes import let_of
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


_CELLS = frozenset(b"Arc Rc Mutex RwLock RefCell Cell OnceLock OnceCell LazyLock ArcSwap".split())


def is_kept(source: Source, scopes: Scopes, node: Node, hops: int = 2) -> bool:
    """Does the value of ``node`` go where it may live on? ``hops`` names that it is bound to are
    followed."""
    child = node
    while (up := source.parent(child)) is not None:
        if (call := call_around(child)) is not None:
            kept = _by_call(source, call)
            if kept is not None:
                return kept
            child = call
            continue
        match up.type:
            case "field_initializer" | "shorthand_field_initializer" | "static_item":
                return True
            case "assignment_expression" if (operation := operation_of(source, up)) is not None:
                left = operation.left
                local = left.type == "identifier" and not source.text(left).isupper()
                return operation.right == child and not local
            case "let_declaration" if (let := let_of(up)) is not None:
                bound = let.pattern if let.value == child else None
                return bound is not None and hops > 0 and _name(source, scopes, bound, hops)
            case kind if kind not in _HANDED_ON:
                return False
        child = up
    return False


def _by_call(source: Source, node: Node) -> bool | None:
    """Is an argument of this call kept? None: its result has it."""
    call = call_of(node)
    if call is None:
        return False
    access = access_of(call.callee)
    if access is not None:
        return source.text(access.name) in _KEEPING
    path = b"".join(source.text(call.callee).split()).partition(b"::<")[0]
    last = path.rpartition(b"::")[2]
    if last in _WRAPPING or any(path == word or path.endswith(b"::" + word) for word in _WRAPPING):
        return None
    owner = path.rpartition(b"::")[0].rpartition(b"::")[2]
    return last[:1].isupper() or (last == b"new" and owner in _CELLS)


def _name(source: Source, scopes: Scopes, pattern: Node, hops: int) -> bool:
    """Is what the name ``pattern`` is bound to kept?"""
    binding = next((b for b in scopes.bindings if b.decl == span_of(pattern)), None)
    if binding is None or pattern.type != "identifier":
        return False
    uses = (source.innermost(use.span) for use in scopes.uses(binding) if not use.capture)
    return any(is_kept(source, scopes, use, hops - 1) for use in uses)
