"""A lock's guard that is alive while a future waits.

What it finds
-------------
Guards of `std`, `parking_lot`, `tokio`, `async-lock` and `spin` locks (mapped, owned, `Arc` and
upgradable ones too), `RefCell` borrows, `DashMap` references and `watch` borrows that are alive at an
`.await`, a `select!`, a `join!` or a `yield`: bound by a `let`, hidden in an `Option`, a `Result` or a
struct of the workspace, bound by the pattern of an `if let`, a `match` or a `for`, or a temporary of a
scrutinee or of a call's arguments.

Why it breaks under load
------------------------
The guard is kept in the suspended future. With an async mutex everybody who wants the lock queues
behind one task's I/O, so that its latency becomes everybody's. With a blocking lock the next task that
wants it blocks a worker thread with all the tasks on it; when all workers wait, the task that holds the
lock is never polled again. A `RefCell` panics at the second borrow, a `DashMap` shard deadlocks.

Example
-------
```rust
async fn forward(state: &Mutex<State>, message: Message) -> Result<(), SendError> {
    let state = state.lock().await;
    let peer = state.peers[&message.to].clone();
    peer.send(message).await
}
```

Instead
-------
```rust
async fn forward(state: &Mutex<State>, message: Message) -> Result<(), SendError> {
    let peer = {
        let state = state.lock().await;
        state.peers[&message.to].clone()
    };
    peer.send(message).await
}
```

Fix safety
----------
Always for review: the lock ends earlier, so other tasks can get in between. The block holds the
statements from the guard to its last use, in their order, and what others may see behind it (a send, a
subscription, an atomic, a file, another lock) up to the await; it hands out what the code after it
needs. What is done after the lock's end now is named in the notes, each, and so is what is dropped
earlier, later or behind the lock, where others may notice. A temporary's value is
computed by a `let` in front, when nothing before it in its statement has an effect; so is an argument
that is awaited after the lock was taken (`m.lock().await.push(next().await)`). A clone is added
only of what is cheap to clone (a number, a reference count, a channel's handle, a string); where a
guard is needed later for such a thing alone, that is taken along, and a length or a flag is read in
the block. A guard that only the first of several awaits needs ends behind that one; a `drop(guard)`
further down only says where the scope ends, and moves up with it, which the note tells. A map's reference (`DashMap`) that a pattern binds for
its `Arc` or sender alone is cloned out of, and so is an occupied entry, which is dropped in its arm. An
element (`peers[1]`) is taken along where it is looked up in any case. Where the code behind it needs a reference, one of the same type is written (`&first`,
`first.as_str()`), so that the same impl is called. `drop(guard)` is written only where a block cannot
end the lock: in a branch, for a guard that a pattern binds, or where rustc refuses the block.

Left alone, with the reason: a guard that is used again after the await, on which the awaited call
works, that is passed on, returned or stored, that is named `_guard` or never used but to be dropped, of
which a comment or an allowed lint says that it is held on purpose, or whose lock guards no data. So is a lock that is kept in step with another one, or with an atomic: some function of the
workspace holds one of the two while it, or what it calls, uses the other, or this one puts what it
changed under the first into the second.

When to leave it
----------------
When the lock is there to let one task at a time do the awaited work: one writer on a socket, one
refresh of a token, check-then-insert around a fetch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from codemods.guard_across_await import locate, messages, proposals
from codemods.guard_across_await.extraction import Types
from codemods.guard_across_await.guard_plan import deciding_expressions, plan_guard
from codemods.guard_across_await.named_guard import Context
from engine.base.model import Level, Proposal, Site, Span
from engine.detect.codemod import Codemod, Match
from engine.detect.facts import Facts, Sources
from engine.rust.guard_scopes import GuardScope, guard_scope, parameter_scope
from engine.rust.instance_questions import holders_asked
from engine.rust.per_source import per_source
from engine.rust.questions import Answers, Question
from engine.rust.scopes import scopes_of
from engine.rust.syntax import FUNCTIONS, Source, span_of
from engine.rust.type_facts import TypeFacts

_UNTYPED = Types(lambda _: None, TypeFacts())  # before rustc has been asked


class GuardAcrossAwait(Codemod):
    """See the module's documentation."""

    name = "guard-across-await"
    summary = "a lock's guard that is held while a future waits"
    # What suspends a future: see `engine/rust/suspension.py`.
    _suspending = (b"await", b"yield", b"select!", b"select_biased!", b"join!")
    literals = (_suspending, (b"lock", b"read", b"write", b"borrow", b"Guard", b"Ref"))
    # Methods that are called. (A pattern's head is searched for faster than a look behind would be.)
    anchors = (
        *(
            rb"%b(?:(?<![\w:]%b)(?<!fn %b)|(?<=try_%b)|(?<=blocking_%b)|(?<=upgradable_%b))%b\s*[(/]"
            % (*(word,) * 6, tail)
            for word, tail in (
                (b"lock", b"(?:_owned|_arc)?"),
                (b"read", b"(?:_owned|_arc)?"),
                (b"write", b"(?:_owned|_arc)?"),
                (b"borrow", b"(?:_mut|_and_update)?"),
            )
        ),
        rb"Guard(?:Arc)?\b",
        rb"Ref(?<!\wRef)(?:Mut)?(?:Multi)?\s*<",
    )
    use_literals = (_suspending,)
    use_macro_literals = _suspending
    costs = frozenset({"allocations"})  # what the lock guards may be copied to be used without it

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        for node, evident in locate.guard_expressions(source, matches):
            captures = {"value": (span_of(node),)}
            if not evident:
                yield Site(self.name, source.path, span_of(node), captures, role="maybe")
                continue
            scope = guard_scope(source, node)
            if scope is not None and scope.trace.awaits:
                yield self._site(source, scope, captures)
        for node in locate.guard_parameters(source, matches):
            scope = parameter_scope(source, node)
            if scope is not None and scope.trace.awaits:
                yield self._site(source, scope, {"parameter": (span_of(node),)})

    def _site(
        self, source: Source, scope: GuardScope, captures: Mapping[str, tuple[Span, ...]]
    ) -> Site:
        ctx = _context(source, scope)
        planned = plan_guard(ctx, scope, None, {}) if ctx is not None else None
        reason = planned.reason if planned is not None else ""
        certain = bool(reason) and not (planned is not None and planned.open)
        return Site(
            self.name,
            source.path,
            proposals.shown_span(scope),
            captures,
            kind=scope.kind,
            level=Level.REPORT if certain else Level.REVIEW,
            message=messages.message(source, scope),
            reason=reason,
        )

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        if answers is None and any(site.role == "site" for site in sites):
            yield from (Question(s.path, span_of(n)) for s, n, _ in holders_asked(sources, True))
        for site in sites:
            for value in site.captures.get("value", ()):
                for span in _asked(sources.get(site.path), value, site.role == "maybe"):
                    yield Question(site.path, span)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        return proposals.plan(sites, facts)


@per_source
def _asked(source: Source, value: Span, doubtful: bool) -> tuple[Span, ...]:
    """The expression that may take a guard, and where that is likely, those that a plan looks at."""
    node = source.node_at(value)
    if node is None:
        return (value,)
    try:
        scope = guard_scope(source, node)
        passing = scope is not None and scope.kind == "temporary"  # few expressions are around it
        if doubtful and not passing and not locate.is_likely_guard(source, node):
            return (value,)
        ctx = _context(source, scope) if scope is not None else None
        if scope is not None and ctx is not None and scope.trace.awaits:
            return (value, *map(span_of, deciding_expressions(ctx, scope)))
    except RecursionError:
        pass  # the plan says so
    return (value,)


def _context(source: Source, scope: GuardScope) -> Context | None:
    function = source.enclosing(scope.node, FUNCTIONS)
    if function is None:
        return None
    return Context(source, scopes_of(source, function), _UNTYPED)


CODEMOD = GuardAcrossAwait()
