// reason: in a method that is run for each item
use futures::Sink;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

pub struct Line(pub String);

pub struct Lines {
    out: mpsc::UnboundedSender<Line>,
}

pub fn lines() -> Lines {
    let (out, mut rx) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Line(text)) = rx.recv().await {
            let _ = tokio::fs::write("line", text).await;
        }
    });
    Lines { out }
}

impl Sink<String> for Lines {
    type Error = ();

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, text: String) -> Result<(), ()> {
        self.out.send(Line(text)).map_err(|_| ())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
        Poll::Ready(Ok(()))
    }
}
