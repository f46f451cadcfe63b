"""A lock of tokio's that nobody ever holds over an await, where a plain one would do.

What it finds
-------------
`tokio::sync::Mutex` and `RwLock`, whatever is behind them: in fields, statics, locals, type aliases and
collections, together with all that the lock flows into (`Arc` clones, parameters, results, other files), where
each guard is gone before the next `.await`. The types are rustc's own.

Why it breaks under load
------------------------
An async lock is made to be held while something is awaited. It keeps a queue of tasks behind a lock of its
own, so that taking it costs several times what std's does with nobody else there, and ten times as much between two
threads; a task that has to wait is suspended and woken again for a section that takes some
nanoseconds. A lock that every request takes for one look into a map pays that for each request.

Example
-------
```rust
struct Sessions {
    by_id: tokio::sync::Mutex<HashMap<u64, String>>,
}

async fn name_of(&self, id: u64) -> Option<String> {
    self.by_id.lock().await.get(&id).cloned()
}
```

Instead
-------
```rust
struct Sessions {
    by_id: std::sync::Mutex<HashMap<u64, String>>,
}

async fn name_of(&self, id: u64) -> Option<String> {
    self.by_id.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
}
```

Where the package uses parking_lot already, it becomes one of those: `self.by_id.lock().get(&id).cloned()`. The
other of the two is an alternative (`--prefer std`).

Fix safety
----------
All uses change with the type, or none: `.lock().await`, `.read().await` and `.write().await` lose their await,
`blocking_lock()` becomes `lock()`, `try_lock()`, `into_inner()`, `get_mut()` and `const_new` what std or parking_lot
has instead. A panic under tokio's lock poisons nothing, so a poisoned lock of std's is opened all the same
(`PoisonError::into_inner`). The functions stay `async`. Where a `drop(guard)` has an await behind it in the guard's scope, a
block takes its place: rustc counts the guard to the future up to the end of the scope, dropped or not, and with
std's the future would not be `Send` (a library's compiles all the same). Where no block can, the lock is left; so
it is where something is awaited in the scope of a `try_lock`'s result, which counts in the same way.

Safe where the lock's type is seen by no other crate, where each call is awaited on the spot, and where nothing runs under
it but what is known to take no time: fields, arithmetic, methods of std's types and of those of well-known
crates that work in memory, functions of the workspace that do no more. For review where something else
runs under it, a loop or a log message among them (each is named), where a `Debug` shows it,
where a bounded loop has no await left, where a loop is left with awaits of which nobody knows here whether they wait
(a call through a function value, a foreign function), and where a function that waits for nothing but the lock is
handed on as a value or a macro may loop over it. So is a `Drop`, `Hash`, `Eq`, `Ord`, `Clone`, `Deref` or `AddAssign` of the
workspace's own that std's methods run under the lock and that does more than hand on.

Left with the reason: a lock whose type is part of a library's API; whose future goes into `select!`, `timeout` or
`join!`, or is kept; `lock_owned` and its kin; a guard that is given away, returned, stored or whose type is written out;
sections that wait for a disk, a peer, a clock or another lock, or loop without an end that can be told; more than a look under
`blocking_lock` (tasks would block their threads meanwhile); an error of `try_lock` that is looked at; a
`RwLock` that bounds its readers. A loop (or a function that runs itself, or what is polled again and again)
whose only await is that of the lock is left, too: tokio lets other tasks run there, and without
the await nothing would. Awaits that never wait (`std::future::ready(..)`, an `async` block or a function with nothing to
wait for, a `select!` with such an arm) count as none. What a macro does under the lock must be seen: one of the
workspace that awaits holds the guard, and one that is not known here may.

What else is done with the lock is followed, for rustc does not tell where a use still fits and means
something else: a lock whose type is erased (`dyn Any`, a pointer) or named to find one behind an erased type, one
that a trait's method is called on, one that a macro of the workspace names, and one whose name means another
type under a `cfg` stay. Where a framework fills a handler's parameter by its type (`State<Arc<Mutex<T>>>`), all locks
around the same type change together.

What changes: waiting tasks are no longer served in the order in which they came. Who waits keeps its
thread for as long as a section takes, instead of going to the back of the queue. There is one point less at which a task
can be cancelled.

When to leave it
----------------
When a guard is to be held over an await soon, or when sections grow with what is behind the lock: a thread that
waits runs no other task. When the order in which tasks get the lock matters. Where a lock is held over an await
only here and there, `guard-across-await` may end that first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codemods.async_lock.locate import METHODS, NAME, locate
from engine.base.model import Proposal, Site
from engine.detect.codemod import Codemod, Match

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


class AsyncLock(Codemod):
    """See the module's documentation."""

    name = NAME
    summary = "a lock of tokio's that nobody holds over an await"
    macro_literals = (b"Mutex", b"Lock")
    literals = (macro_literals,)
    anchors = (rb"Mutex\s*[<:/]", rb"Lock\s*[<:/]")
    # A file may hold nothing but uses of another file's lock.
    use_macro_literals = tuple(method + b"(" for method in METHODS)
    use_literals = (use_macro_literals,)

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        return locate(source, matches)

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from codemods.async_lock.plan import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.async_lock.plan import plan

        return plan(sites, facts)


CODEMOD = AsyncLock()
