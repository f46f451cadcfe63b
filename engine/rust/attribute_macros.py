"""Attributes around some code that may be macros, and then read it as it is written.

Those of the language, of tools and of widely used crates are known: they leave a body as it stands, or
move it as a whole into what they make. Of others nothing is known. (Derives read no bodies.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from engine.rust.configurations import attributes_of
from engine.rust.nodes import last_segment
from engine.rust.syntax import Source

# Rust reference, "Built-in attributes index"; `bench`, `coverage` and their like are unstable.
_BUILT_IN = frozenset(
    b"""cfg test ignore should_panic bench derive automatically_derived macro_export macro_use
    proc_macro proc_macro_derive proc_macro_attribute allow expect warn deny forbid deprecated must_use
    link link_name link_ordinal no_link repr crate_type no_main export_name link_section no_mangle used
    crate_name inline cold naked no_builtins target_feature track_caller instruction_set doc no_std
    no_implicit_prelude path recursion_limit type_length_limit panic_handler global_allocator
    windows_subsystem feature non_exhaustive debugger_visualizer coverage unsafe rustc_test_marker
    default global_asm optimize stable unstable""".split()
)
_TOOLS = frozenset(
    {b"clippy", b"rustfmt", b"diagnostic", b"miri", b"rust_analyzer", b"rustversion"}
)
# Of tokio, actix, rocket, axum, tracing, async-trait, pin-project, serde, wasm-bindgen, pyo3, napi, tauri,
# async-graphql, juniper, rstest, test-case, serial_test, mockall, ctor and others.
_OF_CRATES = frozenset(
    b"""main async_trait instrument trace wasm_bindgen wasm_bindgen_test pin_project pinned_drop
    derivative serde serde_as skip_serializing_none rstest fixture case test_case test_matrix values
    serial parallel quickcheck proptest automock ctor dtor
    get post put patch route routes connect catch launch handler debug_handler endpoint command
    pyfunction pymethods pyclass pymodule napi graphql_object graphql_subscription graphql_interface
    ComplexObject SimpleObject Object Subscription enum_dispatch async_recursion maybe_async
    delegatable_trait auto_impl typetag cached once memoize self_referencing interface dbus_interface
    proxy derive_where educe bon no_panic stabby godot_api autometrics function_component component
    styled_component""".split()
)
_TEST = re.compile(rb"(?:\w+_)?test(?:_\w+)?|bench(?:mark)?")
_PATH = re.compile(rb"\s*(?:::\s*)?((?:r#)?\w+(?:\s*::\s*\w+)*)")


def unknown_around(source: Source, node: Node) -> str:
    """The path of the innermost attribute around ``node``, below its file, of which nothing is known; ""
    for none. One under a ``cfg_attr`` counts."""
    for part in (node, *source.ancestors(node)):
        for attribute in attributes_of(part):
            text = source.text(attribute).lstrip(b"#! \t\r\n").lstrip(b"[")[:-1]
            for path in _paths(text):
                if not _is_known(path):
                    return path.decode(errors="replace")
    return ""


def _is_known(path: bytes) -> bool:
    head, _, rest = path.partition(b"::")
    name = last_segment(path)
    if rest and head in _TOOLS:
        return True
    return name in _BUILT_IN | _OF_CRATES or _TEST.fullmatch(name) is not None


def _paths(text: bytes) -> Iterator[bytes]:
    """What an attribute names; of ``cfg_attr(a, b, c(d))`` ``b`` and ``c``."""
    hit = _PATH.match(text)
    if hit is None:
        return
    path = b"".join(hit[1].split())
    if path != b"cfg_attr":
        yield path
        return
    inside = text[hit.end() :].strip()[1:-1]
    for part in _parts(inside)[1:]:
        yield from _paths(part)


def _parts(text: bytes) -> list[bytes]:
    """Split at the commas that stand in no brackets and no string."""
    parts, depth, quoted = [b""], 0, False
    for at in range(len(text)):
        char = text[at : at + 1]
        quoted ^= char == b'"' and text[at - 1 : at] != b"\\"
        depth += 0 if quoted else (char in b"([{") - (char in b")]}")
        if char == b"," and depth == 0 and not quoted:
            parts.append(b"")
        else:
            parts[-1] += char
    return parts
