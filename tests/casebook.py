"""Cases of a codemod as one Cargo workspace, run through the whole pipeline once.

``fixed/NAME.before.rs`` must become ``NAME.after.rs``; ``kept`` must not be touched or mentioned;
``reported`` is found and left, with the reason that its first line expects. Lines at the head of a
case are directives: ``// options: reuse = true``, ``// edition: 2024``, ``// level: safe``,
``// reason: ...``, ``// prefer: own`` (as ``--prefer``). Cases with the same options and edition share
a package, those that prefer the same alternative a run.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import codemods
from engine.base.errors import SpikeproofError
from engine.base.model import Site, Verdict
from engine.detect.codemod import registry

_DIRECTIVE = re.compile(r"// (options|edition|level|reason|prefer): *(.*)")
_WORK = Path(__file__).resolve().parent.parent / "target" / "cases"
_DEPENDENCIES = """
anyhow = "1"
arc-swap = "1"
async-stream = "0.3"
async-trait = "0.1"
axum = "0.8"
bytes = "1"
chrono = "0.4"
dashmap = "6"
futures = "0.3"
futures-util = "0.3"
log = "0.4"
once_cell = "1"
parking_lot = { version = "0.12", features = ["arc_lock", "send_guard"] }
rand = "0.9"
reqwest = { version = "0.12", default-features = false }
tokio = { version = "1", features = ["full"] }
tokio-stream = { version = "0.1", features = ["full"] }
tokio-util = { version = "0.7", features = ["codec"] }
tracing = "0.1"
"""


@dataclass(frozen=True)
class Case:
    """One file under ``cases/``."""

    codemod: str
    kind: str  # "fixed", "kept", "reported"
    name: str
    before: Path
    directives: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def after(self) -> Path:
        return self.before.with_name(f"{self.name}.after.rs")

    @property
    def id(self) -> str:
        return f"{self.codemod}-{self.kind}-{self.name}"

    @property
    def module(self) -> str:
        return f"{self.kind}_{self.name}".replace("-", "_")

    @property
    def package(self) -> str:
        group = "\n".join(self.directives.get(key, "") for key in ("options", "edition"))
        group += self.directives.get("prefer", "")
        if not group.strip():
            return f"case-{self.codemod}"
        return f"case-{self.codemod}-{hashlib.sha256(group.encode()).hexdigest()[:6]}"

    @property
    def path(self) -> str:
        return f"{self.package}/src/{self.module}.rs"


def _directives(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in path.read_text("utf-8", "replace").splitlines():
        hit = _DIRECTIVE.fullmatch(line)
        if hit is None:
            break
        found[hit.group(1)] = hit.group(2)
    return found


def cases() -> Iterator[Case]:
    """All cases of all codemods: there is no list to edit."""
    for home in codemods.__path__:
        for loaded in registry().values():
            folder = Path(home) / loaded.package.removeprefix("codemods.") / "cases"
            for kind, ending in (("fixed", ".before.rs"), ("kept", ".rs"), ("reported", ".rs")):
                for path in sorted((folder / kind).glob(f"*{ending}")):
                    name = path.name.removesuffix(ending)
                    yield Case(loaded.name, kind, name, path, _directives(path))


@dataclass(frozen=True)
class Outcome:
    """What the pipeline made of one codemod's cases."""

    verdicts: tuple[Verdict, ...]
    files: Mapping[str, bytes]  # changed files only
    shown: tuple[Site, ...] = ()  # what ``scan`` shows, from syntax alone
    dismissed: tuple[Site, ...] = ()  # what the types showed to be no site, with the reason
    error: str = ""

    def of(self, case: Case) -> list[Verdict]:
        return [v for v in self.verdicts if any(s.path == case.path for s in v.proposal.sites)]

    def untold(self, case: Case) -> list[Site]:
        """The sites that ``scan`` shows in the case and of which nothing more is said, not even why
        they are none."""
        told = {s.id for v in self.verdicts for s in v.proposal.sites}
        told |= {s.id for s in self.dismissed if s.reason}
        return [s for s in self.shown if s.path == case.path and s.id not in told]


def _write(root: Path, group: Sequence[Case]) -> None:
    """Write the workspace; only what differs, so that builds stay incremental."""
    wanted: dict[Path, bytes] = {}
    packages: dict[str, list[Case]] = {}
    for case in group:
        packages.setdefault(case.package, []).append(case)
    members = ", ".join(f'"{name}"' for name in sorted(packages))
    wanted[root / "Cargo.toml"] = f'[workspace]\nresolver = "2"\nmembers = [{members}]\n'.encode()
    for name, inside in packages.items():
        edition = inside[0].directives.get("edition", "2021")
        manifest = (
            f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "{edition}"\n'
            f"[dependencies]{_DEPENDENCIES}"
        )
        if options := inside[0].directives.get("options"):
            codemod = inside[0].codemod
            manifest += f'[package.metadata.spikeproof.codemods."{codemod}"]\n{options}\n'
        wanted[root / name / "Cargo.toml"] = manifest.encode()
        modules = "".join(f"pub mod {case.module};\n" for case in inside)
        wanted[root / name / "src/lib.rs"] = f"#![allow(dead_code)]\n{modules}".encode()
        for case in inside:
            wanted[root / case.path] = case.before.read_bytes()
    for stale in set(root.glob("case-*/src/*.rs")) - set(wanted):
        stale.unlink()
    for folder in root.glob("case-*"):
        if folder.name not in packages:
            shutil.rmtree(folder)
    for path, data in wanted.items():
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


@cache
def outcome(chosen: tuple[Case, ...]) -> Outcome:
    """Run ``chosen`` cases of one codemod through scan, types, plan and check, with review-level
    fixes. The build folder is kept, so that a few cases take seconds."""
    groups: dict[str, list[Case]] = {}
    for case in chosen:
        groups.setdefault(case.directives.get("prefer", ""), []).append(case)
    found = [_run(tuple(group), prefer) for prefer, group in groups.items()]
    return Outcome(
        tuple(verdict for each in found for verdict in each.verdicts),
        {path: text for each in found for path, text in each.files.items()},
        tuple(site for each in found for site in each.shown),
        tuple(proposal for each in found for proposal in each.dismissed),
        next((each.error for each in found if each.error), ""),
    )


def _run(chosen: tuple[Case, ...], prefer: str) -> Outcome:
    """The outcome of cases that prefer the same alternative."""
    from engine.app.commands import by_syntax
    from engine.app.pipeline import run
    from engine.app.request import ProofSettings, RunRequest
    from engine.base.ui import Ui
    from engine.cargo.workspace import Selection, discover

    codemod = chosen[0].codemod
    root = _WORK / "workspace"  # of all groups in turn: what cases depend on is built once
    _write(root, chosen)
    workspace = discover(root, Selection(workspace=True))
    ui = Ui(quiet=True)
    target = _WORK / "target"
    try:
        result = run(
            RunRequest(
                workspace,
                (codemod,),
                ProofSettings(review=True, tests=False, prefer=(prefer,) if prefer else ()),
                target=target,
            ),
            ui,
        )
    except SpikeproofError as error:  # kept: it is the same for every case, and costs a build
        return Outcome((), {}, error=f"{error}\n{error.detail}")
    shown = by_syntax(workspace, (codemod,), ui).sites
    return Outcome(result.verdicts, result.files, shown, result.dismissed)
