"""Counts in words: what was found, and what was left out for which reason."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 site``, ``2 sites``: ``noun`` for one, else ``plural`` (with an s, if "")."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """``a, b, c and 2 more``: the first ``most`` of ``names``, and how many there are besides."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def silenced(sites: int) -> str:
    """How many sites a comment silenced."""
    return f"{count(sites, 'site')} by `spikeproof: allow(..)` comments"


def configured_words(sites: int) -> str:
    """How many sites the config leaves out."""
    return f"{count(sites, 'site')} where the config turns the codemod off"


def spared(sites: int) -> str:
    """How many sites in test code were left alone, and what takes them."""
    return (
        f"{count(sites, 'site')} in tests, benches and examples, where no traffic comes "
        "(`test-code = true` in the config takes them)"
    )
