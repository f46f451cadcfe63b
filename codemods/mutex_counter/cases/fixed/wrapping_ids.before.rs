// level: review
//! Numbers that go round or stay in bounds, where the old or the new one is used.

use std::sync::Mutex;

const LAST: u32 = 1000;

pub(crate) struct Connection {
    packet: Mutex<u32>,
    stream: Mutex<u32>,
    channel: Mutex<u16>,
    credit: Mutex<i64>,
    turn: Mutex<usize>,
    seed: Mutex<u64>,
    workers: Vec<String>,
}

impl Connection {
    /// The new one.
    pub(crate) fn packet(&self) -> u32 {
        let mut id = self.packet.lock().unwrap();
        *id = if *id == LAST { 1 } else { *id + 1 };
        *id
    }

    /// The old one.
    pub(crate) fn stream(&self) -> u32 {
        let mut next = self.stream.lock().unwrap();
        let id = *next;
        *next = if id >= LAST { 1 } else { id + 2 };
        id
    }

    pub(crate) fn channel(&self) -> String {
        let mut id = self.channel.lock().unwrap();
        *id += 1;
        if *id > 255 {
            *id = 1;
        }
        format!("channel {id} of {}", self.workers.len())
    }

    pub(crate) fn channel_before(&self) -> u16 {
        let mut id = self.channel.lock().unwrap();
        let before = *id;
        if *id == 255 {
            *id = 1;
        } else {
            *id += 1;
        }
        before
    }

    pub(crate) fn credit(&self, by: i64) -> bool {
        let mut credit = self.credit.lock().unwrap();
        *credit = (*credit + by).clamp(0, 100);
        let left = *credit;
        left > 0
    }

    pub(crate) fn worker(&self) -> &str {
        let mut turn = self.turn.lock().unwrap();
        *turn = (*turn + 1) % self.workers.len();
        &self.workers[*turn]
    }

    pub(crate) fn step(&self) -> u64 {
        let step = 3;
        let mut seed = self.seed.lock().unwrap();
        *seed = (*seed * step + 1) % 65_537;
        *seed
    }
}
