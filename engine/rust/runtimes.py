"""Which runtime polls a future: is it shown to be tokio, whose functions panic under any other?

Also: does a package run futures by an executor that is none, or build a runtime without its timer.

Told by what the package depends on (a framework or client that is tokio's alone, or tokio with what needs its
runtime, and no other runtime beside it), else by a call in the same body that needs tokio's runtime itself.
Not answered: which parts of the runtime are enabled (``enable_time``, ``enable_io``): what a body calls already
shows those that it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from tree_sitter import Node

from engine.base.model import Span
from engine.rust.files import Files
from engine.rust.imports import full_paths
from engine.rust.nodes import callee_of
from engine.rust.syntax import Source, walk_all

# They run futures themselves, or bring what does.
_OTHERS = frozenset(
    {"async-std", "smol", "async-global-executor", "async-executor", "async-io", "compio", "monoio"}
    | {
        "glommio",
        "embassy-executor",
        "embassy-time",
        "nuclei",
        "bastion",
        "pollster",
        "wasm-bindgen-futures",
    }
    | {"tokio-uring", "gloo", "gloo-timers", "blocking"}
)
# They run on tokio alone.
_ON_TOKIO = frozenset(
    {
        "axum",
        "axum-server",
        "actix-web",
        "actix-rt",
        "warp",
        "rocket",
        "tonic",
        "hyper-util",
        "poem",
        "salvo",
    }
    | {
        "tokio-util",
        "tokio-tungstenite",
        "tokio-rustls",
        "tokio-postgres",
        "deadpool-postgres",
        "teloxide",
    }
    | {"serenity", "lambda_runtime", "tokio-cron-scheduler", "console-subscriber", "tarpc", "ntex"}
)
# Features of tokio that are of no use without its runtime.
_RUNNING = frozenset(
    {"full", "rt", "rt-multi-thread", "net", "fs", "time", "process", "signal", "io-std"}
)
_NEEDING = (
    b"tokio::spawn",
    b"tokio::time::",
    b"tokio::fs::",
    b"tokio::net::",
    b"tokio::process::",
    b"tokio::task::spawn",
    b"tokio::signal::",
    b"tokio::io::stdin",
    b"tokio::io::stdout",
    b"tokio::io::stderr",
    b"tokio::runtime::Handle::current",
)


def other_than_tokio(
    source: Source, body: Node, features: Mapping[str, Collection[str]], optional: Collection[str]
) -> str:
    """Why it is not shown that tokio polls ``body``, in words; "" where it is. ``features`` are those that the
    package asks of each dependency, ``optional`` the dependencies that it may be without."""
    others = sorted(_OTHERS & features.keys())
    if not others:
        if any(name in features and name not in optional for name in _ON_TOKIO):
            return ""
        if "tokio" in features and "tokio" not in optional and _RUNNING & {*features["tokio"]}:
            return ""
    alias = b"tokio::"
    for node in walk_all(source, body):
        callee = callee_of(node)
        if callee is None or callee.type == "field_expression":
            continue
        for path in full_paths(source, callee, source.text(callee)):
            if path.startswith(alias) and path.startswith(_NEEDING):
                return ""
    if "tokio" not in features:
        return "the package does not depend on tokio, so another runtime may poll it"
    if others:
        return f"the package depends on `{others[0]}` too, and nothing shows which runtime polls it"
    if "tokio" in optional:
        return (
            "the package may be built without tokio (it is optional, or for some targets only), and nothing shows "
            "that it polls this"
        )
    return "of tokio the package has nothing that needs its runtime, so another one may poll it"


_EXECUTOR = re.compile(
    rb"\bexecutor\s*::\s*(?:\{[^}]*)?\b(?:block_on|block_on_stream|LocalPool|ThreadPool)\b"
    rb"|\bpollster\s*::|\bnoop_waker\b|\bWaker\s*::\s*noop\b|\bimpl\s+(?:\w+\s*::\s*)*Wake\s+for\b"
    rb"|\bRawWakerVTable\s*::\s*new\b"
)
_BUILDER = re.compile(rb"\bnew_(?:current_thread|multi_thread)\s*\(\s*\)[^;]*;", re.DOTALL)
_TIMER = re.compile(rb"\benable_(?:all|time)\b")


def foreign_executor(files: Files, mine: Callable[[str], bool]) -> str:
    """The first of the files that are ``mine`` that names, outside of tests, an executor which brings no runtime
    (that of ``futures``, ``pollster``), or makes wakers to poll by hand; "" for none. Comments count."""
    for word in (b"executor", b"pollster", b"noop_waker", b"Waker", b"Wake", b"RawWakerVTable"):
        for source in files.containing(word):
            hits = _EXECUTOR.finditer(source.data) if mine(source.path) else ()
            if any(not _in_test(source, hit) for hit in hits):
                return source.path
    return ""


def runtime_without_timer(files: Files, mine: Callable[[str], bool]) -> str:
    """The first of the files that are ``mine`` that builds a runtime of tokio's without enabling its timer in
    the same statement; "" for none."""
    for word in (b"new_current_thread", b"new_multi_thread"):
        for source in files.containing(word):
            built = _BUILDER.finditer(source.data) if mine(source.path) else ()
            if any(not _TIMER.search(hit[0]) and not _in_test(source, hit) for hit in built):
                return source.path
    return ""


def _in_test(source: Source, hit: re.Match[bytes]) -> bool:
    return source.in_test(source.innermost(Span(*hit.span())))
