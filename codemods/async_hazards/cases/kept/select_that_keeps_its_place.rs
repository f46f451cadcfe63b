// options: select-place = true
use tokio::sync::{mpsc::Receiver, Notify};

pub async fn run(news: &Notify, mut orders: Receiver<u64>) {
    let told = news.notified();
    tokio::pin!(told);
    loop {
        tokio::select! {
            _ = &mut told => return,
            order = orders.recv() => println!("{order:?}"),
        }
    }
}

pub async fn once(news: &Notify, mut orders: Receiver<u64>) {
    loop {
        tokio::select! {
            _ = news.notified() => println!("told"),
            order = orders.recv() => {
                println!("{order:?}");
                break;
            }
        }
    }
}
