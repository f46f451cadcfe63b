"""``spikeproof post-review``: post what a job found, from a job that may write.

The file's findings are hostile data (``engine.report.review_file``); the review is made of them here,
against the pull request's own diff as GitHub has it. Nothing is checked out, nothing runs, no path of
the file is opened.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.app.commands import emit
from engine.app.github import API, TOKEN_WANTED, ApiError, GitHub
from engine.app.github_event import Event, at, read_event, text
from engine.base.counts import count
from engine.base.errors import SpikeproofError
from engine.base.exits import EXIT_CLEAN, EXIT_UNPROVEN
from engine.base.fsio import read_regular, show
from engine.base.plain import printable
from engine.base.ui import Ui
from engine.report.finding import Report
from engine.report.github_review import Comment, Review, review
from engine.report.review_file import LIMIT, load
from engine.rewrite.pulldiff import PullDiff, of_patch

_REPOSITORY = re.compile(r"[A-Za-z0-9-]{1,100}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# At the end, where it is put: a diff or a message above may hold text that looks like one.
_MARK = re.compile(r"<!-- spikeproof:([a-z0-9:/-]{1,120}) -->\s*\Z")
# Whose comments count as told: anybody may write a mark into a comment, and hide a finding so.
_TRUSTED = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_TRIES = 3
_REFUSED = "Without comments on lines, for GitHub did not take them:"
_PART = "**spikeproof**: {} below; GitHub did not take the review as a whole."
_PARTS = 16  # requests for the parts of a review that was refused


@dataclass(frozen=True, slots=True)
class Known:
    """Marks of what was posted before: of comments that still stand at a line, and of bodies."""

    comments: frozenset[str]
    bodies: frozenset[str]


def post_review_command(
    file: Path, repo: str | None, pull: int | None, most: int, dry_run: bool, ui: Ui
) -> int:
    """``spikeproof post-review``: the exit codes are those that its ``--help`` lists. Raises
    SpikeproofError (exit 2), and then nothing was posted."""
    try:
        report = load(read_regular(file, LIMIT))
    except OSError as error:
        raise SpikeproofError(f"cannot read {show(file)}: {error.strerror or error}") from error
    environment = os.environ
    repository = repo or environment.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        raise SpikeproofError("which repository? Name it: --repo OWNER/NAME")
    event = read_event(environment)
    token = environment.get("GITHUB_TOKEN", "")
    if not token and not dry_run:
        raise SpikeproofError(f"GITHUB_TOKEN is not set: {TOKEN_WANTED}")
    api = GitHub(
        environment.get("GITHUB_API_URL") or API,
        token,
        say=lambda words: ui.say("Waiting", words, "cyan"),
    )
    try:
        return _Posting(api, repository, report, most, dry_run, ui).run(event, pull)
    finally:
        api.close()


class _Posting:
    def __init__(
        self, api: GitHub, repository: str, report: Report, most: int, dry_run: bool, ui: Ui
    ) -> None:
        self._api = api
        self._below = f"/repos/{repository}"
        self._report = report
        self._most = most
        self._dry_run = dry_run
        self._ui = ui

    def run(self, event: Event, pull: int | None) -> int:
        report = self._report
        if event.commit and event.commit != report.commit and pull in (None, event.number):
            raise SpikeproofError(
                f"the file is of commit {report.commit[:12]}, this job of {event.commit[:12]}: check "
                "out the head of the pull request, not its merge (`ref: ${{ "
                "github.event.pull_request.head.sha }}`), and take the artifact of this very run"
            )
        number = pull or event.number or self._number(event)
        if not number:
            self._ui.say("Stale", "no open pull request has this commit at its head", "yellow")
            return EXIT_CLEAN
        found = self._api.get(f"{self._below}/pulls/{number}")
        head, state = text(at(found, "head", "sha")), at(found, "state")
        if state != "open":
            self._ui.say("Stale", f"pull request {number} is not open: nothing is posted", "yellow")
            return EXIT_CLEAN
        if head != report.commit:
            if event.commit != report.commit:
                raise SpikeproofError(
                    f"the head of pull request {number} is {show(head[:12])}, the file is of "
                    f"{report.commit[:12]}: run `spikeproof ci` on the head"
                )
            self._ui.say(
                "Stale",
                f"pull request {number} has moved on to {show(head[:12])}: the run of that commit "
                "posts",
                "yellow",
            )
            return EXIT_CLEAN
        return self._post(number)

    def _number(self, event: Event) -> int:
        """The open pull request of the event's branch, whose head is the event's commit."""
        if not (event.owner and event.branch):
            raise SpikeproofError("which pull request? Name it: --pull NUMBER")
        listed = self._api.every(
            f"{self._below}/pulls", state="open", head=f"{event.owner}:{event.branch}"
        )
        for entry in listed:
            number = entry.get("number")
            if at(entry, "head", "sha") == event.commit and isinstance(number, int):
                return number
        return 0

    # -- posting -------------------------------------------------------------------------------

    def _post(self, number: int) -> int:
        within = self._diff(number)
        for attempt in range(_TRIES):
            known = self._known(number)
            made = review(self._report, within, known.comments, self._most)
            if made.empty or (not made.comments and made.id in known.bodies):
                self._ui.say("Nothing", "to post: all of it is there already, or nothing is new")
                return EXIT_CLEAN
            if self._dry_run:
                shown = json.dumps(made.request(), indent=1, ensure_ascii=True) + "\n"
                emit(shown.encode("ascii"), None)
                return EXIT_CLEAN
            try:
                answer = self._api.post(f"{self._below}/pulls/{number}/reviews", made.request())
            except ApiError as error:
                if (error.status >= 500 or error.status == 0) and attempt < _TRIES - 1:
                    # It may have been heard: what is there by now is not posted again.
                    self._api.wait(2.0**attempt, str(error))
                    continue
                return self._without(number, made, error, known, within)
            address = text(at(answer, "html_url"))
            self._ui.say("Posted", f"{_told(made)}{address and f': {address}'}")
            return EXIT_CLEAN
        raise AssertionError("each attempt returns or is not the last")

    def _without(
        self, number: int, made: Review, error: ApiError, known: Known, within: PullDiff
    ) -> int:
        """GitHub did not take the review: one bad comment must not cost the good ones."""
        self._warn(error)
        if error.status == 422 and made.comments:
            try:
                refused = self._in_parts(number, made)
                names = {comment.finding for comment in refused}
                there = known.comments | {comment.id for comment in made.comments}
                rest = review(self._report, within, there, self._most, _REFUSED, names)
                if rest.empty:
                    return EXIT_CLEAN
                if rest.id in known.bodies:
                    words = "more to post: the review's text is there already"
                    self._ui.say("Nothing", words, "yellow")
                else:
                    self._api.post(f"{self._below}/pulls/{number}/reviews", rest.request())
                    self._ui.say("Posted", "what has no comment on a line, as text", "yellow")
                return EXIT_UNPROVEN if refused else EXIT_CLEAN
            except ApiError as again:
                self._warn(again)
        elif error.status not in (403, 404, 422) and not error.limited:
            raise error
        self._fall_back()
        return EXIT_UNPROVEN

    def _in_parts(self, number: int, made: Review) -> list[Comment]:
        """Post the comments of a refused review by halves; those that GitHub does not take.

        Raises ApiError for any other answer."""
        refused: list[Comment] = []
        parts, tries = _halves(made.comments), 0
        while parts:
            part = parts.pop(0)
            if tries == _PARTS or len(part) == len(made.comments):
                refused += part
                continue
            tries += 1
            body = _PART.format(count(len(part), "comment"))
            try:
                asked = replace(made, body=body, comments=part).request()
                self._api.post(f"{self._below}/pulls/{number}/reviews", asked)
            except ApiError as error:
                if error.status != 422:
                    raise
                if len(part) > 1:
                    parts[:0] = _halves(part)
                else:
                    refused += part
            else:
                self._ui.say("Posted", count(len(part), "comment"))
        return refused

    def _warn(self, error: ApiError) -> None:
        self._ui.say("Refused", str(error), "yellow")
        if error.detail:
            self._ui.say("Refused", error.detail, "yellow")

    def _fall_back(self) -> None:
        """To the job's summary, or to stdout."""
        body = review(self._report, PullDiff(), listed=_REFUSED).body
        name = os.environ.get("GITHUB_STEP_SUMMARY")
        if not name:
            emit(
                (printable(body, keep_newlines=True, keep_tabs=True) + "\n").encode(
                    "utf-8", "backslashreplace"
                ),
                None,
            )
            self._ui.say("Wrote", "the review to stdout: it could not be posted", "yellow")
            return
        try:
            with Path(name).open("ab") as target:
                target.write(b"\n" + body.encode("utf-8", "replace") + b"\n")
        except OSError as error:
            raise SpikeproofError(
                f"cannot write the job's summary {show(name)}: {error.strerror or error}"
            ) from error
        self._ui.say("Wrote", "the review to the job's summary: it could not be posted", "yellow")

    # -- what GitHub has -----------------------------------------------------------------------

    def _diff(self, number: int) -> PullDiff:
        files: dict[str, tuple[tuple[int, int], ...]] = {}
        without = 0
        for entry in self._api.every(f"{self._below}/pulls/{number}/files"):
            name, patch = entry.get("filename"), entry.get("patch")
            if isinstance(name, str) and isinstance(patch, str):
                files[name] = of_patch(patch)
            else:
                without += 1  # binary, or too large
        if without:
            words = f"{count(without, 'file')} of the pull request: GitHub gives no diff of it"
            self._ui.say("Left out", words, "cyan")
        return PullDiff(files)

    def _known(self, number: int) -> Known:
        comments = {
            mark
            for entry in self._api.every(f"{self._below}/pulls/{number}/comments")
            if isinstance(entry.get("line"), int)  # else its lines are gone, and what it suggests
            and (mark := _mark(entry))
        }
        bodies = {
            mark
            for entry in self._api.every(f"{self._below}/pulls/{number}/reviews")
            if (mark := _mark(entry))
        }
        return Known(frozenset(comments), frozenset(bodies))


def _mark(entry: Mapping[str, object]) -> str:
    """The mark of a comment or review whose author may be believed, else ""."""
    by_bot = at(entry, "user", "type") == "Bot"
    if not by_bot and entry.get("author_association") not in _TRUSTED:
        return ""
    found = _MARK.search(text(entry.get("body")))
    return found[1] if found else ""


def _halves(comments: tuple[Comment, ...]) -> list[tuple[Comment, ...]]:
    """In two; a single one stays as it is."""
    middle = len(comments) // 2
    return [half for half in (comments[:middle], comments[middle:]) if half]


def _told(made: Review) -> str:
    return f"a review with {count(len(made.comments), 'comment')}"
