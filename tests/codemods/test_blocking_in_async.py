"""What blocking-in-async looks for is what the engine's tables know."""

from __future__ import annotations

import re

from codemods.blocking_in_async import _NAMES
from engine.detect.codemod import registry
from engine.rust.blocking_calls import is_blocking_name

_LOADED = registry()["blocking-in-async"]
_QUOTED = re.compile(r'"(\w+)"')


def _named(query: str) -> tuple[set[bytes], set[bytes]]:
    """The names of methods, and of functions, that a query matches."""
    parts = [part for part in query.split("@call") if "#any-of?" in part]
    methods, functions = ({name.encode() for name in _QUOTED.findall(part)} for part in parts)
    return methods, functions


def test_the_query_has_the_names_of_the_tables() -> None:
    methods, functions = _named(_LOADED.query)
    assert all(is_blocking_name(name, True) for name in methods)
    assert all(is_blocking_name(name, False) for name in functions)
    assert all(name.startswith(tuple(_NAMES)) for name in methods | functions)


def test_no_name_of_the_tables_is_missed() -> None:
    from engine.rust import blocking_calls

    methods, functions = _named(_LOADED.query)
    assert methods == blocking_calls._METHOD_NAMES
    assert functions == blocking_calls._FUNCTION_NAMES
