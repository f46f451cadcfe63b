"""Which calls are worth to be asked about: by their names, and by who runs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from engine.base.model import Heat, Level, Role, Site
from engine.detect.codemod import Match
from engine.rust.blocking_calls import blocking_function
from engine.rust.context import heat_through_closures
from engine.rust.imports import full_paths
from engine.rust.nodes import arguments_of, callee_of
from engine.rust.polled import Runs, is_cold, running
from engine.rust.syntax import Source, span_of

NAME = "blocking-in-async"
_PATTERNS = 2  # methods, functions; those of uses count on
# Their std methods take nothing; those of streams, collections and clients that are called so do.
_WITHOUT = frozenset(
    b"""exists try_exists is_file is_dir is_symlink metadata symlink_metadata canonicalize read_dir read_link
    file_type output status join recv wait_with_output to_socket_addrs blocking_lock blocking_read
    blocking_write blocking_recv sync_all sync_data incoming accept lines commit""".split()
)


def sites(source: Source, matches: Sequence[Match], cold: bool) -> Iterator[Site]:
    """A site where the path is that of a function that blocks, else a maybe; in code that is polled. In plain
    functions, uses."""
    for match in matches:
        call, name = match.one("call"), source.text(match.one("name"))
        if name in _WITHOUT and match.pattern % _PATTERNS == 0 and arguments_of(call):
            continue
        found = running(source, call)
        if found.runs is Runs.OFFLOADED or found.body is None:
            continue
        polled = found.runs is not Runs.CALLED
        if polled is (
            match.pattern >= _PATTERNS
        ):  # in plain functions it is what a plan must know of
            continue
        if not cold and is_cold(source, call):
            continue
        known = _known_path(source, call)
        if known is False:
            continue
        callee = callee_of(call)
        shown = source.quoted(span_of(callee)) if callee is not None else ""
        yield Site(
            NAME,
            source.path,
            span_of(call),
            {"call": (span_of(call),)},
            kind=found.runs.value,
            role=_role(source, polled, known),
            level=Level.REVIEW if found.runs is Runs.POLLED else Level.REPORT,
            message=f"`{shown}` keeps the thread of this async code waiting",
            heat=heat_through_closures(source, call) if polled else Heat(),
        )


def _role(source: Source, polled: bool, known: bool | None) -> Role:
    """What a plain function does may be a site through its callers: most of them are in the same file."""
    if not polled:
        return "maybe" if b"async" in source.data else "use"
    return "site" if known else "maybe"


def _known_path(source: Source, call: Node) -> bool | None:
    """Does the path surely name a function that blocks (True), or one that does not (False)? None: types
    tell."""
    callee = callee_of(call)
    if callee is None or callee.type == "field_expression":
        return None
    paths = full_paths(source, callee, source.text(callee))
    if not paths:
        return None
    told = [blocking_function(path.decode("utf-8", "replace")) for path in paths]
    if all(found is not None for found in told):
        return True
    heads = {path.partition(b"::")[0] for path in paths}
    foreign = heads <= {b"tokio", b"async_std", b"smol", b"futures", b"async_fs", b"core", b"alloc"}
    return False if foreign and not any(told) else None
