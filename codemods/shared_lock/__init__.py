"""One lock that everybody stands behind, where readers need not wait for each other.

What it finds
-------------
`Mutex<T>` and `RwLock<T>` of std, parking_lot and tokio, with all that the lock flows into over all files, in
one of four shapes:

- a value that is replaced whole (`*config.write().unwrap() = new`), and held long to be read;
- a struct behind one lock, no section of which uses two of its fields;
- a `Mutex` that is read at more places than it is written, and held long for it;
- a lock around a `HashMap`, each section of which is one operation on one key, where dashmap is a dependency
  already.

*Long* is a section that goes over something (a loop, `values().sum()`), copies what is deep
(`config.read().unwrap().clone()`), writes it out by serde, waits, or is held over an await. Who only looks is told by rustc: each
guard is put into a type that can be looked through and not written through, and the borrow checker names the
writers.

Why it breaks under load
------------------------
A section that takes a microsecond lets a million through in a second, whatever the number of cores: with 1 us
under a `Mutex`, two threads do together what one does alone, behind a `RwLock` they do nearly twice as much. A lock that is
held over an await is held as long as a peer takes to answer; the writer behind it waits for all of that, and
whoever comes after the writer does, too.

Example
-------
```rust
struct Router {
    routes: RwLock<Routes>,
}

fn longest(&self) -> usize {
    let routes = self.routes.read().unwrap();
    routes.by_path.values().map(Vec::len).max().unwrap_or(0)
}

fn reload(&self, routes: Routes) {
    *self.routes.write().unwrap() = routes;
}
```

Instead
-------
```rust
struct Router {
    routes: RwLock<Arc<Routes>>,
}

fn longest(&self) -> usize {
    let routes = Arc::clone(&self.routes.read().unwrap());
    routes.by_path.values().map(Vec::len).max().unwrap_or(0)
}

fn reload(&self, routes: Routes) {
    *self.routes.write().unwrap() = Arc::new(routes);
}
```

A struct of which each section uses one field gets a lock for each of them:

    struct State { sessions: Mutex<HashMap<u64, String>>, log: Mutex<Vec<String>> }     // was: Mutex<State>
    state.sessions.lock().unwrap().insert(id, name);                          // was: state.lock().unwrap().sessions

A `Mutex` becomes a `RwLock`: `lock()` is `read()` where the guard is only looked through, else `write()`. Where
the package uses arc-swap already, `ArcSwap<T>` is an alternative to the snapshot behind a lock (`--prefer
arc-swap`): `routes.load_full()`, `routes.store(Arc::new(new))`. A map becomes a `DashMap` where the package uses that.

Fix safety
----------
Never safe: always for review. The note tells how many places read and write (counted in the code; it is no
measurement), and what the lock is held over to be read.

*A snapshot* (`RwLock<Arc<T>>`) is taken where the lock was held long; short looks stay as they are. A writer no
longer waits for readers: what ran before a new value came may run after it, with the old one, and the note names
what others can see of that. The last reader drops the old value. Left where a section that reads reads it again,
there or in a function that is called there: two snapshots may be two. Left where it is made in a
constant (an `Arc` is not), tried (`try_read`), where the value is not `Sync` (or is taken out by `into_inner` and has
no `Clone`), where no `let` can stand in front of the statement that reads, and where a method on the guard may be one of
a trait that an `Arc` has as well. With `ArcSwap`, what is loaded, changed and stored in steps loses what others stored in
between (`rcu` does not): such writers keep the lock. arc-swap had a use after free until March 2026.

*A lock a field* wants a struct that nobody needs whole: not its `Clone`, `PartialEq`, `Serialize` or `Drop`, not
a method with `self`, nobody who has it without its lock; private, not generic. What ran under the one
lock beside work on the field, and others can see, no longer waits for sections of the other fields: it is named.

*A `RwLock`* lets several readers in at a time. Left where the value is not `Sync`, where it holds cells, locks,
atomics, files or channels, also behind an `Arc` (the `Mutex` may be what keeps their users apart), where it
is tried by who only looks (`try_read` lets several in, where `try_lock` let one), where a guard is given away (a `Condvar` takes one), and where a section locks it again: of a `RwLock` the second read
waits for ever behind a writer that came in between. Whether waiting writers or new readers go first is the lock's
choice; std leaves it to the platform. A reader's panic no longer poisons it.

*A map of many locks* has no step over two keys: `len`, `retain` and `clear` see others at work. An entry
that is held while the map is used again waits for ever, whatever the key. Left where one section does more than one
operation.

For all of them: left where the type is part of a library's API, where a guard is returned, kept or mapped, or its
type is written out, where a macro of the workspace names the lock, where a use of it is not compiled here, and where the lock's type is
erased or named to find it again.

One site is one codemod's. Numbers and flags, alone or in a struct, are `mutex-counter`'s; a lock
around an `Option` is left to `init-once`; a lock of tokio's that nobody holds over an await is
`async-lock`'s; a section that is only too long is `work-under-lock`'s, and a guard that one function holds over
an await is `guard-across-await`'s: their fixes come first, and what they leave is looked at again.

When to leave it
----------------
When sections are short: a `RwLock` costs as much as a `Mutex`, and a snapshot costs a counted reference that
all readers share. When a writer must know that nobody uses the old value any more. When readers
do what must not be done twice at a time. When nothing measured says that anybody waits: a profile of the locks does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codemods.shared_lock.locate import METHODS, NAME, locate
from engine.base.model import Proposal, Site
from engine.detect.codemod import Codemod, Match

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


class SharedLock(Codemod):
    """See the module's documentation."""

    name = NAME
    summary = "a lock that readers hold long, one behind the other"
    precedence = -1  # what is done about one guard comes first: the lock may be fine then
    macro_literals = (b"Mutex", b"RwLock")
    literals = (macro_literals,)
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
        from codemods.shared_lock.sections import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.shared_lock.plan import plan

        return plan(sites, facts)


CODEMOD = SharedLock()
