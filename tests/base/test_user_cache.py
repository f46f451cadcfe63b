"""The cache in the user's folder."""

from __future__ import annotations

import os
from pathlib import Path

from engine.base.user_cache import UserCache


def test_what_is_kept_is_readable_by_nobody_else(tmp_path: Path) -> None:
    home = tmp_path / "cache"
    home.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        cache = UserCache(home, "kept", str)
        cache.put({b"key": "text"})
        assert dict(cache.get([b"key"])) == {b"key": "text"}
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in home.iterdir()}
    assert modes
    assert set(modes.values()) == {0o600}, modes
