"""Texts that are formatted only to be appended to another one, on hot paths.

What it finds
-------------
In loops, closures, async code, request handlers and the methods of `Stream`, `Service`, `Decoder` and
their like:

- `s.push_str(&format!(..))` (also `&*format!(..)`, `&format!(..)[..]`, `format!(..).as_str()`),
  `String::push_str(&mut s, &format!(..))`, `s += &format!(..)` and `s = s + &format!(..)`, where `s` is a `String`, or leads to one through
  references, `Box`, a guard or a field; also by way of a name that nothing else uses (`let line =
  format!(..); s.push_str(&line)`);
- `f.write_str(&format!(..))`, where `f` is a `Formatter` or a `String`: `write!(f, ..)` has the same result;
- `format!("{}", x)` of a `&str`, `String`, `Cow<str>`, integer, `char` or `bool`, or of a reference, `Box`,
  `Arc` or guard of one; in the `{}` of another macro (`println!("{} {}", format!("{}", x), y)`) `x` is
  enough;
- `|s, x| s + &format!(..)`, as for `fold`: reported, with what to do about it;
- `w.write_all(format!(..).as_bytes())`: reported, with what to do about it.

rustc is asked for the type of every target and of everything that is shown.

Why it breaks under load
------------------------
`format!` makes a `String` (one allocation, more while it grows), fills it through a table of
functions, is copied once, and is freed at once. For a page of two hundred lines that is two hundred
allocations where none was needed: they cost three to four times as much as writing in place, and
under load all threads wait for the one allocator.

Example
-------
```rust
for (name, value) in headers {
    out.push_str(&format!("{}: {}\\n", name, value));
}
out += &format!("{}", body);
out.push_str(&format!("{}", size));
```

Instead
-------
```rust
use std::fmt::Write as _;

for (name, value) in headers {
    writeln!(out, "{}: {}", name, value).unwrap();
}
out.push_str(body);
out.push_str(&size.to_string());
```

It is `write!` where the template ends otherwise (with `\\r\\n`, say) or has more than one line.

Fix safety
----------
Arguments are evaluated in the same order and before anything is written; `?` and `.await` in them
stay where they are. Writing to a `String` does not fail. An error can come only from what is shown,
and `.unwrap()` then panics as `format!` does (`.expect(..)` where clippy's `unwrap_used` is on; `let
_ =` where `expect_used` is on too, `let_underscore_must_use` is not, and what is shown never fails).

Safe where all that is shown is of types of std that are known never to fail or panic, or where the text
grows in a `String` of the function's (or the closure's) own. For review where another `Display` or
`Debug` (an `io::Error`'s may be anybody's) writes into a `String` that outlives it: if it panics or fails,
half of the text stands there, where before there was none; a closure's or a future's panic may be
caught. (Into a `Formatter` what fails is the result, where `format!` panicked.) So it is where a text of
several pieces goes to a `Formatter`: what stands behind that (a file, a socket, a `fmt::Write` of
somebody's) got it as one, and gets each piece by itself now. So it is where an argument makes a value
in passing whose `Drop` is somebody else's and may panic,
where a type hangs on a name that a `cfg` gives another meaning in another build, and where an attribute
stands around it that is none of the language's or of widely used crates' (`#[tokio::main]`,
`#[async_trait]`, `#[instrument]`, tests ..): it may be a macro that reads the code.

The trait's `use` goes to the head of the module. There it could change what another `write!`,
`writeln!`, `x.write_str(..)`, `write_char` or `write_fmt` means, where the receiver has the trait and
leads, by `Deref`, to what was meant. rustc is asked about the receivers; calls in macros, and in
modules that see this one by a glob, count too. Where one is not known to keep its meaning, or a
`cfg` may leave the function out, the `use` goes into the function; where such a call, or a call of a macro
of which nothing is known, stands in that as well, nothing is changed, and the call is named.
Nor is anything changed where a trait that is in scope, of whatever crate, has a `to_string`, `push_str`
or `write_fmt` that would be found before std's: rustc is asked at each place.

What an argument makes in passing (a lock's guard, say) ends with `format!`. Where more runs in the same
statement, or a block's locals are dropped before that, nothing is changed unless rustc's types tell that
there is nothing to release. Nor is anything inside a macro that may read code as it is written
(`stringify!`, `dbg!`, an `assert!` without a message, macros that are not known), nor what tells where it
stands (`line!`, `column!`).

When to leave it
----------------
Code that runs once may be as clear as it can. A text that is made of what it is appended to stays as
it is, and so do a module's own `format!` and everything of `defmt`. Nothing that writes to a file or a
socket is changed: without a buffer around it, each piece of a `write!` is a system call of its own; nor
what goes to any `fmt::Write`, which may mind that a text comes in pieces (it is told). Silence one place
with `// spikeproof: allow(format-append)`.
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

_MESSAGES = {
    "append": "a `String` is made only to be appended to `{}`",
    "sum": "a `String` is made only to be added to `{}`",
    "write": "a `String` is made only to write its bytes to `{}`",
    "value": "`{}` goes through the machinery of `format!` for a single value",
}


class FormatAppend(Codemod):
    """See the module's documentation."""

    name: ClassVar[str] = "format-append"
    summary: ClassVar[str] = "texts that are formatted only to be appended to another one"
    literals: ClassVar[tuple[tuple[bytes, ...], ...]] = ((b"format",),)
    anchors = (rb"format\s*!",)

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        from engine.rust.context import heat_through_closures, runs_often
        from engine.rust.formatted_texts import formatted_by
        from engine.rust.syntax import span_of

        for match in matches:
            macro = match.one("format")
            made = formatted_by(source, macro) if source.sound(macro) else None
            if made is None or not (cold or runs_often(source, macro)):
                continue
            yield Site(
                codemod=self.name,
                path=source.path,
                span=made.span,
                captures={"format": (span_of(macro),)},
                kind=made.kind,
                role="maybe" if made.kind == "value" else "site",
                level=Level.REPORT if made.kind in ("write", "sum") else Level.SAFE,
                message=_MESSAGES[made.kind].format(source.quoted(span_of(made.place))),
                heat=heat_through_closures(source, macro),
            )

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from .plan import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from .plan import plan

        return plan(sites, facts)


CODEMOD = FormatAppend()
