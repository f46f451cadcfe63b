//! What generated programs say, and how they end.

use std::fmt::Debug;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver, TryRecvError};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const AT_A_TIME: usize = 16;
/// What has not ended by then hangs: the programs compute next to nothing.
const LIMIT: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(2);

/// Where a program says what can be observed of it. A copy says it to the same place.
#[derive(Clone, Copy)]
pub struct Say(&'static Mutex<Vec<String>>);

impl Say {
    pub fn it<T: Debug + ?Sized>(&self, name: &str, value: &T) {
        let text = format!("{name}={value:?}");
        self.0.lock().unwrap().push(text);
    }
}

/// Runs each program in a thread of its own, some at a time, and prints a line with its outcome. What hangs holds
/// up nobody but those that find no place beside it.
pub fn each(programs: &[(u64, fn(Say))]) {
    std::panic::set_hook(Box::new(|_| {}));
    let mut waiting = programs.iter();
    let mut running = Vec::new();
    loop {
        while running.len() < AT_A_TIME {
            let Some(&(seed, program)) = waiting.next() else {
                break;
            };
            let (said, ended) = start(program);
            running.push((seed, said, ended, Instant::now() + LIMIT));
        }
        if running.is_empty() {
            std::process::exit(0);
        }
        running.retain(|(seed, said, ended, limit)| {
            let how = match ended.try_recv() {
                Ok(true) => "ends",
                Ok(false) => "panics",
                Err(TryRecvError::Disconnected) => "is lost",
                Err(TryRecvError::Empty) if Instant::now() < *limit => return true,
                Err(TryRecvError::Empty) => "hangs",
            };
            println!("{seed}: {how} {:?}", said.lock().unwrap());
            false
        });
        thread::sleep(LOOK);
    }
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
