"""What keeps cargo from building at all, in words: the machine's set-up, the arguments, the manifests."""

from __future__ import annotations

import re

_KNOWN: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"toolchain '([^']+)' is not installed"),
        "the toolchain `{0}`, which rust-toolchain.toml or --toolchain names, is not installed: "
        "`rustup toolchain install {0}`, or name another one with --toolchain NAME",
    ),
    (
        re.compile(
            r"(?:does not contain this feature|do not contain these features|does not have these "
            r"features|contains? (?:this|these) features?): ([^\n]+)"
        ),
        "cargo finds no feature `{0}` in the packages chosen: see `[features]` in their Cargo.toml",
    ),
    (
        re.compile(r"the `([^`]+)` target may not be installed"),
        "Rust's standard library for the target `{0}` is not installed: `rustup target add {0}`",
    ),
    (
        re.compile(r"(?:could not find specification for target|target specification) \"?([\w.-]+)"),
        "rustc knows no target `{0}`: `rustc --print target-list` names those that there are",
    ),
    (
        re.compile(r"cannot create the lock file .* because --locked"),
        "there is no Cargo.lock, and --locked (or --frozen) forbids to make one: run "
        "`cargo generate-lockfile`",
    ),
    (
        re.compile(r"(?:needs to be updated but|cannot update the lock file .* because) --locked"),
        "Cargo.lock is not up to date, and --locked forbids to write it: run `cargo update --workspace`",
    ),
    (
        re.compile(
            r"(?:--offline|the network is not allowed|in offline mode|--frozen was specified)"
        ),
        "cargo may not use the network, and not all crates are on this machine: run `cargo fetch` "
        "first, or leave --offline out",
    ),
    (
        re.compile(
            r"(?:failed to download|Could not resolve host|unable to update registry|"
            r"download of .* failed|spurious network error)"
        ),
        "cargo cannot fetch the crates that the workspace depends on: see its words below",
    ),
)  # fmt: skip


def setup_words(output: str) -> str:
    """One line for a build of which cargo compiled nothing; ``output`` is what cargo said."""
    for pattern, words in _KNOWN:
        found = pattern.search(output)
        if found is not None:
            return words.format(*found.groups())
    first = re.search(r"^error:? ?(?:\[\w+\]:? ?)?(.+)$", output, re.MULTILINE)
    said = f": {first.group(1)}" if first is not None else ""
    return f"cargo cannot build the workspace{said}"
