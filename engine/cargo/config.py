"""What a repository says about spikeproof in its manifests.

``[workspace.metadata.spikeproof]`` holds for all packages, ``[package.metadata.spikeproof]`` for
one and overrides it key by key (``codemods`` option by option). The keys are the fields of
:class:`Config`, written with ``-``. What is read and the JSON schema for editors are made of their
annotations, which are evaluated when a table is read: until then nobody waits for msgspec.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_type_hints

from engine.base.errors import SpikeproofError
from engine.base.fsio import show

if TYPE_CHECKING:
    from msgspec import Meta, Struct

    from engine.base.codemod_options import Option

_DRIVE = re.compile(r"[A-Za-z]:")
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")
_MAX = 7 * 24 * 3600  # seconds

_Level = Literal["safe", "review", "report", "off"]
# The trust that a config may leave to a codemod, most first: it lowers, and never raises.
LEVELS: tuple[str, ...] = get_args(_Level)

# Of the texts beside a type, the first says what a value must be, the last what it is for.
_Flag = Annotated[bool, "true or false"]
_Strings = Annotated[tuple[str, ...], "an array of strings"]
_Time = Annotated[float, "a number of seconds above 0 and at most a week"]
_OPTIONS = {bool: _Flag, int: Annotated[int, "a whole number"], str: Annotated[str, "a string"]}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a config says of any codemod. ``level`` is the highest that its fixes may have; ``paths``
    and ``exclude`` say where it looks, as those of :class:`Config`."""

    level: Annotated[
        _Level,
        "`safe`, `review`, `report` or `off`",
        "The most trust that its fixes get: lowers their level, never raises it.",
    ] = "safe"
    paths: Annotated[_Strings, "Where it works: gitignore patterns. Default: everywhere."] = ()
    exclude: Annotated[_Strings, "Where it does not work: gitignore patterns."] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """One package's config, the workspace's merged in.

    ``paths`` (none: all files) and ``exclude`` are gitignore patterns relative to the workspace
    root. ``codemods`` has for each its options and what :meth:`rule` reads. ``named`` tells for
    each codemod that the config names where it does so.
    """

    paths: Annotated[_Strings, "Only these files: gitignore patterns. Default: all."] = ()
    exclude: Annotated[
        _Strings, "Files that are neither scanned nor changed: gitignore patterns."
    ] = ()
    codemods: Annotated[
        Mapping[str, Any],
        "a table of codemods, each a table of options",
        "Level, places and options of each codemod.",
    ] = field(default_factory=dict)
    disable: Annotated[_Strings, "Codemods that are not run."] = ()
    test_timeout: Annotated[_Time, Meta(gt=0, le=_MAX), "Seconds for one run of the tests."] = 600.0
    check_timeout: Annotated[_Time, Meta(gt=0, le=_MAX), "Seconds for one cargo check."] = 900.0
    test_runner: Annotated[
        Literal["auto", "cargo", "nextest"],
        "`auto`, `cargo` or `nextest`",
        "What runs the tests. Default: nextest where it has a config and is installed, else cargo.",
    ] = "auto"
    env: Annotated[
        # Python's `$` also stands before a newline at the end.
        tuple[Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(?!\n)$")], ...],
        "an array of names of variables: letters, digits and `_`",
        "Variables let through to cargo and the tests, besides what every build gets.",
    ] = ()
    test_code: Annotated[_Flag, "Also sites in tests, benches and examples."] = False
    cold: Annotated[
        _Flag,
        "Also sites in code that nothing shows to run often: outside loops, handlers and async code.",
    ] = False
    workload: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^[^\x00]*$")], ...],
        Meta(min_length=1),
        "a command: a string, or an array of strings",
        "A command that is measured as a whole, before and after.",
    ] = ()
    baseline: Annotated[
        str,
        Meta(pattern=r"^[^\\\x00]*[^\\\x00/. ][^\\\x00]*$"),
        "the path of a file, with `/`",
        "Sites to live with, as `spikeproof baseline` writes them (workspace's own manifest only).",
    ] = ""
    named: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)

    def rule(self, codemod: str) -> Rule:
        """What is said of a codemod besides its own options."""
        said = self.codemods.get(codemod, {})
        level = "off" if codemod in self.disable else said.get("level", "safe")
        return Rule(level, said.get("paths", ()), said.get("exclude", ()))  # type: ignore[arg-type]

    def check_names(self, known: Mapping[str, Mapping[str, Option]]) -> None:
        """``known`` are the codemods and their options. Raises SpikeproofError for another name,
        and for a value of another type."""
        for name, origin in self.named:
            if name not in known:
                raise SpikeproofError(f"{origin}: no codemod `{show(name)}`{closest(name, known)}")
            table = table_of(Rule, known[name])
            _read(table, self.codemods.get(name, {}), _within(origin, name))


def table_of(
    kind: type[Config | Rule], options: Mapping[str, Option], name: str = ""
) -> type[Struct]:
    """The fields of ``kind`` and ``options`` as msgspec reads them from a table, and tells their schema
    by ``name``."""
    import msgspec

    types = get_type_hints(kind, {**globals(), "Meta": msgspec.Meta}, include_extras=True)
    known = [(f.name, types[f.name], f.default) for f in fields(kind) if f.compare]
    for key, told in sorted(options.items()):
        of = _OPTIONS[told.kind]
        known.append((key.replace("-", "_"), Annotated[of, told.help], told.default))
    unsaid: Any = msgspec.field(default_factory=object)  # no default, to the schema
    own = [
        (
            key,
            Annotated[of, msgspec.Meta(description=get_args(of)[-1])],
            unsaid if default in ((), "", MISSING) else default,
        )
        for key, of, default in known
    ]
    return msgspec.defstruct(name, own, rename="kebab", forbid_unknown_fields=True)


