"""``spikeproof post-review`` against a local GitHub that takes a review only as the real one would."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from engine.app.cli import cli
from engine.app.github import check_address
from engine.base.errors import SpikeproofError
from engine.base.model import Proof
from engine.report.finding import Report, Suggestion
from engine.report.github_review import mark, review
from engine.report.review_file import LIMIT, dump, load
from engine.rewrite.pulldiff import PullDiff
from tests.fakegithub import TOKEN, FakeGitHub
from tests.findings import COMMIT, HOSTILE, finding, hostile, report
from tests.githubapi import description

PATCH = "@@ -1,6 +1,7 @@ mod x\n a\n b\n+c\n d\n e\n f\n g"
Run = Callable[..., Result]


@pytest.fixture
def github(httpserver: HTTPServer) -> FakeGitHub:
    description()  # skipped here, and not in the server's thread, where it cannot be had
    files: list[tuple[str, str | None]] = [(f"src/f{n}.rs", PATCH) for n in range(5)]
    return FakeGitHub(httpserver, [*files, ("src/big.rs", None), ("src/lib.rs", PATCH)], COMMIT)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, in no time."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def post(
    github: FakeGitHub, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> Run:
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)

    def run(made: Report | bytes, *arguments: str, event: object = None, **more: str) -> Result:
        file = tmp_path / "review.json"
        file.write_bytes(made if isinstance(made, bytes) else dump(made, review(made, PullDiff())))
        environment = {**github.environment(), **more}
        if event is not None:
            place = tmp_path / "event.json"
            place.write_text(json.dumps(event))
            environment["GITHUB_EVENT_PATH"] = str(place)
        elif "--pull" not in arguments:
            arguments = (*arguments, "--pull", str(github.number))
        found = CliRunner().invoke(cli, ["post-review", str(file), *arguments], env=environment)
        assert TOKEN not in found.output
        return found

    return run


# -- posted, filtered, deduplicated ----------------------------------------------------------------


def test_a_review_is_posted_once(github: FakeGitHub, post: Run) -> None:
    made = report(finding(), finding("b", path="src/other.rs"))
    first = post(made)
    assert first.exit_code == 0, first.output
    assert "Posted a review with 1 comment: https://github.com/octo/service/pull/7#" in first.output
    (body,) = github.posted
    (comment,) = body["comments"]
    assert (comment["path"], comment["line"]) == ("src/lib.rs", 3)
    assert "`src/other.rs:3`" in body["body"]
    second = post(made)
    assert second.exit_code == 0
    assert "Nothing to post" in second.output
    assert len(github.posted) == 1
    third = post(
        report(finding(), finding("b", path="src/other.rs"), finding("c", path="src/f1.rs"))
    )
    assert third.exit_code == 0
    assert [c["path"] for c in github.posted[1]["comments"]] == ["src/f1.rs"]


def test_lines_outside_of_the_diff_go_into_the_body(github: FakeGitHub, post: Run) -> None:
    made = report(
        finding(line=8),  # behind the hunk
        finding("b", suggestions=(Suggestion("src/lib.rs", 6, 8, ("x",)),)),  # half in it
        finding("c", path="src/big.rs"),  # GitHub gives no diff of it
    )
    found = post(made)
    assert found.exit_code == 0, found.output
    (body,) = github.posted
    (comment,) = body["comments"]
    assert "suggestion" not in comment["body"].replace("no suggestion", "")
    assert "`src/lib.rs:8`" in body["body"]
    assert "`src/big.rs:3`" in body["body"]
    assert "1 file of the pull request: GitHub gives no diff of it" in found.output


def test_lists_have_pages(github: FakeGitHub, post: Run) -> None:
    github.page = 2
    github.comments = [
        {"user": {"type": "Bot"}, "line": 3, "path": "x", "body": f"x {mark(f'old-{n}')}"}
        for n in range(5)
    ]
    github.comments.append(
        {"user": {"type": "Bot"}, "line": 3, "path": "x", "body": mark("mutex-counter-a")}
    )
    made = report(finding(), finding("b", path="src/f4.rs"))
    assert post(made).exit_code == 0
    assert [c["path"] for c in github.posted[0]["comments"]] == ["src/f4.rs"]
    asked = [request for request in github.requests if "/files" in request]
    assert len(asked) == 4  # seven files


def test_a_comment_whose_lines_are_gone_is_posted_again(github: FakeGitHub, post: Run) -> None:
    old = {"user": {"type": "Bot"}, "line": None, "body": mark("mutex-counter-a")}
    github.comments = [old]
    assert post(report(finding())).exit_code == 0
    assert len(github.posted[0]["comments"]) == 1


@pytest.mark.parametrize(
    ("author", "association", "believed"),
    [("Bot", "NONE", True), ("User", "COLLABORATOR", True), ("User", "CONTRIBUTOR", False)],
)
def test_only_some_authors_marks_are_believed(
    github: FakeGitHub, post: Run, author: str, association: str, believed: bool
) -> None:
    """Else a stranger's comment would hide a finding."""
    github.comments = [
        {
            "user": {"type": author},
            "author_association": association,
            "line": 3,
            "body": mark("mutex-counter-a"),
        }
    ]
    assert post(report(finding())).exit_code == 0
    assert len(github.posted) == (not believed)


