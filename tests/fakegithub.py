"""A local GitHub for one pull request: it takes a review only as the real one would.

Requests are checked against GitHub's OpenAPI description; on top of that, what the description does not
say: comments lie on the right side of the diff and within one hunk, at most 100 of them, texts of at
most 65,536 characters, an event, the head's commit. Answers are GitHub's documented examples with this
pull request's values; lists have pages with ``Link`` headers.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, field
from typing import Any

import jsonschema
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from engine.rewrite.patch import hunks
from tests.githubapi import description

TOKEN = "ghs_" + "0" * 36


@dataclass
class FakeGitHub:
    """``files`` are (path, patch) of the pull request, a patch of None is missing as for a file
    that is too large. ``trouble`` is answered, one a request, before anything else: (method, status,
    headers, heard), where ``heard`` says that the request took effect all the same."""

    server: HTTPServer
    files: list[tuple[str, str | None]]
    head: str
    number: int = 7
    repository: str = "octo/service"
    owner: str = "contributor"
    branch: str = "topic"
    state: str = "open"
    page: int = 100
    user: str = "Bot"
    association: str = "NONE"
    posted: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    trouble: list[tuple[str, int, dict[str, str], bool]] = field(default_factory=list)
    public: bool = True  # may be read without a token
    strict: bool = True  # False: 422 for whatever has comments
    refused: tuple[str, ...] = ()  # paths whose comments it does not take, whatever it listed
    comments: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile(r"/.*")).respond_with_handler(self._answer)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    def environment(self) -> dict[str, str]:
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": self.repository,
        }

    # -- answers -------------------------------------------------------------------------------

    def _answer(self, request: Request) -> Response:
        self.requests.append(f"{request.method} {request.full_path.rstrip('?')}")
        public = self.public and request.method == "GET" and "Authorization" not in request.headers
        if not public and request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _json(401, {"message": "Bad credentials"})
        if self.trouble and self.trouble[0][0] == request.method:
            _, status, headers, heard = self.trouble.pop(0)
            if heard:
                self._take(request.get_json())
            return _json(status, {"message": _MESSAGES.get(status, "trouble")}, headers)
        below = f"/repos/{self.repository}/pulls"
        own = f"{below}/{self.number}"
        answers = description()["answers"]
        if request.method == "POST" and request.path == f"{own}/reviews":
            return self._review(request.get_json())
        if request.method != "GET":
            return _json(404, {"message": "Not Found"})
        if request.path == own:
            return _json(200, self._pull(answers["pull"]))
        if request.path == below:
            wanted = f"{self.owner}:{self.branch}"
            there = request.args.get("head") == wanted and self.state == "open"
            return self._list(request, [self._pull(answers["pulls"])] if there else [])
        if request.path == f"{own}/files":
            return self._list(request, [_file(answers["files"], *f) for f in self.files])
        if request.path == f"{own}/comments":
            return self._list(request, [{**answers["comments"], **c} for c in self.comments])
        if request.path == f"{own}/reviews":
            return self._list(request, [{**answers["reviews"], **r} for r in self.reviews])
        return _json(404, {"message": "Not Found"})

    def _pull(self, example: dict[str, Any]) -> dict[str, Any]:
        found = copy.deepcopy(example)
        found.update(number=self.number, state=self.state)
        found["head"].update(sha=self.head, ref=self.branch)
        return found

    def _list(self, request: Request, entries: list[dict[str, Any]]) -> Response:
        size = min(int(request.args.get("per_page", 30)), self.page)
        page = int(request.args.get("page", 1))
        shown = entries[(page - 1) * size : page * size]
        link = f'<{self.url}{request.path}?page={page + 1}>; rel="next"'
        return _json(200, shown, {"Link": link} if page * size < len(entries) else {})

    # -- a review ------------------------------------------------------------------------------

    def _review(self, body: dict[str, Any]) -> Response:
        why = self._refusal(body)
        if why:
            return _json(422, {"message": "Unprocessable Entity", "errors": [why]})
        self._take(body)
        number = len(self.reviews)
        page = f"https://github.com/{self.repository}/pull/{self.number}"
        return _json(200, {"id": number, "html_url": f"{page}#pullrequestreview-{number}"})

    def _take(self, body: dict[str, Any]) -> None:
        self.posted.append(body)
        author = {"user": {"type": self.user, "login": "someone"}}
        author["author_association"] = self.association  # type: ignore[assignment]
        self.reviews.append({**author, "body": body["body"]})
        for comment in body.get("comments", ()):
            self.comments.append({**author, **comment})

    def _refusal(self, body: dict[str, Any]) -> str:
        try:
            jsonschema.validate(body, description()["request"])
        except jsonschema.ValidationError as error:
            return error.message
        if body.get("event") != "COMMENT":
            return "the review would stay a draft"
        if body.get("commit_id") != self.head:
            return "commit_id is not the head"
        comments = body.get("comments", [])
        texts = [body.get("body", ""), *(comment["body"] for comment in comments)]
        if any(len(text) > 65_536 for text in texts) or not body.get("body"):
            return "body is too long (maximum is 65536 characters), or missing"
        if len(comments) > 100:
            return "too many comments"
        if comments and not self.strict:
            return "Pull request review thread line must be part of the diff"
        return next((why for comment in comments if (why := self._misplaced(comment))), "")

    def _misplaced(self, comment: dict[str, Any]) -> str:
        patch = dict(self.files).get(comment["path"])
        first, last = comment.get("start_line", comment["line"]), comment["line"]
        if comment["path"] in self.refused:
            return "Pull request review thread path is invalid"
        if "start_line" in comment and not first < last:
            return "start_line must precede the end line."
        if comment.get("side") != "RIGHT" or comment.get("start_side", "RIGHT") != "RIGHT":
            return "side"
        for hunk in hunks(f"--- a/x\n+++ b/x\n{patch}\n".encode()) if patch else ():
            if hunk.new_start <= first and last < hunk.new_start + hunk.new_lines:
                return ""
        return "Pull request review thread line must be part of the diff"


_MESSAGES = {
    403: "Resource not accessible by integration",
    429: "You have exceeded a secondary rate limit.",
}


def _file(example: dict[str, Any], path: str, patch: str | None) -> dict[str, Any]:
    found = {**example, "filename": path}
    if patch is None:
        del found["patch"]
    else:
        found["patch"] = patch
    return found


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> Response:
    return Response(
        json.dumps(value), status, {"Content-Type": "application/json", **(headers or {})}
    )
