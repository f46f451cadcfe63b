// waits for room alone: the message is still there
use tokio::sync::mpsc::{Receiver, Sender};

pub async fn run(out: Sender<u8>, mut orders: Receiver<u8>) {
    let mut held = None;
    loop {
        tokio::select! {
            room = out.reserve(), if held.is_some() => match (room, held.take()) {
                (Ok(room), Some(order)) => room.send(order),
                _ => break,
            },
            order = orders.recv(), if held.is_none() => held = order,
        }
    }
}
