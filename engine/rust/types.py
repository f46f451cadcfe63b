"""Rust types as values, made from what rustc prints (``type_parser``); lifetimes are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.rust.known_types import DEREFS, key_of

Kind = Literal[
    "path",  # name: the path without generics; args: the last segment's
    "member",  # args[0] is a type with generics of its own; name: what follows; args[1:]: its own
    "assoc",  # <args[0] as args[1]>::name<args[2:]>
    "inherent",  # <args[0]>::name<args[1:]>
    "implseg",  # name::<impl args[1] for args[0]>, or name::<impl args[0]>
    "ref",  # name: "&" or "&mut"
    "ptr",  # name: "*const" or "*mut"
    "tuple",
    "array",  # name: the length's text
    "slice",
    "fn",  # pointer; name: "fn" with qualifiers; args: parameters, then the result
    "fndef",  # function item; name: its path without generics; args: its "fn", its path
    "closure",  # name: what stands in the braces
    "coroutine",  # async blocks and bodies of async fns; name as above
    "impl",  # args: the bounds
    "dyn",
    "sugar",  # a bound Fn(A, B) -> R; name: the trait; args: parameters, then the result
    "binding",  # Item = X among generics
    "const",  # a const generic; name: its text
    "infer",  # "_", "{integer}", "{float}"
    "never",
    "opaque",  # name: the text, which was not understood
]

_MODULES = re.compile(r"\b(?:\w+::)+")


@dataclass(frozen=True, slots=True)
class Type:
    """One type. What ``name`` and ``args`` hold is said beside each ``Kind``."""

    name: str
    args: tuple[Type, ...] = ()
    kind: Kind = "path"

    @property
    def is_ref(self) -> bool:
        """``&T`` or ``&mut T``."""
        return self.kind == "ref"

    @property
    def is_shared_ref(self) -> bool:
        """``&T``."""
        return self.is_ref and not self.is_mut_ref

    @property
    def is_mut_ref(self) -> bool:
        """``&mut T``."""
        return self.kind == "ref" and self.name == "&mut"

    @property
    def last(self) -> str:
        """The last segment of the name: "Vec" of ``std::vec::Vec<u8>``."""
        return self.name.rpartition("::")[2]

    def short(self, most: int = 0) -> str:
        """As printed, without the paths in front of names, cut at ``most`` characters (0: never):
        for messages."""
        text = _MODULES.sub("", str(self))
        return f"{text[: most - 3]}..." if 0 < most < len(text) else text

    def behind_refs(self) -> tuple[int, Type]:
        """How many references are around it, and the type without them."""
        count, current = 0, self
        while current.is_ref:
            count, current = count + 1, current.args[0]
        return count, current

    def deref_chain(self) -> tuple[Type, ...]:
        """The type and what a method call's auto-deref sees behind it, outermost first.

        Looks through references, std's smart pointers and guards and the well-known crates' ones,
        and from ``Vec``, arrays, ``String``, paths and ``Bytes`` to what they are views of. Other
        ``Deref`` types end it.
        """
        chain = [self]
        while (inner := _pointee(chain[-1])) is not None:
            chain.append(inner)
        return tuple(chain)

    def walk(self) -> Iterator[Type]:
        """This type and all inside it, outer before inner."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def __str__(self) -> str:
        return _show(self, value=False)


def _pointee(type_: Type) -> Type | None:
    """What one step of auto-deref makes of the type."""
    if type_.kind == "ref":
        return type_.args[0]
    if type_.kind == "array":
        return Type("", type_.args, "slice")
    if type_.kind != "path":
        return None
    name = type_.name
    # A crate seen through another one is printed so: parking_lot::lock_api::MutexGuard.
    while key_of(name) not in DEREFS and name.count("::") > 1:
        name = name.partition("::")[2]
    index = DEREFS.get(key_of(name))
    if index is not None and index < len(type_.args):
        return type_.args[index]
    if key_of(type_.name) == "std::vec::Vec" and type_.args:
        return Type("", type_.args[:1], "slice")
    return _VIEWS.get(key_of(type_.name))


_BYTES = Type("", (Type("u8"),), "slice")
_VIEWS = {
    "std::string::String": Type("str"),
    "std::path::PathBuf": Type("std::path::Path"),
    "std::ffi::OsString": Type("std::ffi::OsStr"),
    "std::ffi::CString": Type("std::ffi::CStr"),
    "bytes::Bytes": _BYTES,
    "bytes::BytesMut": _BYTES,
}
UNIT = Type("", (), "tuple")

# -- printing ----------------------------------------------------------------------------------


def _generics(args: tuple[Type, ...], value: bool) -> str:
    if not args:
        return ""
    return f"{'::' if value else ''}<{', '.join(_show(a, value=False) for a in args)}>"


def _signature(head: str, args: tuple[Type, ...]) -> str:
    *params, result = args
    shown = f"{head}({', '.join(str(p) for p in params)})"
    return shown if result == UNIT else f"{shown} -> {_closed(result)}"


def _closed(type_: Type) -> str:
    """In parentheses where a ``+`` of its own would be taken for somebody else's."""
    several = type_.kind in ("impl", "dyn") and len(type_.args) > 1
    return f"({type_})" if several else str(type_)


def _show(type_: Type, value: bool) -> str:
    """``value``: as in an expression, ``Vec::<T>`` for ``Vec<T>``."""
    name, args = type_.name, type_.args
    match type_.kind:
        case "path":
            return name + _generics(args, value)
        case "member":
            return f"{_show(args[0], value)}::{name}{_generics(args[1:], value)}"
        case "assoc":
            return f"<{args[0]} as {args[1]}>::{name}{_generics(args[2:], value)}"
        case "inherent":
            return f"<{args[0]}>::{name}{_generics(args[1:], value)}"
        case "implseg":
            return f"{name}::<impl {' for '.join(str(a) for a in reversed(args))}>"
        case "ref" | "ptr":
            return f"{name}{'' if name == '&' else ' '}{_closed(args[0])}"
        case "tuple":
            return f"({args[0]},)" if len(args) == 1 else f"({', '.join(map(str, args))})"
        case "array":
            return f"[{args[0]}; {name}]"
        case "slice":
            return f"[{args[0]}]"
        case "fn" | "sugar":
            return _signature(name, args)
        case "fndef":
            return f"{args[0]} {{{_show(args[1], value=True)}}}"
        case "closure" | "coroutine":
            return f"{{{name}}}"
        case "impl" | "dyn":
            return f"{type_.kind} {' + '.join(map(str, args))}"
        case "binding":
            return f"{name} = {args[0]}"
        case "const" | "infer" | "never" | "opaque":
            return name
