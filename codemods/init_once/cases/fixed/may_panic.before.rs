// level: review
use std::sync::Mutex;

static PORT: Mutex<Option<u16>> = Mutex::new(None);

fn read_port() -> u16 {
    "8080".parse().expect("a port")
}

pub fn port() -> u16 {
    let mut port = PORT.lock().unwrap();
    if let Some(port) = *port {
        return port;
    }
    let read = read_port();
    *port = Some(read);
    return read;
}
