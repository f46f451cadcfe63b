// reason: is the only await of
use async_stream::stream;
use futures::Stream;
use tokio::sync::Mutex;

pub(crate) struct Ticks {
    ticks: Mutex<u64>,
}

impl Ticks {
    pub(crate) fn seen(&self) -> impl Stream<Item = u64> + '_ {
        stream! {
            loop {
                let n = *self.ticks.lock().await;
                yield n;
            }
        }
    }

    pub(crate) async fn tick(&self) {
        *self.ticks.lock().await += 1;
    }
}
