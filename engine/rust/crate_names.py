"""How a crate is named at a place so that nothing there can be meant instead: ``tokio``, or ``::tokio`` where a
module, an import or an item of the workspace has its name.

Written with ``::`` a path begins at the crates (Rust 2018; before, at the crate's root, where an ``extern crate``
stands), which is right everywhere; so that what looks like a namesake anywhere in the file, or may be brought by a
glob, is enough.
"""

from __future__ import annotations

import re

from engine.rust.files import Files
from engine.rust.imports import imports, in_blocks, scopes
from engine.rust.syntax import Source

_GLOB = re.compile(rb"\buse\b[^;]*\*")


def crate_path(files: Files, source: Source, crate: bytes) -> bytes:
    """The crate's name, as a path may begin with it in the file."""
    return b"::" + crate if _has_namesake(files, source, crate) else crate


def _has_namesake(files: Files, source: Source, crate: bytes) -> bool:
    declares = _declaring(crate)
    if declares.search(source.data):
        return True
    brought = [each for scope in scopes(source) for each in imports(source, scope)]
    brought += [each for _, found in in_blocks(source) for each in found]
    if any(each.local == crate and each.full not in (crate, b"::" + crate) for each in brought):
        return True
    if not _GLOB.search(source.data):
        return False
    return any(declares.search(other.data) for other in files.containing(crate))


def _declaring(crate: bytes) -> re.Pattern[bytes]:
    return re.compile(
        rb"\b(?:mod|enum|struct|trait|type|union)\s+%b\b|\bas\s+%b\b" % (crate, crate)
    )
