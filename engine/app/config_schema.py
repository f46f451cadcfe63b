"""The JSON schema of the config, for editors: made of the table of keys that the reader uses.

It describes a whole ``Cargo.toml``, of which all but our tables is open, in draft 7: what taplo (and
with it VS Code's Even Better TOML) reads.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.base.codemod_options import Option
from engine.cargo.config import KEYS, LEVELS, RESERVED
from engine.detect.codemod import LoadedCodemod

_TYPES = {bool: "boolean", int: "integer", str: "string"}
_STRINGS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
_RULE: Mapping[str, dict[str, object]] = {
    "level": {
        "enum": list(LEVELS),
        "description": "The most trust that its fixes get: lowers their level, never raises it.",
    },
    "paths": {
        **_STRINGS,
        "description": "Where it works: gitignore patterns. Default: everywhere.",
    },
    "exclude": {**_STRINGS, "description": "Where it does not work: gitignore patterns."},
}
assert _RULE.keys() == RESERVED.keys()


def schema(codemods: Mapping[str, LoadedCodemod]) -> dict[str, object]:
    """The schema, with the options of ``codemods``."""
    names = sorted(codemods)
    known: dict[str, dict[str, object]] = {
        key: {**told.schema, "description": told.help} for key, told in KEYS.items()
    }
    known["disable"]["items"] = {"enum": names}
    known["codemods"] |= {
        "additionalProperties": False,
        "properties": {name: _codemod(codemods[name]) for name in names},
    }
    table = {"type": "object", "additionalProperties": False, "properties": known}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Cargo.toml with the config of spikeproof",
        "type": "object",
        "definitions": {"spikeproof": table},
        "properties": {
            "workspace": _metadata("Of all packages; a package's own table overrides it."),
            "package": _metadata(
                "Of this package. `baseline` only in the workspace's own manifest."
            ),
        },
    }


def _codemod(loaded: LoadedCodemod) -> dict[str, object]:
    options = {name: _option(option) for name, option in sorted(loaded.codemod.options.items())}
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {**options, **_RULE},
        "description": f"{loaded.name}: {loaded.codemod.summary}.",
    }


def _option(option: Option) -> dict[str, object]:
    return {"type": _TYPES[option.kind], "default": option.default, "description": option.help}


def _metadata(words: str) -> dict[str, object]:
    ours = {"allOf": [{"$ref": "#/definitions/spikeproof"}], "description": words}
    spikeproof = {"type": "object", "properties": {"spikeproof": ours}}
    return {"type": "object", "properties": {"metadata": spikeproof}}
