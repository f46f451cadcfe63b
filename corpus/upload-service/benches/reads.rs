use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use futures_util::stream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use upload_service::service::Upload;
use upload_service::{Config, Service, UploadError};

const FILES: u64 = 16;
const BYTES: usize = 64 << 10;

async fn filled(folder: &std::path::Path) -> Arc<Service> {
    let service = Arc::new(Service::open(Config::new(folder)).await.unwrap());
    for number in 0..FILES {
        let upload = Upload {
            name: format!("file-{number}"),
            tags: Vec::new(),
            expected_crc: None,
        };
        let frame = Bytes::from(vec![number as u8; BYTES]);
        let mut body = stream::iter([Ok::<_, UploadError>(frame)]);
        let receipt = service.accept(Some("Bearer demo"), upload, &mut body);
        receipt.await.unwrap();
    }
    service
}

/// Downloads by several clients at once: one per client and iteration.
async fn read(service: &Arc<Service>, clients: u64, rounds: u64) -> Duration {
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let service = Arc::clone(service);
        tasks.spawn(async move {
            for round in 0..rounds {
                let name = format!("file-{}", (client + round) % FILES);
                service.fetch(&name).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    started.elapsed()
}

/// One file after another by 1 client, and by 8 at once.
fn reads(c: &mut Criterion) {
    let runtime: Runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = std::env::temp_dir().join(format!("upload-reads-{}", std::process::id()));
    let service = runtime.block_on(filled(&folder));

    let mut group = c.benchmark_group("reads");
    for clients in [1, 8] {
        group.throughput(Throughput::Elements(clients));
        group.bench_function(BenchmarkId::new("clients", clients), |b| {
            b.iter_custom(|rounds| runtime.block_on(read(&service, clients, rounds)));
        });
    }
    group.finish();
    // All files in one request: what it costs the one who asks.
    c.bench_function("digest", |b| {
        b.iter(|| runtime.block_on(service.digest()).unwrap());
    });
    drop(service);
    std::fs::remove_dir_all(folder).unwrap();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = reads
}
criterion_main!(benches);
