"""The rewrites that leave the value where it is and hand out a reference."""

from __future__ import annotations

from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Edit, Span
from engine.rust.borrows import (
    Needed,
    closures_borrow,
)
from engine.rust.calls import Receiver
from engine.rust.cloned_items import Gives, LentItems, Where, lent_items
from engine.rust.format_macros import is_shown, shown_by
from engine.rust.known_calls import (
    COPYING,
    is_into_iter,
    is_mapping_method,
    is_reading_method,
    is_taking_method,
)
from engine.rust.known_parameters import method_takes_as_ref, sends_by_reference, takes_as_ref
from engine.rust.known_types import Nature
from engine.rust.nodes import (
    access_of,
    borrowed,
    call_around,
    callee_name,
    callee_of,
    operation_of,
    outward,
)
from engine.rust.signatures import ReferenceBound
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import span_of
from engine.rust.type_facts import is_counted, is_data, is_named
from engine.rust.types import Type
from engine.rust.usages import UsageKind

from .borrow_bindings import borrow_for, borrow_for_over, borrow_let, borrow_match
from .borrower import Borrower
from .clone_types import Rewrite

_LISTED = ("Vec", "VecDeque", "HashSet", "BTreeSet", "LinkedList")
_MAPS = ("HashMap", "BTreeMap")
# What gives the elements, and what gives references to them.
_LENT = {b"into_iter": b"iter", b"into_keys": b"keys", b"into_values": b"values"}


def borrow(on: Borrower) -> Rewrite | None:
    """The rewrite; None when what is done with the clone needs a value of its own."""
    if on.temporary and on.types.same:
        return None  # it can be taken as it is
    if not (on.types.same or on.types.behind or on.types.view or on.mutable):
        return None
    match on.usage.kind:
        case UsageKind.METHOD:
            return _method(on)
        case UsageKind.FIELD:
            return _field(on)
        case UsageKind.INDEX if on.only_reads():
            return on.bare("reads it in place")
        case UsageKind.DEREF if on.only_reads():
            return on.dereferenced("reads it in place")
        case UsageKind.REF:
            return _reference(on)
        case UsageKind.REF_MUT:
            return _append(on)
        case UsageKind.FORMAT:
            return _format(on)
        case UsageKind.COMPARE:
            return _compare(on)
        case UsageKind.ARGUMENT:
            return _argument(on)
        case UsageKind.METHOD_ARGUMENT:
            return _method_argument(on)
        case UsageKind.LET:
            return borrow_let(on)
        case UsageKind.FOR:
            return borrow_for(on)
        case UsageKind.MATCH | UsageKind.IF_LET:
            return borrow_match(on)
        case _:
            return None


# -- in an expression ----------------------------------------------------------------------


def _method(on: Borrower) -> Rewrite | None:
    name, cloned = on.usage.name, on.types.cloned
    shown = name.decode("utf-8", "replace")
    how = f"`{shown}` only reads `{on.clone.name}`"
    if name in _LENT:
        return _into_iter(on, name)
    if is_mapping_method(name):
        return _as_ref(on)
    if is_taking_method(name):
        return None
    if is_counted(cloned):
        return _shared(on, name)
    if on.type_facts.ownership(cloned).nature is Nature.HANDLE and sends_by_reference(cloned, name):
        made = on.bare(f"`{shown}` takes `&self`")
        doubt = "one sender less keeps the channel open while this runs"
        return made and replace(made, doubt=doubt)
    if is_data(cloned) or on.types.view:
        return on.bare(how) if is_reading_method(name) or name in COPYING else None
    known = on.by_reference(cloned, name) is Receiver.REFERENCE
    return on.bare(f"{how}, as its definition says") if known else None


def _shared(on: Borrower, name: bytes) -> Rewrite | None:
    """A method called through an Arc: it borrows, unless it takes ``self: Arc<Self>``."""
    if name.endswith(b"_owned"):
        return None  # tokio's `lock_owned` and its kin take the Arc itself
    found = on.by_reference(on.types.cloned.args[0], name)
    if found is Receiver.VALUE:
        return None
    made = on.bare(f"`{name.decode()}` borrows what is behind the shared pointer")
    if made is None or found is Receiver.REFERENCE or not on.last_use:
        return made
    return replace(
        made,
        doubt=f"`{name.decode()}` is not defined in this workspace: if it takes the `Arc` "
        "itself, the value is dropped earlier",
    )


