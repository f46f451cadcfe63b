use std::io::{BufRead, BufReader, Cursor, Read};

pub async fn lines(data: Vec<u8>) -> usize {
    let mut all = Vec::new();
    let mut cursor = Cursor::new(data);
    cursor.read_to_end(&mut all).unwrap();
    BufReader::new(&all[..]).lines().count()
}
