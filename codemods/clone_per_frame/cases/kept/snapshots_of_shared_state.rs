//! Borrows of a watch channel, a RefCell and an ArcSwap end where the copy is made.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;

#[derive(Clone, Default)]
pub struct Config {
    name: String,
    hosts: Vec<String>,
}

pub async fn refresh(mut changes: watch::Receiver<Config>, current: Arc<ArcSwap<Config>>) -> usize {
    let mut seen = 0;
    while changes.changed().await.is_ok() {
        let config = changes.borrow_and_update().clone();
        seen += config.hosts.len();
        let guard = current.load();
        let name = guard.name.clone();
        seen += name.len();
        let hosts = changes.borrow().hosts.clone();
        for host in &hosts {
            seen += host.len();
            tokio::task::yield_now().await;
        }
    }
    seen
}

pub fn drain(queue: &Rc<RefCell<Vec<String>>>) -> usize {
    let mut count = 0;
    for line in queue.borrow().clone() {
        queue.borrow_mut().retain(|other| *other != line);
        count += line.len();
    }
    count
}
