//! Something else runs in the same statement, and nothing that the arguments make is felt when it goes.
use std::fmt::Write as _;
use std::sync::Mutex;

pub struct Row {
    pub name: String,
    pub seen: u32,
}

const STEP: u32 = 2;

pub fn rows(rows: &[Row], total: &Mutex<u32>, out: &mut Vec<(String, u32)>) {
    for (i, row) in rows.iter().enumerate() {
        out.push(((row.seen * STEP + 1).to_string(), *total.lock().unwrap()));
        out.push((row.name.trim().to_uppercase().to_string(), *total.lock().unwrap()));
        out.push((rows[i].name.chars().rev().count().to_string(), *total.lock().unwrap()));
        out.push(((-(i as i64)).to_string(), *total.lock().unwrap()));
    }
}

/// A statement of its own, with nothing behind.
pub fn alone(total: &Mutex<u32>, out: &mut String) {
    for _ in 0..3 {
        write!(out, "{},", total.lock().unwrap()).unwrap();
        out.push_str(&(*total.lock().unwrap()).to_string());
    }
}
