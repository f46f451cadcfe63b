// level: safe
//! Items that an iterator or a look-up copies, and that are only looked at.

use std::collections::HashMap;

#[derive(Clone, PartialEq)]
pub struct Peer {
    id: u32,
    name: String,
    tags: Vec<String>,
}

impl Peer {
    fn is_named(&self) -> bool {
        !self.name.is_empty()
    }
}

pub async fn scan(rows: &[Vec<String>], peers: &[Peer]) -> usize {
    let mut total = 0;
    for row in rows {
        if row.iter().cloned().any(|cell| cell.starts_with("a")) {
            total += row.iter().cloned().filter(|cell| cell.len() > 2).count();
        }
        if row.iter().cloned().all(|cell| cell == "x") {
            total += 1;
        }
        row.iter()
            .cloned()
            .for_each(|cell| println!("{cell}"));
        total += row.iter().cloned().map(|cell| width(&cell)).sum::<usize>();
        println!("{}", row.iter().cloned().collect::<Vec<String>>().join(", "));
        for cell in row.iter().cloned() {
            total += cell.len();
        }
        let longest = row.iter().cloned().max_by_key(|cell| cell.len()).unwrap_or_default();
        total += longest.len();
        total += peers.iter().cloned().filter(|peer| peer.is_named()).map(|peer| peer.id as usize).sum::<usize>();
        let found = peers.iter().map(|peer| peer.clone()).find(|peer| peer.id == 3);
        if let Some(peer) = found {
            total += peer.name.len() + peer.tags.len();
        }
    }
    total
}

pub struct Names {
    of: HashMap<u32, String>,
    peers: HashMap<u32, Peer>,
    routes: HashMap<u32, Vec<String>>,
}

impl Names {
    pub async fn told(&self, ids: &[u32]) -> Result<usize, std::fmt::Error> {
        let mut total = 0;
        for id in ids {
            if let Some(name) = self.of.get(id).cloned() {
                total += name.len();
            }
            let peer = self.peers.get(id).cloned().ok_or(std::fmt::Error)?;
            if peer.is_named() {
                total += peer.tags.len();
            }
            let name = self.of.get(id).cloned().unwrap_or("nobody".to_string());
            println!("{name}: {}", self.of.get(id).cloned().unwrap_or_default());
            for route in self.routes.get(id).cloned().unwrap_or_default() {
                total += route.len();
            }
            total += self.of.get(id).cloned().map_or(0, |name| name.len());
            match self.peers.get(id).cloned() {
                Some(peer) if peer.is_named() => total += width(&peer.name),
                Some(_) => {}
                None => total += 1,
            }
        }
        Ok(total)
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}
