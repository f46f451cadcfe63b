"""Published files that tests need, from npm's registry: one version, checked against its hash."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@contextmanager
def package(name: str, version: str, sha512: str) -> Iterator[tarfile.TarFile]:
    """The archive of a package (its members begin with ``package/``); ``sha512`` is base64, as npm
    has it. The test is skipped, in words, where it cannot be fetched."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is missing: it fetches {name}")
    with TemporaryDirectory() as place:
        run = subprocess.run(
            [npm, "pack", "--silent", f"{name}@{version}"],
            cwd=place,
            capture_output=True,
            text=True,
            timeout=300,
        )
        archives = list(Path(place).glob("*.tgz"))
        if run.returncode or not archives:
            pytest.skip(f"npm cannot fetch {name}: {run.stderr[-300:]}")
        data = archives[0].read_bytes()
        assert base64.b64encode(hashlib.sha512(data).digest()).decode() == sha512
        with tarfile.open(archives[0]) as archive:
            yield archive
