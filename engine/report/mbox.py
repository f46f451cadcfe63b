"""The fixes as mails for ``git am``: one commit each, the same bytes for the same tree.

The head is what ``git am`` reads (RFC 5322, UTF-8 as it is); a body's line that could be taken for
the start of a diff or of another mail is indented. Files with CR at line ends need
``git am --keep-cr``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from engine import __version__
from engine.model import Verdict
from engine.report.plain import printable
from engine.series import Step

# git's own fixed date of the first line tells readers of mail boxes that it is a patch.
_FROM = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001"
_DATE = "Thu, 1 Jan 1970 00:00:00 +0000"
_SUBJECT = 200  # characters; what is longer belongs into the body
_TAKEN = re.compile(r"^(?:From |diff |Index: |--- |---$|-- $|>+From )")


def mbox(steps: Sequence[Step], toolchain: str) -> bytes:
    """All steps, in the order in which they apply."""
    mails = (_mail(step, number, len(steps), toolchain) for number, step in enumerate(steps, 1))
    return b"".join(mails)


def _mail(step: Step, number: int, of: int, toolchain: str) -> bytes:
    first = step.verdicts[0]
    site = first.proposal.sites[0]
    subject = f"{first.proposal.codemod}: {printable(site.message)}"
    if len(step.verdicts) > 1:
        subject = f"{len(step.verdicts)} fixes that were planned on the result of others"
    head = [
        _FROM,
        "From: spikeproof <spikeproof@localhost>",
        f"Date: {_DATE}",
        f"Subject: [PATCH {number}/{of}] {subject[:_SUBJECT]}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        "",
    ]
    body: list[str] = []
    for verdict in step.verdicts:
        body += [*_body(verdict), ""]
    others = f" with the other {of - 1} of this series" if of > 1 else ""
    body += _wrapped(f"Proven{others} ({toolchain}).")
    text = "\n".join([*head, *map(_harmless, body), "---", ""])
    end = f"-- \nspikeproof {__version__}\n\n"
    return text.encode("utf-8", "backslashreplace") + step.patch + end.encode()


def _body(verdict: Verdict) -> list[str]:
    assert verdict.fix is not None
    site, fix, evidence = verdict.proposal.sites[0], verdict.fix, verdict.evidence
    rows = [f"{site.path}, {site.item or 'top level'} [{fix.level}: {fix.label}]"]
    rows += [text for text in (fix.note, verdict.reason) if text]
    rows += [f"check: {evidence.check}", f"tests: {evidence.tests}", f"bench: {evidence.bench}"]
    return [line for row in rows for line in _wrapped(printable(row))]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 76, break_long_words=False, break_on_hyphens=False)


def _harmless(line: str) -> str:
    return f" {line}" if _TAKEN.match(line) else line
