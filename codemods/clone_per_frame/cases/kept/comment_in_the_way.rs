//! A comment that would be lost keeps the code as it is.

pub async fn send(body: Vec<u8>, names: &[String]) -> usize {
    let mut total = 0;
    for name in names {
        total += name /* the whole of it */
            .clone()
            .len();
    }
    total
        + consume(
            /* a copy, see the protocol */ body /* owned */ . /* by us */ clone(),
        )
        .await
}

async fn consume(mut body: Vec<u8>) -> usize {
    body.push(0);
    body.len()
}
