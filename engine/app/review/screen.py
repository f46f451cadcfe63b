"""What a person sees: an item with its snippet, reasons and diff; all evidence; the keys.

Plain text on the terminal's own colours, bold, red and green alone, so that it reads on any
background. All text of the repository goes through ``printable``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from rich.console import Console
from rich.text import Text

from engine.app.review.items import Answer, Item, Kind
from engine.base.counts import count
from engine.base.model import Diagnostic, Heat, Site
from engine.base.plain import printable, width
from engine.report.proof_words import proof_words
from engine.report.snippet import snippet
from engine.rewrite.patch import hunks
from engine.rust.syntax import Source

KEYS = (
    ("y", "apply this fix"),
    ("n", "skip it"),
    ("a", "apply it and all others in this file"),
    ("d", "skip it and all others in this file"),
    ("A", "apply it and all others of this codemod"),
    ("D", "skip it and all others of this codemod"),
    ("s", "split it into hunks (those that only work together stay together)"),
    ("t", "show the next alternative; it is checked when you apply it"),
    ("e", "edit its new text in $VISUAL or $EDITOR; it is checked then"),
    ("u", "undo the last answer, split, edit or alternative"),
    ("i", "show all evidence, and a long diff whole"),
    ("x", "explain the codemod"),
    ("j", "go on to the next one, without an answer (or the down arrow)"),
    ("k", "go back to the one before (or the up arrow); a new answer replaces the old one"),
    ("/", "find a fix by path, codemod or text"),
    ("?", "this help"),
    ("q", "quit: prove and write what was applied so far"),
    ("Q", "leave and write nothing (Ctrl-C is the same); the answers are kept for --resume"),
)
_HEAT = {
    "handler": "runs for each request",
    "stream": "runs for each item of a stream",
    "loop": "stands in a loop",
    "under-lock": "runs while a lock is held",
    "async": "stands in async code",
}
_WORD = {Answer.TAKE: "apply", Answer.SKIP: "skip"}
_LEAST = 12  # lines of a diff that are shown in any terminal
_PROMPT = 3


@dataclass(frozen=True)
class ItemView:
    """One item as it is shown: as ``number`` (from 1) of ``total``, with the text of the file of its
    first site, its diff, and the answer that it has (None: open). ``others`` counts further
    alternatives, ``why_not`` says why it cannot be applied now ("" when it can)."""

    item: Item
    number: int
    total: int
    source: Source
    diff: bytes
    answer: Answer | None = None
    others: int = 0
    why_not: str = ""


class Screen:
    """Prints to stdout. The size is asked for each time: a terminal can be resized."""

    def __init__(self, color: bool) -> None:
        self._console = Console(
            file=sys.stdout,
            color_system="standard" if color else None,
            force_terminal=color or None,
            no_color=not color,
            markup=False,
            emoji=False,
            highlight=False,
            legacy_windows=False,
        )

    @property
    def width(self) -> int:
        """Columns that the terminal has now."""
        return self._console.width

    # -- lines ---------------------------------------------------------------------------------

    def say(self, text: str = "", style: str = "") -> None:
        """A line of ours, broken where the terminal ends."""
        self._console.print(Text(text, style), soft_wrap=False)

    def complain(self, text: str) -> None:
        """An error, in one line."""
        self._console.print(Text.assemble(("error", "bold red"), ": ", printable(text)))

    def diagnostics(self, said: Sequence[Diagnostic]) -> None:
        """rustc's own words, marked as such."""
        for diagnostic in said:
            words = printable(diagnostic.rendered.rstrip(), keep_newlines=True)
            self._verbatim([Text(f"  | {line}") for line in words.split("\n")])

    def _rows(self, rows: Sequence[Text]) -> None:
        for row in rows:
            self._console.print(row, overflow="fold", no_wrap=False)

    def _verbatim(self, rows: Sequence[Text]) -> None:
        """Lines that are left to the terminal to break, as git does: none looks like two."""
        for row in rows:
            self._console.print(row, soft_wrap=True)

    def _height(self, row: Text) -> int:
        return max(1, -(-row.cell_len // self._console.width))

    def _note(self, gutter: str, label: str, text: str) -> list[Text]:
        """``= label: text`` with the following lines indented below the text."""
        head = f"{gutter} = {label}: "
        room = max(20, self._console.width - len(head))
        lines = Text(printable(text)).wrap(self._console, room, overflow="fold")
        return [
            Text.assemble(
                (head, "bold") if number == 0 else " " * len(head), Text(line.plain.rstrip())
            )
            for number, line in enumerate(lines)
        ]

    # -- an item -------------------------------------------------------------------------------

    def item(self, shown: ItemView) -> None:
        """What a person decides by: the site, why it matters, the proof, and the diff as far as
        the terminal has room."""
        item, source = shown.item, shown.source
        site = item.verdict.proposal.sites[0]
        head = f"[{shown.number}/{shown.total}] {item.codemod}{_part(item)}"
        rows = [Text(), Text.assemble((head, "bold"), ": ", printable(site.message))]
        rows += self._snippet(site, source)
        gutter = " " * len(str(source.position(site.span.start)[0]))
        rows += self._notes(item, source, gutter, shown.others)
        if shown.answer is not None:
            rows += self._note(gutter, "answered", _WORD[shown.answer])
        if shown.why_not:
            rows += self._note(gutter, "not now", shown.why_not)
        rows.append(Text())
        diff = _diff(shown.diff)
        self._rows(rows)
        room = max(_LEAST, self._console.height - sum(map(self._height, rows)) - _PROMPT)
        heights = accumulate(map(self._height, diff))
        fitting = sum(1 for height in heights if height <= room)
        self._verbatim(diff[:fitting])
        if len(diff) > fitting:
            rest = count(len(diff) - fitting, "more line")
            self._rows([Text(f"... {rest} of this diff: `i` shows all", "bold")])

    def evidence(self, item: Item, source: Source, diff: bytes) -> None:
        """Everything that is known of ``item``, and its diff whole."""
        evidence = item.verdict.evidence
        rows = [Text()]
        for site in item.verdict.proposal.sites:
            where = f" in {printable(site.item)}" if site.item else ""
            rows.append(Text.assemble(("site: ", "bold"), _place(site, source) + where))
        rows += self._note("", "level", f"{item.fix.level} ({item.fix.label})")
        if item.fix.note:
            rows += self._note("", "fix", item.fix.note)
        if item.kind is not Kind.PLANNED and not item.displaced:
            rows += self._note("", "mind", "what follows was found for the fix as it was verified")
        if item.verdict.proof is not None:
            rows += self._note("", "proof", proof_words(item.verdict))
        rows += self._note("", "check", evidence.check or "not run")
        rows += self._note("", "tests", evidence.tests or "not run")
        rows += self._note("", "bench", evidence.bench)
        if item.verdict.reason:
            rows += self._note("", "mind", item.verdict.reason)
        rows += self._note("", "id", item.verdict.proposal.id)
        self._rows(rows)
        self.diagnostics(evidence.diagnostics)
        self._verbatim([Text(), *_diff(diff)])

    def _snippet(self, site: Site, source: Source) -> list[Text]:
        plain = replace(site, reason="", heat=Heat(), in_tests=False)
        _, arrow, bar, line, mark = snippet(plain, source).split("\n")[:5]
        line, mark = _window(line, mark, self._console.width)
        return [Text(arrow), Text(bar), Text(line), Text(mark, "bold")]

    def _notes(self, item: Item, source: Source, gutter: str, others: int) -> list[Text]:
        sites = item.verdict.proposal.sites
        fix = item.fix
        rows: list[Text] = []
        told = set(sites[0].heat.reasons)
        if "stream" in told:  # a loop that awaits, in words
            told -= {"loop", "async"}
        heat = [words for word, words in _HEAT.items() if word in told]
        if heat:
            listed = ", ".join(heat[:-1])
            words = f"{listed} and {heat[-1]}" if listed else heat[0]
            rows += self._note(gutter, "why", f"it {words}")
        if len(sites) > 1:
            also = ", ".join(_place(site, source) for site in sites[1:])
            rows += self._note(gutter, "also", also)
        level = f"{fix.level} ({fix.label})"
        if others:
            level += f"; {count(others, 'alternative')}: `t`"
        rows += self._note(gutter, "level", level)
        if item.displaced:
            rows += self._note(gutter, "instead", "of a fix that you skip, which overlaps this one")
        if fix.note:
            rows += self._note(gutter, "fix", fix.note)
        return rows + self._note(gutter, "proof", _proof(item))

    # -- other pages ---------------------------------------------------------------------------

    def docs(self, name: str, text: str) -> None:
        """The docs of a codemod, a docstring's text broken anew."""
        self._rows([Text(), Text(name, "bold"), Text()])
        self._rows(_paragraphs(printable(text.strip(), keep_newlines=True)))

    def help(self) -> None:
        """The keys, and what each does."""
        self._rows([Text(), *(Text.assemble((f"{key}  ", "bold"), what) for key, what in KEYS)])

    def overview(self, taken: Sequence[Item], skipped: int) -> None:
        """Where the session stands, file by file."""
        paths: dict[str, int] = {}
        for item in taken:
            for path in item.fix.paths:
                paths[path] = paths.get(path, 0) + 1
        rows = [Text(), Text(f"{len(taken)} to apply, {skipped} skipped", "bold")]
        rows += [Text(f"  {printable(p)}: {count(n, 'change')}") for p, n in sorted(paths.items())]
        self._rows(rows)


def name_of(item: Item, source: Source) -> str:
    """The item in a few words: codemod and place."""
    site = item.verdict.proposal.sites[0]
    return f"{item.codemod} {_place(site, source)}{_part(item)}"


def _part(item: Item) -> str:
    if not item.part:
        return ""
    return f" ({'hunks' if ',' in item.part else 'hunk'} {item.part})"


def _place(site: Site, source: Source) -> str:
    if site.path != source.path:
        return printable(site.path)
    return f"{printable(site.path)}:{source.position(site.span.start)[0]}"


def _proof(item: Item) -> str:
    if not item.proven:
        return "none yet: it is checked when you apply it"
    if item.kind is not Kind.PLANNED:
        what = {
            Kind.ALTERNATIVE: "this alternative compiles",
            Kind.HUNKS: "this hunk compiles without the others of its fix",
            Kind.EDITED: "your text compiles",
            Kind.DISPLACED: "it compiles",
        }[item.kind]
        if "," in item.part:
            what = f"hunks {item.part} only work together; they compile without the others"
        return f"{what}; all that you apply is proven together before it is written"
    evidence = item.verdict.evidence
    parts = [proof_words(item.verdict) or f"check {evidence.check}"]
    parts.append(f"tests {evidence.tests}" if evidence.tests else "tests not run")
    bench = evidence.bench
    parts.append(bench if bench.startswith("not") else f"measured by {bench}")
    return "; ".join(parts)


def _diff(diff: bytes) -> list[Text]:
    rows: list[Text] = []
    path = ""
    for hunk in hunks(diff):
        if hunk.path != path:
            path = hunk.path
            rows.append(Text(printable(path), "bold"))
        for number, raw in enumerate(hunk.text.split(b"\n")[:-1]):
            line = printable(raw.removesuffix(b"\r").decode("utf-8", "replace"))
            style = {b"+": "green", b"-": "red"}.get(raw[:1], "")
            rows.append(Text(line, style if number else "bold"))
    return rows


_RULE = re.compile(r"^(-+|=+)$")
_POINT = re.compile(r"^\s*[-*] ")


def _paragraphs(text: str) -> list[Text]:
    """A docstring's paragraphs and points with their lines joined, so that they are broken where
    the terminal ends; code stays as it is, and headings are bold."""
    rows: list[Text] = []
    code = False
    joins = False  # does the next line go on with the last row?
    for line in text.split("\n"):
        plain = line.strip()
        if plain.startswith("```"):
            code, joins = not code, False
        elif code:
            rows.append(Text(f"    {line}"))
        elif rows and joins and _RULE.match(plain):
            rows[-1].stylize("bold")
            joins = False
        elif joins and plain and not _POINT.match(line):
            rows[-1].append(f" {plain}")
        else:
            rows.append(Text(line.rstrip()))
            joins = bool(plain)
    return rows


def _window(line: str, mark: str, room: int) -> tuple[str, str]:
    """Both rows cut to the terminal's width, so that the mark is seen."""
    if width(line) <= room or room < 30:
        return line, mark
    bar = line.index("|") + 2
    at = len(mark) - len(mark.lstrip(" |"))
    start = max(0, at - bar - room // 3) if at > room * 2 // 3 else 0
    head = line[:bar]
    text, under = line[bar + start :], mark[bar + start :]
    lead = "..." if start else ""
    space = room - bar - 3 - len(lead)
    cut = "..." if len(text) > space else ""
    return f"{head}{lead}{text[:space]}{cut}", f"{mark[:bar]}{' ' * len(lead)}{under[:space]}"
