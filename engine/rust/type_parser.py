"""Parses types as rustc prints them in its messages.

The grammar is that of ``rustc_middle``'s pretty printer with ``-Ztrim-diagnostic-paths=no``: full
paths, ``{closure@file:line:col: line:col}``, ``fn(A) -> R {path}`` for a function item,
``{integer}`` and ``_`` for what inference left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from engine.rust.types import UNIT, Kind, Type

_DEPTH = 64  # deeper nesting is hostile, not a type
_SHOWN = 100_000  # characters; longer text is kept opaque

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<char>b?'(?:\\(?:u\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|.)|[^'\\])')
    | (?P<life>'[A-Za-z_]\w*|'\{erased\}|'\?\d*)
    | (?P<string>"(?:\\.|[^"\\])*")
    | (?P<word>r\#\w+|[^\W\d]\w*)
    | (?P<number>-?\d\w*(?:\.\d+\w*)?)
    | (?P<mark>->|::|\.\.\.|[^\w\s])
    )""",
    re.VERBOSE | re.DOTALL,
)
_QUALIFIERS = frozenset({"unsafe", "extern", "async", "const", "safe"})
_COROUTINES = ("async ", "coroutine", "gen ", "static coroutine")


class _Bad(Exception):  # noqa: N818 - never leaves this module
    """The text is no type of this grammar."""


def parse(text: str) -> Type:
    """The type that ``text`` spells; ``opaque`` when it cannot be read."""
    if len(text) <= _SHOWN:
        try:
            parser = _Parser(text)
            type_ = parser.type()
            if parser.peek() == "":
                return type_
        except _Bad:
            pass
    return Type(text, (), "opaque")


