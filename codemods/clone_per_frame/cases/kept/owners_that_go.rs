//! The part is read after what it belongs to was consumed, or after a task took that along.

use std::future::Future;
use std::pin::Pin;

pub struct Request {
    id: String,
    list: Vec<String>,
}

impl Request {
    fn finish(self) -> usize {
        self.list.len()
    }
}

pub async fn consumed(request: Request) -> usize {
    let id = request.id.clone();
    let n = request.finish();
    n + id.len()
}

pub async fn taken_along(request: Request) -> Result<usize, String> {
    let id = request.id.clone();
    let task = tokio::spawn(async move { request.finish() });
    task.await.map_err(|error| format!("{id}: {error}"))
}

pub async fn named_by_a_task(name: &str) -> usize {
    let name = name.to_string();
    let task = tokio::spawn(async move { println!("{name}") });
    usize::from(task.await.is_ok())
}

pub fn boxed(names: &[String]) -> Vec<Pin<Box<dyn Future<Output = usize> + Send>>> {
    let mut all: Vec<Pin<Box<dyn Future<Output = usize> + Send>>> = Vec::new();
    for name in names {
        let name = name.to_owned();
        all.push(Box::pin(async move {
            println!("{name}");
            name.len()
        }));
    }
    all
}
