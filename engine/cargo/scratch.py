"""The copy that is built, kept between runs: the user's tree is never written to, nor built in.

It lives in the workspace's target directory (in a folder of its own for each workspace when
several share one)::

    <target>/spikeproof/tree/    the copy
                        final/   a second one, for the patch as it is emitted
                        bench/   a third, where the sides of a comparison take turns
                        build/   their CARGO_TARGET_DIR
                        review/  what ``apply`` keeps: answers, and the way back
                        lock     held by the run that works here

Within ``tree`` the copy stands as deep as the workspace stands in its repository, with symlinks to
its neighbours: a build script that reads ``../proto`` finds it.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.base.atomic_write import Store, explained
from engine.base.errors import SpikeproofError
from engine.base.fsio import exists, show
from engine.base.ignore import Ignore
from engine.base.model import Skip
from engine.cargo.cargoconfig import cargo_home, config_for_copy, target_dir
from engine.cargo.copystate import Plan
from engine.cargo.manifest import load
from engine.cargo.mirror import Mirror
from engine.cargo.relocate import relocated
from engine.cargo.sources import VCS
from engine.cargo.workspace import Workspace

if TYPE_CHECKING:
    from filelock import BaseFileLock

_POLL = 0.1  # seconds between two looks at a lock that somebody has
_TAG = (
    b"Signature: 8a477f597d28d172789f06886806bc55\n"
    b"# Build output and copies made by spikeproof: safe to delete.\n"
)
# Cargo and rustup look for these in the folders above the copy, and meet the real ones there.
_NO_NEIGHBOURS = VCS | {
    ".cargo",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain",
    "rust-toolchain.toml",
}


class Copy:
    """One copy, ready for cargo: run it in ``tree`` with ``cargo_args``, building into ``build``."""

    def __init__(self, mirror: Mirror, build: Path, cargo_args: tuple[str, ...]) -> None:
        self._mirror = mirror
        self.build = build
        self.cargo_args = cargo_args

    @property
    def tree(self) -> Path:
        """The copy of the workspace root: cargo's working directory."""
        return self._mirror.tree

    @property
    def files(self) -> tuple[str, ...]:
        """The user's regular files as of the last ``sync``, relative to the workspace's root."""
        return self._mirror.files

    @property
    def links(self) -> Mapping[str, str]:
        """As ``Mirror.links``."""
        return self._mirror.links

    @property
    def left_out(self) -> tuple[Skip, ...]:
        """What the last ``sync`` did not copy, and why."""
        return self._mirror.left_out

    def sync(self) -> None:
        """Bring the copy up to date with the user's tree; undo what runs before have changed."""
        self._mirror.sync()

    def write(self, files: Mapping[str, bytes], *, fit: bool = True) -> None:
        """Make the copy the user's tree (as of ``sync``) but for ``files``. See ``Mirror.write``."""
        self._mirror.write(files, fit=fit)

    def settle(self) -> None:
        """After a patch was applied to manifests as the user has them: make them fit the copy's place."""
        self._mirror.settle()


class Turn(Copy):
    """One of several copies that take turns at one place; ``sync`` takes the place."""

    def __init__(self, make: Callable[[], tuple[Mirror, tuple[str, ...]]], build: Path) -> None:
        self._make = make
        mirror, args = make()
        super().__init__(mirror, build, args)

    def sync(self) -> None:
        """Take the place, and make the copy there the tree of this turn as the user has it now."""
        # Made anew: what stands there now, and the record of it, is the other one's.
        self._mirror, self.cargo_args = self._make()
        super().sync()


