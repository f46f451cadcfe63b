"""The load test measures the two programs that it says it does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench import load
from tests.trees import build, package

FILES = {
    "Cargo.toml": package("service", "[workspace]\n"),
    "src/lib.rs": 'mod other;\n\npub fn told() -> String {\n    format!("0 {}", other::told())\n}\n',
    "src/other.rs": "pub fn told() -> u32 {\n    0\n}\n",
    "examples/load/main.rs": 'fn main() {\n    println!("{}", service::told());\n}\n',
}
FIRST = b"""--- a/src/lib.rs
+++ b/src/lib.rs
@@ -3,3 +3,3 @@
 pub fn told() -> String {
-    format!("0 {}", other::told())
+    format!("1 {}", other::told())
 }
"""
SECOND = b"""--- a/src/other.rs
+++ b/src/other.rs
@@ -1,3 +1,3 @@
 pub fn told() -> u32 {
-    0
+    1
 }
"""


@pytest.mark.slow
def test_no_side_is_left_over_from_another_patch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = build(tmp_path / "service", FILES)
    monkeypatch.setattr(load, "SERVICE", service)
    monkeypatch.setattr(load, "WORK", tmp_path / "work")
    patch = tmp_path / "patch"
    for change, expected in ((FIRST, "1 0"), (SECOND, "0 1"), (FIRST, "1 0")):
        patch.write_bytes(change)
        sides = load.build(patch)
        said = [
            subprocess.run([program], capture_output=True, text=True, check=True).stdout.strip()
            for program in (sides.before, sides.after)
        ]
        assert said == ["0 0", expected]
