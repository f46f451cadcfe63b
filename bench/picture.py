"""``make picture``: docs/picture.svg, the picture of the README, from a real run.

``spikeproof diff`` runs on the service of the demo with one codemod; its first lines, the first fix, its
summary and the first hunk of its patch are drawn as a terminal shows them. What is left out is `...`.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich import terminal_theme
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from engine.base.plain import printable

HOME = Path(__file__).resolve().parent.parent
PICTURE = HOME / "docs" / "picture.svg"
COMMAND = (
    "spikeproof",
    "diff",
    "corpus/upload-service",
    "--codemod",
    "mutex-counter",
    "--no-bench",
)
_WIDTH = 96  # columns
_ADDED = {"+": "green", "-": "red", "@": "cyan"}


def main() -> int:
    words = (str(Path(sys.executable).parent / COMMAND[0]), *COMMAND[1:])
    run = subprocess.run(
        [*words, "--color", "always"], cwd=HOME, capture_output=True, text=True, check=True
    )
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {' '.join(COMMAND)}", style="bold"))
    told = [Text.from_ansi(line) for line in _story(run.stderr)]
    for line in (*told, Text(), *_hunk(run.stdout)):
        console.print(line)
    # Without the fonts that a reader's browser would fetch from elsewhere.
    head, _, rest = CONSOLE_SVG_FORMAT.partition("@font-face")
    form = head + rest[rest.index(".{unique_id}-matrix") :]
    svg = console.export_svg(
        title="spikeproof", theme=terminal_theme.MONOKAI, code_format=form, unique_id="session"
    )
    PICTURE.write_text(svg + "\n", "utf-8")
    print(PICTURE)
    return 0


def _story(said: str) -> Iterator[str]:
    """What a reader needs of stderr: what was done, one fix, the numbers."""
    lines = said.rstrip("\n").split("\n")
    plain = [Text.from_ansi(line).plain for line in lines]
    starts = [n for n, line in enumerate(plain) if line.startswith("verified")]
    second = starts[1]
    summary = plain.index("", second) + 1
    yield from lines[:second]
    yield "..."
    yield from lines[summary:]


def _hunk(patch: str) -> Iterator[Text]:
    """The shortest hunk of the patch that takes lines away."""
    files = patch.split("\ndiff --git ")[1:]
    hunks = [hunk for file in files for hunk in file.split("\n@@ ")[1:] if "\n-" in hunk]
    for line in ("@@ " + min(hunks, key=len)).rstrip("\n").split("\n"):
        yield Text(printable(line), style=_ADDED.get(line[:1], ""))


if __name__ == "__main__":
    sys.exit(main())
