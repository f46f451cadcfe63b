"""The event of a job on GitHub, as the runner wrote it to a file: what may be believed of a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.base.errors import SpikeproofError
from engine.base.fsio import read_regular, show

_LIMIT = 32 * 2**20  # bytes


@dataclass(frozen=True, slots=True)
class Event:
    """What the runner itself says of the job: ``number`` 0 and "" where it says nothing."""

    number: int = 0
    commit: str = ""  # of the pull request's head
    owner: str = ""  # of the head's repository, for a pull request from a fork
    branch: str = ""


def read_event(environment: Mapping[str, str]) -> Event:
    """The event of the job (``pull_request`` or ``workflow_run``), as the runner wrote it."""
    name = environment.get("GITHUB_EVENT_PATH")
    if not name:
        return Event()
    try:
        found = json.loads(read_regular(name, _LIMIT))
    except (OSError, ValueError, RecursionError) as error:
        raise SpikeproofError(f"cannot read the event of the job, {show(name)}") from error
    number = at(found, "pull_request", "number")
    if isinstance(number, int):
        return Event(number, text(at(found, "pull_request", "head", "sha")))
    return Event(
        0,
        text(at(found, "workflow_run", "head_sha")),
        text(at(found, "workflow_run", "head_repository", "owner", "login")),
        text(at(found, "workflow_run", "head_branch")),
    )


def at(value: object, *keys: str) -> object:
    """What stands below these keys of nested objects; None where there is no such key."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: object) -> str:
    """``value`` where it is text, else ""."""
    return value if isinstance(value, str) else ""
