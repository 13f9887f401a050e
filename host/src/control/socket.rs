//! How do a running pipeline and a command reach each other?
//!
//! Through a socket in the `data_dir`, which whoever runs the pipeline owns, and nobody else may open: one request a line, one answer a line.
//! Both sides are the same program; another version is refused, because what it would say may mean something else.
//!
//! The name of a socket may have about a hundred bytes. Where the folder's is longer than that, the socket is reached through the open
//! folder, under `/proc/self/fd`: it is the same file, so both sides need not agree on another place.

use std::fs::{File, Permissions};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::sync::watch;

use super::{Answer, Clerk, Refusal, Request};
use crate::problem::Problem;

/// Its name in the `data_dir`.
const NAME: &str = "control.sock";
/// What a name may have on every system that has such sockets: Linux takes 107, others 103.
const LONGEST_NAME: usize = 103;
/// Far more than any request has.
const LONGEST_REQUEST: u64 = 4 * 1024 * 1024;
/// What the program calls itself to itself.
const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Serialize, Deserialize)]
struct Asked {
    version: String,
    request: Request,
}

#[derive(Serialize, Deserialize)]
struct Answered {
    answer: Answer,
}

/// An open socket. Dropped, its file goes.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    /// The user whose it is.
    owner: u32,
    path: PathBuf,
}

impl Socket {
    /// Opens it. The caller has the lock of the folder, so a file that is there was left by a run that was killed.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join(NAME);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let (_folder, short) = short(data_dir)?;
        let listener = UnixListener::bind(short)?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        let owner = std::fs::metadata(&path)?.uid();
        Ok(Self { listener, owner, path })
    }

    /// Answers until it is dropped. The clerk may change: a reload makes another one.
    pub async fn serve(self, clerk: watch::Receiver<Option<Arc<Clerk>>>) {
        loop {
            match self.listener.accept().await {
                // The file's mode is changed a moment after it is made; who came in between is seen here.
                Ok((stream, _)) if stream.peer_cred().is_ok_and(|peer| [self.owner, 0].contains(&peer.uid())) => {
                    tokio::spawn(converse(stream, clerk.clone()));
                }
                Ok(_) => tracing::warn!("somebody else's request at the control socket was not answered"),
                Err(error) => {
                    tracing::warn!(%error, "the control socket failed: commands cannot reach this run any more");
                    return;
                }
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // The next run removes what is left here.
        let _left = std::fs::remove_file(&self.path);
    }
}

/// Answers what comes over one connection.
async fn converse(stream: tokio::net::UnixStream, mut clerk: watch::Receiver<Option<Arc<Clerk>>>) {
    let (input, mut output) = stream.into_split();
    let mut lines = tokio::io::BufReader::new(input.take(LONGEST_REQUEST)).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match serde_json::from_str::<Asked>(&line) {
            Ok(Asked { version, request }) if version == VERSION => {
                // Between two graphs there is none.
                let current = clerk.wait_for(Option::is_some).await.ok().and_then(|clerk| clerk.clone());
                let Some(current) = current else { return };
                current.answer(request).await
            }
            _ => Answer::Refused(other_version()),
        };
        let Ok(mut line) = serde_json::to_vec(&Answered { answer }) else { return };
        line.push(b'\n');
        if output.write_all(&line).await.is_err() {
            return;
        }
    }
}

fn other_version() -> Refusal {
    let help = "ask with the program that runs, or restart the run with the program that asks";
    Problem::error(format!("the run is of version {VERSION} of this program, and the command of another"), help).into()
}

/// Asks whoever runs in `data_dir`; `None` if nobody does.
pub fn ask(data_dir: &Path, request: &Request) -> io::Result<Option<Answer>> {
    let connected = short(data_dir).and_then(|(_folder, short)| UnixStream::connect(short));
    let mut stream = match connected {
        Ok(stream) => stream,
        // No folder, no socket, or one that a killed run has left.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let mut line = serde_json::to_vec(&Asked { version: VERSION.to_owned(), request: request.clone() })?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    if BufReader::new(stream).read_line(&mut answer)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the run ended before it answered"));
    }
    Ok(Some(serde_json::from_str::<Answered>(&answer)?.answer))
}

/// Whether somebody answers in `data_dir`.
#[must_use]
pub fn is_served(data_dir: &Path) -> bool {
    short(data_dir).and_then(|(_folder, short)| UnixStream::connect(short)).is_ok()
}

/// A name of the socket that is short enough, and the folder if it has to be held open for that.
fn short(data_dir: &Path) -> io::Result<(Option<File>, PathBuf)> {
    let path = data_dir.join(NAME);
    if path.as_os_str().as_bytes().len() <= LONGEST_NAME {
        return Ok((None, path));
    }
    use std::os::fd::AsRawFd;
    let folder = File::open(data_dir)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd()));
    Ok((Some(folder), short))
}
