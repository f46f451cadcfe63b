use std::sync::{Mutex, MutexGuard};

use dashmap::mapref::one::Ref;
use dashmap::DashMap;
use tokio::sync::watch;

pub struct Held<'a>(MutexGuard<'a, Vec<u32>>);

impl Held<'_> {
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }
}

pub struct Section<'a> {
    held: Held<'a>,
}

pub struct Service {
    values: Mutex<Vec<u32>>,
    names: DashMap<u32, Vec<u32>>,
    config: watch::Receiver<Vec<u32>>,
}

impl Service {
    fn held(&self) -> Held<'_> {
        Held(self.values.lock().unwrap())
    }

    fn section(&self) -> Section<'_> {
        Section { held: self.held() }
    }

    fn peek(&self, id: u32) -> Option<Ref<'_, u32, Vec<u32>>> {
        self.names.get(&id)
    }

    fn current(&self) -> watch::Ref<'_, Vec<u32>> {
        self.config.borrow()
    }

    pub async fn by_a_method(&self) {
        wait(self.held().total()).await;
    }

    pub async fn two_deep(&self) -> u32 {
        let section = self.section();
        let total = section.held.total();
        wait(total).await;
        total
    }

    pub async fn by_a_match(&self, other: &Mutex<Vec<u32>>, which: u32) {
        wait(
            match which {
                0 => self.values.lock().unwrap(),
                _ => other.lock().unwrap(),
            }
            .len() as u32,
        )
        .await;
    }

    pub async fn by_a_block(&self) {
        wait({ self.values.lock().unwrap() }.len() as u32).await;
    }

    pub async fn of_a_map(&self, id: u32) {
        let Some(peeked) = self.peek(id) else {
            return;
        };
        let len = peeked.len() as u32;
        wait(len).await;
    }

    pub async fn of_an_entry(&self, id: u32) {
        let entry = self.names.entry(id);
        let key = *entry.key();
        wait(key).await;
    }

    pub async fn of_a_channel(&self) {
        wait(self.current().len() as u32).await;
    }
}

async fn wait(count: u32) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}

pub struct Shown<'a> {
    pub values: MutexGuard<'a, Vec<u32>>,
}

impl Service {
    fn shown(&self) -> Shown<'_> {
        Shown {
            values: self.values.lock().unwrap(),
        }
    }

    pub async fn by_a_field(&self) {
        wait(self.shown().values.len() as u32).await;
    }

    pub async fn by_an_index(&self) {
        wait(self.shown().values[0]).await;
    }
}
