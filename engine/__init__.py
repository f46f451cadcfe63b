"""The engine: from a Cargo workspace to a verified patch, in nine rooms.

workspace -> scan -> ask (oracle) -> plan (codemods) -> verify -> measure -> emit (patch, report).
Nothing here knows a codemod by name. A room imports only those before it: base, rust, rewrite, cargo,
detect, verify, measure, report, app.
"""

__version__ = "0.1.0"
