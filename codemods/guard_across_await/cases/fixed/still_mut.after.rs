use std::collections::HashMap;

use tokio::sync::Mutex;

pub struct Tags {
    tags: Mutex<Vec<(String, u32)>>,
}

impl Tags {
    pub async fn sum(&self) -> usize {
        let map = {
            let tags = self.tags.lock().await;
            let mut map = HashMap::new();
            for (name, n) in tags.iter() {
                map.insert(name.clone(), *n);
            }
            map
        };
        pause().await;
        map.len() + map.values().count()
    }

    pub async fn shown(&self) -> Vec<u32> {
        let counts = {
            let tags = self.tags.lock().await;
            let mut counts = Vec::new();
            counts.extend(tags.iter().map(|(_, n)| *n));
            counts
        };
        pause().await;
        counts.to_vec()
    }

    pub async fn weighed(&self) -> usize {
        let weight = {
            let tags = self.tags.lock().await;
            let mut weight = Weight::default();
            weight.add(tags.len());
            weight
        };
        pause().await;
        weight.total()
    }
}

#[derive(Default)]
struct Weight(usize);

impl Weight {
    fn add(&mut self, n: usize) {
        self.0 += n;
    }

    fn total(&self) -> usize {
        self.0
    }
}

async fn pause() {
    tokio::task::yield_now().await;
}
