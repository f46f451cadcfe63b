"""The command line. Imports of the stages are inside the commands: ``--help`` must be instant."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine import __version__
from engine.app.options import (
    BASELINE,
    BENCH_TIME,
    CI_PROOF,
    CODEMODS,
    COLD,
    COMMON,
    GATE,
    IN_DIFF,
    PATHS,
    PROFILE,
    PROOF,
    SAMPLES,
    SELECTION,
    SINCE,
    VERBOSITY,
    Command,
    complete_codemod,
    file_option,
    options,
    proof,
)
from engine.base.errors import SpikeproofError, Terminated
from engine.base.exits import EXIT_CLEAN, EXIT_FAILED, failing
from engine.base.fsio import show

if TYPE_CHECKING:
    from engine.base.ui import Ui
    from engine.cargo.workspace import Workspace


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spikeproof")
def cli() -> None:
    """Find the Rust patterns that break under real traffic, rewrite them, prove each rewrite.

    \b
    Exit codes: 0 it did what was asked · 2 usage or tool failure
                with --exit-code: 1 sites found or a patch made
                                  3 fixes were found and none or not all could be verified
    """


@cli.command(cls=Command)
@PATHS
@options(SELECTION, PROFILE, CODEMODS, COLD, SINCE, BASELINE, GATE, COMMON)
@click.option("--types", is_flag=True, help="Ask rustc for types (runs build scripts, in a copy).")
@click.option(
    "--top", type=click.IntRange(1), metavar="N", help="Show the N hottest of a workspace alone."
)
@click.option(
    "--statistics", is_flag=True, help="How many sites there are of each codemod and kind of heat."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "short", "json"]),
    default="text",
    show_default=True,
    help="short: a line a site.",
)
@failing
def scan(paths: tuple[Path, ...], types: bool, form: str, statistics: bool, **common: Any) -> int:
    """List sites, hottest first. Runs nothing of the repository's (without --types).

    Each PATH is a folder, a Cargo.toml or a .rs file of a package; of one workspace or of several.
    """
    from engine.app.batch import scan_command

    if statistics and form != "text":
        raise SpikeproofError("--statistics is a table: leave --format out")
    form = "statistics" if statistics else form
    return _gated(scan_command(paths, types, form, _workspaces, _ui(common), common), common)


@cli.command(cls=Command)
@PATHS
@options(SELECTION, PROFILE, CODEMODS, COLD, SINCE, BASELINE, PROOF, (SAMPLES,), GATE, VERBOSITY)
@click.option(
    "-o",
    "into",
    metavar="FILE|FOLDER/",
    help="Write the result there, not to stdout. A folder gets a patch for each fix (mails with "
    "--format mbox), numbered, each on top of those before it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["patch", "mbox", "json", "summary", "stat"]),
    default="patch",
    show_default=True,
)
@failing
def diff(paths: tuple[Path, ...], into: str | None, form: str, **common: Any) -> int:
    """Dry run: the verified patch on stdout, its story on stderr. Changes nothing of yours.

    Each PATH is a folder, a Cargo.toml or a .rs file of a package; of one workspace or of several.
    Apply the patch at the repository's top: `spikeproof diff | git apply`.

    Runs build scripts, proc macros, tests and benches of the workspace, in a copy below the target
    directory.
    """
    from engine.app.batch import diff_command

    settings = proof(common)
    folder = into is not None and (into.endswith("/") or Path(into).is_dir())
    where = Path(into) if into is not None else None
    common |= {"output": None if folder else where, "folder": where if folder else None}
    return _gated(diff_command(paths, settings, form, _workspaces, _ui(common), common), common)


@cli.command(cls=Command)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@options(SELECTION, PROFILE, CODEMODS, COLD, SINCE, BASELINE, PROOF, GATE, VERBOSITY)
@click.option(
    "--all", "every", is_flag=True, help="Write all safe fixes (with --review all) without asking."
)
@click.option("--undo", is_flag=True, help="Take back the last apply, if its files are unchanged.")
@click.option(
    "--resume", is_flag=True, help="Go on with the answers and the options of the last session."
)
@click.option(
    "--remember", is_flag=True, help="Put skipped fixes into the baseline: never asked again."
)
@click.option("--allow-dirty", is_flag=True, help="Also when git has unrecorded changes.")
@click.option("--allow-no-vcs", is_flag=True, help="Also outside of any git repository.")
@failing
def apply(path: Path, every: bool, undo: bool, **common: Any) -> int:
    """Go through the verified fixes, hottest first, and write those that you take.

    Asks for a key per fix (? lists them); hunks, other alternatives and your own edits are checked
    before they count. Files are written once, at the end or at q (Ctrl-C writes nothing), whole fixes
    or nothing; what is written was proven in exactly this combination. Runs build scripts, proc
    macros, tests and benches of the workspace, in a copy below the target directory.

    \b
    Exit codes: 0 it did what was asked · 2 usage or tool failure, or what was taken could not be
                written
                with --exit-code: 1 fixes were found (and written, as you chose; or taken back)
                                  3 some fix could not be verified, or not be written
    """
    from engine.app.review.applying import ApplySettings
    from engine.app.review.command import apply_command

    resume, remember = common["resume"], common["remember"]
    if every + undo + resume > 1 or (remember and (every or undo)):
        raise SpikeproofError(
            "--all, --undo and --resume each stand alone; --remember is for answers"
        )
    settings = ApplySettings(
        "all" if every else "undo" if undo else "ask",
        proof(common),
        resume,
        remember,
        common["allow_dirty"],
        common["allow_no_vcs"],
    )
    return _gated(apply_command(path, settings, _workspace, _ui(common), common), common)


@cli.command(cls=Command)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@options(SELECTION, PROFILE, CODEMODS, COLD, COMMON)
@click.option(
    "--no-types",
    is_flag=True,
    help="From syntax alone: runs nothing, leaves out sites that only their types show.",
)
@failing
def baseline(path: Path, no_types: bool, **common: Any) -> int:
    """Write all sites that are there now to a file: `--baseline` leaves them alone from then on.

    Writes the file that the config names, -o FILE, or stdout. Asks rustc for types (runs build
    scripts, in a copy). Entries for what was not looked at (other packages, other codemods) stay.
    """
    from engine.app.commands import baseline_command

    return baseline_command(path, not no_types, _workspace, _ui(common), common)


@cli.command(cls=Command)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--against",
    required=True,
    metavar="OTHER",
    help="What PATH is compared with: a folder, or a git revision.",
)
@options(SELECTION, COMMON)
@BENCH_TIME
@SAMPLES
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@failing
def bench(
    path: Path, against: str, seconds: float, samples: Path | None, form: str, **common: Any
) -> int:
    """Measure PATH (after) against OTHER (before): time by pairs, allocations, instructions.

    Builds and runs the benches of both in a copy below the target directory, in turns, with tests
    for their allocations. Works on any change, made by hand or not.

    \b
    Exit codes: 0 no difference · 1 something differs · 2 usage or tool failure
                3 nothing could be measured
    """
    from engine.app.bench_command import BenchSettings, bench_command

    settings = BenchSettings(against, seconds, form, samples)
    return bench_command(path, settings, _workspace, _ui(common), common)


@cli.command(cls=Command)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--base",
    metavar="REV",
    help="What is new is new against the merge base of REV and HEAD. Default: the base branch of "
    "the pull or merge request, as GitHub's or GitLab's environment names it.",
)
@IN_DIFF
@options(SELECTION, PROFILE, CODEMODS, COLD, BASELINE, VERBOSITY, CI_PROOF)
@click.option(
    "--fail-on",
    type=click.Choice(["safe", "review", "none"]),
    default="safe",
    show_default=True,
    help="The level from which new findings fail the job.",
)
@file_option("--sarif", "Write SARIF 2.1.0 for code scanning (old sites too, as unchanged).")
@file_option("--rdjsonl", "Write reviewdog's diagnostics, one a line, with suggestions.")
@file_option("--github-review", "Write what `spikeproof post-review` posts to a pull request.")
@file_option("--gitlab", "Write GitLab's Code Quality report.")
@click.option(
    "-o",
    "--patch",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the patch there; without it, to stdout (not under GitHub Actions).",
)
@failing
def ci(path: Path, base: str | None, fail_on: str, **common: Any) -> int:
    """Find over whole files, prove and report what is new against a base.

    Old sites are counted and left alone. Runs build scripts, proc macros, tests and benches of the
    workspace, in a copy below the target directory. Under GitHub Actions stdout holds annotations,
    and the job's summary gets the evidence.

    \b
    Exit codes: 0 no new fix of a level that fails (--fail-on)
                1 there is one: take it, or silence it with a comment or the baseline
                2 usage or tool failure: nothing is known
                3 a new fix was found, of a level that fails, and does not hold
    """
    from engine.app.ci import CiSettings, Outputs, ci_command

    files = {
        name: common[name] for name in ("sarif", "rdjsonl", "github_review", "gitlab", "patch")
    }
    settings = CiSettings(base, fail_on, proof(common))
    return ci_command(path, settings, Outputs(**files), _workspace, _ui(common), common)


@cli.command("post-review", cls=Command)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--repo", metavar="OWNER/NAME", help="Default: GITHUB_REPOSITORY.")
@click.option(
    "--pull",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="The pull request. Default: the event's own.",
)
@click.option(
    "--max-comments",
    "most",
    type=click.IntRange(0, 100),
    default=30,
    show_default=True,
    help="Comments on lines, those of earlier runs too; what is more is listed in the review.",
)
@click.option("--dry-run", is_flag=True, help="Print the request's JSON, post nothing.")
@options(VERBOSITY)
@failing
def post_review(
    file: Path, repo: str | None, pull: int | None, most: int, dry_run: bool, **common: Any
) -> int:
    """Post what `spikeproof ci --github-review FILE` wrote as a review of a pull request.

    Checks nothing out and runs nothing: FILE is data that nobody trusts. The token is
    GITHUB_TOKEN's (pull-requests: write), the address GITHUB_API_URL's.

    \b
    Exit codes: 0 posted, or nothing to post (all told before; the pull request has moved on)
                2 usage or tool failure: nothing was posted
                3 posted without comments on lines, or only to the job's summary or stdout
    """
    from engine.app.post_review import post_review_command

    return post_review_command(file, repo, pull, most, dry_run, _ui(common))


@cli.command(cls=Command)
@click.argument("name", required=False, shell_complete=complete_codemod)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@failing
def explain(name: str | None, color: str) -> int:
    """Docs of a codemod; without a name, the list of them."""
    from engine.app.commands import explain_command

    return explain_command(name)


@cli.command("config-schema")
@click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write it there, not to stdout.",
)
@failing
def config_schema(output: Path | None) -> int:
    """The JSON schema of the config in Cargo.toml, for editors (taplo, Even Better TOML)."""
    from engine.app.commands import emit
    from engine.app.config_schema import schema
    from engine.detect.codemod import registry
    from engine.report.jsonout import dump

    emit(dump(schema(registry())).encode("ascii"), output)
    return EXIT_CLEAN


def _gated(code: int, common: dict[str, Any]) -> int:
    """As git does it: what was found is no failure, unless ``--exit-code`` asks for it."""
    return code if common["gate"] or code == EXIT_FAILED else EXIT_CLEAN


def _ui(common: dict[str, Any]) -> Ui:
    from engine.base.ui import Ui

    return Ui(common["quiet"], common["verbose"], common["color"])


def _workspace(path: Path, common: dict[str, Any]) -> Workspace:
    return _workspaces([path], common)[0]


def _workspaces(paths: Sequence[Path], common: dict[str, Any]) -> tuple[Workspace, ...]:
    from engine.cargo.workspace import Selection, discover_all

    if common["toolchain"]:
        os.environ["RUSTUP_TOOLCHAIN"] = common["toolchain"]  # rustup asks it before all files
    if common["jobs"]:
        os.environ["CARGO_BUILD_JOBS"] = common["jobs"]  # every command of cargo asks it
    if common.get("fresh"):
        from engine.base.user_cache import FRESH

        os.environ[FRESH] = "1"
    if common["manifest_path"] is not None:
        paths = [_manifest(common["manifest_path"], paths)]
    features = tuple(f for group in common["features"] for f in group.replace(",", " ").split())
    selection = Selection(
        packages=tuple(common["packages"]),
        workspace=common["workspace"],
        exclude=tuple(common["exclude"]),
        features=features,
        all_features=common["all_features"],
        no_default_features=common["no_default_features"],
        target=common["target"],
        locked=common["locked"] or common["frozen"],
        offline=common["offline"] or common["frozen"],
        profile=_profile(common),
    )
    found = discover_all(paths, selection)
    return tuple(w.with_cold() for w in found) if common.get("cold") else found


def _manifest(named: Path, paths: Sequence[Path]) -> Path:
    if list(paths) != [Path()]:
        raise SpikeproofError("--manifest-path and a PATH both say what to work on: leave out one")
    if named.name != "Cargo.toml":
        raise SpikeproofError(f"--manifest-path must name a Cargo.toml, not {show(named)}")
    return named


def _profile(common: dict[str, Any]) -> str | None:
    if common.get("release") and common.get("profile"):
        raise SpikeproofError("--release is --profile release: leave out one")
    return "release" if common.get("release") else common.get("profile")


def _end(_signal: int, _frame: object) -> None:
    """SIGTERM is taken as Ctrl-C: cargo's process groups are ended, the copy is left sound."""
    raise Terminated


def main() -> None:
    """Entry point of ``spikeproof``."""
    signal.signal(signal.SIGTERM, _end)
    cli.main(prog_name="spikeproof")


def cargo_main() -> None:
    """Entry point of ``cargo spikeproof``: cargo passes its subcommand's name first."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["spikeproof"]:
        arguments = arguments[1:]
    signal.signal(signal.SIGTERM, _end)
    # The shell completes the program by its own name: `cargo` has completions of its own.
    variable = "_CARGO_SPIKEPROOF_COMPLETE"
    name = "cargo-spikeproof" if variable in os.environ else "cargo spikeproof"
    cli.main(args=arguments, prog_name=name, complete_var=variable)


if __name__ == "__main__":
    main()
