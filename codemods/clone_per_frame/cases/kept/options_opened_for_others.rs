//! What is inside is needed as a value of its own, or the option lies behind something else.

use std::cell::RefCell;

pub struct Peer {
    name: Option<String>,
    boxed: Box<Option<String>>,
    parsed: Result<String, std::num::ParseIntError>,
    count: Option<u32>,
}

pub async fn names(peers: &[Peer]) -> Result<Vec<String>, std::num::ParseIntError> {
    let mut found = Vec::new();
    for peer in peers {
        found.push(peer.name.clone().unwrap());
        found.push(format!("{}{}", peer.count.clone().unwrap(), peer.parsed.clone()?));
    }
    Ok(found)
}

pub async fn called(peers: &[Peer]) -> Vec<String> {
    let mut found = Vec::new();
    for peer in peers {
        let mut name = peer.name.clone().unwrap_or_default();
        name.push('!');
        found.push(name);
    }
    found
}

pub async fn kept(peers: &[Peer]) -> Vec<String> {
    let mut found = Vec::new();
    for peer in peers {
        let kept = peer.name.clone().unwrap_or("nobody".to_string());
        found.push(kept);
    }
    found
}

pub async fn renamed(peers: &mut [Peer]) -> usize {
    let mut total = 0;
    for peer in peers.iter_mut() {
        let before = peer.name.clone().unwrap();
        peer.name = None;
        total += before.len() + peer.boxed.len();
    }
    total
}

trait Length {
    fn len(&self) -> usize;
}

impl Length for Box<Option<String>> {
    fn len(&self) -> usize {
        self.clone().unwrap_or_default().len()
    }
}

pub async fn in_a_cell(cells: &[RefCell<Option<String>>]) -> usize {
    let mut total = 0;
    for cell in cells {
        total += cell.borrow().clone().unwrap().len();
    }
    total
}
