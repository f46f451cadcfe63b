"""Features of dependencies: written into the manifest as ``cargo add`` does, many fixes at once."""

from __future__ import annotations

import tomllib

import pytest

from engine.base.model import Edit, Fix, Level, Span
from engine.rewrite.edits import apply, compatible
from engine.rewrite.manifest_features import Entry, entry, settle

M = "Cargo.toml"
ROOT = b'[workspace.dependencies]\ntokio = "1"\nrt = { package = "tokio", version = "1.2" }\nold = "0.2"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('tokio = "1"', 'tokio = { version = "1", features = ["fs"] }'),
        ('tokio = "1" # why', 'tokio = { version = "1", features = ["fs"] } # why'),
        (
            'tokio = { version = "1.4", features = ["rt"] }',
            'tokio = { version = "1.4", features = ["rt", "fs"] }',
        ),
        ('tokio = { version = "1" }', 'tokio = { version = "1", features = ["fs"] }'),
        ("tokio = { workspace = true }", 'tokio = { workspace = true, features = ["fs"] }'),
        ("tokio.workspace = true", 'tokio.workspace = true\ntokio.features = ["fs"]'),
        (
            't = { package = "tokio", version = "1" }',
            't = { package = "tokio", version = "1", features = ["fs"] }',
        ),
        (
            'tokio = { version = "1", features = [\n    "rt", # threads\n    "net",\n] }',
            'tokio = { version = "1", features = [\n    "rt", # threads\n    "net",\n    "fs",\n] }',
        ),
        ('tokio = { version = "1", features = ["fs"] }', None),
    ],
)
def test_an_entry_keeps_its_layout(before: str, after: str | None) -> None:
    data = (
        f'[package]\nname = "x" # mine\n\n[dependencies]\na = "1"\n{before}\nz   =  "2"\n'.encode()
    )
    found = entry(M, data, "tokio", 1, ROOT)
    assert isinstance(found, Entry)
    edit = settle(M, data, [found.feature("fs").replacement])
    text = data[: edit.start] + edit.replacement + data[edit.end :]
    assert text.decode() == data.decode().replace(before, after or before)


def test_a_table_of_its_own_gets_a_line() -> None:
    data = b'[dependencies.tokio]\nversion = "1"\n\n[dev-dependencies]\ntokio = "1"\n'
    found = entry(M, data, "tokio", 1, ROOT)
    assert isinstance(found, Entry)
    done = apply({M: data}, [Fix("x", Level.REVIEW, (found.feature("fs"),), "")])
    assert done.files[M].decode() == data.decode().replace('"1"\n\n', '"1"\nfeatures = ["fs"]\n\n')


def test_line_ends_stay() -> None:
    data = b'[dependencies]\r\ntokio = "1"\r\nz = "1"\r\n'
    found = entry(M, data, "tokio", 1, ROOT)
    assert isinstance(found, Entry)
    done = apply({M: data}, [Fix("x", Level.REVIEW, (found.feature("rt"),), "")]).files[M]
    assert done.replace(b'{ version = "1", features = ["rt"] }', b'"1"') == data


def test_what_several_fixes_need_is_united() -> None:
    data = b'[dependencies]\ntokio = "1"\n'
    at = Entry(M, "tokio")
    one = Fix("a", Level.REVIEW, (at.feature("fs"), at.feature("rt")), "")
    two = Fix("b", Level.REVIEW, (at.feature("rt"), at.feature("time")), "")
    assert compatible(at.feature("fs"), at.feature("rt"))
    assert not compatible(at.feature("fs"), Edit(M, 0, 0, b"# mine\n"))
    done = apply({M: data}, [one, two])
    assert done.conflicts == ()
    table = tomllib.loads(done.files[M].decode())
    assert table["dependencies"]["tokio"]["features"] == ["fs", "rt", "time"]
    written = done.files[M].index(b"features")
    assert done.origin(M, Span(written, written + 3)).owners == {0, 1}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ('[dependencies]\ntokio = "0.2"\n', "known of `tokio` 1 only"),
        ("[dependencies]\nold.workspace = true\n", "no entry of `tokio`"),
        ('[target.x.dependencies]\ntokio = "1"\n', "no entry of `tokio` for all targets"),
        ('[dependencies]\ntokio = "1"\nt2 = { package = "tokio", version = "1" }\n', "several"),
        ('[dependencies]\ntokio = { git = "https://example.org/tokio" }\n', "known of `tokio` 1"),
        ("[dependencies\n", "cannot be read"),
    ],
)
def test_where_none_is_written(data: str, why: str) -> None:
    found = entry(M, data.encode(), "tokio", 1, ROOT)
    assert isinstance(found, str)
    assert why in found


def test_a_renamed_one_of_the_workspace_is_found() -> None:
    found = entry(M, b"[dependencies]\nrt.workspace = true\n", "tokio", 1, ROOT)
    assert found == Entry(M, "rt")
