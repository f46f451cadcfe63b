"""What the facts know of a workspace's packages."""

from __future__ import annotations

from pathlib import Path

from engine.cargo.workspace import Selection, discover
from engine.detect.facts import Facts, sources_of


def _member(root: Path, name: str, *needs: str) -> None:
    folder = root / name
    (folder / "src").mkdir(parents=True)
    paths = "".join(f'{need} = {{ path = "../{need}" }}\n' for need in needs)
    head = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
    (folder / "Cargo.toml").write_text(f"{head}[dependencies]\n{paths}")
    (folder / "src/lib.rs").write_text("")


def test_who_depends_on_a_package(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text(
        '[workspace]\nresolver = "2"\nmembers = ["core", "mid", "app", "other"]\n'
    )
    _member(tmp_path, "core")
    _member(tmp_path, "mid", "core")
    _member(tmp_path, "app", "mid", "other")
    _member(tmp_path, "other")
    workspace = discover(tmp_path, Selection())
    facts = Facts(sources_of(workspace), lambda _, __: None, lambda _, __: "", workspace.package_of)
    assert facts.depending_on("core") == {"core", "mid", "app"}
    assert facts.depending_on("other") == {"other", "app"}
    assert facts.depending_on("app") == {"app"}
