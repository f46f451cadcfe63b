//! Open-loop load for `upload-service`.
//!
//! A closed loop hides stalls: a client that waits for an answer before it asks again sends nothing
//! while the server stands still, so the stall counts once. Here request `i` is *planned* at
//! `i / rate` seconds after the start, whatever became of those before it, and its latency is the
//! time from the planned start to the end of the answer. What the generator itself was late by is
//! recorded apart: a run in which it lagged says nothing about the server.
//!
//! Prints one line of JSON.

mod client;
mod options;
mod report;
mod server;

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep_until, Instant};

use crate::client::Client;
use crate::options::Options;
use crate::report::Tally;
use crate::server::Server;

pub type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let options = Options::parse()?;
    let server = match &options.server {
        Some(program) => Some(Server::start(program).await?),
        None => None,
    };
    let address = match (&server, &options.address) {
        (Some(server), _) => server.address.clone(),
        (None, Some(address)) => address.clone(),
        (None, None) => return Err("name a --server to start or an --address to load".into()),
    };
    drive(&address, &options, Some(options.warmup)).await?;
    let tally = drive(&address, &options, None).await?;
    println!("{}", tally.json(&options));
    if let Some(server) = server {
        server.stop().await?;
    }
    Ok(())
}

/// Sends what is asked for (or only as much as `warmup` allows) and gathers the latencies.
async fn drive(
    address: &str,
    options: &Options,
    warmup: Option<Duration>,
) -> Result<Tally, Failure> {
    let seconds = warmup.unwrap_or(options.duration);
    if seconds.is_zero() {
        return Ok(Tally::new());
    }
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..options.connections {
        let client = Client::connect(address, options).await?;
        workers.spawn(work(
            client,
            options.rate,
            seconds,
            started,
            Arc::clone(&next),
        ));
    }
    let mut whole = Tally::new();
    while let Some(part) = workers.join_next().await {
        whole.add(&part??);
    }
    whole.took = started.elapsed();
    Ok(whole)
}

/// One connection: takes the next planned request whenever it is free.
async fn work(
    mut client: Client,
    rate: Option<f64>,
    seconds: Duration,
    started: Instant,
    next: Arc<AtomicU64>,
) -> Result<Tally, Failure> {
    let mut tally = Tally::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let planned = match rate {
            Some(rate) => started + Duration::from_secs_f64(number as f64 / rate),
            None => Instant::now(), // closed loop: as fast as answers come
        };
        if planned.duration_since(started) >= seconds {
            return Ok(tally);
        }
        if Instant::now() < planned {
            sleep_until(planned).await;
            tally.lag(planned.elapsed());
        }
        let good = client.upload(number).await?;
        tally.request(planned.elapsed(), good);
    }
}
