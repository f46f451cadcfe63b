//! Something else runs in the same statement, and nothing that the arguments make is felt when it goes.
use std::sync::Mutex;

pub struct Row {
    pub name: String,
    pub seen: u32,
}

const STEP: u32 = 2;

pub fn rows(rows: &[Row], total: &Mutex<u32>, out: &mut Vec<(String, u32)>) {
    for (i, row) in rows.iter().enumerate() {
        out.push((format!("{}", row.seen * STEP + 1), *total.lock().unwrap()));
        out.push((format!("{}", row.name.trim().to_uppercase()), *total.lock().unwrap()));
        out.push((format!("{}", rows[i].name.chars().rev().count()), *total.lock().unwrap()));
        out.push((format!("{}", -(i as i64)), *total.lock().unwrap()));
    }
}

/// A statement of its own, with nothing behind.
pub fn alone(total: &Mutex<u32>, out: &mut String) {
    for _ in 0..3 {
        out.push_str(&format!("{},", total.lock().unwrap()));
        let text = format!("{}", *total.lock().unwrap());
        out.push_str(&text);
    }
}
