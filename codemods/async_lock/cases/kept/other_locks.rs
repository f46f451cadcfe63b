use std::collections::HashMap;

mod own {
    pub struct Mutex<T>(pub T);

    impl<T> Mutex<T> {
        pub async fn lock(&self) -> &T {
            &self.0
        }
    }
}

struct Locks {
    futures: futures::lock::Mutex<HashMap<u32, u32>>,
    std: std::sync::Mutex<HashMap<u32, u32>>,
    parking_lot: parking_lot::RwLock<HashMap<u32, u32>>,
    own: own::Mutex<HashMap<u32, u32>>,
}

impl Locks {
    async fn all(&self) -> usize {
        let mut all = self.futures.lock().await.len();
        all += self.std.lock().unwrap().len();
        all += self.parking_lot.read().len();
        all + self.own.lock().await.len()
    }
}
