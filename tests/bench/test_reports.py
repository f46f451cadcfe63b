"""What is told of a codemod's reports on the pinned crates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.reports import _switch_on, _told
from engine.detect.codemod import registry


def _fix(
    level: str = "report", dismissed: bool = False, outcome: str = "unverified"
) -> dict[str, Any]:
    site = {"path": "src/a.rs", "start": {"line": 3}, "message": "it has no limit"}
    return {
        "level": level,
        "dismissed": dismissed,
        "outcome": outcome,
        "reason": "why",
        "sites": [site],
    }


def test_reports_alone_are_told() -> None:
    others = [_fix("safe"), _fix(dismissed=True), _fix(outcome="not-compiled")]
    assert list(_told({"fixes": [_fix(), *others]})) == [("src/a.rs", 3, "it has no limit", "why")]


def test_all_kinds_are_switched_on(tmp_path: Path) -> None:
    manifest = tmp_path / "Cargo.toml"
    manifest.write_text("[package]\n")
    _switch_on(manifest, "async-hazards")
    text = manifest.read_text()
    names = registry()["async-hazards"].codemod.options
    assert all(f"\n{name} = true\n" in text for name in names)
