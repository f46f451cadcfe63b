// level: safe
//! What the value is a part of is consumed in another arm, or on the way out.

#[derive(Clone)]
enum Kind {
    Plain,
    Named(String),
}

struct Request {
    kind: Kind,
    list: Vec<String>,
}

impl Request {
    fn finish(self) -> usize {
        self.list.len()
    }
}

async fn kind(request: Request) -> usize {
    match request.kind.clone() {
        Kind::Plain => request.finish(),
        Kind::Named(name) => name.len() + request.finish(),
    }
}

async fn longest(request: Request) -> usize {
    let mut longest = 0;
    for name in request.list.clone() {
        longest = longest.max(name.len());
        if name.is_empty() {
            return request.finish();
        }
    }
    longest
}
