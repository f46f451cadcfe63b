"""What a method of std's, an operator or an assignment runs of the workspace's own: the ``Drop``, ``Hash``,
``Eq``, ``Ord``, ``Clone``, ``Deref`` or ``AddAssign`` that is written out for a type (a derived one does no more than
those of the fields), where that may last.

By the type that is worked on, as rustc prints it, and the definitions of all that it holds, behind pointers too
(the last ``Arc`` drops what is in it). Of a key that a parameter stands for, nothing is seen. Not answered: impls
of other crates' types; which of several equal parts of a type a call works on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from tree_sitter import Node

from engine.rust.calls import Calls
from engine.rust.definitions import Item
from engine.rust.effects import Effect, outward_effects
from engine.rust.items import TYPES, Items
from engine.rust.lasting_work import Lasting, LastingWork
from engine.rust.nodes import callee_name, indexed, method_call, operation_of, unwrapped
from engine.rust.queries import walk
from engine.rust.statement_nodes import body_of, let_of
from engine.rust.syntax import Source
from engine.rust.types import Type

_TRAITS = {
    b"drop": "Drop",
    b"hash": "Hash",
    b"eq": "PartialEq",
    b"cmp": "Ord",
    b"partial_cmp": "PartialOrd",
    b"clone": "Clone",
    b"deref": "Deref",
    b"deref_mut": "DerefMut",
}
_OPERATORS = {
    b"+=": b"add_assign",
    b"-=": b"sub_assign",
    b"*=": b"mul_assign",
    b"/=": b"div_assign",
    b"%=": b"rem_assign",
    b"|=": b"bitor_assign",
    b"&=": b"bitand_assign",
    b"^=": b"bitxor_assign",
    b"==": b"eq",
    b"!=": b"eq",
    b"<": b"partial_cmp",
    b">": b"partial_cmp",
    b"<=": b"partial_cmp",
    b">=": b"partial_cmp",
}
# Of maps and sets: they look for a key. (Of a heap they compare.)
_KEYED = frozenset(
    b"""get get_mut get_key_value contains contains_key insert remove entry remove_entry take replace range
    range_mut split_off extend append push pop get_or_insert_with raw_entry get_full shift_remove swap_remove
    put peek""".split()
)
_EQUAL = frozenset(b"contains dedup starts_with ends_with eq ne".split())
_ORDERED = frozenset(b"sort sort_unstable max min binary_search is_sorted cmp partial_cmp".split())
_CLONING = frozenset(
    b"clone cloned to_vec to_owned extend_from_slice resize fill clone_from".split()
)
_DROPPING = frozenset(
    b"clear truncate retain retain_mut drain dedup dedup_by_key dedup_by extract_if extend shrink_to".split()
)
# They give back what they take out: it is dropped at once where nobody takes it.
_GIVING = frozenset(
    b"""insert remove pop pop_front pop_back take replace swap_remove remove_entry push put pop_first pop_last
    shift_remove swap_remove_back get_or_insert""".split()
)
_HASHED = ("HashMap", "HashSet", "IndexMap", "IndexSet", "LruCache", "LinkedHashMap")
_SORTED = ("BTreeMap", "BTreeSet", "BinaryHeap", "PriorityQueue")
# What such an impl does to its fields.
_HANDING_ON = frozenset(
    b"""hash finish eq ne cmp partial_cmp then then_with clone fetch_add fetch_sub store load as_ref as_str
    as_bytes len borrow""".split()
)
_MOST = 40  # types that a type is made of


class HiddenImpls:
    """Looks over a workspace; ``work`` tells what lasts."""

    def __init__(self, items: Items, calls: Calls, work: LastingWork) -> None:
        self._items, self._calls, self._work = items, calls, work

    def lasting(self, source: Source, nodes: Collection[Node], type_: Type) -> Iterator[Lasting]:
        """What ``nodes`` (all nodes of the code that is looked at) may run of impls of what a ``type_`` is
        made of, and may last, each once."""
        used: dict[bytes, Node] = {}
        for node in nodes:
            for name in _used(source, node):
                used.setdefault(name, node)
        told: set[str] = set()
        for name, node, owner in self._meant(used, nodes, type_):
            found = self._of_impl(name, node, owner)
            if found is not None and found.words not in told:
                told.add(found.words)
                yield found
        keyed = used.get(b"hash")
        parameter = next(
            (key for key in _keys(type_, _HASHED + _SORTED) if self._is_parameter(key)), None
        )
        if keyed is not None and parameter is not None:
            words = f"what compares or hashes a `{parameter}`, which is not seen"
            yield Lasting(keyed, words, False)

    def _meant(
        self, used: dict[bytes, Node], nodes: Collection[Node], type_: Type
    ) -> Iterator[tuple[bytes, Node, Item]]:
        every = self._parts([type_])
        hashed = self._parts(_keys(type_, _HASHED))
        sorted_ = self._parts(_keys(type_, _SORTED))
        for name, node in used.items():
            owners = {b"hash": hashed, b"cmp of keys": sorted_}.get(name, every)
            meant = {b"hash": (b"hash", b"eq"), b"cmp of keys": (b"cmp", b"partial_cmp")}
            for method in meant.get(name, (name,)):
                for owner in owners:
                    yield method, node, owner
        first = next(iter(nodes), None)
        if first is None or type_.kind != "path":
            return
        for owner in self._items.printed(type_.name, *TYPES):
            yield b"deref", first, owner
            yield b"deref_mut", first, owner

    def _is_parameter(self, type_: Type) -> bool:
        named = type_.kind == "path" and "::" not in type_.name and type_.name[:1].isupper()
        return named and not self._items.printed(type_.name, *TYPES)

    def _parts(self, types: Collection[Type]) -> list[Item]:
        """The types of the workspace that values of ``types`` are made of, as they are defined."""
        pending = [
            item
            for type_ in types
            for step in type_.walk()
            if step.kind == "path"
            for item in self._items.printed(step.name, *TYPES)
        ]
        found: list[Item] = []
        while pending and len(found) < _MOST:
            item = pending.pop(0)
            if item in found:
                continue
            found.append(item)
            source, node = self._items.open(item)
            body = body_of(node)
            pending += self._calls.named_in(source, body) if body is not None else ()
        return found

    def _of_impl(self, name: bytes, node: Node, owner: Item) -> Lasting | None:
        for function in self._items.named(name, "fn"):
            if function.owner != owner.name or function.in_trait or not function.of_trait:
                continue
            place, item = self._items.open(function)
            body = body_of(item)
            found = self._of_body(place, body) if body is not None else None
            if found is None:
                continue
            trait = _TRAITS.get(name, "".join(name.decode().title().split("_")))
            line = place.position(found.node.start_byte)[0]
            told = f"`{trait}` of `{owner.name.decode('utf-8', 'replace')}`"
            return Lasting(node, f"{told} ({place.path}:{line}: {found.words})", found.waits)
        return None

    def _of_body(self, source: Source, body: Node) -> Lasting | None:
        found = [*self._work.loops(source, body)]
        for effect in outward_effects(source, body):
            if not _hands_on(source, effect) and (told := self._work.of(source, effect)):
                found.append(told)
        return next((each for each in found if each.waits), found[0] if found else None)


def _hands_on(source: Source, effect: Effect) -> bool:
    name = callee_name(effect.node)
    text = source.text(name) if name is not None else b""
    method = method_call(source, effect.node) is not None
    return effect.what == "call" and method and (text in _HANDING_ON or text.startswith(b"write_"))


def _keys(type_: Type, names: Collection[str]) -> list[Type]:
    """What the maps, sets and heaps of these names in ``type_`` look for."""
    return [s.args[0] for s in type_.walk() if s.kind == "path" and s.last in names and s.args]


def _used(source: Source, node: Node) -> Iterator[bytes]:
    """The methods of traits that evaluating ``node`` itself, not its parts, may run."""
    method = method_call(source, node)
    if method is not None:
        name = method.method
        if name in _KEYED:
            yield b"hash"
            yield b"cmp of keys"
        if name in _EQUAL:
            yield b"eq"
        if name in _ORDERED:
            yield from (b"cmp", b"partial_cmp")
        if name in _CLONING:
            yield b"clone"
        if name in _DROPPING or (name in _GIVING and _is_let_go(source, node)):
            yield b"drop"
        return
    if node.type == "assignment_expression":
        yield b"drop"
    elif indexed(node) is not None:
        yield from (b"hash", b"cmp of keys")
    elif node.type in ("compound_assignment_expr", "binary_expression"):
        operation = operation_of(source, node)
        name = _OPERATORS.get(operation.operator, b"") if operation is not None else b""
        if name:
            yield name


def _is_let_go(source: Source, call: Node) -> bool:
    """Does nobody take what the call gives?"""
    up = unwrapped(call)[1]
    let = let_of(up) if up is not None else None
    unused = let is not None and source.text(let.pattern) == b"_"
    return unused or (up is not None and up.type == "expression_statement")


def parts_of_code(node: Node) -> list[Node]:
    """All nodes whose evaluation may run such impls."""
    kinds = (
        *("call_expression", "assignment_expression", "index_expression"),
        *("compound_assignment_expr", "binary_expression"),
    )
    return [each for each in walk(node) if each.type in kinds]
