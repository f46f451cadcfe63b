"""What every test run starts from, wherever it was started."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

from tests.examples import WHOLE

# A run in the background of a shell inherits SIGINT as ignored, and so would the programs that the
# Ctrl-C tests start: they would then test nothing.
signal.signal(signal.SIGINT, signal.default_int_handler)

# pytest-xdist tells its workers a size, which programs in a terminal of their own would believe.
for _name in ("COLUMNS", "LINES"):
    os.environ.pop(_name, None)

# What scans keep is the user's; a test that asks for it names a folder.
os.environ["SPIKEPROOF_CACHE"] = "off"

settings.load_profile(WHOLE)
