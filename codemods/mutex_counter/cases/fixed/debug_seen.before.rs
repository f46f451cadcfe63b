// level: review
// edition: 2024

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
struct Calls {
    calls: Mutex<u32>,
}

#[derive(Debug, Default)]
struct Peer {
    calls: Arc<Calls>,
}

fn log(peers: &[Peer]) {
    for peer in peers {
        println!("{peer:?}");
    }
}

pub(crate) fn call() {
    let peer = Peer::default();
    *peer.calls.calls.lock().unwrap() += 1;
    log(&[peer]);
}

/// By a bound.
#[derive(Debug, Default)]
struct Tries {
    tries: Mutex<i32>,
}

fn told(what: &impl Debug) -> String {
    format!("{what:?}")
}

pub(crate) fn attempt() -> String {
    let tries = Tries::default();
    *tries.tries.lock().unwrap() += 1;
    told(&tries)
}
