"""How many items a loop or an iterator goes over: as many as the code or a config says, or as many as come in at
run time.

The former: a list or a range that is written out, a constant, what ``take`` or a chunk limits, a number that
somebody chose (``0..workers``), what is read from a config. By syntax and, for a local name, by what it was made
from. Not answered: how large what comes in may be.
"""

from __future__ import annotations

import re

from tree_sitter import Node

from engine.rust.nodes import (
    access_of,
    bare,
    borrowed,
    call_around,
    call_of,
    dereferenced,
    last_segment,
    macro_name,
    method_call,
    path_of,
    tried,
)
from engine.rust.places import initializers
from engine.rust.queries import walk
from engine.rust.scopes import Binding, scopes_of
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source, span_of

_HOPS = 6  # names and calls that are followed back
# They give as many items as what they are called on, or as many as one of their arguments has.
_SAME = frozenset(
    b"""iter iter_mut into_iter into_par_iter par_iter enumerate map cloned copied rev zip filter filter_map
    inspect skip step_by peekable drain values values_mut keys into_values into_keys clone to_vec as_slice
    as_ref as_mut collect flatten flat_map chain skip_while take_while unwrap expect unwrap_or_default lines
    split split_whitespace fuse by_ref borrow lock read write sorted unique""".split()
)
_LIMITING = frozenset(
    b"take chunks chunks_exact chunks_mut array_chunks next_chunk ready_chunks".split()
)
_CHUNKED = frozenset(b"chunks chunks_exact chunks_mut array_chunks rchunks ready_chunks".split())
_GIVING = frozenset({b"map", b"for_each", b"filter_map", b"flat_map"})
_COUNTING = re.compile(rb"\.\s*(?:len|count)\s*\(")
_CONFIG = re.compile(
    rb"(?:^|_)(?:config|configs|configuration|conf|cfg|settings|setting|opts|opt|options|args|cli|matches)$"
)
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9_]*")


def is_set_down(source: Source, items: Node) -> bool:
    """Does the code, or a config, say how many items ``items`` has?"""
    return _set_down(source, items, _HOPS)


def _set_down(source: Source, items: Node, hops: int) -> bool:
    node = _stripped(items)
    if hops == 0:
        return False
    if node.type in ("array_expression", "tuple_expression"):
        return True
    if node.type == "range_expression":
        return not _counts(source, node)
    if node.type == "macro_invocation":
        return _is_list(source, node)
    if node.type in ("identifier", "scoped_identifier"):
        if _CONSTANT.fullmatch(last_segment(source.text(node))):
            return True
        return _is_configured(source.text(node)) or _name_set_down(source, node, hops)
    access = access_of(node)
    if access is not None:
        return _through_config(source, node)
    method = method_call(source, node)
    if method is not None:
        if method.method in _LIMITING and method.method not in _CHUNKED:
            return True
        if method.method in _CHUNKED:  # as many as there are, unless they are parts of a number
            return _is_share(source, method.arguments) or _set_down(
                source, method.receiver, hops - 1
            )
        if method.method in _SAME or not method.arguments:
            return _set_down(source, method.receiver, hops - 1)
        return _through_config(source, node)
    call = call_of(node)
    if call is not None:
        path = b"".join(source.text(call.callee).split())
        if path.endswith((b"env::args", b"repeat_n")):
            return True
        if path.endswith((b"iter::zip", b"stream::iter", b"Vec::from", b"Some", b"Ok")):
            return any(_set_down(source, given, hops - 1) for given in call.arguments)
    return False


def _stripped(node: Node) -> Node:
    while True:
        node = bare(node)
        inner = borrowed(node) or dereferenced(node) or tried(node)
        if inner is None:
            return node
        node = inner


def _counts(source: Source, node: Node) -> bool:
    """Is a bound of the range how many something has, itself or by a local name?"""
    if _COUNTING.search(source.text(node)):
        return True
    for name in walk(node):
        binding = _binding(source, name) if name.type == "identifier" else None
        values = initializers(source, binding) if binding is not None else ()
        if any(_COUNTING.search(source.text(value)) for value in values):
            return True
    return False


