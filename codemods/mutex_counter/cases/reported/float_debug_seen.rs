// edition: 2024
// reason: is shown, and `Debug` of `Weight` prints other text now: the number's bits

use std::sync::Mutex;

#[derive(Debug, Default)]
struct Weight {
    weight: Mutex<f64>,
}

pub(crate) fn weigh(by: f64) {
    let weight = Weight::default();
    *weight.weight.lock().unwrap() += by;
    eprintln!("{:?}", weight);
}