class _Parser:
    """Recursive descent over the text; ``_at`` is where the next token starts."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    # tokens

    def _match(self) -> re.Match[str] | None:
        return _TOKEN.match(self._text, self._at)

    def peek(self) -> str:
        """The next token, "" at the end."""
        match = self._match()
        return match[0].lstrip() if match else ""

    def _kind(self) -> str:
        match = self._match()
        return (match.lastgroup or "") if match else ""

    def _next(self) -> str:
        match = self._match()
        if match is None:
            raise _Bad
        self._at = match.end()
        return match[0].lstrip()

    def _eat(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self._next()
        return True

    def _need(self, token: str) -> None:
        if not self._eat(token):
            raise _Bad

    def _until(self, closer: str) -> str:
        """Text up to ``closer`` at this nesting level; the closer is consumed."""
        self._match()
        start = self._at
        depth = 0
        while True:
            before = self._at
            token = self._next()
            if depth == 0 and token == closer:
                return self._text[start:before].strip()
            if token in "([{":
                depth += 1
            elif token in ")]}":
                depth -= 1

    # types

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _DEPTH:
            raise _Bad
        yield
        self._depth -= 1

    def type(self, plus: bool = True, item: bool = True) -> Type:
        """``item``: may a path in braces make a function item of a signature here? Not of one that
        another signature ends with: ``fn() -> fn() {f}`` is the item ``f``, which returns a pointer.

        ``plus``: may ``impl`` or ``dyn`` take more than one bound here? Not as the result of a
        bound ``Fn() -> R``, whose own list goes on with ``+``. (Behind ``&`` rustc prints ``dyn``
        with parentheses, but not ``impl``.)"""
        with self._deeper():
            return self._type(plus, item)

    def _type(self, plus: bool, item: bool) -> Type:
        token = self.peek()
        if token == "&":
            self._next()
            self._lifetime()
            name = "&mut" if self._eat("mut") else "&"
            return Type(name, (self.type(plus, item),), "ref")
        if token == "*":
            self._next()
            name = self._next()
            if name not in ("const", "mut"):
                raise _Bad
            return Type(f"*{name}", (self.type(plus, item),), "ptr")
        if token == "(":
            return self._tuple()
        if token == "[":
            self._next()
            inner = self.type()
            if self._eat("]"):
                return Type("", (inner,), "slice")
            self._need(";")
            return Type(self._until("]"), (inner,), "array")
        if token == "{":
            return self._braced()
        if token in ("!", "..."):
            self._next()
            return Type(token, (), "never" if token == "!" else "opaque")
        if token == "_":
            self._next()
            return Type("_", (), "infer")
        if token in ("impl", "dyn"):
            self._next()
            return Type("", self._bounds(plus), "impl" if token == "impl" else "dyn")
        if token in ("for", "fn") or token in _QUALIFIERS:
            return self._function(plus, item)
        return self._path()

    def _tuple(self) -> Type:
        self._need("(")
        if self._eat(")"):
            return UNIT
        first = self.type()
        if self._eat(")"):
            return first  # only grouping
        args = [first]
        while self._eat(","):
            if self.peek() == ")":
                break
            args.append(self.type())
        self._need(")")
        return Type("", tuple(args), "tuple")

    def _braced(self) -> Type:
        self._need("{")
        name = self._until("}")
        if name.startswith(("closure@", "closure#", "async closure@")):
            return Type(name, (), "closure")
        if name.startswith(_COROUTINES):
            return Type(name, (), "coroutine")
        if name in ("integer", "float"):
            return Type(f"{{{name}}}", (), "infer")
        return Type(f"{{{name}}}", (), "opaque")

    def _binder(self) -> None:
        if self._eat("for"):
            self._need("<")
            self._until(">")

    def _lifetime(self) -> bool:
        if self._kind() != "life":
            return False
        self._next()
        return True

    def _function(self, plus: bool, item: bool) -> Type:
        """``for<'a> unsafe extern "C" fn(A) -> R``, and the path behind it for a function item."""
        self._binder()
        words: list[str] = []
        while (word := self._next()) != "fn":
            if word not in _QUALIFIERS and not word.startswith('"'):
                raise _Bad
            words.append(word)
        args = self._arguments(plus)
        pointer = Type(" ".join([*words, "fn"]), args, "fn")
        if not item or self.peek() != "{":
            return pointer
        self._next()
        path = self._path(value=True)
        self._need("}")
        return Type(_plain(path), (pointer, path), "fndef")

    def _arguments(self, plus: bool) -> tuple[Type, ...]:
        """``(A, B) -> R`` as A, B, R."""
        self._need("(")
        params: list[Type] = []
        while not self._eat(")"):
            params.append(self.type())
            if not self._eat(","):
                self._need(")")
                break
        return (*params, self.type(plus, item=False) if self._eat("->") else UNIT)

    def _bounds(self, plus: bool) -> tuple[Type, ...]:
        bounds: list[Type] = []
        while True:
            if not self._lifetime():
                bounds.append(self._bound())
            if not plus or not self._eat("+"):
                return tuple(bounds)

    def _bound(self) -> Type:
        if self._eat("("):
            with self._deeper():
                inner = self._bound()
            self._need(")")
            return inner
        if self._eat("?"):
            with self._deeper():
                inner = self._bound()
            return Type(f"?{inner.name}", inner.args, inner.kind)
        if self.peek() == "use":
            self._next()
            self._need("<")
            return Type(f"use<{self._until('>')}>")
        self._binder()
        path = self._path()
        if self.peek() == "(" and path.kind == "path" and not path.args:
            return Type(path.name, self._arguments(plus=False), "sugar")
        return path

    # paths

    def _path(self, value: bool = False) -> Type:
        """``value``: inside the braces of a function item."""
        if self.peek() == "<":
            found = self._qualified()
        else:
            found = Type(self._segment())
            found = self._with_generics(found)
        while self._eat("::"):
            if self.peek() == "<":
                found = self._angled(found)
                continue
            name = self._segment()
            if found.kind == "path" and not found.args:
                found = Type(f"{found.name}::{name}")
            elif found.kind in ("member", "assoc", "inherent") and not _own(found):
                found = Type(f"{found.name}::{name}", found.args, found.kind)
            else:
                found = Type(name, (found,), "member")
            found = self._with_generics(found)
        return found

    def _segment(self) -> str:
        if self.peek() == "{":  # {closure#0}, {impl#2}
            self._next()
            return f"{{{self._until('}')}}}"
        if self._kind() != "word":
            raise _Bad
        return self._next()

    def _qualified(self) -> Type:
        """``<T as Trait>::Name`` or ``<T>::name``."""
        self._need("<")
        self_type = self.type()
        args: tuple[Type, ...] = (self_type,)
        if self._eat("as"):
            args = (self_type, self._path())
        self._need(">")
        self._need("::")
        kind: Kind = "assoc" if len(args) == 2 else "inherent"
        return self._with_generics(Type(self._segment(), args, kind))

    def _angled(self, path: Type) -> Type:
        """After ``path::``: a turbofish, or the ``<impl Trait for T>`` of a method's path, which
        has the method behind it."""
        mark = self._at
        self._need("<")
        if self._eat("impl"):
            bounds = self._impl_head()
            if self._eat("for"):
                bounds = (self.type(), bounds[0])
            if self._eat(">") and self.peek() == "::":
                return Type(path.name, bounds, "implseg")
        self._at = mark
        return self._with_generics(path)

    def _impl_head(self) -> tuple[Type, ...]:
        negative = self._eat("!")
        head = self.type()
        return (Type(f"!{head.name}", head.args, head.kind) if negative else head,)

    def _with_generics(self, path: Type) -> Type:
        if self.peek() != "<":
            return path
        self._need("<")
        args: list[Type] = []
        while not self._eat(">"):
            if not self._lifetime():
                args.append(self._generic())
            if not self._eat(","):
                self._need(">")
                break
        return Type(path.name, (*path.args, *args), path.kind)

    def _generic(self) -> Type:
        kind, mark = self._kind(), self._at
        if kind in ("number", "string", "char") or self.peek() in ("true", "false"):
            return Type(self._next(), (), "const")
        if kind == "word":
            name = self._next()
            if self._eat("="):
                return Type(name, (self.type(),), "binding")
            self._at = mark
        if self.peek() == "{":
            braced = self._braced()
            return Type(braced.name, (), "const") if braced.kind == "opaque" else braced
        return self.type()


def _own(path: Type) -> tuple[Type, ...]:
    """Generics of a path's last segment."""
    return path.args[{"assoc": 2, "inherent": 1, "member": 1}.get(path.kind, 0) :]


def _plain(path: Type) -> str:
    """A function's path without generics: ``std::vec::Vec::push``, ``std::clone::Clone::clone``."""
    match path.kind:
        case "path":
            return path.name
        case "member":
            return f"{_plain(path.args[0])}::{path.name}"
        case "assoc":
            return f"{_plain(path.args[1])}::{path.name}"
        case "inherent":
            return f"{_plain(path.args[0])}::{path.name}"
        case "implseg":
            return path.name
        case _:
            return str(path)
