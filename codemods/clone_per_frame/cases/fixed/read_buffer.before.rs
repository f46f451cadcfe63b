// level: safe
//! A read buffer copied before its bytes are looked at, once for every read.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

pub async fn digest<R: AsyncRead + Unpin>(mut source: R) -> io::Result<u64> {
    let mut buffer = BytesMut::with_capacity(64 * 1024);
    let mut sum = 0_u64;
    while source.read_buf(&mut buffer).await? > 0 {
        let frame = buffer.clone();
        sum = sum.wrapping_add(fold(&frame));
        buffer.clear();
    }
    Ok(sum)
}

pub async fn lines<R: AsyncRead + Unpin>(mut source: R, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut lines = 0;
    loop {
        buffer.clear();
        if source.read_buf(buffer).await? == 0 {
            return Ok(lines);
        }
        let seen = buffer.clone();
        lines += seen.iter().filter(|byte| **byte == b'\n').count();
        if seen[0] == b'.' {
            lines += fold(&seen) as usize % 2;
        }
    }
}

fn fold(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte)).sum()
}
