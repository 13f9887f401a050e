//! What a guest writes to its stdout and stderr.
//!
//! It is kept for the call that is running, and no more than its last part: enough for a panic's message, and never a way to fill
//! the host's memory or log. A guest is never told that nobody listens.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// How much of a call's words is kept: a panic with a long message, or some fifty lines of a log.
const KEPT_BYTES: usize = 4096;

/// The last words of the running call. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Said(Arc<Mutex<VecDeque<u8>>>);

impl Said {
    /// Takes what was said since the last call of this.
    pub fn take(&self) -> String {
        let words: Vec<u8> = self.words().drain(..).collect();
        String::from_utf8_lossy(&words).into_owned()
    }

    fn hear(&self, bytes: &[u8]) {
        let mut words = self.words();
        let last = &bytes[bytes.len().saturating_sub(KEPT_BYTES)..];
        let over = (words.len() + last.len()).saturating_sub(KEPT_BYTES);
        words.drain(..over);
        words.extend(last);
    }

    fn words(&self) -> MutexGuard<'_, VecDeque<u8>> {
        // Bytes are complete at any moment, so a panic elsewhere spoils nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IsTerminal for Said {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Said {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    /// Only later versions of WASI, which are not linked, would use it.
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(tokio::io::sink())
    }
}

impl OutputStream for Said {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.hear(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(KEPT_BYTES)
    }
}

#[async_trait]
impl Pollable for Said {
    async fn ready(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_is_kept() {
        let full = "x".repeat(KEPT_BYTES);
        let table: [(&[&str], String); 5] = [
            (&[], String::new()),
            (&["a", "b"], "ab".into()),
            (&[&full, "end"], format!("{}end", &full[3..])),
            (&["start", &full], full.clone()),
            (&[&format!("start{full}")], full.clone()),
        ];
        for (written, expected) in table {
            let said = Said::default();
            written.iter().for_each(|words| said.hear(words.as_bytes()));
            assert_eq!(said.take(), expected);
            assert_eq!(said.take(), "", "it is taken once");
        }
    }
}
