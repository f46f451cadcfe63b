// reason: the macro's future cannot be asked whether it may still be sent
use async_stream::stream;
use futures::Stream;

pub fn texts(paths: Vec<String>) -> impl Stream<Item = Vec<u8>> {
    stream! {
        for path in paths {
            yield std::fs::read(path).unwrap_or_default();
        }
    }
}