def _as_ref(on: Borrower) -> Rewrite | None:
    if not is_named(on.types.cloned, "Option", "Result"):
        return None
    found = closures_borrow(on.source, on.scopes, on.usage.holder)
    if found is None or isinstance(found, Needed):
        return None
    return on.made(
        on.clone.node,
        on.clone.receiver_text + b".as_ref()",
        "The closure only reads what is inside, so it gets a reference.",
        found.edits,
    )


def _into_iter(on: Borrower, method: bytes = b"into_iter") -> Rewrite | None:
    """``v.clone().into_iter()`` -> ``v.iter()`` where the elements are only looked at, else ``v.iter().cloned()``:
    the elements, without the Vec. So a map's keys and values (``into_keys``)."""
    lent = _LENT[method]
    outer = on.source.parent(on.usage.holder)
    if outer is not None and outer.type == "for_expression" and method == b"into_iter":
        return borrow_for_over(on, outer, on.usage.holder)
    both = method == b"into_iter" and is_named(on.types.cloned, *_MAPS)
    listed = _LISTED if method == b"into_iter" else _MAPS
    if not both and not is_named(on.types.cloned, *listed):
        return None
    item = on.types.cloned.args[1 if method == b"into_values" else 0]
    if both or not on.type_facts.is_copy(item):
        found = _looked_at(on, item, both)
        if found is not None:
            loop = on.source.parent(outward(found.end))
            if loop is not None and scrutinee_of(loop) is not None and on.changed(span_of(loop)):
                return None
            if found.until and on.changed(Span(found.end.end_byte, found.until)):
                return None
            how = f"The elements are only looked at, so `{lent.decode()}` gives references to them."
            return on.made(on.usage.holder, _receiver(on) + b"." + lent + b"()", how, found.edits)
    if both:
        return None
    shown = f"the second `{on.types.cloned.last}` is gone"
    return on.made(
        on.usage.holder,
        _one_by_one(on, item, lent),
        f"The elements are cloned one by one as they are taken; {shown}.",
    )


def _looked_at(on: Borrower, item: Type, both: bool) -> LentItems | None:
    """What becomes of the elements, where they may be references; ``both``: the pairs of a map."""
    reads = (lambda _: True) if is_counted(item) else on.reads
    where: Where = "both" if both else "items"
    holder = on.usage.holder
    found = lent_items(on.source, on.scopes, holder, False, reads, on.copied, where, on.own)
    if found is None or found.gives is not Gives.SAME or found.opened:
        return None
    return None if on.gives_parts(found.bound) else found


def _field(on: Borrower) -> Rewrite | None:
    """``x.clone().name``: the rest of ``x`` was copied for nothing."""
    if on.types.taker is None or not (on.types.same or on.types.behind):
        return None
    text = on.clone.receiver_text + b"".join(on.usage.name.split())
    outer = on.source.parent(on.usage.holder)
    shown = text.decode("utf-8", "replace")
    copied = on.type_facts.is_copy(on.types.taker)
    access = access_of(outer) if outer is not None else None
    read = on.only_reads()
    if not read:
        # A copy of the field alone may be changed as the whole copy was; `n.clone() += 1` is no code.
        operation = operation_of(on.source, outer) if outer is not None else None
        if copied or access is not None or operation is not None:
            return None
    else:
        seen = outer is not None and borrowed(outer) is not None
        read = copied or access is not None or seen or is_shown(on.source, on.usage.holder)
    if read:
        return on.made(on.usage.holder, text, f"`{shown}` is read in place.")
    return on.made(
        on.usage.holder,
        text + b".clone()",
        f"Only `{shown}` is cloned, not what is around it.",
    )


def _reference(on: Borrower) -> Rewrite | None:
    outer = on.source.parent(on.usage.holder)
    counted = on.type_facts.ownership(on.types.cloned).nature is Nature.SHARED
    if (
        counted
        and outer is not None
        and b"_count" in on.source.text(on.source.statement_of(outer) or outer)
    ):
        return None
    if on.lent_to_its_changer(on.usage.holder) or on.compared_with_elements():
        return None
    text = on.reference()
    if outer is not None and outer.type in ("field_expression", "try_expression"):
        return None
    return on.made(on.usage.holder, text, f"The reference is to `{on.clone.name}` itself.")


