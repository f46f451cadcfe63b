// level: safe
//! Parameters that loops go over: std's lists and maps give the same items by reference.

use std::collections::{BTreeMap, BinaryHeap, LinkedList};

fn chained(chain: LinkedList<String>) -> usize {
    let mut sum = 0;
    for link in chain {
        sum = sum * 10 + link.len();
    }
    sum
}

fn heaped(heap: BinaryHeap<String>) -> usize {
    let mut sum = 0;
    for item in heap {
        sum += item.len();
    }
    sum
}

fn nested(table: BTreeMap<String, Vec<String>>) -> usize {
    let mut sum = 0;
    for (key, values) in table {
        for value in values {
            sum += key.len() * value.len();
        }
    }
    sum
}

pub async fn run(
    chain: &LinkedList<String>,
    heap: &BinaryHeap<String>,
    table: &BTreeMap<String, Vec<String>>,
) -> usize {
    let mut sum = 0;
    for _ in 0..2 {
        sum += chained(chain.clone()) + heaped(heap.clone());
        sum += nested(table.clone());
    }
    sum
}
