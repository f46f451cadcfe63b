#!/usr/bin/env bash
# Installs the spikeproof of this checkout into the folder $1, with the dependencies that
# requirements-run.lock pins by hash. Does nothing where it is installed already.
set -euo pipefail
venv="$1"
python="${2:-python3}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "error: Python 3.11 or newer is needed" >&2
  exit 2
}
[ -x "$venv/bin/spikeproof" ] && exit 0
"$python" -m venv "$venv"
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)
"${pip[@]}" --require-hashes --requirement "$root/requirements-run.lock"
"${pip[@]}" --no-deps --no-build-isolation "$root"
