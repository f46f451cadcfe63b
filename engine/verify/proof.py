"""The patch as it is emitted: its text, and what cargo says of it in a clean copy of the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.base.model import Diagnostic
from engine.cargo.cargo_results import CheckRun, TestRun
from engine.rewrite.patch import make_patch
from engine.rewrite.rustfmt import FormatFiles
from engine.verify.values import Emitted, Prove, Reader, StatusLine


class Prover:
    """Makes patches and runs cargo on them, each time with ``git apply`` in a clean copy.

    ``runs`` counts the cargo runs there. The same bytes are not tested twice, but always checked.
    """

    def __init__(
        self, reader: Reader, format_files: FormatFiles, prove: Prove, progress: StatusLine
    ) -> None:
        self.runs = 0
        self._reader = reader
        self._format_files = format_files
        self._prove = prove
        self._progress = progress
        self._tested: dict[bytes, tuple[frozenset[str], TestRun]] = {}

    def unchanged(self) -> Emitted:
        """The texts that earlier passes made, without anything new."""
        return self._emitted(self._reader.base)

    def emitted(self, files: Mapping[str, bytes]) -> Emitted:
        """``files`` on top of what earlier passes made, in the form in which they are emitted."""
        return self._emitted(self._format_files({**self._reader.base, **files}))

    def _emitted(self, files: Mapping[str, bytes]) -> Emitted:
        changes = ((path, self._reader.original(path), text) for path, text in files.items())
        return Emitted(dict(files), make_patch(changes))

    def test(self, emitted: Emitted, packages: Sequence[str]) -> TestRun:
        """The tests of ``packages`` (empty: of the selection) at least."""
        known = self._tested.get(emitted.patch)
        if known is not None:
            had, run = known
            if had == frozenset(packages) or (packages and had.issuperset(packages)):
                return run
        self._progress("Testing", "the patch on a clean copy")
        run = self._test(emitted, packages)
        self._tested[emitted.patch] = frozenset(packages), run
        return run

    def control(self, packages: Sequence[str]) -> TestRun:
        """The tests of ``packages`` in a clean copy without any change."""
        self._progress("Testing", "a clean copy of the tree as it is")
        return self._test(Emitted({}, b""), packages)

    def check(self, emitted: Emitted) -> CheckRun:
        """``cargo check`` of the patch in a clean copy; of a package whose manifest changes, also without what
        only its tests bring in."""
        self._progress("Checking", "the patch on a clean copy")
        driver = self._prove(emitted.patch, tuple(emitted.files))
        before = driver.runs
        run = driver.check()
        manifests = [path for path in emitted.files if not path.endswith(".rs")] if run.ok else []
        for path in manifests:
            if (words := driver.check_alone(path)) and not self._is_broken_alone(path):
                words = f"{path}, checked without its tests: {words}"
                run = replace(
                    run, ok=False, diagnostics=(Diagnostic("error", "", words, (), words),)
                )
                break
        self.runs += driver.runs - before
        return run

    def _is_broken_alone(self, manifest: str) -> bool:
        """Does the package not compile without its tests before any change, either?"""
        return bool(self._prove(b"", ()).check_alone(manifest))

    def _test(self, emitted: Emitted, packages: Sequence[str]) -> TestRun:
        driver = self._prove(emitted.patch, tuple(emitted.files))
        before = driver.runs
        run = driver.test(tuple(packages))
        self.runs += driver.runs - before
        return run
