"""What build scripts say that they read (``cargo::rerun-if-changed``): is any of it elsewhere than in the tree?

Cargo keeps what a script printed beside its output folder, in a file ``output`` (1.95). Not known: what a
script reads and does not say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlparse

from engine.cargo.messages import ScriptOutput

_READS = re.compile(rb"^cargo::?rerun-if-changed=(.+?)\s*$", re.MULTILINE)


def reads_elsewhere(scripts: Mapping[str, ScriptOutput], tree: Path) -> bool:
    """Does a build script of a package in ``tree`` (by package id) name something outside of it?"""
    top = Path(os.path.realpath(tree))
    for package, said in scripts.items():
        folder = _folder(package)
        if folder is None or not Path(os.path.realpath(folder)).is_relative_to(top):
            continue
        built = Path(said.out_dir).parent
        try:
            printed = (built / "output").read_bytes()
        except OSError:
            return True
        for hit in _READS.finditer(printed):
            read = Path(os.path.realpath(folder / os.fsdecode(hit[1])))
            if not read.is_relative_to(top) and not read.is_relative_to(os.path.realpath(built)):
                return True
    return False


def _folder(package: str) -> Path | None:
    """Where the package of an id stands; None for one of a registry."""
    head, _, place = package.partition("+")
    if head == "path" and place.startswith("file://"):
        return Path(unquote(urlparse(place.partition("#")[0]).path))
    if "(path+file://" in package:  # before 1.77: "name 0.1.0 (path+file:///..)"
        return Path(unquote(package.partition("(path+file://")[2].rstrip(")")))
    return None
