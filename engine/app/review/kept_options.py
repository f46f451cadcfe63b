"""The options that a review was asked for with: kept with its answers, so that ``--resume`` asks the same.

Kept are those that say what is looked at and how it is proven. Those that say what becomes of the answers
(``--all``, ``--remember``), what may be overwritten (``--allow-dirty``), where to write (``--baseline``, which
``--remember`` writes to) and how much is told are for each run to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from engine.app.options import CODEMODS, COLD, PROFILE, PROOF, SELECTION, SINCE, declared
from engine.base.errors import SpikeproofError

_GROUPS = (SELECTION, PROFILE, CODEMODS, COLD, SINCE, PROOF)


def given(context: click.Context) -> dict[str, Any]:
    """Those that the command line gives, by their names."""
    return {
        option.name: context.params[option.name]
        for option in _options()
        if option.name and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    }


def words(asked: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of a command line that gives ``asked``; paths absolute."""
    found: list[str] = []
    for option in _options():
        value, word = asked.get(option.name or ""), option.opts[-1]
        if option.is_flag:
            found += [word] if value else []
        elif value is not None:
            for one in value if option.multiple else (value,):
                found += [word, str(one.absolute() if isinstance(one, Path) else one)]
    return tuple(found)


def parsed(kept: Sequence[str]) -> dict[str, Any]:
    """What :func:`words` gave, read again. Raises SpikeproofError for words that are no such options (of
    another version of this program, say)."""
    command = click.Command("apply", params=list(_options()), add_help_option=False)
    try:
        return given(command.make_context("apply", list(kept)))
    except click.ClickException as error:
        raise SpikeproofError(
            f"the options of the last session are not understood ({error.format_message()}): run "
            "`spikeproof apply` without --resume"
        ) from None


def _options() -> list[click.Option]:
    found = (option for group in _GROUPS for option in declared(group))
    return [option for option in found if option.name not in ("manifest_path", "fresh")]