def test_more_comments_than_wanted_are_listed(github: FakeGitHub, post: Run) -> None:
    github.files = [(f"src/f{n}.rs", PATCH) for n in range(130)]
    made = report(*(finding(f"{n}", path=f"src/f{n}.rs") for n in range(130)))
    assert post(made, "--max-comments", "100").exit_code == 0
    assert len(github.posted[0]["comments"]) == 100
    assert github.posted[0]["body"].count("\n- `src/f") == 30
    github.comments, github.reviews = [], []
    assert post(made).exit_code == 0
    assert len(github.posted[1]["comments"]) == 30
    assert post(made).exit_code == 0  # those that are there count, and the rest was listed
    assert len(github.posted) == 2


def test_a_mark_within_a_comment_hides_nothing(github: FakeGitHub, post: Run) -> None:
    """The code of a pull request may hold the mark of another finding; we quote it in a comment."""
    hidden = finding("b", path="src/f1.rs")
    quoting = finding(
        message=f"`{mark(hidden.id)}` stands here",
        suggestions=(Suggestion("src/lib.rs", 3, 3, (f"// {mark(hidden.id)}",)),),
    )
    assert post(report(quoting)).exit_code == 0
    assert mark(hidden.id) in github.posted[0]["comments"][0]["body"]
    assert post(report(quoting, hidden)).exit_code == 0
    assert [c["path"] for c in github.posted[1]["comments"]] == ["src/f1.rs"]


def test_texts_that_grow_when_escaped_are_taken(github: FakeGitHub, post: Run) -> None:
    """One comment over GitHub's limit would cost all of them."""
    wild = "@a#1<" * 4_000
    texts: dict[str, Any] = dict.fromkeys(
        ("word", "message", "note", "reason", "reach", "check", "tests"), wild
    )
    made = report(
        finding(**texts, apart=wild, patch="+x\n" * 8_000, suggestions=()),
        finding("b", **texts, path="src/f1.rs"),
        finding("c", path="src/f2.rs"),
    )
    found = post(made)
    assert found.exit_code == 0, found.output
    (body,) = github.posted
    assert [c["path"] for c in body["comments"]] == ["src/lib.rs", "src/f1.rs", "src/f2.rs"]
    assert "```suggestion" in body["comments"][1]["body"]
    assert "(cut)" in body["comments"][1]["body"]


def test_without_tls_the_token_passes_through_no_proxy(
    github: FakeGitHub, post: Run, httpserver: HTTPServer
) -> None:
    """GitHub's own address is https, and goes through a proxy unseen."""
    proxy = "http://127.0.0.1:9"  # nobody listens
    found = post(report(finding()), HTTP_PROXY=proxy, http_proxy=proxy, ALL_PROXY=proxy)
    assert found.exit_code == 0, found.output
    assert len(github.posted) == 1


def test_long_texts_are_taken(github: FakeGitHub, post: Run) -> None:
    long = [
        finding(f"{n}", path=f"src/f{n}.rs", message="ü" * 9_000, patch="+" + "x" * 60_000 + "\n")
        for n in range(5)
    ]
    outside = [finding(f"o{n}", path="src/o.rs", message="ü" * 9_000) for n in range(300)]
    found = post(report(*long, *outside))
    assert found.exit_code == 0, found.output


