//! chrono's dates and times are `Copy`: a clone of one allocates nothing.

use chrono::{DateTime, NaiveDate, Utc};

pub struct Frame {
    day: NaiveDate,
    at: DateTime<Utc>,
    size: u64,
}

pub async fn days(frames: &[Frame]) -> Vec<(NaiveDate, DateTime<Utc>)> {
    let mut found = Vec::new();
    for frame in frames {
        let day = frame.day.clone();
        let at = frame.at.clone();
        if frame.size > 0 {
            found.push((day.clone(), at.clone()));
        }
        tokio::task::yield_now().await;
    }
    found
}
