use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{criterion_group, criterion_main, BenchmarkId, Criterion, Throughput};
use upload_service::routes::kind_of;
use upload_service::stats::Stats;

fn request(stats: &Stats, number: u64) {
    let _in_flight = stats.enter();
    if !stats.is_draining() {
        stats.record_upload(number, Duration::from_micros(number));
    }
    if number.is_multiple_of(16) {
        stats.record_refusal();
    }
}

/// What one request writes into the counters, on each of several threads at once.
fn record(c: &mut Criterion) {
    let mut group = c.benchmark_group("counters");
    for threads in [1, 2, 4] {
        group.throughput(Throughput::Elements(threads));
        group.bench_function(BenchmarkId::new("threads", threads), |b| {
            let stats = Stats::new();
            b.iter_custom(|requests| {
                let started = Instant::now();
                thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(|| (0..requests).for_each(|n| request(&stats, n)));
                    }
                });
                started.elapsed()
            });
        });
    }
    group.finish();
}

/// What a download's extension is looked up for, on each of several threads at once.
fn kinds(c: &mut Criterion) {
    let mut group = c.benchmark_group("kinds");
    for threads in [1, 2] {
        group.throughput(Throughput::Elements(threads));
        group.bench_function(BenchmarkId::new("threads", threads), |b| {
            b.iter_custom(|requests| {
                let started = Instant::now();
                thread::scope(|scope| {
                    for _ in 0..threads {
                        scope.spawn(|| {
                            for _ in 0..requests {
                                black_box(kind_of(black_box("photo.jpg")));
                            }
                        });
                    }
                });
                started.elapsed()
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
    targets = record, kinds
}
criterion_main!(benches);
