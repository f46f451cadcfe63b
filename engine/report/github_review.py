"""A review for ``POST /repos/{owner}/{repo}/pulls/{number}/reviews``.

Fixes that were proven, and whose lines the pull request's diff shows, become comments: a suggestion
where the whole fix is one, else the patch folded in. Everything else is told in the review's body.
GitHub refuses the whole review for one comment outside of the diff, more than 100 comments or a text
of more than 65,536 characters (counted here as UTF-8 bytes, which are never fewer).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.base.counts import count
from engine.base.model import Level
from engine.report.finding import Finding, Report, Suggestion
from engine.report.markdown import clipped, code, details, diff, fence, prose, size
from engine.rewrite.pulldiff import PullDiff

MAX_COMMENTS = 100
MAX_BODY = 65_536
_LISTED = "Not at a line of this pull request's diff, without a fix, or too many:"
_PROSE = 3_000  # characters of one text: a message, a note, a reason
_SHORT = 400  # where escapes make the long form too long
_MARK = "<!-- spikeproof:{} -->"


@dataclass(frozen=True, slots=True)
class Comment:
    """On the lines ``first`` to ``last`` of the new side of ``path``."""

    id: str  # of what it tells, and so that it is not told twice
    path: str
    first: int
    last: int
    body: str

    @property
    def finding(self) -> str:
        """The id of the finding that it tells."""
        return self.id.partition("/")[0]

    def request(self) -> dict[str, object]:
        """As the API has it."""
        found: dict[str, object] = {"path": self.path, "body": self.body, "side": "RIGHT"}
        if self.first < self.last:
            found |= {"start_line": self.first, "start_side": "RIGHT"}
        return {**found, "line": self.last}


@dataclass(frozen=True, slots=True)
class Review:
    """``id`` marks the body; ``empty`` tells that there is nothing to say."""

    commit: str
    id: str
    body: str
    comments: tuple[Comment, ...]
    empty: bool

    def request(self) -> dict[str, object]:
        """The request's body. Without an event the review would stay unseen, as a draft."""
        return {
            "commit_id": self.commit,
            "event": "COMMENT",
            "body": self.body,
            "comments": [comment.request() for comment in self.comments],
        }


def mark(name: str) -> str:
    """What a comment is known by; nobody sees it."""
    return _MARK.format(name)


def review(
    report: Report,
    within: PullDiff,
    known: Collection[str] = (),
    most: int = MAX_COMMENTS,
    listed: str = _LISTED,
    unplaced: Collection[str] = (),
) -> Review:
    """The review of the new findings. Comments with an id in ``known`` are there already, and count
    among the ``most`` that may stand; ``listed`` says why the others are none. Findings with an id in
    ``unplaced`` get no comment."""
    comments: list[Comment] = []
    taken: dict[str, set[int]] = {}
    elsewhere: list[Finding] = []
    posted = 0
    for finding in report.new:
        able = finding.verified and finding.id not in unplaced
        made = _comments(finding, within, taken) if able else ()
        fresh = [comment for comment in made if comment.id not in known]
        if not made or (fresh and len(known) + len(comments) + len(fresh) > most):
            elsewhere.append(finding)
            continue
        for comment in made:
            taken.setdefault(comment.path, set()).update(range(comment.first, comment.last + 1))
        posted += not fresh
        comments += fresh
    body = _body(report, elsewhere, len(comments), posted, listed)
    # Not the text: each commit's is another one, and would be posted again.
    told = "\n".join(sorted(f"{finding.id} {finding.outcome}" for finding in elsewhere))
    name = f"review:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:12]}"
    body = f"{body}\n\n{mark(name)}"
    return Review(report.commit, name, body, tuple(comments), not comments and not elsewhere)


# -- comments --------------------------------------------------------------------------------------


def _comments(
    finding: Finding, within: PullDiff, taken: dict[str, set[int]]
) -> tuple[Comment, ...]:
    """Suggestions where all of them can stand, else the patch at the site; () when the site is not
    in the diff. ``taken`` are lines that have a suggestion: a second one could not be applied."""
    if finding.suggestions and all(
        within.holds(s.path, s.first, s.last)
        and taken.get(s.path, set()).isdisjoint(range(s.first, s.last + 1))
        for s in finding.suggestions
    ):
        number = len(finding.suggestions)
        found = [
            _suggesting(finding, suggestion, part, number)
            for part, suggestion in enumerate(finding.suggestions, 1)
        ]
        if all(size(comment.body) <= MAX_BODY for comment in found):
            return tuple(found)
    if not within.holds(finding.path, finding.line, finding.line):
        return ()
    told = _told(finding)
    room = MAX_BODY - size(told) - 1024
    parts = [told, _folded(finding, room), mark(finding.id)]
    body = "\n\n".join(filter(None, parts))
    return (Comment(finding.id, finding.path, finding.line, finding.line, body),)


