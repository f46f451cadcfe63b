"""Which places are worth to be asked about: by their names, and by what stands around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from codemods.async_hazards.kinds import (
    CLIENT,
    CONNECT,
    JOIN,
    LOSS,
    NAME,
    OPTIONS,
    PLACE,
    SEQUENTIAL,
    SPAWN,
    UNBOUNDED,
)
from engine.base.model import Level, Role, Site, Span
from engine.detect.codemod import Match
from engine.rust.cancel_safety import loses_by_name, polled_calls
from engine.rust.context import heat_through_closures
from engine.rust.control_flow import ends_loop
from engine.rust.imports import full_paths
from engine.rust.independent_turns import turn_of
from engine.rust.item_counts import given_items, is_set_down
from engine.rust.network_clients import Client, client_of
from engine.rust.nodes import arguments_of, callee_name, callee_of, method_call
from engine.rust.polled import is_cold
from engine.rust.select_arms import SelectArm, arms_of_select
from engine.rust.started_work import MAKERS_OF_SETS, STARTERS
from engine.rust.statement_nodes import scrutinee_of
from engine.rust.syntax import Source, span_of
from engine.rust.time_limits import is_limited
from engine.rust.unbounded_channels import MAKING

_FUNCTION, _CLIENT, _METHOD, _SELECT, _AWAIT = range(5)
_JOINS = frozenset({b"join_all", b"try_join_all"})
_MESSAGES = {
    UNBOUNDED: "`{}` makes a channel without a bound",
    SPAWN: "`{}` starts a task for each item, however many there are",
    JOIN: "`{}` starts as many futures at once as come in",
    SEQUENTIAL: "`{}` is awaited for one item after the other",
    LOSS: "`{}` loses data when another branch of the `select!` is first",
    PLACE: "`{}` loses its place when another branch of the `select!` is first",
    CLIENT: "`{}` makes a client that waits without an end",
    CONNECT: "`{}` waits as long as the system does",
}


def sites(source: Source, matches: Sequence[Match], cold: bool) -> Iterator[Site]:
    """A site where syntax tells enough, else a maybe."""
    seen: set[tuple[int, frozenset[Span]]] = set()  # what is long is matched from each anchor in it
    for match in matches:
        spans = (span_of(node) for nodes in match.captures.values() for node in nodes)
        key = match.pattern, frozenset(spans)
        if key in seen:
            continue
        seen.add(key)
        if match.pattern == _SELECT:
            yield from _selects(source, match.one("select"))
        elif match.pattern == _AWAIT:
            node = match.one("await")
            turn = turn_of(source, node)
            if turn is not None and (cold or not is_cold(source, node)):
                yield _site(source, SEQUENTIAL, node, "maybe", turn.loop)
        else:
            yield from _calls(source, match, cold)


def _site(source: Source, kind: str, node: Node, role: Role, around: Node | None = None) -> Site:
    callee = callee_of(node)
    shown = source.quoted(span_of(callee if callee is not None else node))
    return Site(
        NAME,
        source.path,
        span_of(node),
        {"node": (span_of(node),), "around": (span_of(around or node),)},
        kind=kind,
        role=role if OPTIONS[kind].default else "maybe",
        level=Level.REPORT,
        message=_MESSAGES[kind].format(shown),
        heat=heat_through_closures(source, node),
    )


def _calls(source: Source, match: Match, cold: bool) -> Iterator[Site]:
    call, name = match.one("call"), source.text(match.one("name"))
    if match.pattern == _CLIENT:
        yield from _clients(source, call)
    elif match.pattern == _FUNCTION and name in MAKING:
        yield _site(source, UNBOUNDED, call, "maybe")
    elif match.pattern == _FUNCTION and name in _JOINS:
        given = arguments_of(call)
        bounded = len(given) != 1 or is_set_down(source, given[0])
        if not bounded and (cold or not is_cold(source, call)):
            known = _paths(source, call)
            sure = bool(known) and all(path.startswith(b"futures") for path in known)
            yield _site(source, JOIN, call, "site" if sure else "maybe")
    elif name == b"collect":
        method = method_call(source, call)
        if (
            b"FuturesUnordered" in source.data
            and method is not None
            and not is_set_down(source, method.receiver)
            and (cold or not is_cold(source, call))
        ):
            yield _site(source, JOIN, call, "maybe")
    elif name in STARTERS or (name in MAKERS_OF_SETS and b"Futures" in source.data):
        around = started_for(source, call)
        if around is not None and (cold or not is_cold(source, call)):
            known = _paths(source, call) if match.pattern == _FUNCTION else ()
            heads = {path.partition(b"::")[0] for path in known}
            sure = bool(heads) and heads <= {b"tokio", b"async_std", b"smol", b"actix_rt"}
            yield _site(source, SPAWN, call, "site" if sure else "maybe", around)
    elif name.startswith(b"connect_async"):
        yield from _clients(source, call)


def _paths(source: Source, call: Node) -> tuple[bytes, ...]:
    callee = callee_of(call)
    return full_paths(source, callee, source.text(callee)) if callee is not None else ()


def _clients(source: Source, call: Node) -> Iterator[Site]:
    found = {client_of(path.decode("utf-8", "replace")) for path in _paths(source, call)}
    client = next(iter(found)) if len(found) == 1 else None
    callee = callee_of(call)
    written = source.text(callee) if callee is not None else b""
    connects = client is Client.CONNECTION or written.endswith(b"TcpStream::connect")
    kind = CONNECT if connects else CLIENT
    if not connects and client is None and not _may_be_client(written):
        return
    if not is_limited(source, call):
        yield _site(source, kind, call, "site" if client is not None else "maybe")


def _may_be_client(written: bytes) -> bool:
    """Can types tell that it is one: is it a path to `Client`, `ClientBuilder`, and not `XyzClient`?"""
    owner = b"".join(written.split()).rpartition(b"::")[0].rpartition(b"::")[2]
    return owner.partition(b"<")[0] in (
        b"Client",
        b"ClientBuilder",
        b"ReqwestClient",
        b"HttpClient",
    )


def started_for(source: Source, call: Node) -> Node | None:
    """The ``for`` loop, or the closure that an iterator runs, in which ``call`` starts something for each of
    the items that come in at run time; None where they are set down, or it is another loop."""
    loops = source.loops_around(call)
    if loops:
        items = scrutinee_of(loops[0])
        return None if items is None or is_set_down(source, items) else loops[0]
    function = source.function_of(call)
    if function is None or function.type != "closure_expression":
        return None
    items = given_items(source, function)
    return function if items is not None and not is_set_down(source, items) else None


def _selects(source: Source, call: Node) -> Iterator[Site]:
    loops = source.loops_around(call)
    if not loops:
        return
    arms = list(arms_of_select(source, call))
    for arm in arms:
        if staying(source, arm, arms, loops[0]) is None:
            continue
        for polled in polled_calls(source, arm.future):
            name = callee_name(polled)
            if name is None:
                continue
            sure = loses_by_name(source.text(name))
            yield _site(source, LOSS, polled, "site" if sure else "maybe", call)
            if not sure:
                yield _site(source, PLACE, polled, "maybe", call)


def staying(
    source: Source, arm: SelectArm, arms: Sequence[SelectArm], loop: Node
) -> SelectArm | None:
    """Another arm after which the loop goes on, so that ``arm``'s future is dropped half way and made anew."""
    others = (other for other in arms if other != arm)
    return next((o for o in others if not ends_loop(source, o.handler, loop)), None)
