"""The JSON that cargo and rustc print, turned into ``Diagnostic`` values and units' names."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from engine.base.model import Diagnostic, DiagnosticSpan, Span
from engine.cargo.left_out import UnitKey

# Closing remarks that rustc sends as messages of their own.
_REMARK = re.compile(
    r"aborting due to |\d+ (warnings?|errors?) emitted|Some errors have detailed"
    r"|For more information about"
)
_LIB_KINDS = frozenset({"lib", "rlib", "dylib", "cdylib", "staticlib", "proc-macro"})


def parse_line(line: bytes) -> Mapping[str, Any] | None:
    """The object on this line, None when it holds something else (a test may print anything)."""
    if not line.lstrip().startswith(b"{"):
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@dataclass(frozen=True, slots=True)
class Paths:
    """Turns the file names in messages into paths of the workspace."""

    roots: tuple[str, ...]  # of the tree, as given and with links resolved

    @classmethod
    def of(cls, tree: Path) -> Paths:
        """For messages about ``tree``, which rustc may name with its links followed or not."""
        return cls(tuple({str(tree.absolute()), str(tree.resolve())}))

    def relative(self, name: str, cwd: str = "") -> str | None:
        """POSIX path from the tree's root, None for a file outside it.

        A relative name counts from ``cwd``, which is the tree's root when it is not given: cargo
        starts rustc there for the workspace's members.
        """
        if not name or name.startswith("<"):  # <anon>, <foo macros>
            return None
        path = posixpath.normpath(posixpath.join(cwd or self.roots[0], name))
        for root in self.roots:
            if path.startswith(f"{root}/"):
                return path[len(root) + 1 :]
        return None


def diagnostic(
    message: Mapping[str, Any], paths: Paths, package: str = "", target: str = ""
) -> Diagnostic | None:
    """rustc's message; None for a mere closing remark. Spans outside the tree are dropped."""
    text = str(message["message"])
    if message["level"] == "failure-note" or (not message["spans"] and _REMARK.match(text)):
        return None
    spans = dict.fromkeys(_spans(message, paths, own=True))
    return Diagnostic(
        level=message["level"],
        code=(message["code"] or {}).get("code", ""),
        message=text,
        spans=tuple(sorted(spans, key=lambda span: not span.primary)),
        rendered=message["rendered"] or "",
        package=package,
        target=target,
    )


def _spans(message: Mapping[str, Any], paths: Paths, own: bool) -> Iterator[DiagnosticSpan]:
    """Its spans and its children's, each with the call sites of the macros it came from."""
    for spot in message["spans"]:
        place: Mapping[str, Any] | None = spot
        while place is not None:
            path = paths.relative(place["file_name"])
            if path is not None:
                yield DiagnosticSpan(
                    path=path,
                    span=Span(place["byte_start"], place["byte_end"]),
                    line=place["line_start"],
                    column=place["column_start"],
                    primary=own and bool(spot["is_primary"]),
                    label=spot["label"] or "",
                )
            expansion = place["expansion"]
            place = expansion["span"] if expansion else None
    for child in message["children"]:
        yield from _spans(child, paths, own=False)


def package_name(package_id: str) -> str:
    """From ``path+file:///x/a#my-a@0.1.0``, ``path+file:///x/b#0.1.0`` or, before cargo 1.77,
    ``my-a 0.1.0 (path+file:///x/a)``."""
    if " " in package_id:
        return package_id.partition(" ")[0]
    url, _, fragment = package_id.partition("#")
    if "@" in fragment:
        return fragment.partition("@")[0]
    return unquote(url.partition("?")[0].rstrip("/").rpartition("/")[2])


def target_name(target: Mapping[str, Any]) -> str:
    """``lib``, ``bin/NAME``, ``test/NAME``, ``example/NAME``, ``bench/NAME`` or ``build-script``.

    A package's lib, bin and test may share one name, so the kind is part of it.
    """
    kinds: list[str] = target["kind"]
    if _LIB_KINDS.intersection(kinds):
        return "lib"
    if "custom-build" in kinds:
        return "build-script"
    return f"{kinds[0]}/{target['name']}"


