// reason: wait for room alone (`reserve`
use tokio::sync::mpsc::{Receiver, Sender};

pub async fn run(out: Sender<Vec<u8>>, mut orders: Receiver<u8>) {
    let mut n = 0;
    loop {
        tokio::select! {
            sent = out.send(vec![n]) => {
                if sent.is_err() {
                    break;
                }
            }
            order = orders.recv() => n += order.unwrap_or(0),
        }
    }
}
