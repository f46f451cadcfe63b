// reason: it stands in a method that is polled, where nothing can be awaited
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pub struct Reads(pub String);

impl Future for Reads {
    type Output = Vec<u8>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Vec<u8>> {
        Poll::Ready(std::fs::read(&self.0).unwrap_or_default())
    }
}
