//! A packed file: what was found whole can be read, from any byte on, and does not grow beyond what is allowed.

use std::io::{Cursor, Read};

use crate::reading::cut;
use packing::{Packing, most_bytes};

// The host's own, alone: all of the host would bring a WebAssembly engine along.
#[expect(dead_code, reason = "the host asks for more")]
#[path = "../../../host/src/pipeline/import/packing.rs"]
mod packing;

/// See the module.
pub fn holds(file: &[u8]) {
    let Ok(mut packing) = Packing::open(Cursor::new(file)) else { return };
    let verified = packing.verify();
    assert_eq!(packing.verify(), verified, "it is found the same again");
    if verified.is_err() {
        return;
    }
    let mut unpacked = 0;
    for entry in 0..packing.len() {
        let whole = read(&mut packing, entry, 0);
        unpacked += whole.len() as u64;
        let from = cut(&whole);
        assert_eq!(read(&mut packing, entry, from as u64), whole[from..], "entry {entry} from byte {from} on");
    }
    assert!(unpacked <= most_bytes(file.len() as u64), "{} bytes became {unpacked}", file.len());
}

fn read(packing: &mut Packing<Cursor<&[u8]>>, entry: usize, from: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let read = packing.read(entry, from).and_then(|mut content| content.read_to_end(&mut bytes));
    read.unwrap_or_else(|error| panic!("entry {entry} was found whole, and cannot be read: {error}"));
    bytes
}
