"""What can be asked of the compiler about an expression, and what it answered: plain values.

A question is about the expression at one span of one file: its type, whether that type implements a
trait, whether a method call on it finds nobody else's method, or whether the guard that it is only looks. Who asks rustc is ``engine.cargo.oracle``; what a type means is
``engine.rust.type_facts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from engine.base.model import Span
from engine.rust.types import Type

# Traits by the path that a question gives. Any other path may be asked for too; what `core` has is
# asked for there, so that a `no_std` crate is answered as well.
COPY = "core::marker::Copy"
CLONE = "core::clone::Clone"
SEND = "core::marker::Send"
SYNC = "core::marker::Sync"
DISPLAY = "core::fmt::Display"
DEBUG = "core::fmt::Debug"
ITERATOR = "core::iter::Iterator"
EXACT_SIZE_ITERATOR = "core::iter::ExactSizeIterator"
DOUBLE_ENDED_ITERATOR = "core::iter::DoubleEndedIterator"

# In a trait's place, to ask of the future around an expression or statement: with an await in the place of
# the expression (what is evaluated before it lives over the await), or before the statement, may it be sent
# between threads? A yes means also that it could not be sent before.
AWAIT_IN_PLACE = "await in place"
AWAIT_BEFORE = "await before"
AWAITS = frozenset({AWAIT_IN_PLACE, AWAIT_BEFORE})

# In a trait's place, to ask of a guard: is what it guards only looked at? The expression is the guard itself,
# a ``LockResult`` with it, or an ``Option`` or another ``Result``. No answer: the guard goes where its own
# type is asked for. To be asked of what has a type alone: of what is not compiled here it is a yes.
ONLY_LOOKED_AT = "only looked at"
ONLY_LOOKED_AT_IN_RESULT = "only looked at, in a lock's result"
ONLY_LOOKED_AT_IF_THERE = "only looked at, if it is there"
LOOKS = frozenset({ONLY_LOOKED_AT, ONLY_LOOKED_AT_IN_RESULT, ONLY_LOOKED_AT_IF_THERE})


def nobody_elses(method: str, receivers: Iterable[str]) -> str:
    """What stands in a question in a trait's place, to ask: would a call of ``method`` at this place find
    no method that takes one of ``receivers`` as it is? These are ``self``, the expression, with ``*``, ``&``
    and ``&mut `` in front (``&mut **self``). A yes is final, a no means that there may be one."""
    return f"fn {method}({', '.join(receivers)})"


@dataclass(frozen=True, slots=True, order=True)
class Question:
    """Which type has the expression at ``span`` of ``path``, or, with ``trait``, does that type
    implement it?

    ``trait`` is a path from a crate's name on (``core::marker::Send``, ``serde::Serialize``, or
    ``crate::store::Row`` of the crate that the file belongs to), with generic arguments where the
    trait has some that have no default (``core::convert::AsRef<str>``); or what ``nobody_elses``
    makes.
    """

    path: str
    span: Span
    trait: str = ""


@dataclass(frozen=True)
class Answers:
    """What rustc told. The methods may be called for any expression, asked about or not."""

    types: Mapping[Question, Type] = field(default_factory=dict)
    traits: Mapping[Question, bool] = field(default_factory=dict)
    reasons: Mapping[Question, str] = field(default_factory=dict)
    rounds: int = field(default=0, compare=False)  # replays in sequence
    replays: int = field(default=0, compare=False)  # rustc processes
    seconds: float = field(default=0.0, compare=False)  # of rustc, added up

    def type_of(self, path: str, span: Span) -> Type | None:
        """None when it was not compiled in this configuration or could not be told."""
        return self.types.get(Question(path, span))

    def implements(self, path: str, span: Span, trait: str) -> bool | None:
        """Does the expression's type implement ``trait``? None where rustc did not tell.

        Lifetimes are not looked at: a ``&'a str`` has what a ``&'static str`` has. Of a type
        parameter only its bounds are known, so False means "not for every type that may stand
        here". Of a future or ``impl Trait`` no yes is told where an auto trait may decide (rustc
        looks into these later than it answers).
        """
        return self.traits.get(Question(path, span, trait))

    def reason(self, path: str, span: Span, trait: str = "") -> str:
        """Why there is no answer, in words for the user; "" when there is one."""
        question = Question(path, span, trait)
        if question in self.types or question in self.traits:
            return ""
        return self.reasons.get(question, "it was not asked")

    def knows(self, question: Question) -> bool:
        """Was it asked, with or without success?"""
        return question in self.types or question in self.traits or question in self.reasons

    def only(self, questions: Set[Question]) -> Answers:
        """Those to ``questions``, as if nothing else had been asked."""
        return replace(
            self,
            types={q: told for q, told in self.types.items() if q in questions},
            traits={q: told for q, told in self.traits.items() if q in questions},
            reasons={q: why for q, why in self.reasons.items() if q in questions},
        )

    def joined(self, later: Answers) -> Answers:
        """With what was told later."""
        return Answers(
            {**self.types, **later.types},
            {**self.traits, **later.traits},
            {**self.reasons, **later.reasons},
            self.rounds + later.rounds,
            self.replays + later.replays,
            self.seconds + later.seconds,
        )


NOTHING = Answers()
