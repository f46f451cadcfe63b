use std::sync::Mutex;

pub struct Account {
    balance: Mutex<i64>,
    limit: Mutex<i64>,
}

pub async fn available(account: &Account) -> i64 {
    let free = {
        let balance = account.balance.lock().unwrap();
        let limit = account.limit.lock().unwrap();
        *balance + *limit
    };
    let fee = quote(free).await;
    free - fee
}

async fn quote(amount: i64) -> i64 {
    tokio::task::yield_now().await;
    amount / 100
}
