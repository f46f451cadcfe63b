use std::sync::Mutex;

/// What the lock gives is put into the list that the first argument counts: the count comes first.
pub(crate) struct Queue {
    waiting: Mutex<Vec<u64>>,
}

async fn send(_already: usize, _taken: usize) {}

fn take(from: &mut Vec<u64>, into: &mut Vec<u64>) -> usize {
    into.append(from);
    into.len()
}

impl Queue {
    pub(crate) async fn flush(&self, mut batch: Vec<u64>) {
        send(batch.len(), {
            let take = take(&mut self.waiting.lock().unwrap(), &mut batch);
            take
        }).await;
    }
}
