// reason: `all` is a mutable reference
use std::io::Read;

pub async fn read_into(path: &str, all: &mut Vec<u8>) -> std::io::Result<usize> {
    std::fs::File::open(path)?.read_to_end(all)
}
