// level: safe
//! Maps that are copied to be gone over, and whose entries are only read.

use std::collections::{BTreeMap, HashMap};

pub fn sums(maps: &[BTreeMap<String, u32>]) -> u32 {
    let mut sum = 0;
    for map in maps {
        for (name, count) in map {
            sum += *count * name.len() as u32;
        }
        for (name, count) in map.iter().rev() {
            sum += *count + name.len() as u32;
        }
        for name in map.keys() {
            sum += name.len() as u32;
        }
        sum += map.values().copied().sum::<u32>();
    }
    sum
}

pub fn lengths(maps: &[HashMap<String, String>]) -> usize {
    let mut sum = 0;
    for map in maps {
        sum += map.iter().map(|(name, text)| name.len() + text.len()).sum::<usize>();
        sum += map.iter().filter(|&(name, text)| name == text).count();
        for text in map.values() {
            sum += text.len();
        }
    }
    sum
}

#[derive(Clone)]
pub enum Step {
    Wait(u32, String),
    Stop,
}

pub fn waited(steps: &[Step]) -> u32 {
    let mut sum = 0;
    for step in steps {
        match step {
            Step::Wait(seconds, name) => sum += *seconds + name.len() as u32,
            Step::Stop => sum += 1,
        }
    }
    sum
}
