//! What can go wrong with a request, and the answer it gets.

use std::error::Error;
use std::fmt;
use std::io;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[derive(Debug)]
pub enum UploadError {
    Unauthorized,
    BadName,
    BadHeader(&'static str),
    TooLarge { limit: u64 },
    Mismatch { expected: u32, actual: u32 },
    SessionOver,
    NotFound,
    Full,
    Draining,
    Corrupt,
    Body(String),
    Io(io::Error),
}

impl UploadError {
    pub fn status(&self) -> StatusCode {
        match self {
            UploadError::Unauthorized => StatusCode::UNAUTHORIZED,
            UploadError::BadName | UploadError::BadHeader(_) | UploadError::Body(_) => {
                StatusCode::BAD_REQUEST
            }
            UploadError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            UploadError::Mismatch { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            UploadError::SessionOver => StatusCode::REQUEST_TIMEOUT,
            UploadError::NotFound => StatusCode::NOT_FOUND,
            UploadError::Full => StatusCode::INSUFFICIENT_STORAGE,
            UploadError::Draining => StatusCode::SERVICE_UNAVAILABLE,
            UploadError::Corrupt | UploadError::Io(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Refused by a rule, as opposed to having failed on the way.
    pub fn is_refusal(&self) -> bool {
        !matches!(
            self,
            UploadError::Corrupt | UploadError::Body(_) | UploadError::Io(_)
        )
    }
}

impl fmt::Display for UploadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UploadError::Unauthorized => f.write_str("a valid bearer token is required"),
            UploadError::BadName => {
                f.write_str("names are 1 to 128 letters, digits, '.', '_' or '-'")
            }
            UploadError::BadHeader(name) => write!(f, "header {name} is malformed"),
            UploadError::TooLarge { limit } => write!(f, "more than {limit} bytes"),
            UploadError::Mismatch { expected, actual } => {
                write!(f, "checksum is {actual:08x}, expected {expected:08x}")
            }
            UploadError::SessionOver => f.write_str("the upload took too long"),
            UploadError::NotFound => f.write_str("no such file"),
            UploadError::Full => f.write_str("no space left for this file"),
            UploadError::Draining => f.write_str("shutting down"),
            UploadError::Corrupt => f.write_str("the stored file is damaged"),
            UploadError::Body(error) => write!(f, "the body could not be read: {error}"),
            UploadError::Io(error) => write!(f, "storage: {error}"),
        }
    }
}

impl Error for UploadError {}

impl From<io::Error> for UploadError {
    fn from(error: io::Error) -> Self {
        UploadError::Io(error)
    }
}

impl From<axum::Error> for UploadError {
    fn from(error: axum::Error) -> Self {
        UploadError::Body(error.to_string())
    }
}

impl IntoResponse for UploadError {
    fn into_response(self) -> Response {
        (self.status(), format!("{self}\n")).into_response()
    }
}
