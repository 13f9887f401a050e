//! State out of bytes. [`pack`](super::pack) says what they hold.

use super::{Inside, Mark, Outside, State, VERSION, VERSION_BEFORE};
use crate::learnt::Learnt;
use crate::time::LATEST_MS;

impl<'a> State<'a> {
    /// Reads bytes and tags into empty lists. None if they do not fit together, or are not what [`State::bytes`] writes.
    pub(super) fn unpack(&mut self, version: u32, bytes: &'a [u8], tags: &[&'a str]) -> Option<()> {
        let mut unpacker = Unpacker { bytes, before: 0 };
        let first = unpacker.number()?;
        let (count, has_learnt) = match version {
            VERSION => (first >> 1, first & 1 == 1),
            VERSION_BEFORE => (first, false),
            _ => return None,
        };
        if count != tags.len() as u64 {
            return None;
        }
        for name in tags {
            let mark = unpacker.mark()?;
            self.inside.push(Inside { name: (*name).into(), mark });
        }
        for _ in 0..unpacker.number()? {
            let mark = unpacker.mark()?;
            self.outside.push(Outside { name: unpacker.name()?.into(), mark });
        }
        for _ in 0..if has_learnt { unpacker.number()? } else { 0 } {
            let (name, value) = unpacker.hashes()?;
            let Mark { as_of_ms, beyond: is_raced, .. } = unpacker.mark()?;
            self.learnt.push(Learnt { name, value, as_of_ms, is_raced });
        }
        while !unpacker.bytes.is_empty() {
            self.attributes.push(unpacker.hashes()?);
        }
        self.is_in_order().then_some(())
    }

    /// Everything is searched by halves.
    fn is_in_order(&self) -> bool {
        self.inside.is_sorted_by(|one, next| one.name < next.name)
            && self.outside.is_sorted_by(|one, next| one.name < next.name)
            && self.learnt.is_sorted_by_key(|learnt| (learnt.name, learnt.as_of_ms))
            && self.attributes.is_sorted_by(|one, next| one.0 < next.0)
    }
}

struct Unpacker<'b> {
    bytes: &'b [u8],
    /// The time before.
    before: u64,
}

impl<'b> Unpacker<'b> {
    fn mark(&mut self) -> Option<Mark> {
        let number = self.number()?;
        let zigzag = number >> 1;
        let difference = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
        let as_of_ms = self.before.checked_add_signed(difference).filter(|ms| *ms <= LATEST_MS)?;
        self.before = as_of_ms;
        Some(Mark { as_of_ms, beyond: number & 1 == 1, doubt: false })
    }

    fn hashes(&mut self) -> Option<(u32, u64)> {
        Some((u32::from_le_bytes(self.take()?), u64::from_le_bytes(self.take()?)))
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.take()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn name(&mut self) -> Option<&'b str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (name, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(name).ok()
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*taken)
    }
}
