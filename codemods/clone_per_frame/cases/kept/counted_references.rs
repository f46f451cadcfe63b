//! The number of references is the point.

use std::sync::{Arc, Weak};

pub struct Node {
    parent: Weak<Node>,
    name: String,
}

pub async fn held(node: Arc<Node>) -> (usize, usize) {
    let before = Arc::strong_count(&Arc::clone(&node));
    let parent = node.parent.clone();
    let name = node.name.len();
    drop(node);
    (
        before + name,
        parent.upgrade().map_or(0, |node| node.name.len()),
    )
}
