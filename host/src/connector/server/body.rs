//! Reading the body of a request: so long, so large, unpacked.

use std::io::Read;
use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::room::Held;
use super::{behind, message};
use crate::component::types::Reply;

/// A sender has so long for a whole body: a minute is enough for the largest one over a slow line.
const BODY_WAIT: Duration = Duration::from_secs(60);
/// What is too large is read on for so much and thrown away: a connection that is closed in the middle of a body looks to most
/// senders like a break, and they would send it again.
const THROWN_AWAY: usize = 16 * 1024 * 1024;
/// How much memory a body gets before more of it is there than that.
const AT_ONCE: usize = 256 * 1024;
/// The largest window that a sender of zstd may ask for (RFC 9659): 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The body, and what is to be answered if it cannot be had.
pub(super) async fn read(
    headers: &mut HeaderMap,
    incoming: Incoming,
    most: usize,
    mut held: Held,
) -> Result<(Vec<u8>, Held), Reply> {
    let coding = Coding::of(headers)?;
    let body = match timeout(BODY_WAIT, collect(incoming, most, &mut held)).await {
        Ok(body) => body?,
        Err(_) => return Err(message(408, &format!("the body did not come within {} s", BODY_WAIT.as_secs()))),
    };
    if coding == Coding::None {
        return Ok((body, held));
    }
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
    let unpacked = tokio::task::spawn_blocking(move || Ok((unpack(coding, &body, most, &mut held)?, held))).await;
    unpacked.unwrap_or_else(|_| Err(message(500, "the body could not be unpacked")))
}

async fn collect(mut incoming: Incoming, most: usize, held: &mut Held) -> Result<Vec<u8>, Reply> {
    let announced = usize::try_from(incoming.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > most.saturating_add(THROWN_AWAY) {
        return Err(too_large(most));
    }
    let (mut body, mut read, mut has_room) = (Vec::with_capacity(announced.min(most).min(AT_ONCE)), 0_usize, true);
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|_| message(400, "the body broke off or is not as its head says"))?;
        let data = frame.into_data().unwrap_or_default();
        read = read.saturating_add(data.len());
        has_room = has_room && (read > most || held.grow(data.len()));
        match read <= most && has_room {
            true => body.extend_from_slice(&data),
            false => body = Vec::new(),
        }
        if read > most.saturating_add(THROWN_AWAY) {
            break;
        }
    }
    match (read > most, has_room) {
        (true, _) => Err(too_large(most)),
        (false, false) => Err(behind()),
        (false, true) => Ok(body),
    }
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
fn unpack(coding: Coding, packed: &[u8], most: usize, held: &mut Held) -> Result<Vec<u8>, Reply> {
    let unpacked = match coding {
        Coding::None => return Ok(packed.to_vec()),
        Coding::Gzip => flow(flate2::read::MultiGzDecoder::new(packed), most, held),
        Coding::Zstd => zstd::stream::read::Decoder::new(packed).and_then(|mut decoder| {
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            flow(decoder, most, held)
        }),
    };
    unpacked.unwrap_or_else(|_| Err(wrongly_packed()))
}

/// Reads all of it, piece by piece, each of which needs room.
fn flow(mut from: impl Read, most: usize, held: &mut Held) -> std::io::Result<Result<Vec<u8>, Reply>> {
    let mut body = Vec::new();
    loop {
        let begin = body.len();
        let got = from.by_ref().take(AT_ONCE as u64).read_to_end(&mut body)?;
        match (body.len() > most, got) {
            (true, _) => return Ok(Err(too_large(most))),
            (false, 0) => return Ok(Ok(body)),
            (false, _) if held.grow(body.len() - begin) => {}
            (false, _) => return Ok(Err(behind())),
        }
    }
}

fn wrongly_packed() -> Reply {
    message(400, "the body is not packed as its content-encoding says")
}
