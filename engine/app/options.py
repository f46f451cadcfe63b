"""The options of the commands, in groups that several of them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.base.errors import SpikeproofError

if TYPE_CHECKING:
    from engine.app.request import ProofSettings

SELECTION = (
    click.option(
        "--manifest-path",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="The Cargo.toml to work on, in place of a PATH.",
    ),
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
    click.option(
        "--toolchain",
        metavar="NAME",
        help="Build with this toolchain of rustup's, whatever rust-toolchain.toml names.",
    ),
    click.option("--locked", is_flag=True, help="Cargo.lock must be up to date."),
    click.option("--offline", is_flag=True, help="Do not touch the network."),
    click.option("--frozen", is_flag=True, help="Both of these, as with cargo."),
    click.option(
        "-j",
        "--jobs",
        metavar="N",
        help="Processes of rustc that cargo runs at once, as it takes it.",
    ),
)
# What is checked and tested is built so; benches have a profile of their own.
PROFILE = (
    click.option("--release", is_flag=True, help="Check and test in the release profile."),
    click.option("--profile", metavar="NAME", help="Check and test in this profile."),
    click.option(
        "--fresh", is_flag=True, help="Use nothing that earlier runs were told of the same files."
    ),
)
PATHS = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))


def complete_codemod(_context: object, _parameter: object, begun: str) -> list[str]:
    """The codemods whose names begin so, for the shell."""
    from engine.detect.codemod import registry

    return [name for name in registry() if name.startswith(begun)]


def _names(_context: object, _option: object, values: tuple[str, ...]) -> tuple[str, ...]:
    """``--codemod a,b`` is ``--codemod a --codemod b``, as with cargo's features."""
    return tuple(name for value in values for name in value.replace(",", " ").split())


CODEMODS = (
    click.option(
        "--codemod",
        "names",
        multiple=True,
        metavar="NAME",
        callback=_names,
        shell_complete=complete_codemod,
        help="Only this codemod (repeatable, or several with commas).",
    ),
)
COLD = (
    click.option(
        "--cold",
        is_flag=True,
        help="Also sites in code that nothing shows to run often: outside loops, streams, request "
        "handlers and async code.",
    ),
)
GATE = (
    click.option(
        "--exit-code",
        "gate",
        is_flag=True,
        help="End with 1 when something was found, with 3 when not all of it could be verified.",
    ),
)
OUTPUT = (
    click.option(
        "-o",
        "output",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Write the result there, not to stdout.",
    ),
)
VERBOSITY = (
    click.option("-q", "quiet", is_flag=True, help="No story on stderr."),
    click.option("-v", "verbose", is_flag=True, help="Say more."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
    ),
)
COMMON = (*OUTPUT, *VERBOSITY)

