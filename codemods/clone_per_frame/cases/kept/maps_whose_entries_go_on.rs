//! Maps whose entries are kept, or that change while they are gone over.

use std::collections::BTreeMap;

pub fn kept(maps: &[BTreeMap<String, u32>]) -> Vec<String> {
    let mut all = Vec::new();
    for map in maps {
        for (name, count) in map.clone() {
            if count > 1 {
                all.push(name);
            }
        }
    }
    all
}

pub fn thinned(maps: &mut [BTreeMap<String, u32>]) {
    for map in maps {
        for (name, count) in map.clone() {
            if count > 1 {
                map.remove(&name);
            }
        }
        for name in map.clone().into_keys() {
            if name.len() > 8 {
                map.remove(&name);
            }
        }
    }
}

pub fn listed_before(list: &mut Vec<String>, rounds: usize) -> usize {
    let mut sum = 0;
    for _ in 0..rounds {
        let before: Vec<String> = list.iter().cloned().collect();
        list.pop();
        sum += before.iter().map(|text| text.len()).sum::<usize>();
    }
    sum
}
