"""Values that are worked out once for a file and kept as long as the file's tree is.

What a codemod finds out about a site in ``locate`` or for its ``questions`` is there for ``plan``,
and nobody has to bound a cache: ``Sources`` keeps so many files, and with them what is known of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from engine.rust.syntax import Source

_P = ParamSpec("_P")
_T = TypeVar("_T")


def per_source(
    compute: Callable[Concatenate[Source, _P], _T],
) -> Callable[Concatenate[Source, _P], _T]:
    """``compute``, whose results are kept in their source by the other arguments (hashable ones).

    For what hangs on the source and these arguments alone; nobody may change a result. What
    raises is not kept.
    """

    @wraps(compute)
    def kept(source: Source, /, *args: _P.args, **named: _P.kwargs) -> _T:
        key = (kept, args, tuple(sorted(named.items())))
        if key not in source.derived:
            source.derived[key] = compute(source, *args, **named)
        return cast(_T, source.derived[key])

    return kept