def _append(on: Borrower) -> Rewrite | None:
    """``a.append(&mut b.clone())`` -> ``a.extend_from_slice(&b)``."""
    call = call_around(on.usage.holder)
    name = callee_name(call) if call is not None else None
    if call is None or name is None or on.source.text(name) != b"append":
        return None
    if not is_named(on.types.cloned, "Vec"):
        return None
    return _extend(on, call, on.usage.holder, "The elements are cloned straight to where they go.")


def _format(on: Borrower) -> Rewrite | None:
    call = shown_by(on.source, on.clone.node)
    if call is None or call.shows_addresses:
        return None
    if call.compares(on.clone.span) and not on.types.same:
        return None
    macro = on.usage.name.decode("utf-8", "replace")
    return on.bare(f"`{macro}!` takes its arguments by reference")


def _compare(on: Borrower) -> Rewrite | None:
    text, place = on.clone.receiver_text, on.types.receiver
    # `&str` compares with strings of every kind as it is; other references are looked through.
    if place.is_ref and place.args[0].name != "str":
        text = b"*" + text
    return on.made(on.clone.node, text, f"`{on.clone.name}` is compared where it is.")


# -- arguments -----------------------------------------------------------------------------


def _argument(on: Borrower) -> Rewrite | None:
    name = callee_of(on.usage.holder)
    if name is not None and is_into_iter(on.source.text(name)):
        return _into_iter(on)
    callee = on.types.taker
    if callee is None or callee.kind != "fndef":
        return None
    if on.bound is ReferenceBound.NONE and not takes_as_ref(callee.name):
        return None
    return on.made(
        on.clone.node,
        on.given(),
        f"`{callee.last}` takes anything that can be seen as a reference.",
    )


def _method_argument(on: Borrower) -> Rewrite | None:
    owner = on.types.taker
    if owner is None:
        return None
    method = on.usage.name
    listed = any(is_named(step, "Vec") for step in owner.deref_chain())
    if method == b"extend" and listed and is_named(on.types.cloned, "Vec"):
        how = "The elements are cloned straight to where they go, without a `Vec` between."
        return _extend(on, on.usage.holder, on.clone.node, how)
    if method == b"extend" and _takes_elements(owner):
        return _elements(on)
    if on.bound is ReferenceBound.NONE and not method_takes_as_ref(owner, method):
        return None
    if on.lent_to_its_changer(on.clone.node):
        return None
    return on.made(
        on.clone.node,
        on.given(),
        f"`{method.decode()}` takes anything that can be seen as a reference.",
    )


def _takes_elements(owner: Type) -> bool:
    """Is it a list or a set of std's, which takes elements one by one?"""
    return any(is_named(step, "Vec", *_LISTED[1:], "BinaryHeap") for step in owner.deref_chain())


def _elements(on: Borrower) -> Rewrite | None:
    """``set.extend(x.clone())`` -> ``set.extend(x.iter().cloned())``"""
    if not is_named(on.types.cloned, *_LISTED) or on.lent_to_its_changer(on.clone.node):
        return None
    shown = on.types.cloned.last
    how = f"The elements are cloned straight to where they go, without a `{shown}` between."
    return on.made(on.clone.node, _one_by_one(on, on.types.cloned.args[0], b"iter"), how)


def _one_by_one(on: Borrower, item: Type, lent: bytes) -> bytes:
    """The elements, each copied as it is taken."""
    copied = b"().copied()" if on.type_facts.is_copy(item) else b"().cloned()"
    return _receiver(on) + b"." + lent + copied


def _receiver(on: Borrower) -> bytes:
    """The place, for a method of its own."""
    text = on.clone.receiver_text
    operation = on.clone.receiver.type in ("unary_expression", "reference_expression")
    return b"(" + text + b")" if operation else text


def _extend(on: Borrower, call: Node, argument: Node, how: str) -> Rewrite | None:
    """The call becomes one of ``extend_from_slice`` with a reference."""
    name = callee_name(call)
    if name is None or on.lent_to_its_changer(argument):
        return None
    rename = Edit(on.source.path, name.start_byte, name.end_byte, b"extend_from_slice")
    return on.made(argument, on.reference(), how, (rename,))
