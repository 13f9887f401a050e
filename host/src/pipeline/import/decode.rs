//! Gives a file to the component, piece by piece, on a thread where that may take its time.

use std::io::{self, Read};
use std::ops::Range;

use tokio::sync::mpsc;

use super::package::{Broken, Package};
use super::position::{Place, Standing};
use crate::component::types::{Decoded, Entry};
use crate::component::{CallError, Decoding, Node};

/// What a component is given at once: large enough that calls do not count, small enough that what comes of it is a batch.
const PIECE_BYTES: usize = 256 * 1024;
/// So many failures of the component on one piece are its own or the file's.
const TRAPS: u32 = 3;

/// What comes of a file.
pub enum Found {
    /// What was in a piece.
    Piece(Box<Piece>),
    /// It is not what it should be; nothing more comes.
    Broken(Broken),
    /// The component cannot be called, and the file is not to blame.
    NotStarted(String),
}

/// What was in a piece.
pub struct Piece {
    /// Events and what could not be read.
    pub decoded: Decoded,
    /// The entry, for messages.
    pub place: String,
    /// Which of its bytes it is, unpacked.
    pub bytes: Range<u64>,
    /// Where reading goes on behind it.
    pub next: Place,
    /// The same for people.
    pub stands: Standing,
}

/// Reads a file from a place to its end, as long as somebody listens.
pub fn decode(node: &Node, mut package: Package, place: Place, found: &mpsc::Sender<Found>) {
    let mut place = place;
    while place.entry < package.len() {
        match entry(node, &mut package, place, found) {
            Ok(next) => place = next,
            // The listener is gone when a stop was asked for.
            Err(None) => return,
            Err(Some(end)) => return drop(found.blocking_send(end)),
        }
    }
}

/// Reads one entry from a place to its end, and gives the place behind it. Otherwise it says what is to be found instead, if anybody
/// listens.
fn entry(
    node: &Node,
    package: &mut Package,
    mut place: Place,
    found: &mpsc::Sender<Found>,
) -> Result<Place, Option<Found>> {
    let name = package.place(place.entry);
    let broken = |reason: String| Some(Found::Broken(Broken { place: name.clone(), reason }));
    let unreadable = |error: io::Error| broken(format!("it cannot be read: {error}"));
    let mut reader = Reader { node, entry: package.entry(place.entry), open: None };
    let (starts, ends) =
        (package.standing(&Place { entry: place.entry, ..Place::default() }), package.standing(&behind(&place)));
    let mut content = package.read(place.entry, place.byte).map_err(unreadable)?;
    loop {
        let mut bytes = Vec::with_capacity(PIECE_BYTES);
        content.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut bytes).map_err(unreadable)?;
        let last = bytes.len() < PIECE_BYTES;
        let decoded = match reader.give(place.resume.as_deref(), &bytes, last) {
            Ok(decoded) => decoded.map_err(broken)?,
            Err(error) if error.may_pass_in_parts() => {
                tracing::warn!(
                    source = node.id(),
                    file = name,
                    error = error.brief(),
                    "the component failed on a file"
                );
                return Err(broken(format!("the component failed on it: {error}")));
            }
            Err(error) => return Err(Some(Found::NotStarted(error.to_string()))),
        };
        let range = place.byte..place.byte + bytes.len() as u64;
        place = match last {
            true => behind(&place),
            false => Place { byte: range.end, resume: Some(decoded.resume.clone()), ..place },
        };
        let stands = match last {
            true => ends.clone(),
            false => Standing { byte: place.byte, done: starts.done + place.byte, ..starts.clone() },
        };
        let piece = Box::new(Piece { decoded, place: name.clone(), bytes: range, next: place.clone(), stands });
        found.blocking_send(Found::Piece(piece)).map_err(|_| None)?;
        if last {
            return Ok(place);
        }
    }
}

/// The place behind an entry.
fn behind(place: &Place) -> Place {
    Place { entry: place.entry + 1, ..Place::default() }
}

/// An entry before the component.
struct Reader<'a> {
    node: &'a Node,
    entry: Entry,
    open: Option<Decoding>,
}

impl Reader<'_> {
    /// Gives the next piece. A failure throws away what is open, and the piece is given again to what is opened at the last resume.
    fn give(&mut self, resume: Option<&[u8]>, bytes: &[u8], last: bool) -> Result<Result<Decoded, String>, CallError> {
        let mut traps = 1;
        loop {
            match self.attempt(resume, bytes, last) {
                Err(error) if error.may_pass_in_parts() && traps < TRAPS => traps += 1,
                answer => return answer,
            }
        }
    }

    fn attempt(
        &mut self,
        resume: Option<&[u8]>,
        bytes: &[u8],
        last: bool,
    ) -> Result<Result<Decoded, String>, CallError> {
        let mut decoding = match self.open.take() {
            Some(decoding) => decoding,
            None => match self.node.open(&self.entry, resume)? {
                Ok(decoding) => decoding,
                Err(reason) => return Ok(Err(reason)),
            },
        };
        let decoded = decoding.decode(bytes, last)?;
        self.open = Some(decoding);
        Ok(decoded)
    }
}
