"""GitHub's own OpenAPI description of the calls that post a review, from npm's ``@octokit/openapi``.

28 MB are fetched once, checked against the hash of that version, and the part that is needed is kept in
pytest's cache. Without npm, tests that need it are skipped, in words.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from tests.npm import package

VERSION = "23.0.2"
_SHA512 = "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
_MEMBER = "package/generated/api.github.com.json"
_PULLS = "/repos/{owner}/{repo}/pulls"
_PULL = f"{_PULLS}/{{pull_number}}"
_LISTS = {
    "pulls": _PULLS,
    "pull": _PULL,
    "files": f"{_PULL}/files",
    "comments": f"{_PULL}/comments",
    "reviews": f"{_PULL}/reviews",
}


@functools.cache
def description() -> dict[str, Any]:
    """``request``: the schema of a review that is posted; ``answers``: for each list an entry as
    GitHub documents it; ``refusals``: the status codes that posting may answer with."""
    kept = Path(__file__).parent.parent / ".pytest_cache" / f"octokit-openapi-{VERSION}.json"
    if kept.is_file():
        found: dict[str, Any] = json.loads(kept.read_text("utf-8"))
        return found
    with package("@octokit/openapi", VERSION, _SHA512) as archive:
        member = archive.extractfile(_MEMBER)
        assert member is not None
        whole = json.load(member)
    found = _part(whole)
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found), "utf-8")
    return found


def _part(whole: dict[str, Any]) -> dict[str, Any]:
    post = whole["paths"][_LISTS["reviews"]]["post"]
    answers = {}
    for name, path in _LISTS.items():
        example = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        (reference,) = (e["$ref"] for e in example["examples"].values())
        value = whole["components"]["examples"][reference.rpartition("/")[2]]["value"]
        answers[name] = value[0] if isinstance(value, list) else value
    return {
        "request": post["requestBody"]["content"]["application/json"]["schema"],
        "answers": answers,
        "refusals": sorted(code for code in post["responses"] if code >= "400"),
    }
