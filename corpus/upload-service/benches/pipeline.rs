use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use futures_util::stream;
use upload_service::auth::Account;
use upload_service::layers::pipeline;
use upload_service::stats::Stats;
use upload_service::storage::{pump, MemorySink};
use upload_service::UploadError;

const BODY: usize = 1 << 20;

/// One body of 1 MiB through all layers into memory, in frames of different sizes.
fn chunks(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let stats = Stats::new();
    let account = Account {
        name: "bench".to_owned(),
        max_upload: BODY as u64,
        session: Duration::from_secs(3600),
    };

    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(BODY as u64));
    for size in [1 << 10, 16 << 10, 64 << 10] {
        let frames: Vec<Bytes> = (0..BODY / size)
            .map(|frame| Bytes::from(vec![frame as u8; size]))
            .collect();
        let mut sink = MemorySink::default();
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| {
                sink.clear();
                let body = stream::iter(frames.iter().cloned().map(Ok::<_, UploadError>));
                let mut layers = pipeline(body, &account, &stats);
                let bytes = runtime.block_on(pump(&mut layers, &mut sink)).unwrap();
                black_box((bytes, layers.crc()))
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = chunks
}
criterion_main!(benches);
