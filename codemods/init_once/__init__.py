"""A lock around an option that is filled once, where a cell that is filled once would do.

What it finds
-------------
`Mutex<Option<T>>` and `RwLock<Option<T>>` of std and parking_lot, in statics, fields, locals and type aliases,
together with all that the lock flows into (`Arc` clones, parameters, results, other files), that only ever go
from `None` to `Some`: each place that fills one does so where it is empty, and nothing empties or changes it.
The types are rustc's own.

Why it breaks under load
------------------------
The value is made once, and each look at it takes the lock for ever after: all requests go one behind the other
through a section that copies a pointer. A look into a `OnceLock` is one load that nobody waits for: 0.2 ns where
the lock takes 9.7 with nobody else there, and 0.1 where two threads of the lock take 26 each.

Example
-------
```rust
static CONFIG: Mutex<Option<Arc<Config>>> = Mutex::new(None);

fn config() -> Arc<Config> {
    let mut config = CONFIG.lock().unwrap();
    if config.is_none() {
        *config = Some(Arc::new(Config::read()));
    }
    config.as_ref().unwrap().clone()
}
```

Instead
-------
```rust
static CONFIG: OnceLock<Arc<Config>> = OnceLock::new();

fn config() -> Arc<Config> {
    let config = CONFIG.get_or_init(|| Arc::new(Config::read()));
    config.clone()
}
```

A static whose value is made by the same expression everywhere, of nothing but what its module has and without
anything that may fail, becomes a `LazyLock` (Rust 1.80), as long as nobody looks at it without making it; a
`OnceLock` is the alternative (`--prefer once-lock`):

    static KINDS: LazyLock<Kinds> = LazyLock::new(kinds);      // was: Mutex<Option<Kinds>>, and in each function
    KINDS.get(name)                                            // KINDS.lock().unwrap().get_or_insert_with(kinds)

Where the package is for a Rust before 1.70, it becomes a `once_cell::sync::OnceCell`, if that is a dependency.

Fix safety
----------
All uses change with the type, or none. What fills it where it is empty becomes `get_or_init`, whichever way it
is written: `if g.is_none() { *g = Some(x); }`, `get_or_insert_with`, a `match` with a `None` arm, a look that
returns in front of what fills it (also as the second half of a double check). What these give has to be the same
whether the value was there or is made now. A look becomes `get()`. A static that `main` alone fills (or what it calls once), outside of
loops, is `set`.

Safe where the value may be looked at by several threads (`Sync`, rustc is asked), nothing runs under the lock
but looks and what makes the value, and nobody can tell that a look no longer waits while it is made. For
review where something else ran one at a time under the lock (each is named), where somebody looks without
filling it while making the value does something that others see, where an atomic or unsafe code stands beside
such a look (the lock gave the two an order), where making it may panic (std's lock was poisoned then; the next one
makes it now), where the value itself is kept and its clone given back, which was the other way round, and is a
`Clone` of one's own, where a handler for a poisoned lock goes, a `Debug` that is seen prints other text, where the
value is no type of std's alone (its operators, its `Deref` and what it has for `&mut` ran one at a time), or where
what makes it takes a local value along.

Left with the reason: making the value may fail (`?`) or returns in between; it locks the same lock; it is awaited; more
is done behind filling it; a value is put there whatever is there (`*g = Some(x)`, which `set` refuses the second time,
also behind a look of its own section); a test empties
it; `try_lock`; a reference to the lock is cloned (a `OnceLock` would be); the type is part of a library's API, is erased (`dyn Any`, a pointer), or is found by its name; a
trait's method is called on the lock or a macro names it; another crate's or an async lock, for which `tokio::sync::OnceCell`
is named. A guard that is given away, returned or waits with a `Condvar` keeps its lock, and so does what is a
state: taken, reset, changed through `as_mut` or `get_mut`.

What changes: std's lock was poisoned by a panic in its sections, and is no more. Threads that wait while the value
is made wait for the cell.

When to leave it
----------------
When it is to be emptied soon, or another value put there. Where the lock is there to let one thread do at a time what
comes after the look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codemods.init_once.locate import NAME, locate
from engine.base.model import Proposal, Site
from engine.detect.codemod import Codemod, Match
from engine.rust.lock_groups.lock_sites import METHODS

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


class InitOnce(Codemod):
    """See the module's documentation."""

    name = NAME
    summary = "a lock around an option that is filled once"
    macro_literals = (b"Mutex", b"Lock", b"const_mutex", b"const_rwlock")
    literals = (macro_literals,)
    anchors = (rb"Mutex\s*[<:/]", rb"Lock\s*[<:/]", rb"parking_lot\s*::")
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
        from codemods.init_once.plan import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.init_once.plan import plan

        return plan(sites, facts)


CODEMOD = InitOnce()
