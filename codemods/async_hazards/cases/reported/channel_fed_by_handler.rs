// reason: in a request handler
use axum::extract::State;
use futures::channel::mpsc;
use futures::StreamExt;
use std::sync::Arc;

pub struct Event {
    pub name: String,
}

pub struct App {
    events: mpsc::UnboundedSender<Event>,
}

pub fn start() -> App {
    let (events, mut taken) = mpsc::unbounded();
    tokio::spawn(async move {
        while let Some(event) = taken.next().await {
            store(event).await;
        }
    });
    App { events }
}

pub async fn visit(State(app): State<Arc<App>>, name: String) {
    let _ = app.events.unbounded_send(Event { name });
}

async fn store(event: Event) {
    let _ = tokio::fs::write("event", event.name).await;
}
