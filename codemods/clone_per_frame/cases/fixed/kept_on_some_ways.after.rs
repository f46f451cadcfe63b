// level: safe
//! What a function takes is copied at each call, and kept on one of its ways only.

use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    name: String,
    value: Vec<u8>,
    weight: u32,
}

#[derive(Default)]
pub struct Store {
    seen: Vec<String>,
    bodies: BTreeMap<u64, Vec<u8>>,
    headers: Vec<Header>,
}

pub async fn serve(store: &mut Store, path: &String, body: &Vec<u8>, header: &Header) -> usize {
    let fresh = remember(store, path);
    let size = place(store, body, fresh) + place(store, body, false);
    let length = named(path, fresh).map_or(0, |header| header.name.len());
    size + length + store.admit(header) + first_of(header) + heavier(header)
}

fn heavier(header: &Header) -> usize {
    let mut most = Header { name: String::new(), value: Vec::new(), weight: 0 };
    for _ in 0..3 {
        most.raise(header);
    }
    most.name.len()
}

fn remember(store: &mut Store, path: &String) -> bool {
    if path.is_empty() || store.seen.contains(path) {
        return false;
    }
    store.seen.push(path.clone());
    true
}

fn place(store: &mut Store, body: &[u8], fresh: bool) -> usize {
    match fresh {
        true => {
            let size = body.len();
            store.bodies.insert(1, body.to_vec());
            size
        }
        false => body.len(),
    }
}

fn named(name: &str, fresh: bool) -> Option<Header> {
    if fresh {
        let value = Vec::new();
        return Some(Header { name: name.to_owned(), value, weight: 1 });
    }
    println!("{name}");
    None
}

impl Store {
    fn admit(&mut self, header: &Header) -> usize {
        if header.heavy() {
            self.headers.push(header.clone());
        }
        self.headers.len()
    }
}

impl Header {
    fn raise(&mut self, other: &Self) {
        if other.weight > self.weight {
            *self = other.clone();
        }
    }

    fn heavy(&self) -> bool {
        self.weight > 3
    }
}

fn first_of(header: &Header) -> usize {
    let kept: Vec<u8>;
    if header.weight == 0 {
        kept = header.value.clone();
        kept.len()
    } else {
        header.name.len()
    }
}
