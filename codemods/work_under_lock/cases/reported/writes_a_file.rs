// reason: waits for the disk
use std::io;
use std::sync::Mutex;

pub async fn save(state: &Mutex<Vec<u8>>, path: &str) -> io::Result<()> {
    let state = state.lock().unwrap();
    std::fs::write(path, &*state)
}

pub async fn save_mark(state: &Mutex<Vec<u8>>, path: &str, mark: u8) -> io::Result<()> {
    let mut state = state.lock().unwrap();
    state.push(mark);
    std::fs::write(path, [mark])
}
