use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};

struct Worker {
    jobs: Arc<Mutex<Receiver<u32>>>,
}

impl Worker {
    fn sum(&self) -> u32 {
        let jobs = self.jobs.lock().unwrap();
        let mut sum = 0;
        for job in jobs.try_iter() {
            sum += job;
        }
        sum
    }

    fn drain(&self) -> Vec<u32> {
        self.jobs.lock().unwrap().iter().collect()
    }
}
