"""``python -m spikeproof``.

Python looks for modules first in the folder that it was started in (unless with -P or -I), and a
repository may well have one that is named ``engine``, or ``click``: nothing there is run.
"""

from __future__ import annotations

import sys
from pathlib import Path

# Where `engine` and `codemods` are, beside this package, in place of that folder.
sys.path[: 0 if sys.flags.safe_path else 1] = [str(Path(__file__).resolve().parent.parent)]

from engine.app.cli import main  # noqa: E402

main()
