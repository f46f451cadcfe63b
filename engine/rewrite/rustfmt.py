"""Formatting: a file that was rustfmt-clean stays so; one that was not keeps its author's layout."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# rustfmt of (text, edition, folder relative to the root): the formatted text, None if it failed.
Rustfmt = Callable[[bytes, str, str], bytes | None]
# The texts to emit for the final texts (by path), as formatting makes them.
FormatFiles = Callable[[Mapping[str, bytes]], Mapping[str, bytes]]


class Formatter:
    """Formats changed files whose original text rustfmt leaves as it is."""

    def __init__(
        self, original: Callable[[str], bytes], edition_of: Callable[[str], str], rustfmt: Rustfmt
    ) -> None:
        self._original = original
        self._edition_of = edition_of
        self._rustfmt = rustfmt
        self._clean: dict[str, bool] = {}
        self._done: dict[tuple[str, bytes], bytes] = {}  # the same texts come again in each trial

    def format(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """``files`` as they are emitted. Without rustfmt they stay as the codemods wrote them."""
        return {path: self._one(path, text) for path, text in files.items()}

    def _one(self, path: str, text: bytes) -> bytes:
        if not path.endswith(".rs"):
            return text
        edition, folder = self._edition_of(path), path.rpartition("/")[0]
        if path not in self._clean:
            before = self._original(path)
            self._clean[path] = self._rustfmt(before, edition, folder) == before
        if not self._clean[path]:
            return text
        if (path, text) not in self._done:
            formatted = self._rustfmt(text, edition, folder)
            self._done[path, text] = text if formatted is None else formatted
        return self._done[path, text]
