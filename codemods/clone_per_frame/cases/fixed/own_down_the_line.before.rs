// prefer: own
// level: safe
//! Private all along: the sender freezes, the consumer clones, two functions down the line edit a copy.

mod reader {
    use bytes::{Bytes, BytesMut};
    use tokio::io::{AsyncRead, AsyncReadExt};
    use tokio::sync::mpsc::Sender;

    pub(super) async fn read<R: AsyncRead + Unpin>(mut source: R, out: Sender<Bytes>) {
        let mut buffer = BytesMut::with_capacity(8192);
        while source.read_buf(&mut buffer).await.is_ok_and(|n| n > 0) {
            if out.send(buffer.split().freeze()).await.is_err() {
                return;
            }
        }
    }
}

mod masking {
    use bytes::Bytes;
    use tokio::sync::mpsc;

    struct Masker {
        key: u8,
        masked: u64,
    }

    impl Masker {
        async fn run(&mut self, mut frames: mpsc::Receiver<Bytes>) -> u64 {
            while let Some(frame) = frames.recv().await {
                let seen = frame.len();
                self.handle(frame.clone()).await;
                self.masked += seen as u64;
            }
            self.masked
        }

        async fn handle(&mut self, frame: Bytes) {
            if frame.is_empty() {
                return;
            }
            mask(self.key, frame).await;
        }
    }

    async fn mask(key: u8, frame: Bytes) {
        let mut masked = frame.to_vec();
        for byte in masked.iter_mut() {
            *byte ^= key;
        }
        masked[0] = key;
        tokio::task::yield_now().await;
        tracing::trace!("{} bytes, first {}", masked.len(), masked[0]);
    }

    pub(super) async fn start(source: impl tokio::io::AsyncRead + Send + Unpin + 'static) -> u64 {
        let (tx, rx) = mpsc::channel::<Bytes>(16);
        tokio::spawn(super::reader::read(source, tx.clone()));
        drop(tx);
        let mut masker = Masker { key: 7, masked: 0 };
        masker.run(rx).await
    }
}

pub async fn serve(source: impl tokio::io::AsyncRead + Send + Unpin + 'static) -> u64 {
    masking::start(source).await
}
