// level: review
use std::sync::OnceLock;

static PORT: OnceLock<u16> = OnceLock::new();

fn read_port() -> u16 {
    "8080".parse().expect("a port")
}

pub fn port() -> u16 {
    return *PORT.get_or_init(read_port);
}
