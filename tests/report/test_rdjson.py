"""rdjsonl against reviewdog: its own schema, its parser's limit, and a validator made by others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest

from engine.report.finding import Report, Suggestion
from engine.report.rdjson import MAX_LINE, rdjsonl
from tests.findings import HOSTILE, finding, hostile, report
from tests.rdfschema import complaints, published
from tests.report.test_report_formats import RDF, diagnostics

_PARTS = (Suggestion("src/lib.rs", 1, 1, ()), Suggestion("src/ü b.rs", 4, 6, ("a\t", '"b\\')))


def everything() -> Report:
    return report(
        finding(),
        finding("b", suggestions=_PARTS),
        finding("c", suggestions=()),
        *(hostile(text) for text in HOSTILE),
    )


def lines(made: Report) -> list[bytes]:
    return rdjsonl(made).split(b"\n")[:-1]


def test_lines_are_valid_by_reviewdogs_own_schema() -> None:
    schema = published()
    jsonschema.Draft4Validator.check_schema(schema)
    validator = jsonschema.Draft4Validator(schema)
    for line in lines(everything()):
        validator.validate(json.loads(line))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"message": "x", "severity": "LOUD"})


def test_our_schema_asks_for_all_that_reviewdogs_asks_for() -> None:
    """So what is valid by ours (other tests) is valid by reviewdog's, wherever that can be had."""
    schema = published()
    _refines(RDF, schema["definitions"]["Diagnostic"], schema)


def _refines(ours: Mapping[str, Any], theirs: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    if "$ref" in theirs:
        theirs = schema["definitions"][theirs["$ref"].removeprefix("#/definitions/")]
    if "enum" in ours:
        assert set(ours["enum"]) <= set(theirs["enum"])
        return
    assert ours["type"] == theirs["type"]
    assert set(theirs.get("required", ())) <= set(ours.get("required", ()))
    for name, inner in ours.get("properties", {}).items():
        _refines(inner, theirs["properties"][name], schema)
    if "items" in ours:
        _refines(ours["items"], theirs["items"], schema)


def test_lines_are_valid_by_the_validator_of_others() -> None:
    assert complaints(rdjsonl(everything())) == []
    (line,) = lines(report(finding()))
    broken = json.loads(line)
    del broken["message"]
    assert complaints(json.dumps(broken).encode() + b"\n")


@pytest.mark.parametrize("char", ["x", "é", "\u202e", '"'])
def test_no_line_is_longer_than_reviewdog_reads(char: str) -> None:
    """Its parser would stop there, and lose what stands behind without a word."""
    text = char * 70_000
    found = diagnostics(report(finding(note=text), finding("b")))
    assert len(found) == 2
    assert "suggestions" not in found[0]
    assert found[0]["message"].endswith(" … (cut)")
    length = len(lines(report(finding(note=text)))[0]) + 1
    assert MAX_LINE - 20 < length <= MAX_LINE


def test_a_suggestion_that_makes_its_line_too_long_is_left_out() -> None:
    long = Suggestion("src/lib.rs", 3, 3, ("x" * 66_000,))
    (found,) = diagnostics(report(finding(suggestions=(long,))))
    assert "suggestions" not in found
    assert "(cut)" not in found["message"]
    fits = Suggestion("src/lib.rs", 3, 3, ("x" * 60_000,))
    (found,) = diagnostics(report(finding(suggestions=(fits,))))
    assert found["suggestions"][0]["text"] == fits.text
