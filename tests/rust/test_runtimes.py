"""Which runtime polls a future."""

from __future__ import annotations

import pytest

from engine.detect.facts import Sources
from engine.rust.runtimes import (
    foreign_executor,
    other_than_tokio,
    runtime_without_timer,
)
from engine.rust.syntax import Source

_FULL = ("full",)


@pytest.mark.parametrize(
    ("text", "features", "optional", "why"),
    [
        ("", {"tokio": _FULL}, (), ""),
        ("", {"tokio": ("sync",)}, (), "nothing that needs its runtime"),
        ("", {"tokio": ("sync",), "axum": ()}, (), ""),
        ("", {"tokio": _FULL}, ("tokio",), "optional"),
        ("", {"tokio": _FULL, "async-std": ()}, (), "`async-std` too"),
        ("", {"futures": ()}, (), "does not depend on tokio"),
        ("tokio::time::sleep(d).await;", {"tokio": _FULL, "smol": ()}, (), ""),
        ("use tokio::fs; fs::read(p).await;", {"tokio": ("fs",)}, ("tokio",), ""),
        ("tokio::sync::Mutex::new(1);", {"tokio": _FULL, "smol": ()}, (), "`smol` too"),
        ("fs::read(p).await;", {"smol": ()}, (), "does not depend on tokio"),
    ],
)
def test_tokio_is_shown_by_the_package_or_the_body(
    text: str, features: dict[str, tuple[str, ...]], optional: tuple[str, ...], why: str
) -> None:
    source = Source("src/lib.rs", f"async fn f() {{ {text} }}".encode())
    found = other_than_tokio(source, source.root.named_children[0], features, optional)
    assert why in found
    assert bool(why) == bool(found)


@pytest.mark.parametrize(
    ("text", "executor", "timer"),
    [
        ("fn main() { futures::executor::block_on(f()); }", True, False),
        ("use futures::executor::{self, block_on};", True, False),
        ("struct W;\nimpl std::task::Wake for W { fn wake(self: Arc<Self>) {} }", True, False),
        ("fn f() { let w = Waker::noop(); }", True, False),
        ("impl Wakes for W {}", False, False),
        ("fn main() { pollster::block_on(f()); }", True, False),
        ("#[cfg(test)]\nmod tests { use futures::executor::block_on; }", False, False),
        ("fn main() { runtime.block_on(f()); let executor = 1; }", False, False),
        ("fn f() { Builder::new_current_thread().build().unwrap(); }", False, True),
        ("fn f() { Builder::new_multi_thread()\n.worker_threads(2).enable_all().build(); }", False, False),
        ("fn f() { Builder::new_current_thread().enable_time().build(); }", False, False),
        ("fn f() { Builder::new_current_thread().enable_io().build(); }", False, True),
    ],
)  # fmt: skip
def test_what_runs_futures_otherwise_is_found_by_its_words(
    text: str, executor: bool, timer: bool
) -> None:
    files = Sources(["src/main.rs"], lambda _: text.encode())
    assert bool(foreign_executor(files, lambda _: True)) is executor
    assert bool(runtime_without_timer(files, lambda _: True)) is timer
    assert not foreign_executor(files, lambda _: False)
