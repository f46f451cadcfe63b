//! Items that somebody takes, that may go meanwhile, that a lock guards, or that cost nothing.

use std::collections::HashMap;
use std::sync::Mutex;

#[derive(Clone)]
pub struct Peer {
    id: u32,
    name: String,
}

impl Peer {
    fn consumed(self) -> u32 {
        self.id
    }
}

pub async fn taken(rows: &[Vec<String>], peers: &[Peer], numbers: &[u32]) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows {
        found.extend(row.iter().cloned().filter(|cell| cell.len() > 2));
        found.extend(row.iter().cloned().map(|cell| cell + "!"));
        found.extend(peers.iter().cloned().filter(|peer| peer.id > 2).map(|peer| peer.name));
        let total: u32 = peers.iter().cloned().map(|peer| peer.consumed()).sum();
        let small = numbers.iter().cloned().filter(|n| *n < total).count();
        found.push(row.iter().cloned().max().unwrap_or_default() + &small.to_string());
    }
    found
}

pub async fn renamed(names: &mut HashMap<u32, String>, ids: &[u32]) -> usize {
    let mut total = 0;
    for id in ids {
        if let Some(name) = names.get(id).cloned() {
            names.insert(*id, String::new());
            total += name.len();
        }
    }
    total
}

pub struct Shared {
    names: Mutex<HashMap<u32, String>>,
}

impl Shared {
    pub async fn told(&self, ids: &[u32]) -> usize {
        let mut total = 0;
        for id in ids {
            if let Some(name) = self.names.lock().unwrap().get(id).cloned() {
                total += name.len() + self.others();
            }
            let name = self.names.lock().unwrap().get(id).cloned();
            if let Some(name) = name {
                total += name.len() + self.others();
            }
        }
        total
    }

    fn others(&self) -> usize {
        self.names.lock().unwrap().len()
    }
}

pub struct Own<'a>(std::slice::Iter<'a, String>);

impl<'a> Own<'a> {
    fn cloned(self) -> Own<'a> {
        self
    }

    fn count(self) -> usize {
        self.0.len() + 1
    }
}

pub async fn of_its_own(rows: &[Vec<String>]) -> usize {
    let mut total = 0;
    for row in rows {
        total += Own(row.iter()).cloned().count();
    }
    total
}
