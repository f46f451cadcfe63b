"""Which runtime polls a future."""

from __future__ import annotations

import pytest

from engine.rust.runtimes import other_than_tokio
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
