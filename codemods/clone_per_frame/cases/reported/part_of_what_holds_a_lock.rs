// reason: what `job(m)` makes would live on to the end of the block
//! A reference to a part of what a call has just made keeps all of it: a lock held, a count, a channel open.

use std::rc::Rc;
use std::sync::mpsc::Sender;
use std::sync::{Mutex, MutexGuard};

pub struct Job<'a> {
    pub lock: MutexGuard<'a, u32>,
    pub name: String,
    pub next: Option<String>,
    pub tags: Vec<String>,
}

fn job(m: &Mutex<u32>) -> Job<'_> {
    Job {
        lock: m.lock().unwrap(),
        name: "job".into(),
        next: None,
        tags: vec!["a".into()],
    }
}

pub async fn of_a_field(m: &Mutex<u32>) -> bool {
    let name = job(m).name.clone();
    m.try_lock().is_ok() && name.len() == 3
}

pub async fn of_a_lent_field(m: &Mutex<u32>) -> bool {
    let name = &job(m).name.clone();
    m.try_lock().is_ok() && name.len() == 3
}

pub async fn of_an_element(m: &Mutex<u32>) -> bool {
    let tag = job(m).tags[0].clone();
    m.try_lock().is_ok() && tag.len() == 1
}

pub async fn in_a_pattern(m: &Mutex<u32>) -> bool {
    let Some(next) = job(m).next.clone() else {
        return m.try_lock().is_ok();
    };
    m.try_lock().is_ok() && next.is_empty()
}

pub async fn by_from(m: &Mutex<u32>) -> bool {
    let name = String::from(&job(m).name);
    let tags = Vec::from(&job(m).tags[..]);
    m.try_lock().is_ok() && name.len() == tags.len()
}

pub struct Reply {
    pub to: Sender<u32>,
    pub name: String,
}

fn reply(to: &Sender<u32>) -> Reply {
    Reply {
        to: to.clone(),
        name: "reply".into(),
    }
}

pub fn of_a_sender(to: &Sender<u32>, rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let name = reply(to).name.clone();
        length += name.len();
    }
    length
}

pub struct Counted {
    pub with: Rc<()>,
    pub name: String,
}

fn counted(with: &Rc<()>) -> Counted {
    Counted {
        with: with.clone(),
        name: "counted".into(),
    }
}

pub fn of_a_count(with: &Rc<()>, rounds: usize) -> usize {
    let mut count = 0;
    for _ in 0..rounds {
        let name = counted(with).name.clone();
        count += Rc::strong_count(with) + name.len();
    }
    count
}

pub struct Lease {
    pub name: String,
}

impl Drop for Lease {
    fn drop(&mut self) {
        println!("let go");
    }
}

fn lease() -> Lease {
    Lease {
        name: "lease".into(),
    }
}

pub fn of_a_drop(rounds: usize) -> usize {
    let mut length = 0;
    for _ in 0..rounds {
        let name = lease().name.clone();
        println!("between");
        length += name.len();
    }
    length
}
