"""What async code does without a limit, or loses, once traffic comes: reported, with the way out in words.

What it finds
-------------
Each kind has a switch of its name (`[workspace.metadata.spikeproof.codemods] async-hazards = { join-all = false }`):

- `unbounded-channel`: a channel without a bound (tokio's, futures', flume's, crossbeam's, async-channel's, std's)
  that a loop over what comes from outside, or a request handler, feeds, while who empties it waits for something
  else between two messages;
- `spawn-per-item`: a task for each item of a `for` (or of an iterator's `map`) over what comes in at run time, with
  no permit, no `join_next` and no other limit in sight;
- `join-all`: `join_all`, `try_join_all` and `collect::<FuturesUnordered<_>>()` over such items;
- `select-loss`: a branch of a `select!` in a loop that loses data when another branch is first: `read_exact`,
  `read_to_end`, `read_line`, `write_all`, a `send` into a channel, or an `async fn` of the workspace that awaits
  one of these;
- `client-timeout`: a client of reqwest or hyper without a time-out, of itself or of its requests, once a client;
- `sequential-await` (off by default): loops that ask somebody far away for one item after the other, where the turns
  could run together; the reason says where `try_join_all` would do the same;
- `select-place` (off by default): a branch of a `select!` in a loop that waits for a lock, a permit or a
  notification anew in each turn;
- `connect-timeout` (off by default): `TcpStream::connect` and `connect_async` without a time-out.

rustc is asked whose function it is, what a channel carries and what a future is.

Why it breaks under load
------------------------
Each of these holds as long as things come one by one. A channel without a bound is a list that grows whenever the
other side is slower; ten thousand tasks at once hold ten thousand connections; a client without a time-out keeps
every request that a slow server does not answer; and a `select!` that drops half of a read does so only when both
sides are busy.

Example
-------
```rust
let (tx, mut rx) = tokio::sync::mpsc::unbounded_channel();
tokio::spawn(async move {
    while let Some(line) = lines.next().await {
        let _ = tx.send(line);
    }
});
while let Some(line) = rx.recv().await {
    store.put(line).await?;
}
```

Instead
-------
```rust
let (tx, mut rx) = tokio::sync::mpsc::channel(IN_FLIGHT);
tokio::spawn(async move {
    while let Some(line) = lines.next().await {
        if tx.send(line).await.is_err() {
            break;
        }
    }
});
```

How many may be on their way is yours to say: no number is ever invented here.

Fix safety
----------
Nothing is rewritten. A bound may make two tasks wait for each other, a limit changes who waits, a time-out is an
error that somebody has to handle: these are decisions, and the report says which.

No sites are: accept loops and event loops (`while let Some(x) = rx.recv().await { spawn(..) }`), workers (a number
of tasks that somebody chose, or read from a config; what loops on by itself), items of a list that is written out or
of a chunk; loops with a permit, `join_next`, `buffer_unordered` or a pause in each turn; channels whose messages
carry where their answer goes; `recv`, `accept`, `read`, `next_line`, `next` and `&mut future` in a `select!`, or
branches beside which all others leave the loop; what is awaited under a `timeout`. Start-up code and tests are left
out (`--cold` takes the former).

When to leave it
----------------
When the number of items is small by nature, and nobody outside can make it grow. When order matters. Silence one
place with `// spikeproof: allow(async-hazards)`, a kind by its switch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from codemods.async_hazards.kinds import NAME, OPTIONS
from engine.base.model import Proposal, Site
from engine.detect.codemod import Codemod, Match

if TYPE_CHECKING:
    from engine.detect.facts import Facts, Sources
    from engine.rust.questions import Answers, Question
    from engine.rust.syntax import Source


class AsyncHazards(Codemod):
    """See the module's documentation."""

    name = NAME
    summary = "async code without a limit, or that loses data: channels, tasks, selects, time-outs"
    # As rustfmt writes them.
    literals = (
        (
            *(b".await", b"spawn(", b"spawn_local(", b"spawn_on(", b"select!", b"select_biased!"),
            *(b"unbounded", b"channel(", b"channel::<", b"join_all", b"connect_async"),
            *(b"Client::", b"ClientBuilder::", b"TcpStream::", b"reqwest::"),
            *(b"FuturesUnordered", b"FuturesOrdered", b"JoinSet"),
        ),
    )
    anchors = (
        rb"\.\s*await",
        rb"select(?:_biased)?\s*!",
        rb"(?:spawn|spawn_local|spawn_on|push|collect|join_all)\s*[(:/]",
        rb"(?:unbounded|unbounded_async|unbounded_channel|channel)\s*[(:/]",
        rb"connect_async(?:_tls)?(?:_with_config)?\s*[(:/]",
        rb"(?:Client|ClientBuilder|TcpStream|reqwest)\s*[:/]",
    )
    options = OPTIONS
    only_reports = True

    def locate(
        self, source: Source, matches: Sequence[Match], cold: bool = False
    ) -> Iterable[Site]:
        from codemods.async_hazards.locate import sites

        return sites(source, matches, cold)

    def questions(
        self, sites: Sequence[Site], sources: Sources, answers: Answers | None
    ) -> Iterable[Question]:
        from codemods.async_hazards.plan import questions

        return questions(sites, sources, answers)

    def plan(self, sites: Sequence[Site], facts: Facts) -> Iterable[Proposal]:
        from codemods.async_hazards.plan import plan

        return plan(sites, facts)


CODEMOD = AsyncHazards()
