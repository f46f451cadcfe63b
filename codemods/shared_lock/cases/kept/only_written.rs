use std::sync::Mutex;

struct Queue {
    jobs: Mutex<Vec<String>>,
}

impl Queue {
    fn push(&self, job: &str) {
        self.jobs.lock().unwrap().push(job.to_string());
    }

    fn pop(&self) -> Option<String> {
        self.jobs.lock().unwrap().pop()
    }

    fn cut(&self) {
        let mut jobs = self.jobs.lock().unwrap();
        for job in jobs.iter_mut() {
            job.truncate(3);
        }
    }
}
