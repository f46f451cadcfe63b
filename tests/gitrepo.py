"""A git repository in a folder, without anything of this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def git(root: Path, *arguments: str, given: bytes = b"", strip: bool = True) -> str:
    """What git says, stripped; it must end well."""
    run = subprocess.run(
        ["git", "-c", "user.name=n", "-c", "user.email=e@x", *arguments],
        cwd=root,
        input=given,
        env=ENVIRONMENT,
        capture_output=True,
        check=True,
    )
    said = run.stdout.decode("utf-8", "surrogateescape")
    return said.strip() if strip else said


def start(root: Path) -> Path:
    """Make ``root`` a repository with all its files in the first commit, on ``main``."""
    git(root, "init", "-q", "-b", "main")
    commit(root, "start")
    return root


def commit(root: Path, words: str = "more") -> str:
    """Commit everything; the commit."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", words)
    return git(root, "rev-parse", "HEAD")
