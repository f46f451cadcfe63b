//! What generated programs say, and how they end.

use std::fmt::Debug;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const AT_A_TIME: usize = 16;
/// What has not ended by then hangs: the programs compute next to nothing.
const LIMIT: Duration = Duration::from_secs(3);

/// Where a program says what can be observed of it. A copy says it to the same place.
#[derive(Clone, Copy)]
pub struct Say(&'static Mutex<Vec<String>>);

impl Say {
    pub fn it<T: Debug + ?Sized>(&self, name: &str, value: &T) {
        let text = format!("{name}={value:?}");
        self.0.lock().unwrap().push(text);
    }
}

/// Runs each program in a thread of its own, some at a time, and prints a line with its outcome.
pub fn each(programs: &[(u64, fn(Say))]) {
    std::panic::set_hook(Box::new(|_| {}));
    for some in programs.chunks(AT_A_TIME) {
        let started: Vec<_> = some.iter().map(|&(_, program)| start(program)).collect();
        let end = Instant::now() + LIMIT;
        for (&(seed, _), (said, ended)) in some.iter().zip(started) {
            let how = match ended.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(true) => "ends",
                Ok(false) => "panics",
                Err(RecvTimeoutError::Timeout) => "hangs",
                Err(RecvTimeoutError::Disconnected) => "is lost",
            };
            println!("{seed}: {how} {:?}", said.lock().unwrap());
        }
    }
    std::process::exit(0);
}

fn start(program: fn(Say)) -> (&'static Mutex<Vec<String>>, Receiver<bool>) {
    let said: &'static Mutex<Vec<String>> = Box::leak(Box::default());
    let (end, ended) = channel();
    thread::spawn(move || {
        let result = catch_unwind(AssertUnwindSafe(|| program(Say(said))));
        let _ = end.send(result.is_ok());
    });
    (said, ended)
}
