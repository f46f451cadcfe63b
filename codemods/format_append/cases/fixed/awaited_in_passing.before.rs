// level: safe
use std::future::Future;
use std::sync::Arc;

pub async fn number(n: u32) -> u32 {
    n
}

pub async fn listed(names: &[u32], other: impl Future<Output = String>, out: &mut String) {
    out.push_str(&format!("{}:{}", other.await, 1));
    for name in names {
        out.push_str(&format!("{}:{}\n", number(*name).await, names.len()));
        out.push_str(&format!("{}", number(*name).await));
        out.push_str(&format!("30{:?}", Arc::<str>::from("x")));
        out.push_str(&format!("{}-{}", std::sync::Arc::<str>::from("x"), name));
        out.push_str(&format!("{}-{}", stringify!(A {}), name));
    }
}
