// level: safe

use std::future::Future;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::Arc;

pub(crate) trait Service {
    fn call(&self, request: &str) -> impl Future<Output = usize> + Send;
}

/// Counts the calls that go through it.
pub(crate) struct Counted<S> {
    inner: S,
    calls: Arc<AtomicU64>,
    bytes: Arc<AtomicUsize>,
}

pub(crate) enum Meter {
    Off,
    On(AtomicU32),
    Named { name: String, ticks: AtomicU32 },
}

impl<S> Counted<S> {
    pub(crate) fn new(inner: S, calls: Arc<AtomicU64>) -> Self {
        Self {
            inner,
            calls,
            bytes: Arc::default(),
        }
    }

    pub(crate) async fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl<S: Service + Sync> Service for Counted<S> {
    async fn call(&self, request: &str) -> usize {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let sent = self.inner.call(request).await;
        self.bytes.fetch_add(sent, Ordering::Relaxed);
        sent
    }
}

impl Meter {
    pub(crate) fn tick(&self) -> u32 {
        match self {
            Meter::Off => 0,
            Meter::On(ticks) => ticks.fetch_add(1, Ordering::Relaxed) + 1,
            Meter::Named { ticks, .. } => ticks.load(Ordering::Relaxed),
        }
    }

    pub(crate) fn label(&self) -> &str {
        match self {
            Meter::Named { name, .. } => name,
            _ => "",
        }
    }
}

pub(crate) fn stack<S: Service + Sync>(service: S) -> (impl Service, Arc<AtomicU64>) {
    let calls = Arc::new(AtomicU64::new(0));
    let outer = Counted::new(Counted::new(service, calls.clone()), Arc::clone(&calls));
    (outer, calls)
}
