"""Pages of ``make docs`` that are made of something else: the first one of README.md, and one a codemod of
its docstring. A hook of mkdocs (https://www.mkdocs.org/dev-guide/plugins/#events)."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from engine.detect.codemod import registry

HOME = Path(__file__).resolve().parent.parent
REPOSITORY = "https://github.com/your-org/spikeproof"
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Lists the codemods' pages behind what mkdocs.yml lists."""
    assert config.nav is not None
    config.nav.append({"Codemods": [_page(name) for name in registry()]})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Adds the pages that no file of ``docs`` is."""
    made = {"index.md": front(HOME.joinpath("README.md").read_text("utf-8"))}
    for name, loaded in registry().items():
        made[_page(name)] = f"# {name}\n\n{loaded.docs.strip()}\n"
    for path, text in made.items():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, **_: object) -> str:
    """Links out of ``docs`` lead to the repository."""
    return _LINK.sub(_outward, markdown)


def _page(codemod: str) -> str:
    return f"codemods/{codemod}.md"


def front(readme: str) -> str:
    """README.md as it reads in ``docs``."""
    return _LINK.sub(lambda link: f"]({_seen_from_docs(link[1])})", readme)


def _seen_from_docs(target: str) -> str:
    return target.removeprefix("docs/") if target.startswith("docs/") else f"../{target}"


def _outward(link: re.Match[str]) -> str:
    target = link[1]
    if target.startswith(("../", "workflows/")):
        path = target.removeprefix("../") if target.startswith("../") else f"docs/{target}"
        return f"]({REPOSITORY}/blob/main/{path})"
    return link[0]
