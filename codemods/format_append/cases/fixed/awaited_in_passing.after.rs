// level: safe
use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;

pub async fn number(n: u32) -> u32 {
    n
}

pub async fn listed(names: &[u32], other: impl Future<Output = String>, out: &mut String) {
    write!(out, "{}:{}", other.await, 1).unwrap();
    for name in names {
        writeln!(out, "{}:{}", number(*name).await, names.len()).unwrap();
        out.push_str(&number(*name).await.to_string());
        write!(out, "30{:?}", Arc::<str>::from("x")).unwrap();
        write!(out, "{}-{}", std::sync::Arc::<str>::from("x"), name).unwrap();
        write!(out, "{}-{}", stringify!(A {}), name).unwrap();
    }
}
