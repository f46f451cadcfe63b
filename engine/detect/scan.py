"""Find sites: a byte prefilter, one combined query a file, over processes. Runs no code of the
repository's and calls no cargo."""

from __future__ import annotations

import bisect
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tree_sitter import Node, Query

from engine.base.model import Site, Skip, Span
from engine.cargo.workspace import Workspace, read_source
from engine.detect import suppress
from engine.detect.codemod import Codemod, Match, registry
from engine.detect.identity import identified
from engine.detect.suppress import Allowance
from engine.rust.queries import compile_query, run_query
from engine.rust.syntax import MACRO_DEPTH, Source, span_of

# Below this many bytes the pool's start-up costs more than it saves.
_POOL_FROM = 2_000_000
# Deeper than any person's code: rustc's own parser overflows its stack not much further down.
_BRACKETS = 300
_OTHERS = bytes(set(range(256)) - set(b"()[]{}"))
# How many files a worker takes at once: enough to hide the pipe, few enough to balance the load.
_CHUNK = 16
# Below this many bytes it costs more to look into the cache than to scan.
_CACHED_FROM = 500_000
# Two hits nearer than this many bytes are looked at in one walk of the tree.
_NEAR = 1_000


@dataclass(frozen=True, slots=True)
class FileSites:
    """What one file gave: sites and uses, how many comments silenced, what was left out, and the
    allowances that cover neither a site nor a maybe."""

    path: str
    sites: tuple[Site, ...] = ()
    suppressed: int = 0  # sites that a comment silenced
    skips: tuple[Skip, ...] = ()
    idle: tuple[Allowance, ...] = ()
    maybe: tuple[Allowance, ...] = ()  # allowances that cover maybes alone


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All sites and uses of a workspace, in path and offset order."""

    sites: tuple[Site, ...]
    skipped: tuple[Skip, ...]
    suppressed: int  # sites that a comment silenced
    files: int  # that were looked at, skipped ones too
    bytes: int  # of the files that were read
    idle: tuple[Allowance, ...] = ()
    maybe: tuple[Allowance, ...] = ()


@dataclass(frozen=True, slots=True)
class _Combined:
    """The queries of several codemods as one, so that a file is walked once."""

    query: Query
    owners: tuple[tuple[str, int], ...]  # by pattern: codemod name, pattern index in its own query


@cache
def _combined(names: tuple[str, ...], uses: bool) -> _Combined:
    texts: list[str] = []
    owners: list[tuple[str, int]] = []
    for name in names:
        text = registry()[name].query + ("\n" + registry()[name].uses if uses else "")
        count = compile_query(text).pattern_count
        owners.extend((name, index) for index in range(count))
        texts.append(text)
    texts.append(
        "(macro_invocation) @call"
    )  # after all others, so that the others keep their count
    return _Combined(compile_query("\n".join(texts)), tuple(owners))


def wanted(data: bytes, codemod: Codemod, uses: bool = False) -> bool:
    """May the file hold a match (one literal of every group stands in it)?"""

    def holds(groups: tuple[tuple[bytes, ...], ...]) -> bool:
        return all(any(literal in data for literal in group) for group in groups)

    def anchored() -> bool:
        return not codemod.anchors or any(True for _ in _hits(codemod.anchors, data))

    if holds(codemod.literals) and anchored():
        return True
    return uses and bool(codemod.use_literals) and holds(codemod.use_literals)


def scan_source(
    source: Source, names: Sequence[str], uses: bool = True, cold: bool = False
) -> FileSites:
    """Sites of one file for the codemods ``names``, and what else a plan needs if ``uses``; with
    ``cold``, also where nothing shows that the code runs often."""
    return _scan_parsed(source, _wanting(source.data, names, uses), uses, cold)


def _wanting(data: bytes, names: Sequence[str], uses: bool) -> tuple[str, ...]:
    """Those of the codemods that may match in the file."""
    return tuple(n for n in names if wanted(data, registry()[n].codemod, uses))


def _scan_parsed(source: Source, names: tuple[str, ...], uses: bool, cold: bool) -> FileSites:
    if not names:
        marked = suppress.MARK in source.data and not source.root.has_error
        return FileSites(source.path, idle=suppress.allowances(source).entries if marked else ())
    matches = _matches(source, names, uses)
    sites: list[Site] = []
    for name in names:
        if matches[name]:
            sites.extend(registry()[name].codemod.locate(source, matches[name], cold))
    skips = _broken(source, matches)
    allowed = suppress.allowances(source)
    kept = [s for s in sites if s.role != "site" or not allowed.covers(s.codemod, s.span)]
    silenced = len(sites) - len(kept)
    # What could not be read may hold the sites of an allowance: then nothing is said of any.
    whole = not skips
    idle = allowed.idle(sites) if whole else ()
    bare = allowed.idle(site for site in sites if site.role == "site") if whole else ()
    maybe = tuple(entry for entry in bare if entry not in idle)
    return FileSites(source.path, tuple(identified(source, kept)), silenced, skips, idle, maybe)


def _matches(source: Source, names: Sequence[str], uses: bool) -> dict[str, list[Match]]:
    """The codemods' matches in the file's tree and in those macro arguments that can hold one.

    Where the codemods have anchors, only the neighbourhood of these is walked.
    """
    combined = _combined(tuple(names), uses)
    hints = _hints(tuple(names), uses)
    hits = sorted(_hits(hints.patterns, source.data))
    found: list[tuple[int, int, dict[str, list[Node]]]] = []
    pending = [(source.root, 0)]
    while pending:
        root, depth = pending.pop()
        whole = span_of(root)
        calls: dict[int, Node] = {}
        for near in _clusters(hits, whole) if hints.in_trees else (whole,):
            for pattern, captures in run_query(combined.query, root, near):
                if pattern < len(combined.owners):
                    found.append((root.start_byte, pattern, captures))
                else:
                    call = captures["call"][0]
                    calls[call.start_byte] = call
        if depth < MACRO_DEPTH:
            for call in calls.values():
                if not hints.in_macros or any(_clusters(hits, span_of(call))):
                    pending.extend((tree.root_node, depth + 1) for tree in source.arguments(call))
    found.sort(key=lambda entry: entry[0])
    matches: dict[str, list[Match]] = {name: [] for name in names}
    for _, pattern, captures in found:
        name, index = combined.owners[pattern]
        matches[name].append(Match(index, captures))
    return matches


@dataclass(frozen=True, slots=True)
class _Hints:
    """What shows where a match can be: ``in_trees``, one of ``patterns`` stands in every match;
    ``in_macros``, one stands in every macro call with a match."""

    patterns: tuple[bytes, ...]
    in_trees: bool
    in_macros: bool


@cache
def _hints(names: tuple[str, ...], uses: bool) -> _Hints:
    found: dict[bytes, None] = {}
    in_trees = in_macros = True
    for name in names:
        loaded = registry()[name]
        codemod = loaded.codemod
        patterns = [*codemod.anchors, *map(re.escape, codemod.macro_literals)]
        in_trees &= bool(codemod.anchors)
        in_macros &= bool(patterns)
        if uses and loaded.uses:
            in_trees = False
            in_macros &= bool(codemod.use_macro_literals)
            patterns += map(re.escape, codemod.use_macro_literals)
        found.update(dict.fromkeys(patterns))
    return _Hints(tuple(found), in_trees, in_macros)


def _hits(patterns: Iterable[bytes], data: bytes) -> Iterator[int]:
    """Where the patterns stand, without what stands in comments of whole lines.

    On a line that begins with ``//`` there is no code before a string or a block comment ends.
    """
    for pattern in patterns:
        for hit in re.finditer(pattern, data):
            start = data.rfind(b"\n", 0, hit.start()) + 1
            before = data[start : hit.start()].lstrip()
            if not before.startswith(b"//") or b'"' in before or b"*/" in before:
                yield hit.start()


def _clusters(hits: list[int], within: Span) -> Iterator[Span]:
    """Spans of ``within`` that hold all ``hits`` there, near ones together."""
    low = bisect.bisect_left(hits, within.start)
    high = bisect.bisect_left(hits, within.end)
    start = end = -1
    for hit in hits[low:high]:
        if start < 0 or hit > end + _NEAR:
            if start >= 0:
                yield Span(start, end)
            start = hit
        end = hit + 1
    if start >= 0:
        yield Span(start, end)


def _broken(source: Source, matches: Mapping[str, Sequence[Match]]) -> tuple[Skip, ...]:
    """Say which functions tree-sitter could not read whole, where that cost a match; else, as a detail,
    where a file begins to be not understood."""
    error = source.first_error()
    if error is None:
        return ()
    names: dict[str, int] = {}
    for found in matches.values():
        for match in found:
            for nodes in match.captures.values():
                node = nodes[0]
                if not source.sound(node):
                    name = source.item_path(node) or "the file's top level"
                    names.setdefault(name, source.position(node.start_byte)[0])
    if not names:
        line = source.position(error.start_byte)[0]
        reason = "syntax not understood there: what stands in it is not looked at"
        return (Skip(source.path, reason, line, detail=True),)
    return tuple(
        Skip(source.path, f"syntax not understood in {name}", line) for name, line in names.items()
    )


def nested_deeply(data: bytes) -> bool:
    """Are brackets nested more than ``_BRACKETS`` deep? Read off the bytes, pair by pair from the
    inside: each step up such a tree costs a walk down from its root."""
    left = data.translate(None, _OTHERS)
    for _ in range(_BRACKETS):
        inner = left.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(inner) == len(left):
            return False
        left = inner
    return True


@dataclass(frozen=True, slots=True)
class _Job:
    """Some files for one worker: path, edition, and whether cold code is looked at."""

    root: str
    files: tuple[tuple[str, int, bool], ...]
    names: tuple[str, ...]
    uses: bool
    keeps: bool  # are results kept for later runs?

    def key(self, data: bytes, path: str, edition: int, cold: bool) -> bytes:
        """What the result for a file with these bytes is kept by."""
        from engine.base.user_cache import digest

        return digest(data, path, edition, cold, self.uses, *self.names)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """One file: what it gave, of how many bytes, and what that is kept by (none: it is not)."""

    sites: FileSites
    size: int
    key: bytes = b""


def _scan_file(job: _Job, path: str, edition: int, cold: bool) -> _Scanned:
    data = read_source(Path(job.root), path)
    if isinstance(data, Skip):
        return _Scanned(FileSites(path, skips=(data,)), 0)
    key = job.key(data, path, edition, cold) if job.keeps else b""
    return _Scanned(_sites_in(job, path, data, edition, cold), len(data), key)


def _sites_in(job: _Job, path: str, data: bytes, edition: int, cold: bool) -> FileSites:
    names = _wanting(data, job.names, job.uses)
    if not names and suppress.MARK not in data:
        return FileSites(path)
    deep = FileSites(path, skips=(Skip(path, "nested too deeply to be read"),))
    if nested_deeply(data):
        return deep
    try:
        return _scan_parsed(Source(path, data, edition), names, job.uses, cold)
    except RecursionError:
        return deep


def _scan_chunk(job: _Job) -> list[_Scanned]:
    return [_scan_file(job, path, edition, cold) for path, edition, cold in job.files]


def scan(
    root: Path,
    paths: Sequence[str],
    names: Sequence[str],
    edition_of: Callable[[str], int],
    on_progress: Callable[[int, int], None] | None = None,
    uses: bool = True,
    takes_cold: Callable[[str], bool] = lambda _: False,
) -> ScanResult:
    """Scan ``paths`` (relative to ``root``) for the codemods ``names``.

    ``edition_of`` gives a file's edition; ``uses``: also what only a plan must know of; in files that
    ``takes_cold`` says yes to, sites are looked for where nothing shows that the code runs often, too.

    Files are read here, not before: one that vanished or cannot be read is a skip with its reason.
    """
    ordered = _largest_first(root, paths)
    total = sum(size for _, size in ordered)
    files = [(path, edition_of(path), takes_cold(path)) for path, _ in ordered]
    whole = _Job(str(root), tuple(files), tuple(names), uses, total >= _CACHED_FROM)
    with _kept(whole) as (results, rest):
        chunks = (rest.files[i : i + _CHUNK] for i in range(0, len(rest.files), _CHUNK))
        jobs = [replace(rest, files=chunk) for chunk in chunks]
        if on_progress is not None and results:
            on_progress(len(results), len(paths))
        for chunk in _scanned(jobs, total):
            results += chunk
            if on_progress is not None:
                on_progress(len(results), len(paths))
    results.sort(key=lambda r: r.sites.path)
    return ScanResult(
        tuple(site for file in results for site in file.sites.sites),
        tuple(skip for file in results for skip in file.sites.skips),
        sum(file.sites.suppressed for file in results),
        len(results),
        sum(file.size for file in results),
        tuple(entry for file in results for entry in file.sites.idle),
        tuple(entry for file in results for entry in file.sites.maybe),
    )


@contextmanager
def _kept(job: _Job) -> Iterator[tuple[list[_Scanned], _Job]]:
    """The results of earlier runs for files of ``job`` that are as they were then, and the job that is
    left. What is added to the results is kept for later ones."""
    if not job.keeps:
        yield [], job
        return
    from engine.base.user_cache import UserCache, folder

    cache = UserCache(folder(), "scan", FileSites)
    keys: dict[str, tuple[bytes, int]] = {}
    for path, edition, cold in job.files if cache.is_there else ():
        data = read_source(Path(job.root), path)
        if not isinstance(data, Skip):
            keys[path] = job.key(data, path, edition, cold), len(data)
    found = cache.get(key for key, _ in keys.values())
    results = [_Scanned(found[key], size) for key, size in keys.values() if key in found]
    known = {result.sites.path for result in results}
    yield results, replace(job, files=tuple(f for f in job.files if f[0] not in known))
    cache.put({result.key: result.sites for result in results if result.key})


def _scanned(jobs: Sequence[_Job], total: int) -> Iterator[list[_Scanned]]:
    """The results of all ``jobs``, as they come; ``total``: bytes."""
    workers = min(len(os.sched_getaffinity(0)), len(jobs))
    if workers < 2 or total < _POOL_FROM:
        yield from map(_scan_chunk, jobs)
        return
    pool = ProcessPoolExecutor(workers)
    done = 0
    try:
        for chunk in pool.map(_scan_chunk, jobs):
            yield chunk
            done += 1
    except BrokenProcessPool:
        # A worker died (a crash in native code, or out of memory): go on alone, file by file.
        yield from map(_scan_chunk, jobs[done:])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def scan_workspace(
    workspace: Workspace,
    names: Sequence[str],
    on_progress: Callable[[int, int], None] | None = None,
    root: Path | None = None,
) -> ScanResult:
    """All files of ``workspace``, as its manifests and config have it; ``root``: a copy of it that is
    read in its place."""
    return scan(
        root or workspace.root,
        workspace.files,
        names,
        workspace.edition_of,
        on_progress,
        takes_cold=workspace.takes_cold,
    )


def _largest_first(root: Path, paths: Sequence[str]) -> list[tuple[str, int]]:
    """Large files first, so that no worker is left with one at the end."""
    sized: list[tuple[str, int]] = []
    for path in paths:
        try:
            sized.append((path, (root / path).lstat().st_size))
        except OSError:
            sized.append((path, 0))
    sized.sort(key=lambda item: (-item[1], item[0]))
    return sized
