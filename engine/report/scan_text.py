"""What ``scan`` lists besides snippets: a line a site, and how many sites there are of which kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from engine.base.model import Site
from engine.base.plain import printable
from engine.rust.syntax import Source

_COLD = "not hot"


def short(site: Site, source: Source) -> str:
    """``src/a.rs:12:9: clone-per-frame [stream, loop]: message``: one line, as editors and grep take it;
    columns count characters from 1."""
    line, column = source.position(site.span.start)
    heat = f" [{', '.join(site.heat_words)}]" if site.heat_words else ""
    return (
        f"{printable(site.path)}:{line}:{column}: {site.codemod}{heat}: {printable(site.message)}"
    )


def statistics(sites: Sequence[Site]) -> str:
    """A table: how many sites each codemod has, and for how many each reason for heat holds (a site may
    have several)."""
    counts: dict[str, Counter[str]] = {}
    for site in sites:
        counts.setdefault(site.codemod, Counter()).update(("sites", *(site.heat_words or (_COLD,))))
    found = {word for each in counts.values() for word in each}
    order = ("sites", "stream", "handler", "loop", "under-lock", "async", _COLD, "test")
    columns = [word for word in order if word in found]
    rows = [["codemod", *columns]]
    rows += [
        [name, *(str(each[word]) for word in columns)] for name, each in sorted(counts.items())
    ]
    if len(counts) > 1:
        every = sum(counts.values(), Counter[str]())
        rows.append(["all", *(str(every[word]) for word in columns)])
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "".join(
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True)),
            ]
        ).rstrip()
        + "\n"
        for row in (rows if counts else [])
    )
