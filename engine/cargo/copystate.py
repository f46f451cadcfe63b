"""What a copy of a workspace is made of, and the record of it that is kept between runs."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.base.atomic_write import Signature, Store
from engine.base.fsio import read_regular

STATE_LIMIT = 2**30  # bytes; about five million files
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a copy stands and what is special about it.

    ``adapt`` turns the user's text of the manifests in ``manifests`` into the copy's; ``generated``
    are files of the copy that the user has not, or has otherwise; ``scripts`` says where packages
    (by root) have their build script; ``apart`` are folders never copied. ``name`` is that of the
    copy's records in the store's folder.
    """

    root: Path
    tree: Path
    name: str
    adapt: Callable[[str, bytes], bytes]
    manifests: frozenset[str]
    generated: Mapping[str, bytes]
    scripts: Mapping[str, str]
    apart: frozenset[Path]


@dataclass(slots=True)
class State:
    """``files`` has for each path the user's and the copy's signature (None: not to be trusted).

    ``clean`` is false when the copy may hold more than what is listed here.
    """

    clean: bool = False
    files: dict[str, tuple[Signature | None, Signature | None]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)


def load_state(plan: Plan, store: Store) -> State:
    """The last run's state; an empty one, which trusts nothing, when it cannot be used."""
    try:
        text = read_regular(store.base / f"{plan.name}.json", STATE_LIMIT, follow=False)
        data: dict[str, Any] = json.loads(text)
        if data["format"] != _FORMAT or data["root"] != str(plan.root):
            return State()
        files = {
            path: (_signature(user), _signature(own)) for path, (user, own) in data["files"].items()
        }
        clean = not os.path.lexists(_marker(plan, store))
        return State(clean, files, set(data["links"]), set(data["folders"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return State()


def mark_dirty(plan: Plan, store: Store) -> None:
    """From now on, until the next ``save_state``, the recorded state is not the whole truth."""
    _marker(plan, store).touch()


def save_state(plan: Plan, store: Store, state: State) -> None:
    """Record ``state``, which is the whole truth."""
    data = {
        "format": _FORMAT,
        "root": str(plan.root),
        "files": state.files,
        "links": sorted(state.links),
        "folders": sorted(state.folders),
    }
    with store.folder(store.base) as fd:
        text = io.BytesIO(json.dumps(data).encode("ascii"))
        store.put(fd, f"{plan.name}.json", text, 0o600, store.now())
    _marker(plan, store).unlink(missing_ok=True)


def _marker(plan: Plan, store: Store) -> Path:
    return store.base / f"{plan.name}.dirty"


def _signature(value: list[int] | None) -> Signature | None:
    return None if value is None else Signature(*value)
