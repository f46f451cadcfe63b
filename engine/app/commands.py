"""What each command does: the stages in order, and what is printed of their values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from engine.base.counts import count, listed
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_CLEAN, EXIT_FOUND, EXIT_UNPROVEN
from engine.base.fsio import show, write_whole
from engine.base.model import Outcome, Site, Skip, Verdict
from engine.base.plain import printable
from engine.base.ui import Ui
from engine.cargo.config import closest
from engine.cargo.workspace import Workspace
from engine.detect.codemod import registry
from engine.detect.level_cap import lowered
from engine.detect.scan import ScanResult, scan
from engine.detect.site_filter import SiteFilter
from engine.detect.suppress import UnusedAllowance

if TYPE_CHECKING:
    from engine.detect.baseline import Baseline, BaselineEntry
    from engine.detect.newness import Newness
    from engine.report.result import Result

_TOLD = 10  # comments that silence nothing, told one by one
_NAMED = 3  # files of a diff in one message
OpenWorkspace = Callable[[Path, dict[str, Any]], Workspace]


def chosen(names: Sequence[str], workspace: Workspace) -> tuple[str, ...]:
    """The codemods to run. Raises SpikeproofError for an unknown name, with the closest one."""
    known = registry()
    for name in names:
        if name.replace("_", "-") not in known:
            raise unknown_codemod(name)
    options = {name: loaded.codemod.options for name, loaded in known.items()}
    configs = [workspace.config, *(package.config for package in workspace.packages)]
    for config in configs:
        config.check_names(options)
    mine = [package.config for package in workspace.selected] or configs
    off = {n for n in known if all(config.rule(n).level == "off" for config in mine)}
    asked = [name.replace("_", "-") for name in names]
    for name in asked:
        if name in off:
            raise SpikeproofError(
                f"{name} is turned off in the config: see `disable` and `codemods`"
            )
    return tuple(dict.fromkeys(asked or [name for name in known if name not in off]))


def unknown_codemod(name: str) -> SpikeproofError:
    """The error for a name that no codemod has, with the closest one that there is."""
    return SpikeproofError(f"no codemod named `{show(name)}`{closest(name, registry())}")


def filter_of(workspace: Workspace, common: dict[str, Any], ui: Ui) -> SiteFilter | None:
    """What ``--since``, ``--in-diff`` and ``--baseline`` (or the config's baseline) leave of the sites;
    None: all.

    Raises SpikeproofError for a baseline or diff that cannot be read, a revision that is not there.
    """
    kept: Baseline | None = None
    newness: Newness | None = None
    given: Path | None = common.get("baseline")
    configured = workspace.config.baseline if not common.get("no_baseline") else None
    if given is not None or configured:
        from engine.detect import baseline

        if given is not None:
            kept = baseline.read(given)
        elif configured:
            kept = baseline.read(Path(configured), below=workspace.root)
    if common.get("since") is not None and common.get("in_diff") is not None:
        raise SpikeproofError("--since and --in-diff both say what is new: leave out one")
    if common.get("since") is not None:
        from engine.detect.change_base import since

        newness = since(workspace, common["since"])
        ui.say("Comparing", f"with {newness.words}")
    elif common.get("in_diff") is not None:
        newness = _in_diff(workspace, common, ui)
    return SiteFilter(newness, kept) if kept is not None or newness is not None else None


def _in_diff(workspace: Workspace, common: dict[str, Any], ui: Ui) -> Newness:
    """The change that a diff given as a file brings, told with what of it is not looked at."""
    from engine.detect.given_diff import given_diff
    from engine.detect.newness import Newness

    file: Path = common["in_diff"]
    name = "on stdin" if str(file) == "-" else show(file)
    if "in_diff_text" not in common:  # stdin has it once, and several workspaces may ask
        common["in_diff_text"] = _read(file)
    given = given_diff(workspace, common["in_diff_text"], name)
    ui.say("Comparing", f"with what was there before {given.words}")
    if given.elsewhere:
        named = listed([show(path) for path in given.elsewhere], _NAMED)
        ui.say("Note", f"not among the sources of {show(workspace.root)}: {named}", "yellow")
    return Newness.since(given, workspace)


def _read(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        raise SpikeproofError(f"cannot read {show(file)}: {error.strerror}") from None


def stale_of(
    wanted: SiteFilter | None,
    present: Collection[str] | None,
    names: Sequence[str],
    workspace: Workspace,
) -> tuple[BaselineEntry, ...]:
    """Entries of the baseline that match nothing any more; ``present`` are all sites' ids, None
    where not all are known: then nothing can be told."""
    if wanted is None or wanted.baseline is None or present is None:
        return ()
    return wanted.baseline.stale(present, names, workspace.is_requested)


def relevant(
    unused: Sequence[UnusedAllowance], wanted: SiteFilter | None
) -> tuple[UnusedAllowance, ...]:
    """Those of ``unused`` that a command about a change has to say: they are in its files."""
    newness = wanted.newness if wanted is not None else None
    return tuple(u for u in unused if newness is None or newness.changed(u.path))


def with_leftovers(
    result: Result, wanted: SiteFilter | None, names: Sequence[str], workspace: Workspace
) -> Result:
    """``result`` with what can be tidied up: comments and entries that match nothing."""
    return replace(
        result,
        unused=relevant(result.unused, wanted),
        stale=stale_of(wanted, result.present, names, workspace),
    )


def tell_leftovers(
    ui: Ui, unused: Sequence[UnusedAllowance], stale: Sequence[BaselineEntry]
) -> None:
    """Comments that silence nothing, each (of many the first ones, unless -v), and how many
    entries of the baseline match nothing."""
    shown = unused if ui.verbose else unused[:_TOLD]
    for comment in shown:
        ui.say("Note", f"{comment.path}:{comment.line}: this `allow` {comment.reason}", "cyan")
    if len(shown) < len(unused):
        ui.say("Note", f"{len(unused) - len(shown)} more such comments (-v lists them)", "cyan")
    if stale:
        entries = count(len(stale), "entry", "entries")
        verb = "matches" if len(stale) == 1 else "match"
        anew = "`spikeproof baseline` writes it anew"
        ui.say("Note", f"{entries} of the baseline {verb} nothing any more: {anew}", "cyan")
        if ui.verbose:
            for entry in stale:
                ui.say("Stale", f"{entry.id} {entry.path}: {entry.message}", "cyan")


def baseline_command(
    path: Path, types: bool, open_: OpenWorkspace, ui: Ui, common: dict[str, Any]
) -> int:
    """``spikeproof baseline``: exit 0, whatever is found."""
    from engine.detect import baseline
    from engine.detect.baseline import BaselineEntry

    workspace = open_(path, common)
    names = chosen(common["names"], workspace)
    with ui.busy():
        sites, _, _, plain = by_syntax(workspace, names, ui)
        skipped: tuple[Skip, ...] = plain.skipped
        if types:
            from engine.app.pipeline import survey

            surveyed = survey(workspace, names, ui)
            sites, skipped = (*sites, *surveyed.sites), surveyed.skipped
    tell_skips(ui, (*workspace.skipped, *skipped))
    output: Path | None = common["output"]
    if output is None and workspace.config.baseline:
        baseline.check_place(workspace.root, workspace.config.baseline)
        output = workspace.root / workspace.config.baseline
    found = {entry.id: entry for entry in map(BaselineEntry.of, sites)}
    whole = not common["names"] and all(map(workspace.is_requested, workspace.files))
    if output is not None and not whole and output.exists():
        # What was not looked at stays as it was.
        for entry in baseline.read(output).entries:
            if entry.codemod not in names or not workspace.is_requested(entry.path):
                found.setdefault(entry.id, entry)
    if output is None:
        emit(baseline.dump(found.values()), None)
    else:
        baseline.write(output, found.values())
        ui.say("Wrote", f"{count(len(found), 'site')} to {output}")
    return EXIT_CLEAN


class BySyntax(NamedTuple):
    """The sites that are shown without asking rustc, how many stand in test code, how many the
    config leaves out, and the scan."""

    sites: tuple[Site, ...]
    in_tests: int
    configured: int
    found: ScanResult


def by_syntax(workspace: Workspace, names: Sequence[str], ui: Ui) -> BySyntax:
    """Scan the files that the user asked for, by syntax alone: nothing of the repository's runs."""
    asked = [path for path in workspace.files if workspace.is_requested(path)]
    found = scan(
        workspace.root,
        asked,
        names,
        workspace.edition_of,
        ui.scanning,
        uses=False,
        takes_cold=workspace.takes_cold,
    )
    every = [s for s in found.sites if s.role == "site"]
    allowed = [s for s in every if workspace.allows(s)]
    sites = tuple(lowered(s, workspace) for s in allowed if not workspace.spares(s))
    return BySyntax(sites, len(allowed) - len(sites), len(every) - len(allowed), found)


def exit_code(verdicts: Sequence[Verdict], patch: bytes) -> int:
    """0 nothing found, 1 a patch (or sites that nobody tried), 3 some fix did not hold."""
    failed = {
        Outcome.CHECK_FAILED,
        Outcome.TESTS_FAILED,
        Outcome.REGRESSED,
        Outcome.CONFLICT,
        Outcome.NO_GAIN,
    }
    if any(v.outcome in failed or v.untested for v in verdicts):
        return EXIT_UNPROVEN
    if patch or verdicts:
        return EXIT_FOUND
    return EXIT_CLEAN


def explain_command(name: str | None) -> int:
    """``spikeproof explain``: the docs of a codemod, or the list of all. Raises SpikeproofError for a
    name that none has."""
    if name is None:
        longest = max(map(len, registry()), default=0)
        for loaded in registry().values():
            click.echo(f"{loaded.name.ljust(longest)}  {loaded.codemod.summary}")
        return EXIT_CLEAN
    loaded_or_none = registry().get(name.replace("_", "-"))
    if loaded_or_none is None:
        raise unknown_codemod(name)
    click.echo(f"{loaded_or_none.name}\n\n{loaded_or_none.docs.strip()}")
    return EXIT_CLEAN


def emit(data: bytes, output: Path | None) -> None:
    """The result, to a file or to stdout as bytes (a patch is not always UTF-8)."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        write_whole(output, data)
    except OSError as error:
        raise SpikeproofError(f"cannot write {show(output)}: {error.strerror}") from error


def check_output(output: Path | None) -> None:
    """Raises SpikeproofError where ``output`` cannot be written: better before the work than after."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        why = "is a folder" if output.is_dir() else "is in no folder that exists"
        raise SpikeproofError(f"cannot write {show(output)}: it {why}")


def by_codemod(sites: Sequence[Site]) -> str:
    """How many sites each codemod has, to be added to a line; "" without sites."""
    counts: dict[str, int] = {}
    for site in sites:
        counts[site.codemod] = counts.get(site.codemod, 0) + 1
    return ": " + ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) if counts else ""


def tell_skips(ui: Ui, skipped: Sequence[Skip]) -> None:
    """Every skip is told; many with one reason are told as a number unless -v, details only then."""
    by_reason: dict[str, list[str]] = {}
    for skip in skipped:
        if ui.verbose or not skip.detail:
            place = f"{skip.path}:{skip.line}" if skip.line and ui.verbose else skip.path
            by_reason.setdefault(skip.reason, []).append(place)
    for reason, paths in sorted(by_reason.items()):
        if ui.verbose or len(paths) <= 3:
            for path in paths:
                ui.say("Skipped", f"{path}: {reason}", "yellow")
        else:
            shown = ", ".join(printable(p) for p in paths[:2])
            ui.say(
                "Skipped", f"{shown} and {len(paths) - 2} more: {reason} (-v lists them)", "yellow"
            )