class Scratch(Copy):
    """The main copy, and the way to further ones. Use it in a ``with`` block."""

    def __init__(self, workspace: Workspace, base: Path, lock: BaseFileLock, apart: Path) -> None:
        self._workspace = workspace
        self._base = base
        self._lock = lock
        self._apart = apart
        self._store = Store(base)
        if self._store.clock_went_back:
            shutil.rmtree(base / "build", ignore_errors=True)
        mirror, args = self._mirror_at("tree")
        super().__init__(mirror, base / "build", args)

    @classmethod
    def open(
        cls,
        workspace: Workspace,
        user_target_dir: Path | None = None,
        on_wait: Callable[[str], None] | None = None,
    ) -> Self:
        """Take the scratch folder of ``workspace`` for this run; waits for a run that has it.

        ``on_wait`` is told when that happens. Nothing is copied yet: call ``sync``. Raises
        SpikeproofError when the folder cannot be written, or no copy of the workspace can be built.
        """
        _refuse_circles(workspace)
        target, base = scratch_folder(workspace.root, user_target_dir)
        with explained(target):
            _make(target, base)
            lock = _acquire(base, on_wait)
            try:
                return cls(workspace, base, lock, target)
            except BaseException:
                lock.release()
                raise

    def fresh(self, name: str = "final") -> Copy:
        """A second copy, exactly the user's tree, manifests too, for a patch to be applied.

        Only a Cargo.lock that the user has not is taken over from the first copy. Shares the build
        directory: registry dependencies are not built again. Apply the patch in ``tree`` (see
        ``engine.rewrite.patch.git_apply``), then call ``settle`` before cargo. What builds left
        there is gone.
        """
        if not name.isidentifier() or name in ("tree", "build", "review", "lock", "clock", "reach"):
            raise ValueError(f"not the name of a copy: {name!r}")
        mirror, args = self._mirror_at(name)
        mirror.sync(pristine=True)
        lock = self.tree / "Cargo.lock"
        if lock.is_file() and not os.path.lexists(self._workspace.root / "Cargo.lock"):
            mirror.write({"Cargo.lock": lock.read_bytes()})
        return Copy(mirror, self.build, args)

    def turns(self, name: str, workspaces: Sequence[Workspace]) -> tuple[Turn, ...]:
        """Copies of several workspaces that take turns at one place: what is compiled of them has
        equal paths, so that equal sources become equal programs.

        They stand as deep as the one of them that stands deepest in its repository.
        """
        places = [w.root.relative_to(Ignore(w.root).top) for w in workspaces]
        at = max(places, key=lambda place: len(place.parts))
        return tuple(
            Turn(functools.partial(self._mirror_at, name, w, at), self.build) for w in workspaces
        )

    def close(self) -> None:
        """Put the copy back to the user's tree and let the next run in."""
        try:
            self._mirror.restore()
            self._store.now()  # leaves the time on record
        finally:
            self._store.close()
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
            return
        with contextlib.suppress(SpikeproofError, OSError):  # the first error is the one to tell
            self.close()

    def _mirror_at(
        self, name: str, workspace: Workspace | None = None, at: Path | None = None
    ) -> tuple[Mirror, tuple[str, ...]]:
        """``at`` is where below the copy's folder the workspace stands, in place of as deep as it
        stands in its repository: at least that deep."""
        workspace = workspace or self._workspace
        root = workspace.root
        top = Ignore(root).top
        at = at or root.relative_to(top)
        tree = self._base / name / at
        config = config_for_copy(root, tree, cargo_home())
        inner = {manifest.rpartition("/")[0] for manifest in workspace.manifests} - {""}
        plan = Plan(
            root=root,
            tree=tree,
            name=name,
            adapt=lambda path, data: relocated(data, path, root, inner),
            manifests=frozenset(workspace.manifests),
            generated=config.files,
            scripts={p.root: p.build_script for p in workspace.packages if p.build_script},
            apart=frozenset({self._apart, self._base}),
        )
        with explained(self._base):
            built = exists(self._base / "build") or exists(tree)
            self._surround(name, root, top, at)
        return Mirror(plan, self._store, built=built), config.args

    def _surround(self, name: str, root: Path, top: Path, at: Path) -> None:
        """Links to what stands beside the workspace and beside the folders above it, as far up as
        its repository goes."""
        place = self._base / name
        above = (*root.parents[: len(root.relative_to(top).parts)][::-1], root)
        reals = (*(None,) * (len(at.parts) + 1 - len(above)), *above)
        with self._store.folder(place, make=True):
            pass
        for part, real, below in zip(at.parts, reals, reals[1:], strict=False):
            taken = _NO_NEIGHBOURS | {part} | ({below.name} if below is not None else set())
            wanted = {
                entry.name: entry.path
                for entry in (os.scandir(real) if real is not None else ())
                if entry.name not in taken and not self._base.is_relative_to(entry.path)
            }
            with self._store.folder(place, make=True) as fd:
                for entry in os.scandir(place):
                    if entry.is_symlink() and entry.name not in wanted:
                        os.unlink(entry.name, dir_fd=fd)
                for neighbour, target in wanted.items():
                    self._store.link(fd, neighbour, target)
            place = place / part


def scratch_folder(root: Path, user_target_dir: Path | None = None) -> tuple[Path, Path]:
    """The target directory of the workspace at ``root``, and the folder in it that is ours."""
    target = Path(os.path.realpath(user_target_dir or target_dir(root, cargo_home())))
    base = target / "spikeproof"
    if not target.is_relative_to(root):
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
        base /= f"{root.name}-{name}"
    return target, base


def _make(target: Path, base: Path) -> None:
    """Create ``base`` so that neither git nor a backup takes notice of it."""
    new = [folder for folder in (target,) if not folder.exists()] + [target / "spikeproof"]
    base.mkdir(parents=True, exist_ok=True)
    for folder in (target / "spikeproof", base, base / "build"):
        if folder.is_symlink():
            raise SpikeproofError(f"{show(folder)} is a symbolic link: remove it")
    for folder in new:
        for name, text in (("CACHEDIR.TAG", _TAG), (".gitignore", b"*\n")):
            with contextlib.suppress(FileExistsError), (folder / name).open("xb") as file:
                file.write(text)


def _acquire(base: Path, on_wait: Callable[[str], None] | None) -> BaseFileLock:
    """The lock of ``base``. Interruptible while it waits; freed by the system with the process."""
    from filelock import FileLock, Timeout

    lock = FileLock(base / "lock", mode=0o644)
    told = False
    while True:
        base.mkdir(parents=True, exist_ok=True)  # deleted (`cargo clean`) while we waited, perhaps
        try:
            lock.acquire(blocking=False)
        except Timeout:
            if on_wait is not None and not told:
                told = True
                on_wait(f"for another spikeproof run on {show(base)}")
            time.sleep(_POLL)
        else:
            return lock


def _refuse_circles(workspace: Workspace) -> None:
    """A package outside the root that depends on one in it would get the user's, not the copy's,
    and cargo refuses two packages of one name and version."""
    seen: set[Path] = set()
    pending = list(workspace.outside)
    while pending:
        folder = pending.pop()
        if folder in seen or not exists(folder / "Cargo.toml"):
            continue
        seen.add(folder)
        manifest = load(folder / "Cargo.toml")
        for place in manifest.path_places():
            if place[-1] != "path" or not {"dependencies", "build-dependencies"} & set(place):
                continue
            value: object = manifest.data
            for key in place:
                value = value[key]  # type: ignore[index]
            path = manifest.resolve(str(value))
            if path.is_relative_to(workspace.root) and exists(path / "Cargo.toml"):
                raise SpikeproofError(
                    f"{show(folder)} lies outside the workspace {show(workspace.root)} and depends "
                    f"on {show(path)} in it: no copy of such a workspace can be built; move it "
                    "into the workspace's folder"
                )
            pending.append(path)