def test_nothing_new_posts_nothing(github: FakeGitHub, post: Run) -> None:
    assert post(report()).exit_code == 0
    assert github.posted == []


def test_a_dry_run_prints_the_request(github: FakeGitHub, post: Run) -> None:
    found = post(report(finding()), "--dry-run", "-q")
    assert found.exit_code == 0
    body = json.loads(found.output)
    jsonschema.validate(body, description()["request"])
    assert body["commit_id"] == COMMIT
    assert github.posted == []


# -- which pull request ----------------------------------------------------------------------------


def test_the_event_of_a_pull_request(github: FakeGitHub, post: Run) -> None:
    event = {"pull_request": {"number": 7, "head": {"sha": COMMIT}}}
    assert post(report(finding()), event=event).exit_code == 0
    assert len(github.posted) == 1


def workflow_run(commit: str = COMMIT) -> dict[str, Any]:
    head = {"owner": {"login": "contributor"}}
    return {"workflow_run": {"head_sha": commit, "head_branch": "topic", "head_repository": head}}


def test_the_event_of_a_workflow_run_finds_a_forks_pull_request(
    github: FakeGitHub, post: Run
) -> None:
    found = post(report(finding()), event=workflow_run())
    assert found.exit_code == 0, found.output
    assert len(github.posted) == 1
    assert any("head=contributor%3Atopic" in request for request in github.requests)


def test_a_stale_head_is_not_commented(github: FakeGitHub, post: Run) -> None:
    github.head = "d" * 40
    event = {"pull_request": {"number": 7, "head": {"sha": COMMIT}}}
    found = post(report(finding()), event=event)
    assert found.exit_code == 0
    assert "has moved on to dddddddddddd" in found.output
    found = post(report(finding()), event=workflow_run())
    assert found.exit_code == 0
    assert "no open pull request has this commit at its head" in found.output
    found = post(report(finding()))  # by hand: somebody made it of another commit
    assert found.exit_code == 2
    assert "run `spikeproof ci` on the head" in found.output
    assert github.posted == []


def test_a_closed_pull_request_is_not_commented(github: FakeGitHub, post: Run) -> None:
    github.state = "closed"
    found = post(report(finding()))
    assert found.exit_code == 0
    assert "is not open" in found.output
    assert github.posted == []


def test_a_file_of_another_commit_than_the_jobs_is_refused(github: FakeGitHub, post: Run) -> None:
    """Such as of the merge commit that a plain checkout gives."""
    event = {"pull_request": {"number": 7, "head": {"sha": "d" * 40}}}
    for each in (event, workflow_run("d" * 40)):
        found = post(report(finding()), event=each)
        assert found.exit_code == 2
        assert "check out the head of the pull request, not its merge" in found.output
    assert github.requests == []


# -- errors ----------------------------------------------------------------------------------------


def test_a_limit_is_waited_for(github: FakeGitHub, post: Run, waits: list[float]) -> None:
    soon = str(int(time.time()) + 9)
    github.trouble = [
        ("GET", 429, {"Retry-After": "3"}, False),
        ("GET", 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon}, False),
        ("POST", 429, {"Retry-After": "2"}, False),
        ("POST", 429, {}, False),
    ]
    found = post(report(finding()))
    assert found.exit_code == 0, found.output
    assert len(github.posted) == 1
    assert waits[0] == 3
    assert 1 <= waits[1] <= 10
    assert waits[2:] == [2, 120]  # the second secondary limit in a row, without a time


