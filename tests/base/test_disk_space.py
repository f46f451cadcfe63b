"""How much of the disk a folder takes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from engine.base.fsio import disk_space


def test_it_counts_as_du_does(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    (folder / "b/c").mkdir(parents=True)
    (folder / "b/c/large").write_bytes(b"x" * 300_000)
    (folder / "small").write_bytes(b"y")
    os.link(folder / "small", folder / "b/again")
    os.link(folder / "b/c/large", folder / "b/once_more")
    (tmp_path / "outside").write_bytes(b"z" * 900_000)
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "round").symlink_to(folder)
    said = subprocess.run(["du", "-s", "--block-size=1", folder], capture_output=True, check=True)
    top = folder.stat().st_blocks * 512  # du counts the folder itself, too
    assert disk_space(folder) == int(said.stdout.split()[0]) - top
    assert disk_space(tmp_path / "none") == 0
