"""Calls in async code that keep the runtime's thread waiting, with every task on it.

What it finds
-------------
In async functions, blocks, closures and `stream!`s (and, told only, in `poll` methods):

- `std::fs` (`read`, `write`, `metadata`, `remove_file` ..), `File::open` and what reads and writes files
  through `Read`, `Write` and `BufReader`, `path.exists()`, `is_file()`, `metadata()` and their like on
  paths;
- `std::thread::sleep`, `Command::output` and `status`, name look-ups (`"host:80".to_socket_addrs()`),
  std's sockets, `reqwest::blocking` and `ureq`;
- `join()` of a thread, `recv()` of std's channels, `Condvar`, `Barrier`, the standard input;
- `block_on(..)`, `blocking_lock()`, `blocking_recv()` and their like;
- password hashes (`bcrypt`, `argon2`, `scrypt`, `pbkdf2`), `rusqlite` and `postgres`;
- a call of a function of the workspace that does one of these without being async itself: reported with the
  chain of calls.

What a name means is told by rustc: a module `fs` of your own, `Metadata::is_dir`, tokio's `Command` are none.
Code that is given to `spawn_blocking`, `block_in_place`, a thread or rayon, also by a function of the workspace that
does so, is where it belongs. Start-up code (`main` before it serves, `get_or_init`) and tests are left out
without `--cold`.

Why it breaks under load
------------------------
A runtime has a thread a core, and each polls hundreds of tasks. While one waits for a disk, all tasks on that
thread stand still: with four cores, four slow reads stop the whole service. Five milliseconds of it in one
handler make *other* handlers late by as much, at random; it does not show in the mean, and not in a test with
one request.

Example
-------
```rust
async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<String, Error> {
    let text = std::fs::read_to_string(app.dir.join(&id))?;
    render(&text)
}
```

Instead
-------
```rust
async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<String, Error> {
    let text = tokio::fs::read_to_string(app.dir.join(&id)).await?;
    render(&text)
}
```

Two operations and more with no await between them become one closure on a thread that may block, whose panics
are kept:

```rust
let found = match tokio::task::spawn_blocking(move || load_all(&dir)).await {
    Ok(done) => done,
    Err(error) => std::panic::resume_unwind(error.into_panic()),
};
```

Fix safety
----------
An await is a place where the task may be dropped, and where others of its thread run. So a fix is safe only
for a single operation that changes nothing (`read`, `metadata`, `exists` ..), where, from the await before it to
the one behind it,

- others can see no effect on one side of it (what is done to the future's own values is none, what is done
  through `&mut` is);
- if the effect comes behind, nothing is looked at before that others may change meanwhile (the check of a cache
  that is then filled, `load` and then `store`, in a function of the workspace too);
- nothing was taken out of what others have (a message, the last of a queue, an `Option`, a signal) that a task
  which is dropped there would lose;
- nothing lives there, and over no other await, whose drop others see (a permit, a connection of a pool, a `Drop`
  of your own);
- nobody counts on the future's being ready at its first poll (an arm of `select!`, `now_or_never`, `timeout`).

Everything else is for review, and the note says which of these it is; so is whatever writes: a write that is
dropped half way goes on by itself.

Nothing is changed where a guard of any lock is held over the new await (in an argument before it, or a `match`
around it, in a struct, behind `impl Deref`; a type of yours with a `Drop` that borrows from an atomic or a lock is
one), or where the future could be sent between threads and no longer could (rustc is asked, with the
await put in, of every place); where the runtime is not shown to be tokio, by the package's dependencies or a
tokio call in the same function, or where a package of the workspace that depends on this one runs futures
without one; in a closure that is called at once, where nothing can be awaited; in a macro that is not std's.
Nothing goes to another thread that works on its own, or in its own task, alone, itself or through functions of the
workspace: `thread_local!` and `task_local!` statics, `spawn_local`, `task::id()`, `thread::current()`,
`thread::park()`. What the closure declares and whose drop others see (a temporary directory, a locked file) comes
out of it, and lives to the end of its block as before. A feature that tokio lacks (`fs`, `rt`, `time`) is switched on in the package's Cargo.toml with
the fix, which is for review then, and the package is checked without its tests too; where a feature would bring in
other packages (`process`, `net`), it is named and left to you.

`exists()` becomes `try_exists(..).await.unwrap_or(false)`, `is_file()` and `is_dir()` ask `metadata`: std does the
same.

The single call gets slower (about ten microseconds for the way to another thread), everybody else faster. So
its own benchmark says little; the workload's p99 decides.

When to leave it
----------------
A read of a few hundred bytes from the page cache may be faster than the way to another thread and back, if
nobody waits meanwhile. Programs that run one task at a time lose by it. Silence one place with
`// spikeproof: allow(blocking-in-async)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from engine.base.model import Fix, Proposal, Site
from engine.detect.codemod import Codemod, Match, Problem, Refusal

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source

_NAMES = (
    b"accept call canonicalize commit connect copy create exists execute file_type flush get hard_link hash"
    b" incoming into_incoming is_dir is_file is_symlink join lines lock metadata open output park pbkdf2 peek"
    b" query read recv remove_dir remove_file rename scrypt send set_len set_permissions simple_query sleep"
    b" status symlink sync_all sync_data to_socket_addrs try_exists unlock verify wait write block_on blocking_"
    b" batch_execute"
).split()


class BlockingInAsync(Codemod):
    """See the module's documentation."""

    name: ClassVar[str] = "blocking-in-async"
    summary: ClassVar[str] = "calls in async code that keep the runtime's thread waiting"
    literals: ClassVar[tuple[tuple[bytes, ...], ...]] = (
        (
            *(b"async" + end for end in (b" ", b"\n", b"\r", b"\t", b"|", b"{")),
            b"stream!",
            b"fn poll",
            b"fn call",
        ),
    )
    # All names begin with one of these.
    anchors = tuple(rb"%b\w*\s*[(/:]" % name for name in _NAMES)
    use_literals = (tuple(_NAMES),)
    use_macro_literals = tuple(_NAMES)
    for_others = True

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        from .locate import sites

        return sites(source, matches, cold)

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from .questions import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from .plan import plan

        return plan(sites, facts)

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        from .follow import with_changed_results

        return with_changed_results(fix, problems) or super().follow(fix, problems, facts)


CODEMOD = BlockingInAsync()
