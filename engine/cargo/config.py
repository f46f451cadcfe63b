"""What a repository says about spikeproof in its manifests.

``[workspace.metadata.spikeproof]`` holds for all packages, ``[package.metadata.spikeproof]`` for
one and overrides it key by key (``codemods`` option by option). The keys are those of
:class:`Config`, written with ``-``::

    [workspace.metadata.spikeproof]
    paths = ["src/**"]                   # gitignore patterns, relative to this manifest's folder
    exclude = ["src/legacy/**"]
    disable = ["dyn-param"]              # codemods that are not run
    codemods = { "clone-per-frame" = { reuse = true, level = "review", exclude = ["src/cli/"] } }
    test-timeout = 600                   # seconds for one run of the tests
    check-timeout = 300                  # seconds for one cargo check
    env = ["DATABASE_URL"]               # variables let through to cargo and the tests
    test-code = true                     # also sites in tests, benches and examples
    cold = true                          # also sites where nothing shows that the code runs often
    workload = "cargo run --release --example load"   # measured as a whole, before and after
    baseline = "spikeproof-baseline.json"  # sites to live with (the workspace's own manifest only)
"""

from __future__ import annotations

import difflib
import math
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from engine.base.errors import SpikeproofError
from engine.base.fsio import show

if TYPE_CHECKING:
    from engine.base.codemod_options import Option

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DRIVE = re.compile(r"[A-Za-z]:")
_SPECIAL = re.compile(r"([\\*?\[\]!# ])")
_MAX_SECONDS = 7 * 24 * 3600.0


# The trust that a config may leave to a codemod, most first: it lowers, and never raises.
LEVELS = ("safe", "review", "report", "off")


@dataclass(frozen=True, slots=True)
class Rule:
    """``level`` (of ``LEVELS``) is the highest that a codemod's fixes may have; ``paths`` and
    ``exclude`` say where it looks, as those of :class:`Config`."""

    level: str = "safe"
    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """One package's config, the workspace's merged in.

    ``paths`` (none: all files) and ``exclude`` are gitignore patterns relative to the workspace
    root. ``codemods`` has for each its options and what :meth:`rule` reads. Time-outs are seconds
    above 0 and at most a week, None where the config names none. ``named`` tells for each codemod
    that the config names where it does so.
    """

    paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    codemods: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    disable: tuple[str, ...] = ()
    test_timeout: float | None = None  # seconds; None: the default
    check_timeout: float | None = None  # seconds; None: the default
    env: tuple[str, ...] = ()
    test_code: bool = False
    cold: bool = False
    workload: tuple[str, ...] = ()
    baseline: str = ""
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
            options = known[name]
            for option, value in self.codemods.get(name, {}).items():
                if option in RESERVED:
                    continue
                at = f"{origin}: codemod `{name}`"
                if option not in options:
                    hint = closest(option, (*options, *RESERVED))
                    raise SpikeproofError(f"{at} has no option `{show(option)}`{hint}")
                if type(value) is not options[option].kind:
                    wanted = TYPE_WORDS[options[option].kind]
                    raise SpikeproofError(f"{at}: option `{option}` must be {wanted}")


