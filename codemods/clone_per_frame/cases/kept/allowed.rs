//! Places that somebody has looked at.

pub async fn measure(names: Vec<String>) -> usize {
    let mut total = names.len();
    for name in &names {
        // spikeproof: allow(clone-per-frame)
        total += name.clone().len();
    }
    total
}
