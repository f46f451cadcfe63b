"""``make bench-speed``: the two figures that users wait for, as ratios within one run.

``scan`` against ast-grep and against itself (``scan_speed``), ``diff`` against cargo (``diff_speed``).
``scan`` or ``diff`` on the command line does one of them. The first run fetches and builds what it
measures on; measuring itself takes about ten minutes.
"""

from __future__ import annotations

import os
import sys
import time

from bench.diff_speed import diff_figures
from bench.scan_speed import scan_figures


def main() -> int:
    chosen = sys.argv[1:] or ["scan", "diff"]
    print(
        f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f} at the start", flush=True
    )
    began = time.monotonic()
    figures = {"scan": scan_figures, "diff": diff_figures}
    held = [figures[name]() for name in chosen]
    print(
        f"all of it took {(time.monotonic() - began) / 60:.1f} minutes, with what was built for it"
    )
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
