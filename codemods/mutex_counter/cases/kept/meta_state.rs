use std::sync::{Arc, Condvar, Mutex};

/// One lock for all of it: nothing is done with the numbers alone.
pub(crate) struct State {
    jobs: Vec<u64>,
    running: usize,
    closed: bool,
}

pub(crate) struct Pool {
    state: Arc<Mutex<State>>,
    ready: Condvar,
}

impl Pool {
    pub(crate) fn push(&self, job: u64) {
        let mut state = self.state.lock().unwrap();
        state.jobs.push(job);
        state.running += 1;
        self.ready.notify_one();
    }

    pub(crate) fn next(&self) -> Option<u64> {
        let mut state = self.state.lock().unwrap();
        while state.jobs.is_empty() && !state.closed {
            state = self.ready.wait(state).unwrap();
        }
        state.running -= 1;
        state.jobs.pop()
    }
}
