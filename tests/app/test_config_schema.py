"""The schema of the config for editors says what the reader says."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from engine.app.cli import cli
from engine.app.config_schema import schema
from engine.base.errors import SpikeproofError
from engine.cargo.config import Config, Rule, read_config
from engine.detect.codemod import registry

SCHEMA = schema(registry())
DEFINITIONS: dict[str, Any] = SCHEMA["definitions"]  # type: ignore[assignment]
TABLE = DEFINITIONS["spikeproof"]
KEYS = {field.name.replace("_", "-") for field in fields(Config)} - {"named"}
RESERVED = {field.name for field in fields(Rule)}


def by_reader(config: object) -> bool:
    try:
        options = {name: loaded.codemod.options for name, loaded in registry().items()}
        read_config(config, "Cargo.toml", "workspace.metadata.spikeproof").check_names(options)
    except SpikeproofError:
        return False
    return True


def by_schema(config: object) -> bool:
    manifests = [{of: {"metadata": {"spikeproof": config}}} for of in ("package", "workspace")]
    told = {jsonschema.Draft7Validator(SCHEMA).is_valid(manifest) for manifest in manifests}
    assert len(told) == 1
    return told.pop()


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    printed = CliRunner().invoke(cli, ["config-schema"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == SCHEMA


def test_every_key_and_option_is_in_it_and_no_other() -> None:
    assert TABLE["properties"].keys() == KEYS
    referred = TABLE["properties"]["codemods"]["properties"]
    assert referred.keys() == registry().keys()
    assert referred == {name: {"$ref": f"#/definitions/{name}"} for name in referred}
    codemods = {name: DEFINITIONS[name] for name in referred}
    for name, loaded in registry().items():
        options = loaded.codemod.options
        assert not options.keys() & RESERVED
        assert codemods[name]["properties"].keys() == {*options, *RESERVED}
        assert all(type(option.default) is option.kind for option in options.values())
    described = [*TABLE["properties"].values(), *codemods.values()]
    described += [
        option for codemod in codemods.values() for option in codemod["properties"].values()
    ]
    assert all(entry["description"] for entry in described)


def test_the_docs_name_every_key() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/config.md").read_text("utf-8")
    told = re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)
    assert sorted(told) == sorted([*KEYS, *RESERVED])


GOOD: list[dict[str, object]] = [
    {},
    {"paths": ["src/**"], "exclude": []},
    {"disable": ["mutex-counter"], "env": ["DATABASE_URL"], "test-code": True, "cold": True},
    {"test-timeout": 1, "check-timeout": 0.5, "test-runner": "nextest"},
    {"workload": "cargo run --release"},
    {"workload": ["cargo", "run"]},
    {"baseline": "spikeproof-baseline.json"},
    {"codemods": {"clone-per-frame": {"reuse": True, "level": "review"}}},
    {"codemods": {"mutex-counter": {"level": "off", "paths": ["a"], "exclude": ["b"]}}},
]
BAD: list[object] = [
    [],
    "x",
    {"nonsense": 1},
    {"paths": "src"},
    {"exclude": [1]},
    {"disable": ["mutex-conter"]},
    {"env": ["A B"]},
    {"env": ["A\n"]},
    {"test-code": "yes"},
    {"cold": 1},
    {"test-runner": "make"},
    {"test-timeout": 0},
    {"test-timeout": "10"},
    {"check-timeout": 10**7},
    {"workload": []},
    {"workload": 1},
    {"workload": ["a\0"]},
    {"baseline": 1},
    {"baseline": ""},
    {"baseline": "a\\b"},
    {"codemods": {"clone": {}}},
    {"codemods": {"mutex-counter": {"reuse": True}}},
    {"codemods": {"clone-per-frame": {"reuse": "yes"}}},
    {"codemods": {"clone-per-frame": {"level": "of"}}},
    {"codemods": {"clone-per-frame": {"paths": "src"}}},
    {"codemods": {"clone-per-frame": 1}},
]


@pytest.mark.parametrize("config", [*GOOD, *BAD])
def test_schema_and_reader_agree(config: object) -> None:
    assert by_schema(config) == by_reader(config) == (config in GOOD)


def test_every_key_is_tried() -> None:
    assert {key for config in GOOD for key in config} == KEYS
