// level: review
//! Numbers that go round or stay in bounds, where the old or the new one is used.

use std::sync::atomic::{AtomicI64, AtomicU16, AtomicU32, AtomicU64, AtomicUsize, Ordering};

const LAST: u32 = 1000;

pub(crate) struct Connection {
    packet: AtomicU32,
    stream: AtomicU32,
    channel: AtomicU16,
    credit: AtomicI64,
    turn: AtomicUsize,
    seed: AtomicU64,
    workers: Vec<String>,
}

impl Connection {
    /// The new one.
    pub(crate) fn packet(&self) -> u32 {
        let step = |id: u32| if id == LAST { 1 } else { id + 1 };
        step(
            self.packet
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |id| Some(step(id)))
                .unwrap(),
        )
    }

    /// The old one.
    pub(crate) fn stream(&self) -> u32 {
        self.stream
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |id| {
                Some(if id >= LAST { 1 } else { id + 2 })
            })
            .unwrap()
    }

    pub(crate) fn channel(&self) -> String {
        let step = |mut id: u16| {
            id += 1;
            if id > 255 {
                id = 1;
            }
            id
        };
        let id = step(
            self.channel
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |id| Some(step(id)))
                .unwrap(),
        );
        format!("channel {id} of {}", self.workers.len())
    }

    pub(crate) fn channel_before(&self) -> u16 {
        self.channel
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |mut id| {
                if id == 255 {
                    id = 1;
                } else {
                    id += 1;
                }
                Some(id)
            })
            .unwrap()
    }

    pub(crate) fn credit(&self, by: i64) -> bool {
        let step = |credit: i64| (credit + by).clamp(0, 100);
        let left = step(
            self.credit
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |credit| {
                    Some(step(credit))
                })
                .unwrap(),
        );
        left > 0
    }

    pub(crate) fn worker(&self) -> &str {
        let step = |turn: usize| (turn + 1) % self.workers.len();
        let turn = step(
            self.turn
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |turn| Some(step(turn)))
                .unwrap(),
        );
        &self.workers[turn]
    }

    pub(crate) fn step(&self) -> u64 {
        let step = 3;
        let next_value = |seed: u64| (seed * step + 1) % 65_537;
        next_value(
            self.seed
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |seed| {
                    Some(next_value(seed))
                })
                .unwrap(),
        )
    }
}
