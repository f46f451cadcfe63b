"""A struct behind a lock: every place of the workspace that names it, makes it or locks it.

The struct is the key to all of them. Wherever a handle to the lock goes (parameters, results, locals,
clones, closures, collections, generics that only pass it on), its type names the struct, or rustc told
it at the lock call. So a change of what stands for ``Mutex<Stats>`` is whole when all these places
change, and none of them uses the struct without its lock.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from codemods.mutex_counter.group_rewrite import Rewritten
from codemods.mutex_counter.struct_makers import DEFAULT, NAMES, StructMakers
from codemods.mutex_counter.type_names import is_other
from engine.base.model import Edit, Span
from engine.rust import item_nodes, nodes, statement_nodes
from engine.rust.layout_questions import leads_to_values, question_about
from engine.rust.lock_groups.lock_guards import Refused
from engine.rust.lock_groups.lock_places import Constructor
from engine.rust.lock_groups.lock_types import family_of
from engine.rust.open_types import named_to_find
from engine.rust.syntax import Source, span_of, walk_all


class StructUses(StructMakers, ABC):
    """One struct and all that is done with it."""

    # -- what changes --------------------------------------------------------------------------

    @abstractmethod
    def literal(self, source: Source, value: Node, new: Constructor | None) -> Iterable[Edit]:
        """Edits of ``Stats { hits: 0 }``, which the constructor ``new`` puts behind a lock (None: it
        stands elsewhere). Raises Refused."""

    @abstractmethod
    def shown_anew(self) -> str:
        """Where ``{:?}`` gives another text, in words; "" where it does not."""

    def outside(self) -> Iterator[Rewritten]:
        """The edits of all places but the definition and the lock calls. Raises Refused with the
        first place that uses the struct without its lock."""
        for source, node, outer in self.mentions():
            yield Rewritten(tuple(self._mention(source, node, outer)))
        for new in self.located.constructors:
            if self.makes_it(new):
                yield Rewritten(tuple(self._unlocked(new)))

    def lock_around(self, source: Source, outer: Node) -> Node | None:
        """``Mutex<Stats>`` around ``Stats``."""
        listed = outer.parent
        holder = listed.parent if listed and listed.type == "type_arguments" else None
        if holder is None or holder.type != "generic_type":
            return None
        family, known = family_of(source, holder, source.text(nodes.generic_head(holder)))
        return holder if family is not None or not known else None

    def _mention(self, source: Source, node: Node, outer: Node) -> Iterable[Edit]:
        holder = self.lock_around(source, outer)
        if holder is not None:
            self._require_typed(source, holder)
            return (put(source, holder, source.text(outer)),)
        aliased = self._alias_around(source, outer)
        if aliased is not None:
            return (aliased,)
        impl = outer.parent
        if impl is not None and impl.type == "impl_item" and item_nodes.type_of(impl) == outer:
            return self._impl(source, impl)
        if self.is_making(source, node) or self.leads_past(source, node):
            return ()
        raise self.unguarded(source, node)

    def _require_typed(self, source: Source, holder: Node) -> None:
        """Raises Refused where the lock's type is named to find it again behind ``dyn Any``, a pointer or
        a number: what was put in there need not be seen here."""
        asking = question_about(source, holder)
        mentions = self.located.facts.calls.mentions
        asked = asking is not None and leads_to_values(source, asking, mentions)
        if asked or named_to_find(source, holder) is not None:
            place = self.located.place(source.path, holder.start_byte)
            raise Refused(
                f"{place}: `{source.quoted(span_of(holder))}` is named where types are erased: what "
                "was put in need not be seen here"
            )

    def _alias_around(self, source: Source, outer: Node) -> Edit | None:
        """``Shared<Stats>`` becomes ``Arc<Stats>`` where ``type Shared<T> = Arc<Mutex<T>>``."""
        listed = outer.parent
        holder = listed.parent if listed and listed.type == "type_arguments" else None
        if holder is None or holder.type != "generic_type":
            return None
        head, given = nodes.generic_head(holder), item_nodes.type_arguments(holder)
        for alias in self.located.generic_aliases:
            if alias.name != nodes.last_name(source, head) or alias.around is None:
                continue
            other = is_other(self.located.facts.items, source, head, alias.path, alias.item)
            if not other and alias.index < len(given) and given[alias.index] == outer:
                before, after = alias.around
                return put(source, holder, before + source.text(outer) + after)
        return None

    def unguarded(self, source: Source, node: Node) -> Refused:
        """The reason why ``node``, which takes the struct without its lock, keeps it behind one."""
        place = self.located.place(source.path, node.start_byte)
        return Refused(f"{place}: `{self.name.decode()}` is used there without the lock")

    # -- functions that make one ---------------------------------------------------------------

    def _impl(self, source: Source, impl: Node) -> Iterator[Edit]:
        """An ``impl``: functions that make the struct, methods, and what does not know of it."""
        trait, body = item_nodes.trait_of(impl), statement_nodes.body_of(impl)
        inside = nodes.named_children(body) if body is not None else []
        if not inside and trait is not None:
            raise self.unguarded(source, impl)  # a marker, or a derive by hand
        for item in inside:
            if item.type == "function_item" and item_nodes.self_parameter(item) is not None:
                self.method(source, item, trait)
                continue
            made = self.maker(source, item) if item.type == "function_item" else None
            if made is not None and self.makes(source, made):
                yield from self.literal(source, made, None)
            elif made is None and trait is not None:
                raise self.unguarded(source, item)
            elif made is None and self.takes_it(source, item):
                place = self.located.place(source.path, item.start_byte)
                named = item_nodes.name_of(item)
                word = source.text(named).decode("utf-8", "replace") if named is not None else "it"
                raise Refused(
                    f"{place}: `{word}` handles `{self.name.decode()}` in a way not followed"
                )

    def takes_it(self, source: Source, item: Node) -> bool:
        """Is the struct named in an item of its ``impl``, for more than its constants and those functions
        that neither take nor give one?"""
        own = (b"Self", self.name)
        named = (n for n in walk_all(source, item) if n.type in NAMES and source.text(n) in own)
        return any(not self.leads_past(source, node) for node in named)

    def method(self, source: Source, function: Node, trait: Node | None) -> None:
        """Raises Refused where the ``function`` (of a ``trait``'s impl), which takes the struct as
        ``self``, is in the way."""
        raise self.unguarded(source, function)

    # -- constructors --------------------------------------------------------------------------

    def _unlocked(self, new: Constructor) -> Iterator[Edit]:
        """``Mutex::new(Stats { hits: 0 })`` without the ``Mutex::new``."""
        source = self.located.source(new.file)
        call, given = source.node_at(new.whole), self.given(new)
        if call is not None and not given and source.text(call).endswith(b"default()"):
            yield put(source, call, self.name + b"::default()")
            return
        place = self.located.place(new.file, new.whole.start)
        if call is None or len(given) != 1 or source.comments_in(_head(new, given[0])):
            raise Refused(f"{place}: how the struct is made is not understood")
        value = given[0]
        literal = value if self.makes(source, value) else self.local_literal(source, value)
        default = DEFAULT.fullmatch(source.text(value)) is not None
        if literal is None and not default and not self.is_maker(source, value):
            raise Refused(f"{place}: how the struct is made is not understood")
        yield Edit(new.file, new.whole.start, value.start_byte, b"")
        yield Edit(new.file, value.end_byte, new.whole.end, b"")
        if literal is not None:
            yield from self.literal(source, literal, new)


def put(source: Source, node: Node, text: bytes) -> Edit:
    """The edit that writes ``text`` in the place of ``node``."""
    return Edit(source.path, node.start_byte, node.end_byte, text)


def _head(new: Constructor, value: Node) -> Span:
    """What goes in front of the value."""
    return Span(new.whole.start, value.start_byte)
