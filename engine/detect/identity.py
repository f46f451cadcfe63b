"""What a site is known by: the item that it stands in, how hot it is, and an id that unrelated edits leave alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from engine.base.model import Site, Span
from engine.rust.context import heat_of, in_test_code
from engine.rust.queries import walk
from engine.rust.syntax import COMMENTS, Source


def identified(
    source: Source, sites: Sequence[Site], known: Collection[str] = ()
) -> Iterator[Site]:
    """``sites`` of ``source`` in its order, with item, heat and id (only what surely is a site has one).

    ``known`` are ids that others of the file have: sites that a plan found later come after them.
    """
    seen: dict[str, int] = {}
    ordered = sorted(sites, key=lambda s: (s.span.start, s.span.end, s.codemod, s.kind))
    for site in ordered:
        if site.role != "site":
            yield site
            continue
        node = source.innermost(site.span)
        item = site.item or source.item_path(node)
        heat = site.heat if site.heat.reasons else heat_of(source, node)
        tested = site.in_tests or in_test_code(source, node)
        text = _plain(source, node, site.span)
        base = "\0".join((site.codemod, site.path, item, text.decode("utf-8", "replace")))
        ordinal = seen.get(base, -1) + 1
        while _id(site, base, ordinal) in known:
            ordinal += 1
        seen[base] = ordinal
        yield replace(site, item=item, heat=heat, in_tests=tested, id=_id(site, base, ordinal))


def _plain(source: Source, node: Node, span: Span) -> bytes:
    """The text of ``span`` (``node`` holds it) without white space and comments."""
    text = source.slice(span)
    if b"//" not in text and b"/*" not in text:
        return b"".join(text.split())
    kept: list[bytes] = []
    at = span.start
    for comment in (n for n in walk(node) if n.type in COMMENTS):
        if at <= comment.start_byte and comment.end_byte <= span.end:
            kept.append(source.data[at : comment.start_byte])
            at = comment.end_byte
    kept.append(source.data[at : span.end])
    return b"".join(b"".join(kept).split())


def _id(site: Site, base: str, ordinal: int) -> str:
    digest = hashlib.sha256(f"{base}\0{ordinal}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{site.codemod}-{digest[:12]}"
