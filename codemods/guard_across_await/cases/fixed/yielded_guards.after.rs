use std::ops::Deref;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::watch;

pub struct Open<'a> {
    pages: MutexGuard<'a, Vec<u32>>,
}

impl Deref for Open<'_> {
    type Target = Vec<u32>;

    fn deref(&self) -> &Vec<u32> {
        &self.pages
    }
}

pub struct Books {
    first: Mutex<Vec<u32>>,
    second: Mutex<Vec<u32>>,
    newest: watch::Receiver<Vec<u32>>,
}

impl Books {
    fn open(&self) -> Open<'_> {
        Open {
            pages: self.first.lock().unwrap(),
        }
    }

    fn boxed(&self) -> Box<Open<'_>> {
        Box::new(self.open())
    }

    fn perhaps(&self) -> Option<Open<'_>> {
        Some(self.open())
    }

    fn pair(&self) -> (MutexGuard<'_, Vec<u32>>, u32) {
        (self.first.lock().unwrap(), 1)
    }

    pub async fn by_deref(&self) {
        let len = self.open().len() as u32;
        read(len).await;
    }

    pub async fn in_a_box(&self) {
        let count = self.boxed().len() as u32;
        read(count).await;
    }

    pub async fn in_an_option(&self) {
        let len = self.perhaps().unwrap().len() as u32;
        read(len).await;
    }

    pub async fn of_a_pair(&self) {
        let len = self.pair().0.len() as u32;
        read(len).await;
    }

    pub async fn by_an_if(&self, early: bool) {
        let len = if early {
            self.first.lock().unwrap()
        } else {
            self.second.lock().unwrap()
        }
        .len() as u32;
        read(len).await;
    }

    pub async fn by_a_named_match(&self, which: u32) {
        let count = {
            let pages = match which {
                0 => self.first.lock().unwrap(),
                _ => self.second.lock().unwrap(),
            };
            pages.len() as u32
        };
        read(count).await;
    }

    pub async fn of_the_newest(&self) {
        let count = self.newest.borrow().len() as u32;
        read(count).await;
    }
}

async fn read(count: u32) {
    tracing::debug!(count);
    tokio::task::yield_now().await;
}
