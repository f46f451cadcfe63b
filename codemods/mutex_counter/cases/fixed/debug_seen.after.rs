// level: review
// edition: 2024

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

#[derive(Debug, Default)]
struct Calls {
    calls: AtomicU32,
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
    peer.calls.calls.fetch_add(1, Ordering::Relaxed);
    log(&[peer]);
}

/// By a bound.
#[derive(Debug, Default)]
struct Tries {
    tries: AtomicI32,
}

fn told(what: &impl Debug) -> String {
    format!("{what:?}")
}

pub(crate) fn attempt() -> String {
    let tries = Tries::default();
    tries.tries.fetch_add(1, Ordering::Relaxed);
    told(&tries)
}