# Which of the sites a command is about: read by ``commands.filter_of``.
BASELINE = (
    click.option(
        "--baseline",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Leave alone the sites that FILE holds (`spikeproof baseline` writes it); default: "
        "the one that the config names.",
    ),
    click.option("--no-baseline", is_flag=True, help="Use no baseline, not the config's either."),
)
IN_DIFF = click.option(
    "--in-diff",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Only sites that this unified diff brought, of the files as they are ('-': stdin): needs "
    "neither history nor git.",
)
SINCE = (
    click.option(
        "--since",
        metavar="REV",
        help="Only sites that the change since REV brought or touched: from the merge base of REV "
        "and HEAD to the files as they are, committed or not.",
    ),
    IN_DIFF,
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


BENCH_TIME = click.option(
    "--bench-time",
    "seconds",
    callback=_seconds,
    metavar="TIME",
    default="2m",
    show_default=True,
    help="Time to measure each package, building not counted: 90s, 5m, 1h.",
)

SAMPLES = click.option(
    "--samples",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write all measured values there too, as JSON.",
)

# How fixes are proven: read by ``proof``.
_REVIEW_AND_TESTS = (
    click.option("--review", is_flag=True, help="Take review-level fixes too."),
    click.option("--no-tests", is_flag=True, help="Prove with cargo check alone."),
    click.option(
        "--test-runner",
        type=click.Choice(["auto", "cargo", "nextest"]),
        help="What runs the tests; auto (the default, if the config has none): nextest where there is a .config/nextest.toml and `cargo "
        "nextest` is installed. Doc tests are cargo's in any case.",
    ),
    click.option("--no-bench", is_flag=True, help="Do not measure."),
    BENCH_TIME,
)
PROOF = (
    *_REVIEW_AND_TESTS,
    click.option(
        "--prefer",
        multiple=True,
        metavar="LABEL",
        help="Try alternatives of this name first, `own` say (repeatable, best first).",
    ),
    click.option("--per-fix", is_flag=True, help="Measure each fix alone, too."),
    click.option(
        "--require",
        type=click.Choice(["check", "tests", "bench"]),
        default="check",
        show_default=True,
        help="What a fix needs in order to be emitted: that it compiles and breaks no test, that tests "
        "reach it, or that a gain was measured. None that measurably regresses ever is.",
    ),
)
CI_PROOF = _REVIEW_AND_TESTS
_OTHER = "Options"
# What `--help` puts under one heading.
_HEADINGS = {
    "What to work on": SELECTION,
    "How it is built": PROFILE,
    "Which sites": (*CODEMODS, *COLD, *SINCE, *BASELINE),
    "How fixes are proven": (*PROOF, SAMPLES),
    "Output": (*OUTPUT, *VERBOSITY, *GATE),
}


def proof(common: dict[str, Any]) -> ProofSettings:
    """What ``PROOF`` or ``CI_PROOF`` (with ``SAMPLES``, where the command has it) was given. Raises
    SpikeproofError for what only measuring (or tests) can tell, with that off."""
    from engine.app.request import ProofSettings
    from engine.measure.settings import MeasureSettings

    require = common.get("require", "check")
    samples = common.get("samples")
    for option, asked in (("--require bench", require == "bench"), ("--samples", bool(samples))):
        if asked and common["no_bench"]:
            raise SpikeproofError(f"{option} cannot be had with --no-bench")
    if require == "tests" and common["no_tests"]:
        raise SpikeproofError("--require tests cannot be had with --no-tests")
    measured = MeasureSettings(common["seconds"], common.get("per_fix", False), require, samples)
    return ProofSettings(
        review=common["review"],
        tests=not common["no_tests"],
        measuring=None if common["no_bench"] else measured,
        prefer=tuple(common.get("prefer", ())),
        tested=require == "tests",
        test_runner=common["test_runner"],
    )


def options(*groups: Sequence[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Decorates a command with all options of ``groups``, which ``--help`` lists in this order."""

    def decorate(function: Any) -> Any:
        for option in reversed([option for group in groups for option in group]):
            function = option(function)
        return function

    return decorate


class Command(click.Command):
    """A command whose ``--help`` lists its options under headings.

    click's own: rich-click has them too, and makes ``--help`` more than twice as slow.
    """

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click's, heading by heading."""
        headings = {
            option.name: heading
            for heading, members in _HEADINGS.items()
            for option in declared(members)
        }
        rows: dict[str, list[tuple[str, str]]] = {heading: [] for heading in (*_HEADINGS, _OTHER)}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                rows[headings.get(parameter.name, _OTHER)].append(record)
        for heading, records in rows.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def declared(group: Sequence[Callable[[Any], Any]]) -> list[click.Option]:
    """The options of a group, as click has them."""

    def taker() -> None: ...

    for decorate in group:
        decorate(taker)
    found: list[click.Option] = getattr(taker, "__click_params__", [])
    return found


def file_option(name: str, words: str) -> Callable[[Any], Any]:
    """An option that names a file to write, None when it is not given; ``words`` are its help."""
    return click.option(name, metavar="FILE", type=click.Path(path_type=Path), help=words)
