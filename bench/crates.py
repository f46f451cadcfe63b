"""Pinned public crates (``corpus/real.toml``, ``corpus/trust.toml``): fetched with cargo, checked against
their pin."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
WORK = HOME / "target" / "real"


@dataclass(frozen=True)
class Crate:
    """One pin. ``tests`` tells whether its tests say something offline."""

    name: str
    version: str
    sha256: str
    kind: str
    tests: bool
    features: tuple[str, ...]
    args: tuple[str, ...]
    test_args: tuple[str, ...]
    update: tuple[str, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        """What is given to cargo, and to the tool, besides the command's own."""
        features = ("--features", ",".join(self.features)) if self.features else ()
        return (*self.args, *features)

    @property
    def label(self) -> str:
        return f"{self.name}-{self.version}"


def pinned(corpus: str = "real") -> tuple[Crate, ...]:
    """All pins of ``corpus/CORPUS.toml``, in the file's order (cheapest first)."""
    table = tomllib.loads((HOME / "corpus" / f"{corpus}.toml").read_text("utf-8"))
    return tuple(
        Crate(
            entry["name"],
            entry["version"],
            entry["sha256"],
            entry["kind"],
            bool(entry.get("tests")),
            tuple(entry.get("features", ())),
            tuple(entry.get("args", ())),
            tuple(entry.get("test_args", ())),
            tuple(entry.get("update", ())),
        )
        for entry in table["crate"]
    )


def cargo_home() -> Path:
    return Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")


def fetch(crate: Crate, into: Path) -> Path:
    """A fresh copy of the crate's published sources at ``into/NAME-VERSION``, its dependencies
    fetched. Raises RuntimeError when the download is not the pinned one or cargo fails."""
    with tempfile.TemporaryDirectory() as empty:
        _cargo("info", f"{crate.name}@{crate.version}", cwd=Path(empty))
    packed = list((cargo_home() / "registry" / "cache").glob(f"*/{crate.label}.crate"))
    found = [p for p in packed if hashlib.sha256(p.read_bytes()).hexdigest() == crate.sha256]
    if not found:
        raise RuntimeError(f"{crate.label}: no download with the pinned checksum")
    target = into / crate.label
    shutil.rmtree(target, ignore_errors=True)
    into.mkdir(parents=True, exist_ok=True)
    # Unpacked from the checked file itself: cargo's unpacked copy is not covered by the checksum.
    shutil.unpack_archive(found[0], into, format="gztar", filter="data")
    (target / "Cargo.toml.orig").unlink(missing_ok=True)
    if not _is_root(target):
        raise RuntimeError(f"{crate.label}: not its own workspace root")
    for entry in crate.update:
        spec, version = entry.split()
        _cargo("update", "-p", spec, "--precise", version, cwd=target)
    _cargo("fetch", cwd=target)
    return target


def _is_root(folder: Path) -> bool:
    manifest = folder / "Cargo.toml"
    text = manifest.read_text("utf-8")
    if "\n[workspace]" not in text and not text.startswith("[workspace]"):
        # It is unpacked below our own checkout: say that it stands alone.
        manifest.write_text(text + "\n[workspace]\n", "utf-8")
    return True


def _cargo(*arguments: str, cwd: Path) -> None:
    run = subprocess.run(
        ["cargo", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(f"cargo {' '.join(arguments)}: {run.stderr.strip()[-2000:]}")
