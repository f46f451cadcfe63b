"""rustc-style snippets: the line, and what is meant underlined."""

from __future__ import annotations

from engine.base.model import Level, Site
from engine.base.plain import printable, width
from engine.rust.syntax import Source

_COLOR = {Level.SAFE: "green", Level.REVIEW: "yellow", Level.REPORT: "cyan"}


def style(text: str, color: bool, **how: object) -> str:
    """``text`` in ANSI style when ``color``."""
    if not color:
        return text
    import click

    return click.style(text, **how)  # type: ignore[arg-type]


def snippet(site: Site, source: Source, color: bool = False) -> str:
    """The site as rustc would show it, with heat, level and reason below."""
    line, column = source.position(site.span.start)
    start = source.line_start(site.span.start)
    end = source.line_end(site.span.start)
    before = printable(source.data[start : site.span.start].decode("utf-8", "replace"))
    shown = source.data[site.span.start : min(site.span.end, end)].decode("utf-8", "replace")
    marked = printable(shown.rstrip("\r"))
    after = printable(source.data[min(site.span.end, end) : end].decode("utf-8", "replace"))
    after = after.removesuffix("\\u{d}")
    more = " ..." if site.span.end > end else ""
    gutter = " " * len(str(line))
    bar = style("|", color, fg="blue", bold=True)
    head = style(f"{site.codemod}", color, fg=_COLOR[site.level], bold=True)
    rows = [
        f"{head}: {printable(site.message)}",
        f"{gutter}{style('-->', color, fg='blue', bold=True)} {printable(site.path)}:{line}:{column}",
        f"{gutter} {bar}",
        f"{style(str(line), color, fg='blue', bold=True)} {bar} {_clip(before + marked + after)}",
        f"{gutter} {bar} {' ' * width(before)}"
        + style("^" * max(1, width(marked)) + more, color, fg=_COLOR[site.level], bold=True),
    ]
    notes = [f"level: {site.level}" + (f" ({printable(site.reason)})" if site.reason else "")]
    if site.heat_words:
        notes.append(f"heat: {', '.join(site.heat_words)}")
    rows += [f"{gutter} {style('=', color, fg='blue', bold=True)} {note}" for note in notes]
    return "\n".join(rows)


def _clip(text: str) -> str:
    """A line of a minified or generated file must not fill the screen."""
    return text if len(text) <= 300 else text[:300] + "…"
