"""What users read: links lead somewhere, the pages that are made are made of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.pages import HOME, front, on_page_markdown
from engine.detect.codemod import registry

LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
PAGES = (*sorted(HOME.glob("*.md")), *sorted(HOME.glob("docs/*.md")))


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_in_the_repository_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target, anchor in LINK.findall(text):
        found = page.parent / target if target else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), f"{target}#{anchor}"


def test_the_readme_is_short_and_names_every_codemod() -> None:
    text = (HOME / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 120
    assert all(f"`{name}`" in text for name in registry())
    first = "\n".join(text.splitlines()[:40])
    assert "$ make demo " in first
    assert "$ make test " in first


def test_links_are_turned_to_where_the_page_stands() -> None:
    assert front("[a](docs/ci.md) [b](LICENSE-MIT) [c](https://x/y) [d](#e)") == (
        "[a](ci.md) [b](../LICENSE-MIT) [c](https://x/y) [d](#e)"
    )
    made = on_page_markdown("[b](../LICENSE-MIT) [w](workflows/a.yml) [t](trust.md#x)")
    assert "/blob/main/LICENSE-MIT)" in made
    assert "/blob/main/docs/workflows/a.yml)" in made
    assert "[t](trust.md#x)" in made
