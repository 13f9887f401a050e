//! Webhooks as fast as they are answered: on each connection the next one is sent when the last is answered.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Of each webhook.
pub const BODY_BYTES: usize = 400;
/// Each connection numbers its people from its own million on.
const PEOPLE: u64 = 1_000_000;
/// An answer is not longer.
const ANSWER_BYTES: usize = 16 * 1024;

/// What came of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Load {
    /// How many were answered with 200.
    pub taken: u64,
    /// How many were not.
    pub refused: u64,
    /// From the first to the last.
    pub seconds: f64,
    /// How long half of them waited, in microseconds.
    pub p50_us: u32,
    /// How long all but one in a hundred waited.
    pub p99_us: u32,
}

impl Load {
    /// How many were answered with 200 in a second.
    pub fn per_second(&self) -> f64 {
        self.taken as f64 / self.seconds
    }
}

/// Sends for so long, and says what came of it.
#[tokio::main(flavor = "current_thread")]
pub async fn send(address: SocketAddr, target: &str, connections: u64, seconds: u64) -> anyhow::Result<()> {
    let begun = now();
    let end = begun + Duration::from_secs(seconds);
    let mut senders = JoinSet::new();
    for number in 0..connections {
        senders.spawn(connection(address, request(address, target), number * PEOPLE, end));
    }
    let (mut waits, mut refused) = (Vec::new(), 0);
    while let Some(sender) = senders.join_next().await {
        let (some, others) = sender??;
        waits.extend(some);
        refused += others;
    }
    waits.sort_unstable();
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    let load = Load {
        taken: waits.len() as u64,
        refused,
        seconds: begun.elapsed().as_secs_f64(),
        p50_us: at(0.5),
        p99_us: at(0.99),
    };
    println!("{}", serde_json::to_string(&load)?);
    Ok(())
}

/// How long each webhook that was taken waited, in microseconds, and how many were not taken.
async fn connection(
    address: SocketAddr,
    mut request: Vec<u8>,
    first: u64,
    end: Instant,
) -> anyhow::Result<(Vec<u32>, u64)> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut waits, mut refused, mut answer) = (Vec::new(), 0, Vec::with_capacity(ANSWER_BYTES));
    let number = request.windows(NUMBER.len()).position(|bytes| bytes == NUMBER).context("nobody is in it")?;
    for person in first.. {
        let sent = now();
        if sent >= end {
            break;
        }
        request[number..number + NUMBER.len()].copy_from_slice(format!("{person:012}").as_bytes());
        stream.write_all(&request).await?;
        answer.clear();
        while !is_whole(&answer)? {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the connection was closed");
        }
        match answer.starts_with(b"HTTP/1.1 200 ") {
            true => waits.push(sent.elapsed().as_micros() as u32),
            false => refused += 1,
        }
    }
    Ok((waits, refused))
}

/// What stands where a person's number comes.
const NUMBER: &[u8] = b"############";

fn request(address: SocketAddr, target: &str) -> Vec<u8> {
    let mut body = format!(
        r#"{{"braze_id":"{}","first_name":"Chloé","last_name":"Brânză","email":"chloe@mail.example","city":"Zürich","country":"CH","language":"de","gender":"F","date_of_birth":"1982-01-01","phone_number":"+49301234567","time_zone":"Europe/Zurich","note":""#,
        String::from_utf8_lossy(NUMBER)
    );
    body.extend(std::iter::repeat_n('n', BODY_BYTES - body.len() - 2));
    body.push_str("\"}");
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// Whether an answer is there to its end.
fn is_whole(answer: &[u8]) -> anyhow::Result<bool> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = answer.windows(END.len()).position(|bytes| bytes == END) else { return Ok(false) };
    let head = std::str::from_utf8(&answer[..end])?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    Ok(answer.len() >= end + END.len() + length.context("an answer without a length")??)
}

#[expect(clippy::disallowed_methods, reason = "the time is what is measured")]
fn now() -> Instant {
    Instant::now()
}
