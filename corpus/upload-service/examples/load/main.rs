//! Open-loop load for the service, over loopback: `cargo run --release --example load`.
//!
//! A closed loop hides stalls: a client that waits for an answer before it asks again sends nothing
//! while the server stands still, so the stall counts once. Here request `i` is *planned* at
//! `i / rate` seconds after the start, whatever became of those before it, and its latency is the
//! time from the planned start to the end of the answer. What the generator itself was late by is
//! recorded apart: a run in which it lagged says nothing about the server.
//!
//! Prints one line of JSON. It is a workload of spikeproof, too: it writes its latencies to the file
//! that `SPIKEPROOF_FIGURES` names, so that they are compared before and after.

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

fn main() -> Result<(), Failure> {
    let options = Options::parse()?;
    let server = Server::start()?;
    let address = server.address.to_string();
    // A thread of its own: the service has its own, too.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tally = runtime.block_on(async {
        drive(&address, &options, options.warmup).await?;
        drive(&address, &options, options.duration).await
    })?;
    drop(runtime); // closes what is left of the connections
    server.stop()?;
    tally.tell(&options)
}

/// Sends what falls into `seconds` and gathers the latencies.
async fn drive(address: &str, options: &Options, seconds: Duration) -> Result<Tally, Failure> {
    let mut whole = Tally::new();
    if seconds.is_zero() {
        return Ok(whole);
    }
    let mut clients = Vec::new();
    for _ in 0..options.connections {
        clients.push(Client::connect(address, options).await?);
    }
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let mut workers = tokio::task::JoinSet::new();
    for client in clients {
        let next = Arc::clone(&next);
        workers.spawn(work(client, options.rate, seconds, started, next));
    }
    let beside = match options.digests {
        Some(rate) => Some(tokio::spawn(ask(
            Client::connect(address, options).await?,
            rate,
        ))),
        None => None,
    };
    while let Some(part) = workers.join_next().await {
        whole.add(&part??);
    }
    whole.took = started.elapsed();
    if let Some(task) = beside {
        task.abort();
        if let Ok(ended) = task.await {
            ended?; // only an error ends it
        }
    }
    Ok(whole)
}

/// Asks for digests, each at its planned time or as soon as the one before it has come.
async fn ask(mut client: Client, rate: f64) -> Result<(), Failure> {
    let mut turns = tokio::time::interval(Duration::from_secs_f64(1.0 / rate));
    loop {
        turns.tick().await;
        if !client.digest().await? {
            return Err("a digest was refused".into());
        }
    }
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
