use std::rc::Rc;

use tokio::sync::Mutex;

pub async fn again(lines: &Mutex<Vec<String>>, all: &mut Vec<String>, id: u8) {
    let mut lines = lines.lock().await;
    all.push(id.to_string());
    let line = all.join(",");
    lines.push(line);
}

pub async fn counted(lines: &Mutex<Vec<String>>, id: u8) {
    let mut lines = lines.lock().await;
    let line = Rc::new(format!("{id} {id}"));
    lines.push(line.to_string());
}
