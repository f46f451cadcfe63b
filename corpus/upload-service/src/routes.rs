//! HTTP in front of the service.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::{Body, BodyDataStream};
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::Router;
use futures_util::StreamExt;

use crate::service::Upload;
use crate::{Service, UploadError};

/// How much of a refused body is read, so that the client gets to see the answer.
const DRAIN_LIMIT: u64 = 4 << 20;

static DRAINED: Mutex<u64> = Mutex::new(0);

type Kinds = HashMap<&'static str, &'static str>;

static KINDS: Mutex<Option<Kinds>> = Mutex::new(None);

/// Bytes read only to be thrown away, by all services of this process.
pub fn drained_bytes() -> u64 {
    *DRAINED.lock().unwrap()
}

pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/upload/{name}", post(upload).put(upload))
        .route("/files", get(list))
        .route("/files/{name}", get(download).delete(remove))
        .route("/files/{name}/checksum", get(checksum))
        .route("/digest", get(digest))
        .route("/notice", get(notice))
        .route("/recent", get(recent))
        .route("/wanted", get(wanted))
        .route("/scrub", post(scrub))
        .route("/metrics", get(metrics))
        .with_state(service)
}

async fn upload(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut body = body.into_data_stream();
    match try_upload(&service, name, &headers, &mut body).await {
        Ok(answer) => (StatusCode::CREATED, answer.clone()).into_response(),
        Err(error) => {
            if error.is_refusal() {
                service.stats().record_refusal();
            } else {
                service.stats().record_failure();
            }
            discard(&mut body).await;
            error.into_response()
        }
    }
}

async fn try_upload(
    service: &Arc<Service>,
    name: String,
    headers: &HeaderMap,
    body: &mut BodyDataStream,
) -> Result<String, UploadError> {
    let upload = Upload {
        name: name.to_string(),
        tags: split_tags(header(headers, "x-tags").unwrap_or_default().to_owned()),
        expected_crc: match header(headers, "x-crc32") {
            Some(text) => Some(parse_crc(text)?),
            None => None,
        },
    };
    let receipt = service.accept(authorization(headers), upload, body).await?;
    let verb = if receipt.replaced {
        "replaced"
    } else {
        "stored"
    };
    let (name, bytes, crc) = (receipt.name, receipt.bytes, receipt.crc);
    Ok(format!("{verb} {name} {bytes} {crc:08x}\n"))
}

/// Reads on after a refusal: closing a connection with bytes unread would reset it, and the
/// client would never see why.
async fn discard(body: &mut BodyDataStream) {
    let mut seen = 0;
    while let Some(chunk) = body.next().await {
        let Ok(chunk) = chunk else { break };
        let piece = chunk.clone();
        seen += piece.len() as u64;
        if seen > DRAIN_LIMIT {
            break;
        }
    }
    let mut drained = DRAINED.lock().unwrap();
    *drained += seen;
}

async fn download(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Response, UploadError> {
    let (meta, data) = service.fetch(&name).await?;
    let kind = match (meta.kind.as_str(), kind_of(&name)) {
        (_, Some(kind)) => kind,
        ("text", None) => "text/plain",
        (_, None) => "application/octet-stream",
    };
    let tag = format!("\"{:08x}\"", meta.crc);
    let headers = [(CONTENT_TYPE, kind.to_owned()), (ETAG, tag.to_string())];
    Ok((headers, Body::from(data.clone())).into_response())
}

/// What the name's extension says of the file.
pub fn kind_of(name: &str) -> Option<&'static str> {
    let (_, extension) = name.rsplit_once('.')?;
    let mut kinds = KINDS.lock().unwrap();
    let kinds = kinds.get_or_insert_with(kinds_by_extension);
    kinds.get(extension).copied()
}

fn kinds_by_extension() -> Kinds {
    HashMap::from([
        ("css", "text/css"),
        ("csv", "text/csv"),
        ("gif", "image/gif"),
        ("gz", "application/gzip"),
        ("html", "text/html"),
        ("jpg", "image/jpeg"),
        ("js", "text/javascript"),
        ("json", "application/json"),
        ("pdf", "application/pdf"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("txt", "text/plain"),
        ("zip", "application/zip"),
    ])
}

async fn checksum(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<String, UploadError> {
    let crc = service.checksum(&name).await?;
    Ok(format!("{crc:08x}\n"))
}

async fn remove(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, UploadError> {
    service.remove(authorization(&headers), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(State(service): State<Arc<Service>>) -> Result<String, UploadError> {
    service.list().await
}

async fn digest(State(service): State<Arc<Service>>) -> Result<String, UploadError> {
    Ok(format!("{:08x}\n", service.digest().await?))
}

async fn notice(State(service): State<Arc<Service>>) -> String {
    service.notice().await
}

async fn recent(State(service): State<Arc<Service>>) -> String {
    service.recent()
}

async fn wanted(State(service): State<Arc<Service>>) -> String {
    let found = service.stats().wanted().await;
    found.iter().map(|(n, c)| format!("{c} {n}\n")).collect()
}

async fn scrub(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
) -> Result<String, UploadError> {
    let damaged = service.scrub(authorization(&headers)).await?;
    Ok(format!("{} damaged\n{}", damaged.len(), damaged.join("\n")))
}

async fn metrics(State(service): State<Arc<Service>>) -> String {
    service.stats().render().await
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn parse_crc(text: &str) -> Result<u32, UploadError> {
    u32::from_str_radix(text, 16).map_err(|_| UploadError::BadHeader("x-crc32"))
}

fn split_tags(text: String) -> Vec<String> {
    let tags = text.split(',').map(str::trim);
    tags.filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_trimmed() {
        assert_eq!(split_tags(" red, blue,,".into()), ["red", "blue"]);
        assert!(split_tags(String::new()).is_empty());
    }

    #[test]
    fn kinds_follow_the_extension() {
        assert_eq!(kind_of("a.tar.gz"), Some("application/gzip"));
        assert_eq!(kind_of("notes.md"), None);
        assert_eq!(kind_of("png"), None);
    }

    #[test]
    fn checksums_are_hexadecimal() {
        assert_eq!(parse_crc("00ff").unwrap(), 0xff);
        assert!(parse_crc("xyz").is_err());
    }
}