@pytest.mark.parametrize("after", ["100000", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_limit_that_is_too_long_is_not_waited_for(
    github: FakeGitHub, post: Run, waits: list[float], tmp_path: Path, after: str
) -> None:
    github.trouble = [("POST", 429, {"Retry-After": after}, False)]
    summary = tmp_path / "summary.md"
    found = post(report(finding()), GITHUB_STEP_SUMMARY=str(summary))
    assert found.exit_code == 3
    assert "GitHub asks to wait" in found.output
    assert waits == []
    assert "mutex-counter" in summary.read_text()


def test_limits_are_not_waited_for_for_ever(
    github: FakeGitHub, post: Run, waits: list[float]
) -> None:
    github.trouble = [("GET", 429, {}, False)] * 9
    found = post(report(finding()))
    assert found.exit_code == 2
    assert sum(waits) <= 300
    assert github.posted == []


def test_errors_of_the_server_are_tried_again(
    github: FakeGitHub, post: Run, waits: list[float]
) -> None:
    github.trouble = [("GET", 502, {}, False), ("GET", 500, {}, False), ("POST", 502, {}, False)]
    found = post(report(finding()))
    assert found.exit_code == 0, found.output
    assert len(github.posted) == 1
    assert len(waits) == 3


def test_a_review_that_was_heard_is_not_posted_twice(github: FakeGitHub, post: Run) -> None:
    """GitHub has answered 502 and made the review all the same."""
    github.trouble = [("POST", 502, {}, True)]
    found = post(report(finding()))
    assert found.exit_code == 0, found.output
    assert len(github.posted) == 1


def test_a_server_that_stays_broken_is_a_failure(github: FakeGitHub, post: Run) -> None:
    github.trouble = [("POST", 500, {}, False)] * 9
    found = post(report(finding()))
    assert found.exit_code == 2
    assert "500" in found.output
    assert github.posted == []


def test_a_refused_review_is_posted_without_comments(github: FakeGitHub, post: Run) -> None:
    github.strict = False
    made = report(finding())
    found = post(made)
    assert found.exit_code == 3
    assert "must be part of the diff" in found.output
    (body,) = github.posted
    assert body["comments"] == []
    assert "`src/lib.rs:3`" in body["body"]
    again = post(made)
    assert again.exit_code == 3
    assert len(github.posted) == 1


def test_one_bad_comment_does_not_cost_the_others(github: FakeGitHub, post: Run) -> None:
    github.refused = ("src/f3.rs",)
    made = report(*(finding(f"{n}", path=f"src/f{n}.rs") for n in range(5)))
    found = post(made)
    assert found.exit_code == 3, found.output
    posted = sorted(c["path"] for body in github.posted for c in body["comments"])
    assert posted == ["src/f0.rs", "src/f1.rs", "src/f2.rs", "src/f4.rs"]
    text = github.posted[-1]["body"]
    assert "did not take them" in text
    assert "`src/f3.rs:3`" in text
    assert "`src/f2.rs:3`" not in text
    times = len(github.posted)
    again = post(made)
    assert again.exit_code == 3
    assert "there already" in again.output
    assert len(github.posted) == times
    github.refused = ()
    assert post(made).exit_code == 0
    assert [c["path"] for c in github.posted[-1]["comments"]] == ["src/f3.rs"]


def test_a_review_that_no_part_of_is_taken_costs_few_requests(
    github: FakeGitHub, post: Run
) -> None:
    github.files = [(f"src/f{n}.rs", PATCH) for n in range(90)]
    github.refused = tuple(path for path, _ in github.files)
    made = report(*(finding(f"{n}", path=f"src/f{n}.rs") for n in range(90)))
    assert post(made).exit_code == 3
    assert sum(request.startswith("POST") for request in github.requests) == 18
    assert github.posted[-1]["body"].count("\n- `src/f") == 90


@pytest.mark.parametrize("status", [403, 404])
def test_without_the_right_to_post_the_summary_tells(
    github: FakeGitHub, post: Run, tmp_path: Path, status: int
) -> None:
    github.trouble = [("POST", status, {}, False)]
    summary = tmp_path / "summary.md"
    summary.write_text("before")
    found = post(report(finding()), GITHUB_STEP_SUMMARY=str(summary))
    assert found.exit_code == 3, found.output
    assert summary.read_text().startswith("before\n**spikeproof**: 1 new finding")
    github.trouble = [("POST", status, {}, False)]
    found = post(report(finding()))
    assert found.exit_code == 3
    assert "`src/lib.rs:3`" in found.output


def test_a_bad_token_is_a_failure(github: FakeGitHub, post: Run) -> None:
    for token in ("", "a\nb", "wrong"):
        found = post(report(finding()), GITHUB_TOKEN=token)
        assert found.exit_code == 2
        assert "token" in found.output.lower()
        assert token in ("", "wrong") or token not in found.output
    assert github.posted == []


def test_a_dry_run_needs_no_token_where_anybody_may_read(github: FakeGitHub, post: Run) -> None:
    found = post(report(finding()), "--dry-run", "-q", GITHUB_TOKEN="")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["comments"]
    github.public = False
    found = post(report(finding()), "--dry-run", "-q", GITHUB_TOKEN="")
    assert found.exit_code == 2
    assert "Bad credentials" in found.output
    assert github.posted == []


def test_no_answer_is_a_failure(post: Run, waits: list[float]) -> None:
    found = post(report(finding()), GITHUB_API_URL="http://127.0.0.1:1")
    assert found.exit_code == 2
    assert "GitHub cannot be reached (ConnectError)" in found.output
    assert len(waits) == 3


@pytest.mark.parametrize(
    "api",
    [
        "http://api.github.com",
        "http://localhost.evil.example",
        "ftp://api.github.com",
        "https://token@evil.example",
        "https://",
        "api.github.com",
        "http://[::1",
    ],
)
def test_the_token_goes_to_https_or_this_machine_alone(api: str) -> None:
    with pytest.raises(SpikeproofError, match="must be an https address"):
        check_address(api)


def test_enterprise_and_loopback_addresses_are_taken() -> None:
    for api in ("https://github.example/api/v3", "http://127.0.0.1:80", "http://[::1]:80"):
        check_address(api)


@pytest.mark.parametrize("name", ["", "x", "a/b/c", "a/..", "../x", "a b/c", "a/b?x", "a/\n"])
def test_a_repository_has_a_name(post: Run, github: FakeGitHub, name: str) -> None:
    found = post(report(finding()), "--repo", name, GITHUB_REPOSITORY="")
    assert found.exit_code == 2
    assert "--repo OWNER/NAME" in found.output
    assert github.requests == []


# -- the file is hostile ---------------------------------------------------------------------------


def test_the_file_comes_back_as_it_was_written() -> None:
    made = report(finding(), finding("b", new=False), finding("c", suggestions=(), apart="why"))
    back = load(dump(made, review(made, PullDiff())))
    assert [f.id for f in back.findings] == ["mutex-counter-a", "mutex-counter-c"]
    assert back.findings[0].suggestions == made.findings[0].suggestions
    assert back.findings[1].apart == "why"
    everywhere = PullDiff({"src/lib.rs": ((1, 99),)})
    assert review(back, everywhere).request() == review(made, everywhere).request()


@pytest.mark.slow
def test_the_file_is_never_longer_than_what_is_read() -> None:
    patch = "+é\n" * 7_000  # 21 kB, and four times that as ASCII
    many = report(
        *(
            finding(f"{n}", patch=patch if n else "+x\n" * 9_000, tests="é" * 900)
            for n in range(900)
        ),
        base="b" * 400,
    )
    data = dump(many, review(many, PullDiff()))
    assert len(data) <= LIMIT
    back = load(data)
    assert len(back.findings) == 900
    assert back.findings[0].patch
    last = back.findings[-1]
    assert last.patch == ""
    assert last.suggestions == ()
    assert last.apart.endswith("take it from the job's patch")
    huge = report(*(finding(f"{n}", tests="é" * 19_000) for n in range(400)))
    data = dump(huge, review(huge, PullDiff()))
    assert len(data) <= LIMIT
    back = load(data)
    assert back.notes == (
        f"{400 - len(back.findings)} findings more were found than the file holds",
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_can_be_posted(github: FakeGitHub, post: Run, text: str) -> None:
    made = hostile(text)
    github.files.append((made.path, PATCH))
    found = post(report(made))
    if "\0" in text:  # no path has one
        assert found.exit_code == 2
        return
    assert found.exit_code == 0, found.output
    (body,) = github.posted
    assert len(body["comments"]) == 1


def forged(change: Callable[[dict[str, Any]], object]) -> bytes:
    found = json.loads(dump(report(finding()), review(report(finding()), PullDiff())))
    change(found)
    return json.dumps(found).encode()


def first(value: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = value["findings"][0]
    return found


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "schema": lambda f: f.update(schema="x"),
    "key": lambda f: f.update(more=1),
    "missing": lambda f: f.pop("base"),
    "commit": lambda f: f.update(commit="main"),
    "commit type": lambda f: f.update(commit=1),
    "findings": lambda f: f.update(findings={}),
    "no finding": lambda f: f.update(findings=[1]),
    "too many": lambda f: f.update(findings=[1] * 5_001),
    "twice": lambda f: f["findings"].append(copy.deepcopy(first(f))),
    "id closes the mark": lambda f: first(f).update(id="a --> @org/team"),
    "codemod": lambda f: first(f).update(codemod="[x](y)"),
    "level": lambda f: first(f).update(level="great"),
    "proof": lambda f: first(f).update(proof="great"),
    "id's line end": lambda f: first(f).update(id="a\n"),
    "outcome": lambda f: first(f).update(outcome=None),
    "line": lambda f: first(f).update(line=0),
    "line type": lambda f: first(f).update(line=True),
    "line float": lambda f: first(f).update(line=1.5),
    "line nan": lambda f: first(f).update(line=float("nan")),
    "end": lambda f: first(f).update(end_line=1),
    "absolute": lambda f: first(f).update(path="/etc/passwd"),
    "above": lambda f: first(f).update(path="a/../../x"),
    "git": lambda f: first(f).update(path=".git/config"),
    "empty path": lambda f: first(f).update(path=""),
    "long": lambda f: first(f).update(message="x" * 20_001),
    "patch": lambda f: first(f).update(patch="x" * 65_537),
    "suggestion": lambda f: first(f).update(suggestions=["x"]),
    "suggestion key": lambda f: first(f)["suggestions"][0].update(body="x"),
    "lines": lambda f: first(f)["suggestions"][0].update(lines="x"),
    "newline": lambda f: first(f)["suggestions"][0].update(lines=["a\nb"]),
    "bidi": lambda f: first(f)["suggestions"][0].update(lines=["\u202ea"]),
    "control": lambda f: first(f)["suggestions"][0].update(lines=["\x1b[2J"]),
    "far": lambda f: first(f)["suggestions"][0].update(last=9_999_999),
    "backwards": lambda f: first(f)["suggestions"][0].update(first=9, last=3),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_is_refused(github: FakeGitHub, post: Run, name: str) -> None:
    found = post(forged(FORGED[name]))
    assert found.exit_code == 2
    assert re.search(r"of the review file is wrong: .+|the review file has not", found.output)
    assert "Traceback" not in found.output
    assert github.requests == []


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"null", b"1", b'{"schema": NaN}'],
    ids=["empty", "cut", "bytes", "deep", "list", "null", "number", "nan"],
)
def test_what_is_no_review_file_is_refused(post: Run, data: bytes) -> None:
    found = post(data)
    assert found.exit_code == 2
    assert "review file" in found.output
    assert "Traceback" not in found.output


def test_the_review_in_the_file_is_not_believed(github: FakeGitHub, post: Run) -> None:
    """It is for other programs; whoever forged it would say anything to anybody."""
    assert (
        post(forged(lambda f: f["review"].update(body="@org/team", event="APPROVE"))).exit_code == 0
    )
    (body,) = github.posted
    assert body["event"] == "COMMENT"
    assert "@org/team" not in body["body"]


def test_a_file_that_is_none_is_refused(tmp_path: Path, github: FakeGitHub) -> None:
    import os

    os.mkfifo(tmp_path / "fifo")
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(LIMIT + 1)
    for path in (tmp_path / "fifo", tmp_path, tmp_path / "none", huge):
        found = CliRunner().invoke(
            cli, ["post-review", str(path), "--pull", "7"], env=github.environment()
        )
        assert found.exit_code == 2
        assert "cannot read" in found.output
    assert github.requests == []


def test_every_proof_can_be_told() -> None:
    for proof in (None, *Proof):
        made = report(finding(proof=proof))
        assert load(dump(made, review(made, PullDiff()))).findings[0].proof is proof


def test_a_path_that_is_no_text_does_not_cost_the_review() -> None:
    made = report(finding("a", message="`\udcff` copies"), finding("b"))
    back = load(dump(made, review(made, PullDiff())))
    assert [found.id for found in back.findings] == ["mutex-counter-a", "mutex-counter-b"]
