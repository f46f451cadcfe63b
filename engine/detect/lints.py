"""Whether a lint of clippy's is on by the ``[lints]`` table of a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LEVEL = rb'(?:"(?:warn|deny|forbid)"|\{[^}]*"(?:warn|deny|forbid)")'


def is_on_in(lint: str, manifests: Iterable[bytes]) -> bool:
    """Is ``lint`` at ``warn`` or higher by one of ``manifests``? A group of lints does not count."""
    name = re.escape(lint.encode())
    key = rb'^\s*"?(?:[\w.]*\bclippy\s*\.\s*)?' + name + rb'"?\s*=\s*' + _LEVEL
    table = re.compile(key, re.MULTILINE)
    return any(map(table.search, manifests))
