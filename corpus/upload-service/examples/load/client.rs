//! One kept-open connection that uploads.

use bytes::Bytes;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::Request;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::options::Options;
use crate::Failure;

/// Names that uploads go to in turn: enough that replacing one is not all that is measured.
const NAMES: u64 = 64;

type Frames = std::vec::IntoIter<Result<Frame<Bytes>, std::convert::Infallible>>;
type Body = StreamBody<futures_util::stream::Iter<Frames>>;

pub struct Client {
    sender: SendRequest<Body>,
    address: String,
    frames: Vec<Bytes>,
}

impl Client {
    pub async fn connect(address: &str, options: &Options) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let body = Bytes::from((0..options.body).map(|n| n as u8).collect::<Vec<_>>());
        let frames = (0..options.body)
            .step_by(options.frame)
            .map(|start| body.slice(start..options.body.min(start + options.frame)))
            .collect();
        Ok(Client {
            sender,
            address: address.to_owned(),
            frames,
        })
    }

    /// Was the upload taken? An error when the connection is gone.
    pub async fn upload(&mut self, number: u64) -> Result<bool, Failure> {
        let frames: Vec<_> = self
            .frames
            .iter()
            .cloned()
            .map(|f| Ok(Frame::data(f)))
            .collect();
        let request = Request::post(format!("/upload/load-{}", number % NAMES))
            .header("host", &self.address)
            .header("authorization", "Bearer demo")
            .body(StreamBody::new(futures_util::stream::iter(frames)))?;
        self.send(request).await
    }

    /// Was the digest of all files given?
    pub async fn digest(&mut self) -> Result<bool, Failure> {
        let request = Request::get("/digest")
            .header("host", &self.address)
            .body(StreamBody::new(futures_util::stream::iter(Vec::new())))?;
        self.send(request).await
    }

    async fn send(&mut self, request: Request<Body>) -> Result<bool, Failure> {
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await?;
        let good = answer.status().is_success();
        answer.into_body().collect().await?;
        Ok(good)
    }
}
