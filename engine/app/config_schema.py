"""The JSON schema of the config, for editors: made of the definition that the reader uses.

It describes a whole ``Cargo.toml``, of which all but our tables is open, in draft 7: what taplo (and
with it VS Code's Even Better TOML) reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.cargo.config import Config, Rule, table_of
from engine.detect.codemod import LoadedCodemod

_REF = "#/definitions/{name}"


def schema(codemods: Mapping[str, LoadedCodemod]) -> dict[str, object]:
    """The schema, with the options of ``codemods``."""
    names = sorted(codemods)
    told = [codemods[name].codemod for name in names]
    tables = [table_of(Rule, codemod.options, codemod.name) for codemod in told]
    ours = table_of(Config, {}, "spikeproof")
    (_, *refs), definitions = msgspec.json.schema_components((ours, *tables), ref_template=_REF)
    for codemod in told:
        definitions[codemod.name]["description"] = f"{codemod.name}: {codemod.summary}."
    keys = definitions["spikeproof"]["properties"]
    keys["disable"]["items"] = {"enum": names}
    keys["codemods"] |= {
        "additionalProperties": False,
        "properties": dict(zip(names, refs, strict=True)),
    }
    workload = keys["workload"]
    keys["workload"] = {
        "description": workload.pop("description"),
        "anyOf": [{"type": "string"}, workload],
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Cargo.toml with the config of spikeproof",
        "type": "object",
        "definitions": definitions,
        "properties": {
            "workspace": _metadata("Of all packages; a package's own table overrides it."),
            "package": _metadata(
                "Of this package. `baseline` only in the workspace's own manifest."
            ),
        },
    }


def _metadata(words: str) -> dict[str, object]:
    ours = {"allOf": [{"$ref": _REF.format(name="spikeproof")}], "description": words}
    spikeproof = {"type": "object", "properties": {"spikeproof": ours}}
    return {"type": "object", "properties": {"metadata": spikeproof}}
