use tokio::sync::Mutex;

/// Says when it goes.
pub struct Span(u64);

impl Drop for Span {
    fn drop(&mut self) {
        tracing::debug!("{}", self.0);
    }
}

/// Lets somebody else in when it is dropped.
pub struct DoorPermit(u64);

impl Drop for DoorPermit {
    fn drop(&mut self) {
        tracing::debug!("{}", self.0);
    }
}

#[derive(Default)]
pub struct Traces {
    open: Vec<Span>,
    next: u64,
}

impl Traces {
    fn begin(&self) -> Span {
        Span(self.next)
    }

    fn permit(&self) -> DoorPermit {
        DoorPermit(self.next)
    }
}

pub async fn lent(traces: &Mutex<Traces>) {
    let begin = traces.lock().await.begin();
    shown(&begin).await;
    tracing::debug!("shown");
}

pub async fn lent_by_a_guard(traces: &Mutex<Traces>) {
    let begin = traces.lock().await.begin();
    shown(&begin).await;
    tracing::debug!("shown");
}

pub async fn looked_into(traces: &Mutex<Traces>) {
    let begin = traces.lock().await.begin().0;
    sent(begin).await;
    tracing::debug!("sent");
}

/// A name would keep it for longer.
pub async fn permitted(traces: &Mutex<Traces>) {
    admitted(&{
        let permit = traces.lock().await.permit();
        permit
    })
    .await;
    sent(1).await;
}

pub async fn used_afterwards(traces: &Mutex<Traces>) -> usize {
    let (last, rest, next) = {
        let mut traces = traces.lock().await;
        let last = traces.open.pop();
        let rest = std::mem::take(&mut traces.open);
        traces.next += 1;
        (last, rest, traces.next)
    };
    sent(next).await;
    tracing::debug!("{}", last.is_some());
    rest.len()
}

pub async fn not_used_afterwards(traces: &Mutex<Traces>) {
    {
        let mut traces = traces.lock().await;
        let last = traces.open.pop();
        traces.next += u64::from(last.is_some());
    }
    sent(1).await;
}

async fn shown(span: &Span) {
    tokio::task::yield_now().await;
    tracing::debug!("{}", span.0);
}

async fn admitted(permit: &DoorPermit) {
    tokio::task::yield_now().await;
    tracing::debug!("{}", permit.0);
}

async fn sent(number: u64) {
    tracing::debug!(number);
    tokio::task::yield_now().await;
}
