use std::ops::DerefMut;
use std::sync::Mutex;

fn next_random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// One generator for all: its steps must not mix.
pub(crate) struct Dice {
    state: Mutex<u64>,
    seed: Mutex<u64>,
}

impl Dice {
    pub(crate) fn roll(&self) -> u64 {
        next_random(&mut self.state.lock().unwrap()) % 6 + 1
    }

    pub(crate) fn reseed(&self) -> u64 {
        let mut seed = self.seed.lock().unwrap();
        next_random(seed.deref_mut())
    }
}
