"""The kinds of hazards, each with the option of its name that switches it."""

from __future__ import annotations

from collections.abc import Mapping

from engine.base.codemod_options import Option

NAME = "async-hazards"
UNBOUNDED = "unbounded-channel"
SPAWN = "spawn-per-item"
JOIN = "join-all"
SEQUENTIAL = "sequential-await"
LOSS = "select-loss"
PLACE = "select-place"
CLIENT = "client-timeout"
CONNECT = "connect-timeout"

OPTIONS: Mapping[str, Option] = {
    UNBOUNDED: Option(
        "Report channels without a bound that a loop or a handler feeds faster than they are emptied.",
        bool,
        True,
    ),
    SPAWN: Option("Report a task for each item of a loop, without a limit.", bool, True),
    JOIN: Option("Report `join_all` over as many futures as come in at run time.", bool, True),
    SEQUENTIAL: Option(
        "Report loops that await one item after the other where they could run together.",
        bool,
        False,
    ),
    LOSS: Option("Report `select!` branches in a loop that lose data.", bool, True),
    PLACE: Option(
        "Report `select!` branches in a loop that lose their place in a queue.", bool, False
    ),
    CLIENT: Option("Report HTTP clients without a time-out.", bool, True),
    CONNECT: Option("Report connections that are opened without a time-out.", bool, False),
}
