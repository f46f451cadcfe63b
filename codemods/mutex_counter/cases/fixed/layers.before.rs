// level: safe

use std::future::Future;
use std::sync::Arc;

use futures::lock::Mutex as AsyncMutex;
use parking_lot::Mutex;

pub(crate) trait Service {
    fn call(&self, request: &str) -> impl Future<Output = usize> + Send;
}

/// Counts the calls that go through it.
pub(crate) struct Counted<S> {
    inner: S,
    calls: Arc<Mutex<u64>>,
    bytes: Arc<AsyncMutex<usize>>,
}

pub(crate) enum Meter {
    Off,
    On(Mutex<u32>),
    Named { name: String, ticks: Mutex<u32> },
}

impl<S> Counted<S> {
    pub(crate) fn new(inner: S, calls: Arc<Mutex<u64>>) -> Self {
        Self {
            inner,
            calls,
            bytes: Arc::default(),
        }
    }

    pub(crate) async fn bytes(&self) -> usize {
        *self.bytes.lock().await
    }
}

impl<S: Service + Sync> Service for Counted<S> {
    async fn call(&self, request: &str) -> usize {
        *self.calls.lock() += 1;
        let sent = self.inner.call(request).await;
        *self.bytes.lock().await += sent;
        sent
    }
}

impl Meter {
    pub(crate) fn tick(&self) -> u32 {
        match self {
            Meter::Off => 0,
            Meter::On(ticks) => {
                let mut ticks = ticks.lock();
                *ticks += 1;
                *ticks
            }
            Meter::Named { ticks, .. } => *ticks.lock(),
        }
    }

    pub(crate) fn label(&self) -> &str {
        match self {
            Meter::Named { name, .. } => name,
            _ => "",
        }
    }
}

pub(crate) fn stack<S: Service + Sync>(service: S) -> (impl Service, Arc<Mutex<u64>>) {
    let calls = Arc::new(Mutex::new(0));
    let outer = Counted::new(Counted::new(service, calls.clone()), Arc::clone(&calls));
    (outer, calls)
}
