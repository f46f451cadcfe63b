"""Names in the documentation's code, and near misses."""

from __future__ import annotations

import pytest

from engine.rust.doc_code import in_doc_code
from tests.rust.workspace import Workspace

_ITEM = "pub fn item() {}\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("/// ```\n/// f(1);\n/// ```\n", 2),
        ("//! ```\n//! use app::f;\n//! ```\n", 2),
        ("mod m {\n    /// Words.\n    ///\n    /// ~~~rust,no_run\n    /// # f(1);\n    /// ~~~\n    fn g() {}\n}\n", 5),
        ("/// ```should_panic, edition2021\n/// f(1);\n/// ```\n", 2),
        ("/// ````\n/// ```\n/// f(1);\n/// ````\n", 3),
        ("/// ```text\n/// f(1)\n/// ```\n/// ```\n/// f(1);\n/// ```\n", 5),
        ("/// Such:\n///\n///     f(1);\n", 3),
        ("/**\n * ```\n * f(1);\n * ```\n */\n", 3),
        ("/*!\n```\nf(1);\n```\n*/\n", 3),
        ("/// See `f`.\n", None),
        ("/// ```\n/// g(1);\n/// ```\n/// Then f(1).\n", None),
        ("/// ```toml\n/// f = 1\n/// ```\n", None),
        ("/// ```console\n/// $ f\n/// ```\n", None),
        ("// ```\n// f(1);\n// ```\n", None),
        ("//// ```\n//// f(1);\n", None),
        ("/* ```\nf(1);\n``` */\n", None),
        ("/// ```\n/// off(1); f_1(2);\n/// ```\n", None),
        ('const A: &str = "\n/// ```";\nfn g() { f(1); }\n', None),
        ("/// ```\n/// g(1);\nfn g() { f(1); }\n", None),
    ],
)  # fmt: skip
def test_names_in_doc_code(text: str, line: int | None) -> None:
    sources = Workspace({"src/lib.rs": text + _ITEM}).sources
    assert in_doc_code(sources, b"f") == (("src/lib.rs", line) if line else None)


def test_all_files_are_looked_at() -> None:
    files = {
        "one/src/lib.rs": "pub fn f(a: u8) {}",
        "two/src/lib.rs": "/// ```\n/// one::f(1);\n/// ```\npub fn g() {}",
    }
    assert in_doc_code(Workspace(files).sources, b"f") == ("two/src/lib.rs", 2)
