"""Which runtime polls a future: is it shown to be tokio, whose functions panic under any other?

Told by what the package depends on (a framework or client that is tokio's alone, or tokio with what needs its
runtime, and no other runtime beside it), else by a call in the same body that needs tokio's runtime itself.
Not answered: which parts of the runtime are enabled (``enable_time``, ``enable_io``): what a body calls already
shows those that it needs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tree_sitter import Node

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
        return "tokio is optional in this package, and nothing shows that it polls this"
    return "of tokio the package has nothing that needs its runtime, so another one may poll it"
