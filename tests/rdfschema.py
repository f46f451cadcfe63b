"""reviewdog's own JSON schema of a diagnostic, and a validator of the format that npm carries.

reviewdog publishes the schema in its repository alone, in no package: it is fetched from there, at one
commit and checked against its hash, and kept in pytest's cache. npm's
``@umbrelladocs/rdformat-validator`` has a stricter schema, made by others from reviewdog's ``.proto``.
Where one cannot be had, its tests are skipped, in words.
"""

from __future__ import annotations

import functools
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.npm import package

_CACHE = Path(__file__).resolve().parent.parent / ".pytest_cache"
_COMMIT = "6c307503194f0f32bf1956c7fcd2877636338db6"
_URL = (
    f"https://raw.githubusercontent.com/reviewdog/reviewdog/{_COMMIT}"
    "/proto/rdf/jsonschema/Diagnostic.json"
)
_SHA256 = "5b0d267e0e1a3636ef12c9267418e72bfb251f22c67b837a582a0a9a1172b677"
_VALIDATOR = "@umbrelladocs/rdformat-validator"
_VERSION = "1.0.1"
_SHA512 = "yOQbzkvQBshV0fLfjw4S1QEv+dsYs6RRqR+4W2njaHzPchyWj/rYvK5ogJ8Jo+GRtX1hKPxyRFtIN18GFwVQVA=="
_SCRIPT = """
const { validate } = require(process.argv[1] + "/dist/validator");
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter((line) => line);
console.log(JSON.stringify(lines.map((line) => validate(JSON.parse(line), { strictMode: true }))));
"""


@functools.cache
def published() -> dict[str, Any]:
    """reviewdog's schema of a line of rdjsonl, byte for byte."""
    kept = _CACHE / f"reviewdog-diagnostic-{_COMMIT[:12]}.json"
    if not kept.is_file():
        try:
            answer = httpx.get(_URL, timeout=20.0).raise_for_status()
        except httpx.HTTPError as error:
            pytest.skip(f"reviewdog's schema cannot be fetched from GitHub: {error}")
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(answer.content)
    data = kept.read_bytes()
    assert hashlib.sha256(data).hexdigest() == _SHA256, f"{kept} is another file: delete it"
    schema: dict[str, Any] = json.loads(data)
    return schema


def complaints(rdjsonl: bytes) -> list[object]:
    """What the validator of npm says against these lines, errors and warnings."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: it runs the validator of reviewdog's format")
    run = subprocess.run(
        [node, "-e", _SCRIPT, str(_package())],
        input=rdjsonl,
        capture_output=True,
        timeout=60,
        check=True,
    )
    results = json.loads(run.stdout)
    assert len(results) == rdjsonl.count(b"\n")
    return [told for result in results for told in (*result["errors"], *result["warnings"])]


@functools.cache
def _package() -> Path:
    """The package, unpacked: it needs no other one."""
    place = _CACHE / f"rdformat-validator-{_VERSION}"
    if (place / "package").is_dir():
        return place / "package"
    with package(_VALIDATOR, _VERSION, _SHA512) as archive:
        archive.extractall(place / "new", filter="data")
    (place / "new" / "package").rename(place / "package")
    return place / "package"
