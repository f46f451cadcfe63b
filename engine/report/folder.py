"""A folder with a file for each fix, as ``git format-patch`` makes one: each applies on top of those
before it; ``series`` names them in order, as quilt has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import __version__
from engine.base.errors import SpikeproofError
from engine.base.fsio import read_regular, show, write_whole
from engine.base.plain import printable
from engine.report.mbox import Series, body_of, mails
from engine.rewrite.patch import placed
from engine.rewrite.patch_series import Step

_SERIES = "series"
_OURS = re.compile(r"\d{4,}-[A-Za-z0-9._-]{1,80}\.patch")
_LIMIT = 2**20  # bytes of a series file


def check_folder(folder: Path) -> None:
    """Raises SpikeproofError unless ``folder`` is new, empty, or holds what an earlier run wrote: a
    patch that was left behind would be applied with the others."""
    if not folder.exists() and folder.parent.is_dir():
        return
    if not folder.is_dir():
        raise SpikeproofError(f"cannot write to the folder {show(folder)}: there is none above it")
    strange = sorted({path.name for path in folder.iterdir()} - _written(folder))
    if strange:
        raise SpikeproofError(
            f"{show(folder)} holds {show(strange[0])}, which is none of ours: name an empty folder"
        )


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write ``files`` (see :func:`patches`) in place of what an earlier run wrote there."""
    check_folder(folder)
    try:
        folder.mkdir(exist_ok=True)
        for name in _written(folder):
            (folder / name).unlink(missing_ok=True)
        for name, data in files.items():
            write_whole(folder / name, data)
    except OSError as error:
        raise SpikeproofError(f"cannot write to {show(folder)}: {error.strerror}") from error


def patches(all_: Sequence[Series], mail: bool) -> dict[str, bytes]:
    """The files of the folder by name: a patch for each step (a mail for ``git am``, or a plain
    patch with its evidence in front), and the series."""
    steps = [(series, step) for series in all_ for step in series.steps]
    texts = mails(all_) if mail else [_plain(series, step) for series, step in steps]
    found: dict[str, bytes] = {}
    for number, ((_, step), text) in enumerate(zip(steps, texts, strict=True), 1):
        found[f"{number:04}-{_slug(step)}.patch"] = text
    return {**found, _SERIES: "".join(f"{name}\n" for name in found).encode("ascii")}


def _plain(series: Series, step: Step) -> bytes:
    rows = [f"spikeproof {__version__}: {step.verdicts[0].proposal.codemod}"]
    for verdict in step.verdicts:
        rows += body_of(verdict, series.folder)
    others = " with the other patches of this folder" if len(series.steps) > 1 else ""
    rows.append(printable(f"Proven{others} ({series.toolchain})."))
    head = "".join(f"# {row}".rstrip() + "\n" for row in rows)
    return head.encode("utf-8", "backslashreplace") + placed(step.patch, series.folder)


def _slug(step: Step) -> str:
    """Codemod and file, in letters that are harmless in any shell."""
    site = step.verdicts[0].proposal.sites[0]
    words = re.sub(r"[^A-Za-z0-9._]+", "-", f"{site.codemod}-{site.path}").strip("-.")
    return words[:64].strip("-.")


def _written(folder: Path) -> set[str]:
    """The names of what an earlier run wrote, by its series."""
    try:
        listed = read_regular(folder / _SERIES, _LIMIT, follow=False).decode("ascii").split("\n")
    except (OSError, ValueError):
        return set()
    names = {name for name in listed if name}
    if not all(_OURS.fullmatch(name) for name in names):
        return set()
    return {_SERIES, *names}
