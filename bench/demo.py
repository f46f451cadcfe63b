"""``make demo``: the main job on the service of the story. Exit 0 when it ends with a patch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).resolve().parent.parent / "corpus" / "upload-service"


def main() -> int:
    command = [str(Path(sys.executable).with_name("spikeproof")), "diff", str(SERVICE)]
    print("$ spikeproof diff corpus/upload-service --review", file=sys.stderr, flush=True)
    code = subprocess.run([*command, "--review", "--exit-code"], check=False).returncode
    if code != 1:  # 1: a patch was made
        print(f"demo: expected a patch (exit 1), got exit {code}", file=sys.stderr)
        return code or 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
