"""Work that is done while a lock is held, and need not be.

What it finds
-------------
In loops, closures, async code, request handlers and the methods of `Stream`, `Service`, `Decoder` and
their like, under a lock of `std`, `parking_lot`, `spin`, `tokio` or `async-lock`:

- arguments (an index, an entry's key, the right side of a `String`'s `+=` too) that are computed after the
  lock of the same statement was taken: `log.lock().unwrap().push(format!("{id}"))`;
- old values that are dropped under it: of `*map.write().unwrap() = new;`, of `m.lock().unwrap().insert(k, v);`
  and `remove(&k);`, `let _ = ..`, `drop(mem::take(..))`;
- with a named guard, what stands between its `let` and its first use, what is computed for that use, and
  what stands behind its last use;
- whatever waits meanwhile: for a file, a process, the network, a clock, another lock. That is reported, and
  taken out of the lock where it only reads and does not touch what is guarded.

Work is what allocates (`format!`, `to_string`, a `clone` that is deep, `collect`), what frees a collection,
what waits. rustc is asked for the types; a move, a number, a reference count stay where they are.

Why it breaks under load
------------------------
A lock's section is run by one thread at a time: its length is what all the others wait for. An allocation
makes a short section several times as long. Where a map of ten thousand entries is replaced, the old one is
freed under the lock: 190 microseconds instead of 0.03. And a thread that is preempted in the allocator, or
waits for a disk, makes everybody wait with it.

Example
-------
```rust
log.lock().unwrap().push(format!("{id}: {path}"));
*routes.write().unwrap() = built;
```

Instead
-------
```rust
let line = format!("{id}: {path}");
log.lock().unwrap().push(line);
let old = std::mem::replace(&mut *routes.write().unwrap(), built);
drop(old);
```

Fix safety
----------
Safe where an argument is made of locals and of what nobody changes, by std's `Clone`, `Display` and
constructors, and where the old value is a collection of such values: nobody sees when they are made or freed.
What the lock's own expression may change is looked at, and so is the order with what else the statement
evaluates; short circuits, `while` conditions, closures and arms keep what is theirs.

For review: `Clone`, `Display` or conversions that are not std's, serialization, functions of the workspace
that only make a value, logging, files that are read. So is what may panic or return: it happens before the
lock is taken now, and a panic no longer poisons it. So is each section of a named guard.

Reported or left, with the reason: what tells the time, draws random numbers or ids, reads atomics or cells,
uses channels, takes another lock or calls what is not known (the order of the entries is that of the lock),
what writes to files or sockets, old values with a `Drop` of somebody's own, a guard that a comment says is
held on purpose. Nothing is changed where a future waits with the guard (that is `guard-across-await`'s), where
the guard is given away (a `Condvar`), or where the lock guards no data.

When to leave it
----------------
Where the lock is never waited for: at start-up, in a tool of one thread. Where entries must be made in the order
in which they are kept. Silence one place with `// spikeproof: allow(work-under-lock)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from engine.base.model import Level, Proposal, Site
from engine.detect.codemod import Codemod, Match

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


class WorkUnderLock(Codemod):
    """See the module's documentation."""

    name: ClassVar[str] = "work-under-lock"
    summary: ClassVar[str] = "work that is done while a lock is held, and need not be"
    literals: ClassVar[tuple[tuple[bytes, ...], ...]] = ((b"lock", b"read", b"write"),)
    # Calls without arguments, but for a comment.
    anchors = tuple(rb"%b\s*\(\s*[)/]" % name for name in (b"lock", b"read", b"write"))

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        from codemods.work_under_lock.look import look_at
        from engine.rust.context import heat_through_closures, runs_often
        from engine.rust.locks import is_evident, with_tails
        from engine.rust.syntax import span_of

        for match in matches:
            node = with_tails(source, match.one("call"))
            if not source.sound(node) or not (cold or runs_often(source, node)):
                continue
            look = look_at(source, node)
            if look is None or not look.is_worth_asking:
                continue
            certain = look.is_certain and is_evident(source, look.locked)
            where = source.quoted(span_of(look.locked.receiver))
            yield Site(
                codemod=self.name,
                path=source.path,
                span=span_of(node),
                captures={"guard": (span_of(node),)},
                kind=look.scope.kind,
                role="site" if certain else "maybe",
                level=Level.SAFE if certain else Level.REVIEW,
                message=f"work is done while `{where}` is locked",
                heat=heat_through_closures(source, node),
            )

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from codemods.work_under_lock.look import look_at
        from engine.rust.questions import Question

        for site in sites:
            source = sources.get(site.path)
            node = source.node_at(site.captures["guard"][0])
            look = look_at(source, node) if node is not None else None
            if look is not None:
                yield from (Question(site.path, span) for span in dict.fromkeys(look.asked()))

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.work_under_lock.plan import plan

        return plan(sites, facts)


CODEMOD = WorkUnderLock()
