"""Versions of Rust, as manifests write them (``rust-version``)."""

from __future__ import annotations


def may_use(oldest: str, since: tuple[int, int]) -> bool:
    """Has every Rust from ``oldest`` on what came with the version ``since``? Where a manifest says nothing
    ("") the toolchain's is meant, which is newer."""
    told = tuple(int(part) for part in oldest.split(".") if part.isdigit())
    return not told or told >= since