def read_config(data: object, manifest: str, table: str, base: Config | None = None) -> Config:
    """The config in ``data``, the ``spikeproof`` table of ``manifest`` (relative to the root).

    ``table`` is its name for messages; ``base`` what it overrides. Raises SpikeproofError for an
    unknown key, a value of the wrong type, a path that leaves the manifest's folder; names and own
    options of codemods are left to :meth:`Config.check_names`.
    """
    base = base or Config()
    if data is None:
        return base
    at = f"{show(manifest)}: [{table}]"
    folder = PurePosixPath(manifest).parent.as_posix()
    if isinstance(data, dict) and isinstance(data.get("workload"), str):
        data = {**data, "workload": _split(data["workload"], f"{at} `workload`")}
    values = _read(table_of(Config, {}), data, at, folder)
    if "baseline" in values:
        values["baseline"] = _file(values["baseline"], manifest, f"{at} `baseline`")
    rules = {
        name: _read(table_of(Rule, {}), said, _within(at, name), folder, others=True)
        for name, said in values.get("codemods", {}).items()
    }
    names = (*values.get("disable", ()), *rules)
    values["codemods"] = _merged(base.codemods, rules)
    return replace(base, **values, named=(*base.named, *((name, at) for name in names)))


def _within(at: str, codemod: str) -> str:
    """Where the table at ``at`` has that of a codemod."""
    return f"{at.removesuffix(']')}.codemods.{show(codemod)}]"


def _read(
    table: type[Struct], data: object, at: str, folder: str | None = None, others: bool = False
) -> dict[str, Any]:
    """What ``data`` says of the fields of ``table``, patterns as those of ``folder``, and of
    ``others`` as it is. Key by key: of a whole table, msgspec would tell a JSON path."""
    import msgspec

    if not isinstance(data, Mapping):
        raise SpikeproofError(f"{at} must be a table")
    known = {key.encode_name: key for key in msgspec.structs.fields(table)}
    values: dict[str, Any] = {}
    for name, value in data.items():
        if key := known.get(name):
            try:
                value = msgspec.convert(value, key.type)
            except msgspec.ValidationError:
                wanted = next(told for told in get_args(key.type) if isinstance(told, str))
                raise SpikeproofError(f"{at} `{name}` must be {wanted}") from None
            if folder is not None and name in ("paths", "exclude"):
                value = tuple(_rebased(pattern, folder, f"{at} `{name}`") for pattern in value)
        elif not others:
            raise SpikeproofError(f"{at} has no key `{show(name)}`{closest(name, known)}")
        values[key.name if key else name] = value
    return values


def closest(name: str, known: Iterable[str], limit: int = 1) -> str:
    """``: did you mean `a`?`` with the names nearest to ``name``, or all if they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=limit, cutoff=0.5)
    if near:
        return ": did you mean " + " or ".join(f"`{show(match)}`" for match in near) + "?"
    if 0 < len(names) <= 16:
        return ": there is " + ", ".join(f"`{show(match)}`" for match in names)
    return ""


def _stay_inside(path: str, at: str) -> None:
    """Raises SpikeproofError for a path or a pattern that leaves the manifest's folder."""
    parts = re.split(r"[/\\]", path)
    if parts[0] == "" or _DRIVE.match(parts[0]):
        raise SpikeproofError(f"{at} is absolute: write it relative to the manifest's folder")
    if ".." in parts:
        raise SpikeproofError(f"{at} leaves the manifest's folder: `..` is not allowed")


def _rebased(pattern: str, folder: str, at: str) -> str:
    """A gitignore pattern of ``folder``, as one of the workspace root."""
    at = f"{at}: `{show(pattern)}`"
    negated, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    if not pattern.strip() or "\n" in pattern:
        raise SpikeproofError(f"{at} is no pattern")
    _stay_inside(body, at)
    if folder == ".":
        return pattern
    literal = _SPECIAL.sub(r"\\\1", folder)
    # Without a slash but at its end, a pattern holds in every folder below its own.
    deep = "" if "/" in body.rstrip("/") else "**/"
    return f"{negated}/{literal}/{deep}{body}"


def _merged(
    base: Mapping[str, Mapping[str, object]], over: Mapping[str, Mapping[str, object]]
) -> Mapping[str, Mapping[str, object]]:
    return {name: {**base.get(name, {}), **over.get(name, {})} for name in {**base, **over}}


def _file(path: str, manifest: str, at: str) -> str:
    if manifest != "Cargo.toml":
        raise SpikeproofError(f"{at}: there is one for all packages: name it in Cargo.toml")
    _stay_inside(path, f"{at}: `{show(path)}`")
    return PurePosixPath(path).as_posix()


def _split(command: str, at: str) -> list[str]:
    """As a shell would do it."""
    try:
        return shlex.split(command)
    except ValueError as error:
        raise SpikeproofError(f"{at}: {error}") from None
