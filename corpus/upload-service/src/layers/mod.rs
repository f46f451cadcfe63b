//! What an upload's body passes on its way to storage, one stream around the other:
//! [`Authenticated`], then [`SizeLimit`], then [`Checksum`].

mod authenticated;
mod checksum;
mod limit;

pub use authenticated::Authenticated;
pub use checksum::Checksum;
pub use limit::SizeLimit;

use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;

use crate::auth::Account;
use crate::stats::Stats;
use crate::UploadError;

/// All layers around `body`, with the limits of `account`.
pub fn pipeline<S, E>(
    body: S,
    account: &Account,
    stats: &Stats,
) -> Checksum<SizeLimit<Authenticated<S>>>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<UploadError>,
{
    let frames = Arc::clone(&stats.frames);
    let body = Authenticated::new(body, account.session, frames);
    Checksum::new(SizeLimit::new(body, account.max_upload))
}
