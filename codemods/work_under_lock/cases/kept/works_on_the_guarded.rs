use std::fs::File;
use std::io::{self, Write};
use std::sync::Mutex;

pub async fn write(file: &Mutex<File>, line: &[u8]) -> io::Result<()> {
    file.lock().unwrap().write_all(line)?;
    let mut file = file.lock().unwrap();
    file.write_all(line)?;
    file.flush()
}

pub async fn one_at_a_time(turn: &Mutex<()>, path: &str, line: &[u8]) -> io::Result<()> {
    let _turn = turn.lock().unwrap();
    std::fs::write(path, line)
}
