"""The engine: from a Cargo workspace to a verified patch, one stage a module.

workspace -> scan -> ask (oracle) -> plan (codemods) -> verify -> emit (patch, report).
Nothing here knows a codemod by name, and nothing upstream knows anything downstream.
"""

__version__ = "0.1.0"