def _suggesting(finding: Finding, suggestion: Suggestion, part: int, of: int) -> Comment:
    name = finding.id if of == 1 else f"{finding.id}/{part}"
    parts = [_told(finding)]
    if of > 1:
        parts.append(f"Part {part} of {of}: each of them was compiled alone.")
    # A line end of its own closes the last line: an empty suggestion deletes, "\n" leaves one empty.
    text = "".join(f"{line}\n" for line in suggestion.lines)
    parts += [fence(text, "suggestion"), mark(name)]
    return Comment(name, suggestion.path, suggestion.first, suggestion.last, "\n\n".join(parts))


def _told(finding: Finding, most: int = _PROSE) -> str:
    """What stands there, what the fix does and what proves it: not more than half of a comment."""
    rows = [heading(finding), "", clipped(finding.message, most)]
    if finding.note:
        rows += ["", clipped(finding.note, most)]
    if finding.reason:
        rows += ["", f"Why: {clipped(finding.reason, most)}"]
    if finding.evidence:
        rows += ["", *(f"- {name}: {clipped(text, most)}" for name, text in finding.evidence)]
    told = "\n".join(rows)
    return told if size(told) <= MAX_BODY // 2 or most == _SHORT else _told(finding, _SHORT)


def heading(finding: Finding) -> str:
    """Codemod, level and outcome on one line."""
    return (
        f"**{prose(finding.codemod)}**: {clipped(finding.word, 200)}, level {code(finding.level)}"
    )


def _folded(finding: Finding, room: int) -> str:
    """The fix's whole patch, folded; why there is none, when there is none."""
    if not finding.patch:
        return clipped(finding.apart, _SHORT)
    why = clipped(finding.apart, _SHORT) or "Several places change together"
    block = details("The whole patch of this fix", diff(finding.patch))
    if size(why) + size(block) > room:
        return f"{why}; the patch is too long for a comment ({size(finding.patch):,} bytes): take it from the job's patch."
    return f"{why}: no suggestion that could be applied here by itself.\n\n{block}"


# -- the body --------------------------------------------------------------------------------------


def _body(
    report: Report, elsewhere: Sequence[Finding], comments: int, posted: int, listed: str
) -> str:
    new = report.new
    verified = sum(finding.verified for finding in new)
    fixes = count(verified, "verified fix", "verified fixes")
    rows = [f"**spikeproof**: {count(len(new), 'new finding')}, {fixes}."]
    told = []
    if comments:
        told.append(f"{count(comments, 'comment')} below")
    if posted:
        told.append(f"{count(posted, 'fix', 'fixes')} told before")
    if told:
        rows[0] += f" {'; '.join(told)}."
    if elsewhere:
        rows += ["", listed, ""]
    end = _end(report)
    room = MAX_BODY - size("\n".join(rows)) - size(end) - 512
    for number, finding in enumerate(elsewhere):
        row = _row(finding)
        if size(row) + 1 > room:
            rows.append(
                f"- and {len(elsewhere) - number} more: no room here, see the job's summary"
            )
            break
        rows.append(row)
        room -= size(row) + 1
    for finding in elsewhere:
        block = _patch_row(finding)
        if block and size(block) + 2 <= room:
            rows += ["", block]
            room -= size(block) + 2
    return "\n".join(rows) + end


def _end(report: Report) -> str:
    where = f"commit {code(report.commit)}, new against {code(report.base)}"
    proven = f"; proven with {code(report.toolchain)}" if report.toolchain else ""
    return f"\n\nOf {where}{proven}."


def _row(finding: Finding) -> str:
    place = code(f"{finding.path}:{finding.line}")
    reason = finding.reason or (finding.note if finding.level is not Level.REPORT else "")
    why = f" ({clipped(reason, 600)})" if reason else ""
    told = f"; {finding.proof}: {clipped(finding.reach, 300)}" if finding.proof is not None else ""
    return f"- {place} {heading(finding)}{told}: {clipped(finding.message, 600)}{why}"


def _patch_row(finding: Finding) -> str:
    if not finding.patch or not finding.verified:
        return ""
    return details(f"Patch for {_summary(finding)}", diff(finding.patch))


def _summary(finding: Finding) -> str:
    """A place inside of a tag, where Markdown's code spans are none."""
    return prose(f"{finding.path}:{finding.line}".replace("`", "'"))
