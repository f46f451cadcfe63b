//! Texts of what a call gave: of numbers, of references that are kept.

use std::fmt::Display;

pub struct Host {
    name: String,
    ports: Vec<u16>,
}

impl Host {
    fn name(&self) -> &str {
        &self.name
    }

    fn shown(&self) -> impl Display + '_ {
        &self.name
    }
}

pub async fn texts(host: &Host) -> (String, String, String) {
    let port = host.ports.len().to_string();
    (port, host.name().to_string(), host.shown().to_string())
}
