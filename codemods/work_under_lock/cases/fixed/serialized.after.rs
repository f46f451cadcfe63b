// level: review
use std::sync::Mutex;

#[derive(Clone)]
pub struct Event {
    kind: String,
    parts: Vec<u32>,
}

fn render(event: &Event) -> String {
    format!("{}: {}", event.kind, event.parts.len())
}

pub async fn keep(events: &Mutex<Vec<(Event, String)>>, event: &Event) {
    let item = (event.clone(), render(event));
    events.lock().unwrap().push(item);
}