@dataclass(frozen=True, slots=True)
class Program:
    """An executable that cargo built of a package in the tree. ``source`` is its root file,
    ``test`` whether it was built with rustc's test harness or in place of it (tests, benches)."""

    path: str
    package: str
    target: str
    manifest: str
    source: str = ""
    test: bool = False
    package_id: str = ""


@dataclass(frozen=True, slots=True)
class ScriptOutput:
    """What a build script of a package in the tree, or of a dependency, said."""

    out_dir: str
    env: tuple[tuple[str, str], ...]
    libraries: tuple[str, ...]  # folders with native libraries


def _place(found: Diagnostic) -> tuple[object, ...]:
    spots = tuple((spot.path, spot.span) for spot in found.spans[:1])
    return found.package, found.target, spots, found.code, found.message, found.rendered


class Build:
    """What cargo's messages tell of one build. ``expected``: how many units an earlier one of the kind
    told of, 0 where there was none; cargo does not say it beforehand."""

    def __init__(self, paths: Paths, progress: Callable[[str], None], expected: int = 0) -> None:
        self._paths = paths
        self._progress = progress
        self._expected = expected
        self.units = 0
        self._found: dict[tuple[object, ...], Diagnostic] = {}
        self.artifacts: list[str] = []
        self.programs: list[Program] = []
        self.libs: dict[str, str] = {}  # crate name -> package
        self.scripts: dict[str, ScriptOutput] = {}  # by package id
        self.shared: list[str] = []  # dynamic libraries of packages in the tree
        self.made: set[UnitKey] = set()  # units of packages in the tree that compiled
        self.finished = False
        self.seen = False  # any message at all

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """rustc's messages so far, each once, by target and place: units are compiled side by side, and
        whose message comes first is chance."""
        return tuple(sorted(self._found.values(), key=_place))

    def line(self, data: bytes) -> bool:
        """Take a line; False when it is no message of cargo's."""
        message = parse_line(data)
        if message is None:
            return False
        self.seen = True
        match message.get("reason"):
            case "compiler-artifact":
                self._artifact(message)
            case "compiler-message":
                package = package_name(message["package_id"])
                target = target_name(message["target"])
                found = diagnostic(message["message"], self._paths, package, target)
                if found is not None:
                    # A lib and its unit tests say the same twice.
                    key = (found.level, found.code, found.message, found.spans, package)
                    self._found.setdefault(key, found)
            case "build-finished":
                self.finished = bool(message["success"])
            case "build-script-executed":
                self.scripts[message["package_id"]] = ScriptOutput(
                    message.get("out_dir", ""),
                    tuple((name, value) for name, value in message["env"]),
                    tuple(path.rpartition("=")[2] for path in message["linked_paths"]),
                )
            case _:
                return False
        return True

    def _artifact(self, message: Mapping[str, Any]) -> None:
        self.artifacts.extend(message["filenames"])
        package = package_name(message["package_id"])
        target = target_name(message["target"])
        manifest = message.get("manifest_path", "")
        self.units += 1
        count = f"{self.units} of {self._expected}: " if self.units <= self._expected else ""
        if self._paths.relative(manifest) is None:
            self._progress(f"{count}{package}")
            return
        self._progress(f"{count}{package} ({target})")
        self.made.add(UnitKey(package, target, bool(message["profile"]["test"])))
        if target == "lib":
            self.libs[message["target"]["name"].replace("-", "_")] = package
        if {"dylib", "cdylib"}.intersection(message["target"]["kind"]):
            self.shared.extend(f for f in message["filenames"] if f.endswith((".so", ".dylib")))
        if message["executable"] and target != "build-script":
            self.programs.append(
                Program(
                    message["executable"],
                    package,
                    target,
                    manifest,
                    message["target"].get("src_path", ""),
                    bool(message["profile"]["test"]),
                    message["package_id"],
                )
            )
