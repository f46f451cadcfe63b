"""The fixes as mails for ``git am``: one commit each, the same bytes for the same tree.

The head is what ``git am`` reads (RFC 5322, UTF-8 as it is); a body's line that could be taken for
the start of a diff, of another mail or of a header is indented. Files with CR at line ends need
``git am --keep-cr``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from engine import __version__
from engine.base.model import Verdict
from engine.base.plain import printable
from engine.report.proof_words import proof_words
from engine.rewrite.patch import placed
from engine.rewrite.patch_series import Step

# git's own fixed date of the first line tells readers of mail boxes that it is a patch.
_FROM = "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001"
_DATE = "Thu, 1 Jan 1970 00:00:00 +0000"
_SUBJECT = 200  # characters; what is longer belongs into the body
# The last two: a header that ``git mailinfo`` believes where a body begins, and one of a patch.
_TAKEN = re.compile(
    r"^(?:From |diff |Index: |--- |---$|-- $|>+From |>?(?i:from|subject|date):|\[PATCH)"
)


@dataclass(frozen=True, slots=True)
class Series:
    """The steps of one workspace, which is in ``folder`` of its repository ("" for its top)."""

    steps: Sequence[Step]
    toolchain: str
    folder: str = ""


def mbox(steps: Sequence[Step], toolchain: str) -> bytes:
    """All steps of one workspace, in the order in which they apply."""
    return b"".join(mails([Series(steps, toolchain)]))


def mails(all_: Sequence[Series]) -> list[bytes]:
    """One mail a step, numbered over all workspaces."""
    total = sum(len(each.steps) for each in all_)
    found: list[bytes] = []
    for each in all_:
        found += [_mail(each, step, len(found) + n, total) for n, step in enumerate(each.steps, 1)]
    return found


def _mail(series: Series, step: Step, number: int, of: int) -> bytes:
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
        body += [*body_of(verdict, series.folder), ""]
    rest = len(series.steps) - 1
    others = f" with the other {rest} of this series" if rest else ""
    others = f" with the other {rest} in {series.folder}" if rest and of > rest + 1 else others
    body += _wrapped(printable(f"Proven{others} ({series.toolchain})."))
    text = "\n".join([*head, *map(_harmless, body), "---", ""])
    end = f"-- \nspikeproof {__version__}\n\n"
    return (
        text.encode("utf-8", "backslashreplace") + placed(step.patch, series.folder) + end.encode()
    )


def body_of(verdict: Verdict, folder: str = "") -> list[str]:
    """What there is to say of a verified fix, in lines of at most 76 characters where words allow;
    ``folder`` is that of its workspace."""
    assert verdict.fix is not None
    site, fix, evidence = verdict.proposal.sites[0], verdict.fix, verdict.evidence
    rows = [
        f"{folder and folder + '/'}{site.path}, {site.item or 'top level'} [{fix.level}: {fix.label}]"
    ]
    rows += [text for text in (fix.note, verdict.reason) if text]
    rows.append(proof_words(verdict))
    rows += [f"check: {evidence.check}", f"tests: {evidence.tests}", f"bench: {evidence.bench}"]
    return [line for row in rows for line in _wrapped(printable(row))]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 76, break_long_words=False, break_on_hyphens=False)


def _harmless(line: str) -> str:
    return f" {line}" if _TAKEN.match(line) else line
