"""A lock around one number or flag, where an atomic would do.

What it finds
-------------
`Mutex<T>` and `RwLock<T>` of std, parking_lot, tokio and futures, with `T` an integer of up to 64
bits, a float or `bool`: in fields, statics, locals, type aliases, arrays and collections, together with
everything that the lock flows into: `Arc` clones, parameters, results, closures, other structs. A
struct of such values behind one lock (`Arc<Mutex<Stats>>`) is found as well, wherever a handle to it
goes, and so are counters that stand beside other things in it.
The types are rustc's own; a lock that code of another configuration may use is left, and said so.

Why it breaks under load
------------------------
Each increment takes and gives back a lock. Alone that costs some tens of nanoseconds. Under
contention the loser sleeps in the kernel and is woken again, the holder may be preempted inside
the lock, and a tokio mutex suspends the whole task: a counter that is touched once per request
orders all requests behind each other. An atomic add is one instruction that never waits for a
thread that is not running. (The cache line is still shared: a counter that many cores write all
the time wants sharding, which this rewrite does not do.)

Example
-------
```rust
struct Stats {
    requests: Mutex<u64>,
    slowest: Mutex<u64>,
}

fn record(&self, micros: u64) {
    *self.requests.lock().unwrap() += 1;
    let mut slowest = self.slowest.lock().unwrap();
    if micros > *slowest {
        *slowest = micros;
    }
}
```

Instead
-------
```rust
struct Stats {
    requests: AtomicU64,
    slowest: AtomicU64,
}

fn record(&self, micros: u64) {
    self.requests.fetch_add(1, Ordering::Relaxed);
    self.slowest.fetch_max(micros, Ordering::SeqCst);
}
```

Fix safety
----------
A lock scope is rewritten when it is one operation on the value: a load, a store, an exchange, one
change whose old or new value may be used, or a pure function of the old value (`fetch_update`,
whose closure may run more than once; where the new value is used, the function gets a name and is
called again with the old one). Two scopes stay two operations. What else ran under the lock is
listed: arithmetic, constructors and formatting do not mind; a message that is logged, and a look at the
clock beside a number that is used, are named for review; any other call, await or lock makes it a critical section, which is left with the reason.
In `place = value` and `place += value` Rust evaluates the value first, in `place.fetch_add(value)` the
place. Where one of the two could see the other, the value gets a name in front of the operation. A
path to the lock that calls a function stays where it is evaluated now, or the lock is left.
An async lock is left where its await is the only one of a loop, of a function that runs itself or of a
stream, there or in a function that is awaited there: without it nothing lets other tasks run.

Safe: an integer, each lock scope of which is one operation, whose type no other crate sees. Review:
everything else, among it floats, flags, limits (`fetch_update`), public fields, two counters that were read
under both locks, handlers for poisoned locks, a derived `Debug` that somebody may see (it is shown, given to
who asks for `Debug`, or public), and `try_lock` for a look at the value (an atomic always
gives it; a change that is skipped while the lock is taken is left).

What else is done with the lock is followed as well, for the compiler does not tell where a use still
fits and means something else. It is left where its type is erased (`dyn Any`, a raw pointer, an address,
`transmute`) or where a lock around such a number is named to find one behind an erased type; where a
trait's method is called on it, or it goes where any type with a trait goes (another impl may answer for
an atomic); where a helper takes any lock; where a macro of the workspace is given it or names it, and
where `cfg` decides which type its name means. `{:?}` of it, written by hand, is for review, and so is a
crate that names `loom`, `shuttle`, `portable_atomic` or `target_has_atomic`. `size_of::<Mutex<u64>>()` finds
no lock: it counts where code with raw memory is told the size.

A float becomes an atomic of its bits, always for review:

    static LOAD: AtomicU64 = AtomicU64::new(0);            // was: Mutex<f64>, of 0.0
    let _ = LOAD.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
        Some(f64::to_bits(f64::from_bits(bits) + seconds))  // was: *LOAD.lock().unwrap() += seconds
    });

The closure may run more than once, so what is added is computed once, in front, unless it is names and
numbers alone. Each change is rounded as it was; in which order several threads add was left open by the lock,
too, so the last digits of a sum were never the same each time. Comparisons are those of floats (NaN is neither
less nor more). Such a lock is left where something would take the bits for the number: a `Debug` that is seen, a
derive such as `Serialize`, a function that is not seen and is given the lock, `get_mut`. `to_bits` in a constant
needs Rust 1.83 (a plain 0.0 does not). Where the parts are whole in some unit (micros, cents), an integer
of that unit with `fetch_add` is simpler and exact.

Where nothing but a count is done with a guard that then lives on over an await, the count is one
operation and the await runs without a lock; `Look at` names what ran one at a time and no longer
does. It stays one critical section when the value is looked at or set, when something else than
inert code comes before the await, when a second lock or an atomic is touched there that other code
touches under this lock, too (an atomic that both only add to is no such thing, nor is a thread's own), and where the code allows `await_holding_lock`. This fix comes before that of `guard-across-await` for the same guard, which
is made in its place where this one is left out or does not hold.

A struct behind a lock becomes one of atomics without it: always for review. Every place that names
the struct, makes it or locks it changes with it, over all files. Its methods do, too, where each is one
operation (`&mut self` becomes `&self`); a method that changes two fields needs the lock. `{:?}` and `{}` of it
(`format!("{guard}")` becomes `format!("{guard}", guard = self.stats)`) and `serde_json::to_string(&*guard)` stay, and derives that atomics lack (`Clone`, `PartialEq`) go where the
struct is not public and nothing needs them. It is left where it is used without its lock or as a whole
(`guard.clone()`, `mem::take(&mut *guard)`, `into_inner`, `get_mut`), in code that is not compiled here, where
a macro that locks something may be given it, and where the lock's type is named to find it again behind an
erased one (`downcast::<Mutex<Stats>>()`, a pointer, a map by type). Counters in arrays, in a struct inside and
in a generic struct are told, and left; so are numbers for which a `serde` attribute names a function.

Of a struct with other fields, the counters leave the lock:

    struct Meta { hits: AtomicU64, rest: Mutex<MetaRest> }      // was: Mutex<Meta>
    struct MetaRest { name: String, tags: Vec<String> }

`meta.lock()` is `meta.rest.lock()` where the rest is meant. (One struct more, but the code under the
locks stays as it was; a lock for each other field would take it apart.) A counter leaves that is changed
by itself somewhere and that no critical section needs together with what stays. Where one does, the
line is named: when it need not be one section, take the lock twice there. Such a counter no longer sees
that a panic poisoned the rest, and counting no longer waits for a section over the rest that runs: who
gave up waiting, or was cancelled in it, now counts.

Orderings follow from a rule. Relaxed for a statistic: a number that is only added to, subtracted from and
read, every use of which is known to be mere accounting (looked for through names, fields, results and
parameters): computed with (but for integers what panics by it: `n - 1`, `total / n`), shown in a log, a
metric, or a text of a binary's own crate. It is exact, but it orders nothing else. SeqCst for everything
else: where something is compared, indexed, asserted, looked up or given to code that is not seen; where
other crates can read the number; and always where other memory that the lock kept in order with it is
written before a change of the number, or looked at after a use: unsafe code, atomics of your own (SeqCst
ones, too: they have no order with what is Relaxed), and types that are made of such (`ArcSwap`,
`AtomicCell`, `OnceLock`, lock-free queues and maps, channels): the number may tell that the other is ready.
Towards other locks Relaxed loses nothing. Why
not less, with two values:

    A: in_flight += 1; if draining { back out }       B: draining = true; if in_flight == 0 { stop }

Behind two locks A and B cannot both miss the other's change: the critical sections of each lock come
one after the other, and the later one sees all that was done before the earlier one's unlock. Release
and Acquire allow that both miss it (a store may still wait in a buffer while a later load of
something else is done). Operations that are all SeqCst have one order, and in a program whose atomics
all are, with locks for the rest, every run is some interleaving of its steps, as it was with the
locks (the guarantee for data-race-free programs in C++20's memory model, which Rust has). So it
does not matter which of the fixes are taken: a value that stays behind its lock needs no help, for
that lock orders what both threads do before and after their critical sections.

What a lock's order gives beyond that: after *any* critical section, a mere look too, whoever locks next
sees all that the thread before did ahead of its section, whatever memory that is. A SeqCst atomic hands
that on only from a change to who sees it, and towards other SeqCst operations. The difference shows in
memory that is outside of their common order: atomics of your own that are not SeqCst, types that are made
of such, and what unsafe code reads and writes. So it is looked for (in the functions that use the value,
with what they call and who calls them; of other crates' types only those that are known). Where none is
touched, or none whose order can be told, SeqCst loses nothing, and the fix is safe. Where some is, the
number is SeqCst (a mere statistic, too), the fix is for review and the place is named. Where such memory is
touched before the value in one place and after a change of it in another, the lock is left and the reason says so.

What changes: a sum that overflows wraps, where `+=` panicked in debug builds (and `-= 1` below zero
becomes the largest value). Poisoning is gone, with the code that handled it. `{:?}` of the struct
shows the bare value (of a float, its bits). 64-bit atomics do not exist on every 32-bit target. Code that read two such
counters one after the other never had a common moment of both; with Relaxed it also loses their
order.

When to leave it
----------------
When the lock is meant as one: a condition variable waits with it, its guard is held over other
work, returned, stored or passed on (these are not reported at all). When two values must change together:
keep them behind one lock. When the poisoning is what you want to see. When the number has 128 bits: there
is no atomic for it. A float in a struct behind one lock stays there. A static that a macro makes is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codemods.mutex_counter.locate import asked, locate
from engine.base.model import Fix, Proposal, Site
from engine.detect.codemod import Codemod, Match, Problem, Refusal
from engine.detect.facts import Facts, Sources
from engine.rust.lock_groups.lock_sites import METHODS
from engine.rust.questions import Answers, Question
from engine.rust.syntax import Source


class MutexCounter(Codemod):
    """``Mutex<u64>`` -> ``AtomicU64``, with every use."""

    name = "mutex-counter"
    summary = "a lock around one number or flag becomes an atomic"
    precedence = 1  # without the lock, what holds it too long has nothing to hold
    macro_literals = (b"Mutex", b"RwLock", b"const_mutex", b"const_rwlock")
    literals = (macro_literals,)
    # A file may hold nothing but uses of another file's counter.
    use_macro_literals = tuple(method + b"(" for method in METHODS)
    use_literals = (use_macro_literals,)

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        return locate(source, matches)

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from engine.rust.lock_groups.lock_printed import asked_of_shown

        for site in sites:
            for span in asked(site, sources.get(site.path)):
                yield Question(site.path, span)
        yield from asked_of_shown(sites, sources)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.mutex_counter.plan import plan

        return plan(sites, facts)

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        from codemods.mutex_counter.follow import follow

        return follow(fix, problems, facts)


CODEMOD = MutexCounter()