def read_config(data: object, manifest: str, table: str, base: Config | None = None) -> Config:
    """The config in ``data``, the ``spikeproof`` table of ``manifest`` (relative to the root).

    ``table`` is its name for messages; ``base`` what it overrides. Raises SpikeproofError for an
    unknown key, a value of the wrong type, a path that leaves the manifest's folder.
    """
    base = base or Config()
    if data is None:
        return base
    at = f"{show(manifest)}: [{table}]"
    if not isinstance(data, dict):
        raise SpikeproofError(f"{at} must be a table")
    values: dict[str, Any] = {}
    for key, value in data.items():
        reader = KEYS.get(key)
        if reader is None:
            raise SpikeproofError(f"{at} has no key `{show(key)}`{closest(key, KEYS)}")
        values[key.replace("-", "_")] = reader.read(value, f"{at} `{key}`")
    if "baseline" in values and manifest != "Cargo.toml":
        raise SpikeproofError(
            f"{at} `baseline`: there is one for all packages: name it in Cargo.toml"
        )
    folder = PurePosixPath(manifest).parent.as_posix()
    for table_ in (values, *values.get("codemods", {}).values()):
        for key in table_.keys() & {"paths", "exclude"}:
            table_[key] = tuple(_rebased(pattern, folder) for pattern in table_[key])
    names = (*values.get("disable", ()), *values.get("codemods", ()))
    if "codemods" in values:
        values["codemods"] = _merged(base.codemods, values["codemods"])
    merged = {name: getattr(base, name) for name in Config.__dataclass_fields__} | values
    merged["named"] = (*base.named, *((name, at) for name in names))
    return Config(**merged)


def closest(name: str, known: Iterable[str], limit: int = 1) -> str:
    """``: did you mean `a`?`` with the names nearest to ``name``, or all if they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=limit, cutoff=0.5)
    if near:
        return ": did you mean " + " or ".join(f"`{show(match)}`" for match in near) + "?"
    if 0 < len(names) <= 16:
        return ": there is " + ", ".join(f"`{show(match)}`" for match in names)
    return ""


def _rebased(pattern: str, folder: str) -> str:
    """A gitignore pattern of ``folder``, as one of the workspace root."""
    if folder == ".":
        return pattern
    literal = _SPECIAL.sub(r"\\\1", folder)
    negated, body = ("!", pattern[1:]) if pattern.startswith("!") else ("", pattern)
    # Without a slash but at its end, a pattern holds in every folder below its own.
    deep = "" if "/" in body.rstrip("/") else "**/"
    return f"{negated}/{literal}/{deep}{body}"


def _merged(
    base: Mapping[str, Mapping[str, object]], over: Mapping[str, Mapping[str, object]]
) -> Mapping[str, Mapping[str, object]]:
    return {name: {**base.get(name, {}), **over.get(name, {})} for name in {**base, **over}}


def _strings(value: object, at: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpikeproofError(f"{at} must be an array of strings")
    return tuple(value)


def _globs(value: object, at: str) -> tuple[str, ...]:
    patterns = _strings(value, at)
    for pattern in patterns:
        parts = re.split(r"[/\\]", pattern.removeprefix("!"))
        if not pattern.strip() or "\n" in pattern:
            raise SpikeproofError(f"{at}: `{show(pattern)}` is no pattern")
        if parts[0] == "" or _DRIVE.match(parts[0]):
            raise SpikeproofError(
                f"{at}: `{show(pattern)}` is absolute: write it relative to the manifest's folder"
            )
        if ".." in parts:
            raise SpikeproofError(
                f"{at}: `{show(pattern)}` leaves the manifest's folder: `..` is not allowed"
            )
    return patterns


def _file(value: object, at: str) -> str:
    """A path below the manifest's folder."""
    if not isinstance(value, str) or not value.strip("/. ") or "\0" in value or "\\" in value:
        raise SpikeproofError(f"{at} must be the path of a file, with `/`")
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or _DRIVE.match(value):
        raise SpikeproofError(f"{at}: `{show(value)}` leaves the manifest's folder")
    return path.as_posix()


def _names(value: object, at: str) -> tuple[str, ...]:
    names = _strings(value, at)
    for name in names:
        if not _VARIABLE.fullmatch(name):
            raise SpikeproofError(f"{at}: `{show(name)}` is not the name of a variable")
    return names


