//! Reading the body of a request: so long, so large, unpacked.

use std::io::Read;
use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::message;
use crate::component::types::Reply;

/// A sender has so long for a whole body: a minute is enough for the largest one over a slow line.
const BODY_WAIT: Duration = Duration::from_secs(60);
/// What is too large is read on for so much and thrown away: a connection that is closed in the middle of a body looks to most
/// senders like a break, and they would send it again.
const THROWN_AWAY: usize = 16 * 1024 * 1024;
/// The largest window that a sender of zstd may ask for (RFC 9659): 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The body, and what is to be answered if it cannot be had.
pub(super) async fn read(headers: &mut HeaderMap, incoming: Incoming, most: usize) -> Result<Vec<u8>, Reply> {
    let coding = Coding::of(headers)?;
    let body = match timeout(BODY_WAIT, collect(incoming, most)).await {
        Ok(body) => body?,
        Err(_) => return Err(message(408, &format!("the body did not come within {} s", BODY_WAIT.as_secs()))),
    };
    if coding == Coding::None {
        return Ok(body);
    }
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    let unpacked = tokio::task::spawn_blocking(move || unpack(coding, &body, most)).await;
    unpacked.unwrap_or_else(|_| Err(message(500, "the body could not be unpacked")))
}

async fn collect(mut incoming: Incoming, most: usize) -> Result<Vec<u8>, Reply> {
    let announced = usize::try_from(incoming.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > most.saturating_add(THROWN_AWAY) {
        return Err(too_large(most));
    }
    let (mut body, mut read) = (Vec::with_capacity(announced.min(most)), 0_usize);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|_| message(400, "the body broke off or is not as its head says"))?;
        let data = frame.into_data().unwrap_or_default();
        read = read.saturating_add(data.len());
        if read <= most {
            body.extend_from_slice(&data);
        } else if read > most.saturating_add(THROWN_AWAY) {
            break;
        }
    }
    if read > most { Err(too_large(most)) } else { Ok(body) }
}

fn too_large(most: usize) -> Reply {
    message(413, &format!("the body is larger than {most} bytes: send less at once"))
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    None,
    Gzip,
    Zstd,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Result<Self, Reply> {
        let unknown = || message(415, "this content-encoding is not known: send gzip, zstd or none");
        let mut codings = headers.get_all(CONTENT_ENCODING).iter();
        let (Some(coding), None) = (codings.next(), codings.next()) else {
            return if headers.contains_key(CONTENT_ENCODING) { Err(unknown()) } else { Ok(Self::None) };
        };
        match coding.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::None),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(unknown()),
        }
    }
}

/// Stops at the cap, whatever the body would still become.
fn unpack(coding: Coding, packed: &[u8], most: usize) -> Result<Vec<u8>, Reply> {
    let mut body = Vec::new();
    let cap = most as u64 + 1;
    let unpacked = match coding {
        Coding::None => return Ok(packed.to_vec()),
        Coding::Gzip => flate2::read::MultiGzDecoder::new(packed).take(cap).read_to_end(&mut body),
        Coding::Zstd => zstd::stream::read::Decoder::new(packed).and_then(|mut decoder| {
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            decoder.take(cap).read_to_end(&mut body)
        }),
    };
    match unpacked {
        Err(_) => Err(message(400, "the body is not packed as its content-encoding says")),
        Ok(_) if body.len() > most => Err(too_large(most)),
        Ok(_) => Ok(body),
    }
}
