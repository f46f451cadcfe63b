"""One copy of the user's workspace: brought up to date, changed, put back. See ``scratch``."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Mapping
from pathlib import Path

from engine.base.atomic_write import Store, explained, signature
from engine.base.errors import SpikeproofError
from engine.base.fsio import read_regular, show
from engine.base.model import Skip
from engine.cargo.copystate import STATE_LIMIT, Plan, load_state, mark_dirty, save_state
from engine.cargo.sources import VCS
from engine.cargo.sync import Sync


class Mirror:
    """A copy of ``plan.root`` at ``plan.tree``. What builds and tests add to it stays, as it would
    in the user's tree; what they change in the user's files is put back by the next ``sync``."""

    def __init__(self, plan: Plan, store: Store, *, built: bool) -> None:
        """``built``: may a build have seen other content under the copy's paths?"""
        self._plan = plan
        self._store = store
        self._built = built
        self._state = load_state(plan, store)
        self._synced = False
        self._originals: dict[str, bytes | None] = {}
        self.left_out: tuple[Skip, ...] = ()

    @property
    def tree(self) -> Path:
        """The copy's root."""
        return self._plan.tree

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it has of the user's, sorted."""
        return tuple(sorted(self._state.files))

    @property
    def links(self) -> dict[str, str]:
        """Where the symbolic links lead that it has of the user's: absolute where that is outside of it."""
        return {path: os.readlink(self.tree / path) for path in sorted(self._state.links)}

    def sync(self, *, pristine: bool = False) -> None:
        """Make the copy the user's tree as it is now.

        ``pristine`` also removes what builds added (but for Cargo.lock), and leaves the manifests as
        the user has them, for a patch to be applied; then ``settle`` makes them fit. Sets
        ``left_out``: what was not copied and why.
        """
        with explained(self._store.base):
            if pristine:
                self._state.clean = False
            self._synced = False
            mark_dirty(self._plan, self._store)
            run = Sync(self._plan, self._store, self._state, built=self._built, pristine=pristine)
            self._built = True
            self._state = run.run()
            self._originals.clear()
            self.left_out = tuple(run.left_out)
            save_state(self._plan, self._store, self._state)
            self._synced = True

    def settle(self) -> None:
        """Fit the manifests as they now stand in the copy to its place."""
        with explained(self._store.base):
            mtime = self._store.tick()
            for path in sorted(self._plan.manifests):
                data = self._read(path)
                if data is not None and (fit := self._plan.adapt(path, data)) != data:
                    self._put(path, fit, mtime, original=False)

    def write(self, files: Mapping[str, bytes], *, fit: bool = True) -> None:
        """Make the copy the user's tree (as of the last ``sync``) but for ``files``, manifests made to ``fit``
        the copy's place.

        Only what differs from what stands there now is touched, and it gets a new mtime. A path
        that the user's tree has not is created, and goes with the next ``write`` without it.
        Raises SpikeproofError when the user changed a file that is needed to go back.
        """
        with explained(self._store.base):
            for path in files:
                _expect_inside(path)
            mtime = self._store.tick()
            for path in {**self._originals, **files}:
                now = self._read(path)
                if path not in self._originals:
                    self._originals[path] = self._original(path, now)
                    if self._originals[path] is None:
                        mark_dirty(self._plan, self._store)  # the next sync must find this file
                data = files.get(path, self._originals[path])
                if fit and data is not None and path in files and path in self._plan.manifests:
                    data = self._plan.adapt(path, data)
                if data is None:
                    self._remove(path)
                elif data != now:
                    self._put(path, data, mtime, original=path not in files)
            self._originals = {path: self._originals[path] for path in files}

    def restore(self) -> None:
        """``write`` nothing, and record that: the next ``sync`` has little to do then."""
        if self._synced:
            self.write({})
            with explained(self._store.base):
                save_state(self._plan, self._store, self._state)

    def _original(self, path: str, now: bytes | None) -> bytes | None:
        """The text of ``path`` at the last sync; a build or a test may have changed the copy's."""
        if path not in self._state.files:
            return None
        user, own = self._state.files[path]
        place = self._plan.root / path
        if now is not None and own is not None:
            with contextlib.suppress(OSError):
                if own.same_text(signature((self.tree / path).lstat())):
                    return now
        try:
            current = signature(place.lstat())
            data = read_regular(place, STATE_LIMIT, follow=path in self._plan.manifests)
        except OSError:
            current, data = None, b""
        if current is None or (user is not None and current != user):
            raise SpikeproofError(f"{show(path)} was changed while spikeproof ran: run it again")
        return self._plan.adapt(path, data) if path in self._plan.manifests else data

    def _read(self, path: str) -> bytes | None:
        place = self.tree / path
        try:
            with self._store.folder(place.parent) as fd:
                return read_regular(place.name, STATE_LIMIT, dir_fd=fd, follow=False)
        except OSError:
            return None

    def _put(self, path: str, data: bytes, mtime: int, *, original: bool) -> None:
        place = self.tree / path
        with self._store.folder(place.parent, make=True) as fd:
            try:
                mode = os.stat(place.name, dir_fd=fd, follow_symlinks=False).st_mode
            except FileNotFoundError:
                mode = 0o644
            own = self._store.put(fd, place.name, io.BytesIO(data), mode, mtime)
        user, _ = self._state.files.get(path, (None, None))
        self._state.files[path] = (user, own if original else None)

    def _remove(self, path: str) -> None:
        place = self.tree / path
        with self._store.folder(place.parent, make=True) as fd:
            self._store.remove(fd, place.name)
        self._state.files.pop(path, None)


def _expect_inside(path: str) -> None:
    parts = path.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or parts[0] in VCS:
        raise ValueError(f"not a path below the workspace root: {path!r}")
