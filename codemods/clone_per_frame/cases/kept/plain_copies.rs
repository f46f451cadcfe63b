//! Copies of types that are `Copy`, and of references: nothing is allocated or counted.

use std::net::SocketAddr;
use std::time::Duration;

pub struct NotClonable {
    port: u16,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    rate: u32,
    wait: Duration,
}

pub async fn connect(addresses: &[SocketAddr], limits: Limits, owner: &NotClonable) -> u64 {
    let mut waited = 0;
    for address in addresses {
        let address = address.clone();
        let limits = limits.clone();
        let owner = owner.clone();
        let rate = limits.rate.clone();
        tokio::time::sleep(limits.wait.clone()).await;
        waited += u64::from(rate) + u64::from(address.port() + owner.port);
    }
    waited
}
