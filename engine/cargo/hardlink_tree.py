"""A copy of the scratch tree in hard links, for compiling other text without touching the tree.

The tree stays what cargo last saw, whatever happens to us in between.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from engine.cargo.sources import VCS


class HardlinkTree:
    """``root`` has hard links to the files of ``tree`` as it was when this was made."""

    def __init__(self, tree: Path, root: Path) -> None:
        self._tree = tree
        self._changed: set[str] = set()
        self.root = root
        self.remove()  # what a killed run left
        try:
            _mirror(str(tree), str(root))
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Delete the links; the tree that they are of stays."""
        shutil.rmtree(self.root, ignore_errors=True)

    def put(self, files: Mapping[str, bytes]) -> None:
        """``files`` in place of the tree's; those of the last call are as in the tree again.

        A link is cut before it is written, so that the tree's file keeps its text.
        """
        for path in self._changed - files.keys():
            (self.root / path).unlink(missing_ok=True)
            _link(str(self._tree / path), str(self.root / path))
        for path, data in files.items():
            target = self.root / path
            target.unlink(missing_ok=True)
            target.write_bytes(data)
        self._changed = set(files)


def _mirror(source: str, target: str) -> None:
    Path(target).mkdir()
    with os.scandir(source) as entries:
        for entry in entries:
            to = f"{target}/{entry.name}"
            if entry.is_symlink():
                Path(to).symlink_to(Path(entry.path).readlink())
            elif entry.is_dir(follow_symlinks=False):
                if entry.name not in VCS:
                    _mirror(entry.path, to)
            elif entry.is_file(follow_symlinks=False):
                _link(entry.path, to)


def _link(source: str, target: str) -> None:
    with contextlib.suppress(FileNotFoundError):  # removed while we look
        try:
            os.link(source, target)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                raise
            shutil.copy2(source, target)  # a file system without hard links