def _is_list(source: Source, call: Node) -> bool:
    """``vec![a, b]``, and ``vec![x; n]`` of a number that nothing counts."""
    if macro_name(source, call) not in (b"vec", b"array", b"smallvec"):
        return False
    text = source.text(call)
    return len(text) > len(b"vec![]") and _COUNTING.search(text) is None


def _is_share(source: Source, given: tuple[Node, ...]) -> bool:
    """``xs.chunks(xs.len() / workers)``: the number of chunks is what was chosen."""
    for argument in given:
        texts = [source.text(argument)]
        binding = _binding(source, argument) if argument.type == "identifier" else None
        if binding is not None:
            texts += [source.text(value) for value in initializers(source, binding)]
        if any(b"/" in text or b"div_ceil" in text for text in texts):
            return True
    return False


def _is_configured(name: bytes) -> bool:
    return _CONFIG.search(name) is not None


def _through_config(source: Source, node: Node) -> bool:
    """Does a name on the way to the place say that it is a config: ``self.config.servers``?"""
    while True:
        node = _stripped(node)
        access, method = access_of(node), method_call(source, node)
        if method is not None:
            if _is_configured(method.method):
                return True
            node = method.receiver
        elif access is not None:
            if _is_configured(source.text(access.name)):
                return True
            node = access.base
        else:
            path = path_of(node)
            return _is_configured(source.text(path[1] if path is not None else node))


def _binding(source: Source, name: Node) -> Binding | None:
    function = source.fn_item_of(name)
    if function is None:
        return None
    return scopes_of(source, function).resolve(source.text(name), name.start_byte)


def _name_set_down(source: Source, name: Node, hops: int) -> bool:
    binding = _binding(source, name)
    if binding is None:
        return False
    values = list(initializers(source, binding))
    if binding.kind in ("for", "closure-param"):
        return any(_gives_chunks(source, value) for value in values)
    if not values:
        return False
    if all(_is_empty(source, value) for value in values):
        return _filled_by_hand(source, name, binding, hops)
    return all(_set_down(source, value, hops - 1) for value in values)


def _gives_chunks(source: Source, value: Node) -> bool:
    """Is each item of it a chunk, so that there are not more items in it than somebody said?"""
    node = _stripped(value)
    while (method := method_call(source, node)) is not None:
        if method.method in _CHUNKED:
            return True
        node = _stripped(method.receiver)
    return False


def _is_empty(source: Source, value: Node) -> bool:
    """A new collection, with nothing in it."""
    node = _stripped(value)
    if node.type == "macro_invocation":
        return b"".join(source.text(node).split()) in (b"vec![]", b"vec!()", b"smallvec![]")
    call = call_of(node)
    name = last_segment(source.text(call.callee)) if call is not None else b""
    return name in (b"new", b"with_capacity", b"default")


def _filled_by_hand(source: Source, name: Node, binding: Binding, hops: int) -> bool:
    """Is a collection that began empty filled by calls that stand outside of loops, or in loops over what is
    set down?"""
    function = source.fn_item_of(name)
    uses = scopes_of(source, function).uses(binding) if function is not None else ()
    filled = False
    for use in uses:
        node = source.innermost(use.span)
        up = node.parent
        called = (
            method_call(source, up.parent) if up is not None and up.parent is not None else None
        )
        if called is None or called.receiver != node:
            continue
        if called.method in (b"push", b"insert", b"push_back", b"spawn", b"extend", b"append"):
            filled = True
            if called.method in (b"extend", b"append") and not all(
                _set_down(source, given, hops - 1) for given in called.arguments
            ):
                return False
            for loop in source.loops_around(node):
                if span_of(loop).start < binding.decl.start:
                    break  # it is made anew in each turn
                items = scrutinee_of(loop)
                if items is None or not _set_down(source, items, hops - 1):
                    return False
    return filled


def given_items(source: Source, closure: Node) -> Node | None:
    """What an iterator's method goes over that is given ``closure`` (``xs.iter().map(closure)``)."""
    call = call_around(closure)
    method = method_call(source, call) if call is not None else None
    return method.receiver if method is not None and method.method in _GIVING else None
