"""The file in which the counting allocator (``counter.rs``) keeps what a program asked for."""

from __future__ import annotations

import struct
from pathlib import Path

VARIABLE = "SPIKEPROOF_COUNTS"  # names the file; it has to be there
_LAYOUT = "=QQ"
_NONE = struct.pack(_LAYOUT, 0, 0)


def fresh(path: Path) -> Path:
    """A file with nothing counted, in the place of one that may be there."""
    path.unlink(missing_ok=True)
    path.write_bytes(_NONE)
    return path


def read(path: Path) -> tuple[float, float]:
    """Allocations and bytes; both 0 when no program with the counter ran."""
    allocations, size = struct.unpack(_LAYOUT, path.read_bytes())
    return float(allocations), float(size)
