"""The command line. Imports of the stages are inside the commands: ``--help`` must be instant."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine import __version__
from engine.errors import SpikeproofError, Terminated

if TYPE_CHECKING:
    from engine.report.ui import Ui
    from engine.weighing import Wish
    from engine.workspace import Workspace

EXIT_CLEAN, EXIT_FOUND, EXIT_FAILED, EXIT_UNPROVEN = 0, 1, 2, 3

_SELECTION = (
    click.option(
        "-p", "--package", "packages", multiple=True, metavar="SPEC", help="Package(s) to work on."
    ),
    click.option("--workspace", is_flag=True, help="All packages of the workspace."),
    click.option(
        "--exclude", multiple=True, metavar="SPEC", help="Leave out package(s); with --workspace."
    ),
    click.option(
        "-F", "--features", multiple=True, metavar="FEATURES", help="Features to turn on."
    ),
    click.option("--all-features", is_flag=True, help="Turn on all features."),
    click.option("--no-default-features", is_flag=True, help="Leave the default features off."),
    click.option("--target", metavar="TRIPLE", help="Build for this target."),
    click.option("--locked", is_flag=True, help="Cargo.lock must be up to date."),
    click.option("--offline", is_flag=True, help="Do not touch the network."),
)
_PATHS = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
_CODEMODS = (
    click.option(
        "--codemod", "names", multiple=True, metavar="NAME", help="Only this codemod (repeatable)."
    ),
)
_OUTPUT = (
    click.option(
        "-o",
        "output",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write the result there, not to stdout.",
    ),
)
_VOICE = (
    click.option("-q", "quiet", is_flag=True, help="No story on stderr."),
    click.option("-v", "verbose", count=True, help="Say more."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
    ),
)
_COMMON = (*_OUTPUT, *_VOICE)

# Which of the sites a command is about: read by ``commands.filter_of``.
_BASELINE = (
    click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Leave alone the sites that FILE holds (`spikeproof baseline` writes it); default: "
        "the one that the config names.",
    ),
    click.option("--no-baseline", is_flag=True, help="Use no baseline, not the config's either."),
)
_SINCE = (
    click.option(
        "--since",
        metavar="REV",
        help="Only sites that the change since REV brought or touched: from the merge base of REV "
        "and HEAD to the files as they are, committed or not.",
    ),
)


def _seconds(_context: object, _option: object, value: str) -> float:
    """A length of time: ``90``, ``90s``, ``2m``, ``1h``."""
    text = value.strip()
    factor = {"s": 1.0, "m": 60.0, "h": 3600.0}.get(text[-1:], 0.0)
    try:
        seconds = float(text[:-1]) * factor if factor else float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 7 * 24 * 3600:
        raise click.BadParameter(f"{value!r} is no time: write seconds, or 90s, 2m, 1h")
    return seconds


_BENCH_TIME = click.option(
    "--bench-time",
    "seconds",
    callback=_seconds,
    metavar="TIME",
    default="2m",
    show_default=True,
    help="Time to measure each package, building not counted: 90s, 5m, 1h.",
)

# How fixes are proven: read by ``_proof``.
_PROOF = (
    click.option("--review", is_flag=True, help="Take review-level fixes too."),
    click.option("--no-tests", is_flag=True, help="Prove with cargo check alone."),
    click.option("--no-bench", is_flag=True, help="Do not measure."),
    _BENCH_TIME,
    click.option("--per-fix", is_flag=True, help="Measure each fix alone, too."),
    click.option(
        "--require",
        type=click.Choice(["check", "tests", "bench"]),
        default="tests",
        show_default=True,
        help="What a fix needs in order to be emitted; none that measurably regresses ever is.",
    ),
)


def _proof(common: dict[str, Any]) -> tuple[bool, bool, Wish | None]:
    """Review-level fixes too? Run tests? What to measure (None: nothing)?"""
    from engine.weighing import Wish

    require = common["require"]
    if require == "bench" and common["no_bench"]:
        raise SpikeproofError("--require bench cannot be had with --no-bench")
    tests = not common["no_tests"] and require != "check"
    wish = None if common["no_bench"] else Wish(common["seconds"], common["per_fix"], require)
    return common["review"], tests, wish


def _options(*groups: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return decorate


def _failing(function: Callable[..., int]) -> Callable[..., None]:
    """Errors become one line on stderr and exit 2; never a traceback for what users can cause."""

    @functools.wraps(function)
    def run(**arguments: Any) -> None:
        try:
            code = function(**arguments)
            sys.stdout.flush()
        except SpikeproofError as error:
            complain(str(error), error.detail)
            code = EXIT_FAILED
        except KeyboardInterrupt:
            complain("interrupted; your files are as they were")
            code = 130
        except RecursionError as error:
            complain(f"source nested too deeply to be read ({error})")
            code = EXIT_FAILED
        except BrokenPipeError:
            # The reader went away (`| head`): nothing to say to nobody.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = EXIT_FAILED
        except OSError as error:
            import errno

            if error.errno == errno.ENOSPC:
                complain("no space left on the disk: free some, then run again")
            else:
                where = f" ({error.filename})" if error.filename else ""
                complain(f"{error.strerror or error}{where}")
            code = EXIT_FAILED
        except Exception as error:
            import traceback

            complain(f"internal error, please report it: {error!r}", traceback.format_exc())
            code = EXIT_FAILED
        sys.exit(code)

    return run


def complain(message: str, detail: str = "") -> None:
    """An error on stderr: a line, and perhaps longer text below it."""
    from engine.report.plain import printable

    click.echo(click.style("error", fg="red", bold=True) + f": {printable(message)}", err=True)
    if detail:
        click.echo(printable(detail.rstrip(), keep_newlines=True), err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="spikeproof")
def cli() -> None:
    """Find the Rust patterns that break under real traffic, rewrite them, prove each rewrite.

    \b
    Exit codes: 0 nothing to do · 1 sites found or a patch made · 2 usage or tool failure
                3 fixes were found and none or not all could be verified
    """


@cli.command()
@_PATHS
@_options(_SELECTION, _CODEMODS, _SINCE, _BASELINE, _COMMON)
@click.option("--types", is_flag=True, help="Ask rustc for types (runs build scripts, in a copy).")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@_failing
def scan(paths: tuple[Path, ...], types: bool, form: str, **common: Any) -> int:
    """List sites, hottest first. Runs nothing of the repository's (without --types).

    Each PATH is a folder, a Cargo.toml or a .rs file of a package; of one workspace or of several.
    """
    from engine.batch import scan_command

    return scan_command(paths, types, form, _workspaces, _ui(common), common)


@cli.command()
@_PATHS
@_options(_SELECTION, _CODEMODS, _SINCE, _BASELINE, _PROOF, _VOICE)
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
@_failing
def diff(paths: tuple[Path, ...], into: str | None, form: str, **common: Any) -> int:
    """Dry run: the verified patch on stdout, its story on stderr. Changes nothing of yours.

    Each PATH is a folder, a Cargo.toml or a .rs file of a package; of one workspace or of several.
    Apply the patch at the repository's top: `spikeproof diff | git apply`.

    Runs build scripts, proc macros, tests and benches of the workspace, in a copy below the target
    directory.
    """
    from engine.batch import diff_command

    review, tests, wish = _proof(common)
    folder = into is not None and (into.endswith("/") or Path(into).is_dir())
    where = Path(into) if into is not None else None
    common |= {"output": None if folder else where, "folder": where if folder else None}
    return diff_command(paths, review, tests, wish, form, _workspaces, _ui(common), common)


@cli.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@_options(_SELECTION, _CODEMODS, _SINCE, _BASELINE, _PROOF, _VOICE)
@click.option(
    "--all", "every", is_flag=True, help="Write all safe fixes (with --review all) without asking."
)
@click.option("--undo", is_flag=True, help="Take back the last apply, if its files are unchanged.")
@click.option("--resume", is_flag=True, help="Go on with the answers of the last session.")
@click.option(
    "--remember", is_flag=True, help="Put skipped fixes into the baseline: never asked again."
)
@click.option("--allow-dirty", is_flag=True, help="Also when git has unrecorded changes.")
@click.option("--allow-no-vcs", is_flag=True, help="Also outside of any git repository.")
@_failing
def apply(
    path: Path,
    every: bool,
    undo: bool,
    resume: bool,
    remember: bool,
    allow_dirty: bool,
    allow_no_vcs: bool,
    **common: Any,
) -> int:
    """Go through the verified fixes, hottest first, and write those that you take.

    Asks for a key per fix (? lists them); hunks, other alternatives and your own edits are checked
    before they count. Files are written once, at the end or at q (Ctrl-C is the same), whole fixes
    or nothing; what is written was proven in exactly this combination. Runs build scripts, proc
    macros, tests and benches of the workspace, in a copy below the target directory.

    \b
    Exit codes: 0 nothing to do · 1 fixes were found (and written, as you chose; or taken back)
                2 usage or tool failure · 3 some fix could not be verified, or not be written
    """
    from engine.review.command import How, apply_command

    if every + undo + resume > 1 or (remember and (every or undo)):
        raise SpikeproofError(
            "--all, --undo and --resume each stand alone; --remember is for answers"
        )
    review, tests, wish = _proof(common)
    how = How(
        "all" if every else "undo" if undo else "ask",
        review,
        tests,
        wish,
        resume,
        remember,
        allow_dirty,
        allow_no_vcs,
    )
    return apply_command(path, how, _workspace, _ui(common), common)


@cli.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@_options(_SELECTION, _CODEMODS, _COMMON)
@click.option(
    "--no-types",
    is_flag=True,
    help="From syntax alone: runs nothing, leaves out sites that only their types show.",
)
@_failing
def baseline(path: Path, no_types: bool, **common: Any) -> int:
    """Write all sites that are there now to a file: `--baseline` leaves them alone from then on.

    Writes the file that the config names, -o FILE, or stdout. Asks rustc for types (runs build
    scripts, in a copy). Entries for what was not looked at (other packages, other codemods) stay.
    """
    from engine.commands import baseline_command

    return baseline_command(path, not no_types, _workspace, _ui(common), common)


@cli.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--against",
    required=True,
    metavar="OTHER",
    help="What PATH is compared with: a folder, or a git revision.",
)
@_options(_SELECTION, _COMMON)
@_BENCH_TIME
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@_failing
def bench(path: Path, against: str, seconds: float, form: str, **common: Any) -> int:
    """Measure PATH (after) against OTHER (before): time by pairs, allocations, instructions.

    Builds and runs the benches of both in a copy below the target directory, in turns, with tests
    for their allocations. Works on any change, made by hand or not.

    \b
    Exit codes: 0 no difference · 1 something differs · 2 usage or tool failure
                3 nothing could be measured
    """
    from engine.bench.command import bench_command

    return bench_command(path, against, seconds, form, _workspace, _ui(common), common)


def _file(name: str, words: str) -> Callable[[Any], Any]:
    return click.option(name, metavar="FILE", type=click.Path(path_type=Path), help=words)


_TELLING = tuple(option for option in _COMMON if option is not _COMMON[0])  # without -o


@cli.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option(
    "--base",
    metavar="REV",
    help="What is new is new against the merge base of REV and HEAD. Default: the base branch of "
    "the pull or merge request, as GitHub's or GitLab's environment names it.",
)
@_options(_SELECTION, _CODEMODS, _BASELINE, _TELLING)
@click.option("--review", is_flag=True, help="Take review-level fixes too.")
@click.option("--no-tests", is_flag=True, help="Prove with cargo check alone.")
@click.option("--no-bench", is_flag=True, help="Do not measure.")
@_BENCH_TIME
@click.option(
    "--fail-on",
    type=click.Choice(["safe", "review", "none"]),
    default="safe",
    show_default=True,
    help="The level from which new findings fail the job.",
)
@_file("--sarif", "Write SARIF 2.1.0 for code scanning (old sites too, as unchanged).")
@_file("--rdjsonl", "Write reviewdog's diagnostics, one a line, with suggestions.")
@_file("--github-review", "Write what `spikeproof post-review` posts to a pull request.")
@_file("--gitlab", "Write GitLab's Code Quality report.")
@click.option(
    "-o",
    "--patch",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the patch there; without it, to stdout (not under GitHub Actions).",
)
@_failing
def ci(
    path: Path,
    base: str | None,
    review: bool,
    no_tests: bool,
    no_bench: bool,
    seconds: float,
    fail_on: str,
    sarif: Path | None,
    rdjsonl: Path | None,
    github_review: Path | None,
    gitlab: Path | None,
    patch: Path | None,
    **common: Any,
) -> int:
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
    from engine.ci import Outputs, Wishes, ci_command
    from engine.weighing import Wish

    outputs = Outputs(sarif, rdjsonl, github_review, gitlab, patch)
    measuring = None if no_bench else Wish(seconds)
    wishes = Wishes(base, fail_on, review, not no_tests, measuring)
    return ci_command(path, wishes, outputs, _workspace, _ui(common), common)


@cli.command("post-review")
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
@_options(_TELLING)
@_failing
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
    from engine.post_review import post_review_command

    return post_review_command(file, repo, pull, most, dry_run, _ui(common))


@cli.command()
@click.argument("name", required=False)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@_failing
def explain(name: str | None, color: str) -> int:
    """Docs of a codemod; without a name, the list of them."""
    from engine.commands import explain_command

    return explain_command(name)


@cli.command("config-schema")
@click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write it there, not to stdout.",
)
@_failing
def config_schema(output: Path | None) -> int:
    """The JSON schema of the config in Cargo.toml, for editors (taplo, Even Better TOML)."""
    from engine.codemod import registry
    from engine.commands import emit
    from engine.config_schema import schema
    from engine.report.jsonout import dump

    emit(dump(schema(registry())).encode("ascii"), output)
    return EXIT_CLEAN


def _ui(common: dict[str, Any]) -> Ui:
    from engine.report.ui import Ui

    return Ui(common["quiet"], common["verbose"], common["color"])


def _workspace(path: Path, common: dict[str, Any]) -> Workspace:
    return _workspaces([path], common)[0]


def _workspaces(paths: Sequence[Path], common: dict[str, Any]) -> tuple[Workspace, ...]:
    from engine.workspace import Selection, discover_all

    features = tuple(f for group in common["features"] for f in group.replace(",", " ").split())
    selection = Selection(
        packages=tuple(common["packages"]),
        workspace=common["workspace"],
        exclude=tuple(common["exclude"]),
        features=features,
        all_features=common["all_features"],
        no_default_features=common["no_default_features"],
        target=common["target"],
        locked=common["locked"],
        offline=common["offline"],
    )
    return discover_all(paths, selection)


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
    cli.main(args=arguments, prog_name="cargo spikeproof")


if __name__ == "__main__":
    main()
