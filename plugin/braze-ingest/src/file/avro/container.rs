//! Where do the header and the blocks of a container end?
//!
//! The library reads a file as a whole, and here a file comes in pieces; it is given the header and one block at a time. All numbers are
//! Avro's: zigzag, seven bits a byte (Avro specification 1.12, "Object container files").

use brazeline_kit::decoder::AVRO;

/// A container's marker behind each block.
const MARKER_BYTES: usize = 16;

/// A larger block is none: Braze writes at most 100,000 events into a file, many blocks of it.
const BLOCK_BYTES: usize = 16 * 1024 * 1024;

/// How long the header is; none if its end is not there.
pub fn header(bytes: &[u8]) -> Result<Option<usize>, String> {
    let mut cursor = Cursor { bytes, at: 0 };
    match cursor.header() {
        Ok(()) => Ok(Some(cursor.at)),
        Err(end) => end.within("its header is no Avro"),
    }
}

/// How long the block is that these bytes begin with; none if its end is not there.
pub fn block(bytes: &[u8]) -> Result<Option<usize>, String> {
    let mut cursor = Cursor { bytes, at: 0 };
    match cursor.block() {
        Ok(()) => Ok(Some(cursor.at)),
        Err(end) => end.within("a block of it is no Avro, or has more than 16 MiB"),
    }
}

/// Why reading ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// More bytes have to come.
    NotThere,
    /// More bytes will not help.
    Wrong,
}

impl End {
    fn within(self, what: &str) -> Result<Option<usize>, String> {
        match self {
            Self::NotThere => Ok(None),
            Self::Wrong => Err(what.to_owned()),
        }
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn header(&mut self) -> Result<(), End> {
        let begin = self.bytes.get(..AVRO.len()).ok_or(End::NotThere)?;
        if begin != AVRO {
            return Err(End::Wrong);
        }
        self.skip(AVRO.len())?;
        // A map comes in parts, the last of which is empty. Before a part of negative length stands its size.
        loop {
            let members = self.number()?;
            if members == 0 {
                return self.skip(MARKER_BYTES);
            }
            if members < 0 {
                self.number()?;
            }
            for _ in 0..members.unsigned_abs().saturating_mul(2) {
                let length = self.length()?;
                self.skip(length)?;
            }
        }
    }

    fn block(&mut self) -> Result<(), End> {
        let records = self.number()?;
        let length = self.length()?;
        if records < 0 {
            return Err(End::Wrong);
        }
        self.skip(length)?;
        self.skip(MARKER_BYTES)
    }

    fn length(&mut self) -> Result<usize, End> {
        usize::try_from(self.number()?).ok().filter(|length| *length <= BLOCK_BYTES).ok_or(End::Wrong)
    }

    fn skip(&mut self, bytes: usize) -> Result<(), End> {
        self.at = self.at.checked_add(bytes).filter(|at| *at <= self.bytes.len()).ok_or(End::NotThere)?;
        Ok(())
    }

    fn number(&mut self) -> Result<i64, End> {
        let mut zigzag = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at).ok_or(End::NotThere)?;
            self.at += 1;
            zigzag |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64));
            }
        }
        Err(End::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_ends_behind_its_marker() {
        let sized = |count: u8, size: u8, bytes: usize| [vec![count, size], vec![b'x'; bytes]].concat();
        let table = [
            (sized(2, 6, 3 + 16), Ok(Some(21))),
            (sized(2, 6, 3 + 16 + 9), Ok(Some(21))),
            (sized(2, 6, 3 + 15), Ok(None)),
            (vec![2], Ok(None)),
            (vec![], Ok(None)),
            (sized(1, 6, 30), Err(())),
            (sized(2, 5, 30), Err(())),
            (vec![2, 0xff, 0xff, 0xff, 0xff, 0x7f], Err(())),
            (vec![0xff; 11], Err(())),
        ];
        for (bytes, expected) in table {
            assert_eq!(block(&bytes).map_err(drop), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_header_ends_behind_its_marker() {
        let map = |parts: &[u8]| [AVRO, parts, &[b'm'; 16], b"block"].concat();
        let table = [
            (map(b"\x02\x02a\x04bc\x00"), Ok(Some(4 + 7 + 16))),
            (map(b"\x01\x0a\x02a\x04bc\x00"), Ok(Some(4 + 8 + 16))),
            (map(b"\x00"), Ok(Some(4 + 1 + 16))),
            (AVRO.to_vec(), Ok(None)),
            (b"Ob".to_vec(), Ok(None)),
            (b"Obj\x02".to_vec(), Err(())),
            (map(b"\x02\x01"), Err(())),
        ];
        for (bytes, expected) in table {
            assert_eq!(header(&bytes).map_err(drop), expected, "{bytes:?}");
        }
    }
}
