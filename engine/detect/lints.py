"""Whether a lint of clippy's is on, by the texts that can say so: what a fix writes should not be what
the package's CI then refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LEVEL = rb'(?:"(?:warn|deny|forbid)"|\{[^}]*"(?:warn|deny|forbid)")'


def is_on(lint: str, files: Iterable[bytes], manifests: Iterable[bytes]) -> bool:
    """Is ``lint`` at ``warn`` or higher by an attribute in one of ``files`` (Rust), or by the ``[lints]``
    table of one of ``manifests``? An ``allow`` elsewhere does not count, nor does a group of lints."""
    name = re.escape(lint.encode())
    attribute = re.compile(rb"\b(?:warn|deny|forbid)\s*\([^()]*\bclippy\s*::\s*" + name + rb"\b")
    key = rb'^\s*"?(?:[\w.]*\bclippy\s*\.\s*)?' + name + rb'"?\s*=\s*' + _LEVEL
    table = re.compile(key, re.MULTILINE)
    return any(map(attribute.search, files)) or any(map(table.search, manifests))
