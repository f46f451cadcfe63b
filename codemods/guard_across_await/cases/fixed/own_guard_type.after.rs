use std::sync::{Mutex, MutexGuard};

pub struct Pages {
    pages: Mutex<Vec<u8>>,
}

/// Keeps the pages to itself until it is dropped.
pub struct View<'a> {
    pages: MutexGuard<'a, Vec<u8>>,
}

impl View<'_> {
    pub fn checksum(&self) -> u32 {
        self.pages.iter().map(|page| u32::from(*page)).sum()
    }
}

impl Pages {
    pub fn view(&self) -> View<'_> {
        View {
            pages: self.pages.lock().unwrap(),
        }
    }

    pub async fn verify(&self) -> bool {
        let ours = self.view().checksum();
        ours == theirs().await
    }
}

async fn theirs() -> u32 {
    tokio::task::yield_now().await;
    7
}
