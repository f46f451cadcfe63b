"""What is said of writers."""

from __future__ import annotations

import pytest

from engine.rust.byte_writers import instead_of_bytes
from engine.rust.nodes import method_call
from engine.rust.type_parser import parse
from tests.rust.workspace import Workspace


@pytest.mark.parametrize(
    ("suffix", "type_", "words"),
    [
        ("", "std::vec::Vec<u8>", "is a buffer"),
        ("", "&mut std::io::BufWriter<std::fs::File>", "is a buffer"),
        ("", "std::fs::File", "may not be buffered"),
        (".await", "tokio::net::TcpStream", "in one write for each text"),
    ],
)
def test_what_to_do_instead(suffix: str, type_: str, words: str) -> None:
    files = Workspace({"src/lib.rs": f"async fn f() {{ w.write_all(x){suffix}; }}"})
    source, call = files.find("src/lib.rs", "w.write_all(x)")
    method = method_call(source, call)
    assert method is not None
    assert words in instead_of_bytes(source, call, method.receiver, parse(type_))
