"""Clones and copies of values that are only read, or not used again, on hot paths.

What it finds
-------------
`clone`, `to_vec`, `to_owned`, `to_string`, `to_path_buf`, `to_os_string`, `into_owned`, `Arc::clone(&x)`,
`Bytes::clone(&x)`, `Clone::clone(&x)`, `String::from(x)` and `Bytes::copy_from_slice(&x)` in async functions, async blocks, closures, loops, request handlers
and the methods of `Stream`, `Sink`, `Service`, `Decoder` and their like, where

- the copy is only read: `x.clone().len()`, `f(&x.clone())`, `format!("{}", x.clone())`,
  `let y = x.clone(); y.len()`, `for item in list.clone()`, `match state.clone() {..}`;
- an `Option` is copied and opened, and what is inside is only read: `x.name.clone().unwrap().len()`;
- the items of an iterator or a look-up are copied and only read: `xs.iter().cloned().any(|x| x.is_empty())`,
  `if let Some(x) = map.get(k).cloned()`, `for (i, x) in xs.iter().cloned().enumerate()`, also where they are
  collected in a `Vec` with a name that is only read;
- a map is copied to be gone over: `for (k, v) in m.clone()`, `m.clone().into_iter().map(|(k, v)| ..)`,
  `m.clone().into_keys()`;
- bytes are copied to be checked as a text that is only read: `String::from_utf8(b.to_vec())`, for which
  `std::str::from_utf8(b)` does;
- copies are listed, and the list is only read: `[a.clone(), b.clone()].join(",")`, `for x in [a.clone(), b.clone()]`;
- a `Cow` owns a copy, and may as well borrow: `Cow::Owned(s.to_string())`;
- only the length of the value is asked after it was copied for who takes it;
- the value is not used again, so that it could have been moved;
- it is passed to a private function of the same package, in whichever file, that only reads its
  parameter (takes it apart, goes over it, gives it to itself), or keeps it on some of its ways only;
- a deep copy is made for every frame of a stream and cannot go: reported, with the reason. So is one of
  what belongs to `self` (`self.peer.clone()` for each message): an `Arc` in the field is the way out.

rustc is asked for the type of every such value. Copies that cost nothing (`Copy` types) are left to
clippy's `clone_on_copy`; reference counts that have to be raised (an `Arc` for a task) are left
alone.

Why it breaks under load
------------------------
One allocation and one copy of the payload for each frame is invisible at ten requests a second. At
ten thousand it is memory bandwidth and allocator time, spent while every other task of the worker
waits. What one clone costs depends on the type, and the note of every fix says it: `Vec`, `String`,
`BytesMut`, `PathBuf` and maps are copied in full; `Arc` and `Bytes` raise a shared counter, which
costs little until many cores raise the same one; the first clone of a `Bytes` made from a `Vec`
also allocates its shared header.

Example
-------
```rust
while let Some(frame) = frames.next().await {
    let frame = frame?;
    self.absorb(frame.clone());
    sink.write_frame(frame.clone()).await?;
}

fn absorb(&mut self, frame: Bytes) {
    self.hasher.update(&frame);
}
```

Instead
-------
```rust
while let Some(frame) = frames.next().await {
    let frame = frame?;
    self.absorb(&frame);
    sink.write_frame(frame).await?;
}

fn absorb(&mut self, frame: &Bytes) {
    self.hasher.update(frame);
}
```

Fix safety
----------
The alternatives are tried in this order: borrow, move, change the parameter of a private function
together with all of its calls. They are safe where the type is plain data: std's strings, paths and
collections, `Bytes`, and structs and enums of the workspace that derive `Clone`, have no `Drop` and
hold nothing else. They are for review where

- one instance less, or one that is dropped at another time, may be seen: an `Arc` that is moved
  (`strong_count`, `try_unwrap`, `Weak`), a type with a `Clone` of its own, a type from elsewhere;
- `Bytes::copy_from_slice` or `to_vec` is replaced by the frame itself, or a split off `BytesMut` is
  kept: the copy may have been meant to let go of a large buffer;
- the function whose parameter changes is visible outside of its module. One that other crates can call
  is changed only where its package is not published (`publish = false`), with all its calls in the
  workspace.

A parameter stays where a call stands in code that this configuration does not compile (a `cfg`, a file of no
target), as nobody would check it, and where a `use .. as` gives the function another name. A public function
keeps its parameter where code in the documentation of the workspace names it, which runs as a test.

`String::from_utf8` gives an error that has the bytes, and shows them by `{:?}`: where the error goes on as what
it is, is asked for the bytes or is shown so, the copy stays. `Display` says the same of both. Where `unwrap` or
`expect` shows it, the fix is for review, and so is a `Cow` that a function gives back: who gets it may ask
whether it is borrowed.

A map is gone over in the order that it has. That a copy of a `HashMap` has the same order is nothing that std
promises, and nothing to rely on.

It is also for review where the package asks elsewhere who holds such a value (`Arc::strong_count`,
`Bytes::is_unique`): one holder less may be seen there.

Where a function keeps its parameter, or a part of it, on some of its ways only, it borrows it and clones
there. It stays as it is where every way keeps it, or where a call may have a value of its own to give.

A parameter becomes `&str`, `&[T]` or `&Path` only where nothing in the function may tell these from
`&String`, `&Vec<T>` and `&PathBuf` (these are tried next, as `reference`); code that is generic may have another impl for each, so the type
stays then. A copy into another type (`&str` to `String`, `Bytes` to `Vec<u8>`) stays where generic
code, a trait of the workspace or `{:?}` of `Bytes` would see the difference.

It is refused where rustc would not see what breaks: once a raw pointer or handle to the value was taken
(`as_ptr`, `as_raw_fd`, `&raw`, a cast, `NonNull::from`, a function that takes one) or unsafe code
looked into it; for a `static mut`, what a raw pointer leads to and what unsafe code hands out, by
functions that hand it on too, which may change while it is borrowed; and where the code asks about the
instance itself (`is_unique`, `try_into_mut`, `Arc::get_mut`, `ptr_eq`, `capacity`, `{:p}`), by whatever name, of an item in a
closure, or in a function of the workspace that is given it; so where what compares or shows such a value goes by
its address.

It is refused where the value is reached through a lock, a `RefCell`, a concurrent map's reference or a
snapshot (`ArcSwap`, `watch`), also when it was bound from one: the clone is what lets the lock go. So
is a part of what a call has just made (`let name = job(m).name.clone()`), where a reference would keep
all of it to the end of the block: a lock held, a channel open, a `Drop` late. A deep copy of something
with a `Cell` or a `Mutex` inside is a snapshot and stays. So does a copy of what may change so as far as
is known (a generic type, a `dyn`, one with a `Clone` of its own that holds more than plain data) where
anything is called before the copy is looked at for the last time; where nothing is, it is for review.
Senders and permits are not moved: a channel would close earlier.

A moved `Vec`, `String` or map keeps its spare capacity, where a clone is as large as what it holds: the
note says so where the value is stored (in a struct, a collection, a static).

With `reuse = true` a loop's `BytesMut` that is copied out and then cleared hands out its frames
instead (`split`, and `reserve` in the place of `clear`), for review.

A `Bytes` that is copied in order to be changed (`to_vec()`, `Vec::from(&frame[..])`,
`BytesMut::from(&frame[..])`, edited afterwards) and not used again is taken back
(`into-mut`): `BytesMut::from(frame)` copies nothing where nobody else has a part of its buffer, and
copies as before where somebody has. That takes bytes 1.7; rustc is asked.

The alternative `own` (`--prefer own`, or `t` in the interactive review) owns the frames upstream:
the stream's items become `BytesMut`, and the functions down the line get `&mut BytesMut`, with all
types, `use` lines and calls on the way (through locals, parameters, a struct's field, the arms of a
`select!`); who is lent a `&Bytes` and only reads it gets a `&[u8]`. It comes after moving and borrowing where frames are only
read, and before them where they are copied in order to be changed. What makes the frames must be able
to give a `BytesMut` without a new copy: a `freeze()` goes, in a `map` behind a codec too, and what is
sent into an `mpsc` channel changes with it. It is safe where nobody outside of the crate sees a
type change, else for review. There is no such alternative, and the reason is told, where

- a frame is kept: stored, sent on, returned, taken along by a spawned task, or cloned (which is cheap
  for a `Bytes`, and would copy a `BytesMut`);
- somebody else takes frames from the same stream, or uses the same function or type for others;
- the original is needed as it was, after its copy was changed;
- a method of a trait is on the way (other than those of a `Stream` or `Decoder` of the workspace's
  own), a struct's field whose type is a parameter of the struct or that is used in more than one place,
  or a frame that others share (`Bytes::from_static`, `slice`, what another crate gives).

When to leave it
----------------
A clone outside of what runs per frame or per request, in a start-up path or a test, is worth more
as clear code than the nanoseconds that it costs: such are looked for with `--cold` alone. An `Arc` cloned once per connection is no problem
either. Leave a copy that is meant to free a large buffer early. Silence one place with
`// spikeproof: allow(clone-per-frame)`; where clippy's `redundant_clone` or `unnecessary_to_owned` is
allowed or expected, a clone is left, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from engine.base.codemod_options import Option
from engine.base.model import Fix, Proposal, Site
from engine.detect.codemod import Codemod, Match, Problem, Refusal
from engine.rust.questions import Question

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers
    from engine.rust.syntax import Source


class ClonePerFrame(Codemod):
    """See the module's documentation."""

    name: ClassVar[str] = "clone-per-frame"
    summary: ClassVar[str] = "clones of values that are only read, or not used again, on hot paths"
    literals: ClassVar[tuple[tuple[bytes, ...], ...]] = (
        (
            *(b"clone", b"to_vec", b"to_owned", b"to_string", b"to_path_buf", b"to_os_string"),
            *(b"into_owned", b"copy_from_slice", b"BytesMut::from", b"Vec::from", b"String::from"),
        ),
    )
    # A whole word, called and not declared; the copy of a literal is none of a value that could be
    # moved or lent, and as a method `copy_from_slice` fills what is there.
    anchors = (
        *(
            rb"%b(?<!\w%b)(?<!fn %b)(?<!\"\.%b)\s*[(/]" % (word, word, word, word)
            for word in literals[0][:7]
        ),
        rb"\"(?:(?<=&\")|(?<=&r\"))[^\"\n]*\"\.to_(owned|string)\(",
        rb"\.cloned\s*[(/]",
        rb"BytesMut::from\s*[(/]",
        rb"Vec::from\s*[(/]",
        rb"String::from\s*(?:\((?!\s*\"[^\"\n]*\"\s*\))|/)",
        rb"copy_from_slice(?<![.\w]copy_from_slice)(?<!fn copy_from_slice)\s*[(/]",
    )
    options: ClassVar[Mapping[str, Option]] = {
        "reuse": Option(
            "Let a loop's buffer own its frames (BytesMut::split) instead of copying them.",
            bool,
            False,
        )
    }

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        from .locate import CloneLocator

        return CloneLocator(source, cold).sites(matches)

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from engine.rust.instance_questions import holders_asked
        from engine.rust.syntax import span_of

        from .item_sites import KIND, asked
        from .located_clone import (
            Definitions,
            asked_spans,
            call_questions,
            copy_questions,
            frame_questions,
            impl_questions,
            part_questions,
        )

        if answers is None and sites:
            yield from (Question(s.path, span_of(n)) for s, n, _ in holders_asked(sources, True))
        definitions = Definitions(sources)
        for site in filter(definitions.may_take, sites):
            if site.kind == KIND:
                found = asked(sources.get(site.path), site.span)
                yield from (Question(site.path, span_of(node)) for node in found)
                continue
            for span in asked_spans(sources.get(site.path), site.span):
                yield Question(site.path, span)
            if answers is not None:
                yield from copy_questions(site, answers)
                yield from frame_questions(site, sources.get(site.path), answers)
        if answers is not None:
            yield from impl_questions(sites, sources, answers)
            yield from part_questions(sites, definitions, sources, answers)
            yield from call_questions(sites, definitions, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from .plan import plan

        return plan(sites, facts)

    def follow(self, fix: Fix, problems: Sequence[Problem], facts: Facts) -> Fix | Refusal | None:
        from .follow_calls import follow

        return follow(fix, problems, facts)


CODEMOD = ClonePerFrame()