def _seconds(value: object, at: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 0 < value <= _MAX_SECONDS:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    raise SpikeproofError(f"{at} must be a number of seconds above 0 and at most a week")


def _flag(value: object, at: str) -> bool:
    if not isinstance(value, bool):
        raise SpikeproofError(f"{at} must be true or false")
    return value


def _command(value: object, at: str) -> tuple[str, ...]:
    """A command and its arguments: an array, or a string that is split as a shell would."""
    try:
        words = tuple(shlex.split(value)) if isinstance(value, str) else _strings(value, at)
    except ValueError as error:
        raise SpikeproofError(f"{at}: {error}") from None
    if not words or any("\0" in word for word in words):
        raise SpikeproofError(f"{at} must name a program")
    return words


def _codemods(value: object, at: str) -> dict[str, dict[str, object]]:
    if not isinstance(value, dict):
        raise SpikeproofError(f"{at} must be a table of codemods, each a table of options")
    for name, options in value.items():
        if not isinstance(options, dict):
            raise SpikeproofError(f"{at}: `{show(name)}` must be a table of options")
        for option, setting in options.items():
            if option in RESERVED:
                RESERVED[option](setting, f"{at}: `{show(name)}.{option}`")
                continue
            items = setting if isinstance(setting, list) else [setting]
            finite = all(not isinstance(item, float) or math.isfinite(item) for item in items)
            if not finite or not all(isinstance(item, bool | int | float | str) for item in items):
                raise SpikeproofError(
                    f"{at}: `{show(name)}.{show(option)}` must be a boolean, a number, a string or "
                    "an array of them"
                )
    # Copies: what is read is rebased, and the manifest's data are read again for other packages.
    return {name: dict(options) for name, options in value.items()}


def _level(value: object, at: str) -> str:
    if value not in LEVELS:
        hint = closest(value, LEVELS) if isinstance(value, str) else closest("", LEVELS)
        raise SpikeproofError(f"{at} is no level{hint}")
    assert isinstance(value, str)
    return value


# What may be said of every codemod, besides its own options.
RESERVED: Mapping[str, Callable[[object, str], object]] = {
    "level": _level,
    "paths": _globs,
    "exclude": _globs,
}
TYPE_WORDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", str: "a string"}


class Key(NamedTuple):
    """A key of the config: how it is read, its JSON schema, and what it says."""

    read: Callable[[object, str], object]
    schema: Mapping[str, object]
    help: str


_LIST: Mapping[str, object] = {"type": "array", "items": {"type": "string"}}
_TIME: Mapping[str, object] = {"type": "number", "exclusiveMinimum": 0, "maximum": _MAX_SECONDS}

KEYS: Mapping[str, Key] = {
    "paths": Key(_globs, _LIST, "Only these files: gitignore patterns. Default: all."),
    "exclude": Key(
        _globs, _LIST, "Files that are neither scanned nor changed: gitignore patterns."
    ),
    "codemods": Key(_codemods, {"type": "object"}, "Level, places and options of each codemod."),
    "disable": Key(_strings, _LIST, "Codemods that are not run."),
    "test-timeout": Key(_seconds, _TIME, "Seconds for one run of the tests."),
    "check-timeout": Key(_seconds, _TIME, "Seconds for one cargo check."),
    "env": Key(
        _names,
        {"type": "array", "items": {"type": "string", "pattern": f"^{_VARIABLE.pattern}$"}},
        "Variables let through to cargo and the tests, besides what every build gets.",
    ),
    "test-code": Key(
        _flag, {"type": "boolean", "default": False}, "Also sites in tests, benches and examples."
    ),
    "cold": Key(
        _flag,
        {"type": "boolean", "default": False},
        "Also sites in code that nothing shows to run often: outside loops, handlers and async code.",
    ),
    "workload": Key(
        _command,
        {"anyOf": [{"type": "string"}, {**_LIST, "minItems": 1}]},
        "A command that is measured as a whole, before and after.",
    ),
    "baseline": Key(
        _file,
        {"type": "string"},
        "Sites to live with, as `spikeproof baseline` writes them (workspace's own manifest only).",
    ),
}
