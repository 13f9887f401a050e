//! State as bytes, version 3.
//!
//! ```text
//! bytes      = inside outside learnt attributes
//! inside     = number (mark)*           2 * how many + whether there is `learnt`; a mark for each of the host's tags, in their order
//! outside    = count (mark name)*       in the order of names; name: count, then as many bytes of UTF-8
//! learnt     = count (key value mark)*  in the order of keys, of one key the newest last; left out if there is nothing; beyond: it may be overtaken
//! attributes = (key value)*             to the end, in the order of keys; key: 4 bytes, value: 8 bytes
//! mark       = number                   2 * zigzag(as_of - the as_of before) + beyond; before the first is 0
//! count      = number                   LEB128, 7 bits a byte, low ones first
//! ```
//!
//! `key` and `value` are hashes, XXH3 with the low byte first. An audience that was told at the same time as the one before takes a byte, so
//! a person in three audiences of one scan takes 11. The names of these are the host's tags, which it keeps once for all people. The name of
//! an audience that the person has left is spelled out, because nothing is kept between two calls where it could be looked up: it takes its length
//! and two bytes more, of people who ever left one.
//!
//! Version 2 had no `learnt`, and `inside` began with how many there are.

use super::{Mark, State};

impl State<'_> {
    /// Packs it.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let names: usize = self.outside.iter().map(|outside| outside.name.len() + 8).sum();
        let attributes = 12 * self.attributes.len() + 20 * self.learnt.len();
        let size = 12 + 2 * self.inside.len() + names + attributes;
        let mut packer = Packer { bytes: Vec::with_capacity(size), before: 0 };
        packer.number((self.inside.len() as u64) << 1 | u64::from(!self.learnt.is_empty()));
        self.inside.iter().for_each(|inside| packer.mark(inside.mark));
        packer.number(self.outside.len() as u64);
        for outside in &self.outside {
            packer.mark(outside.mark);
            packer.number(outside.name.len() as u64);
            packer.bytes.extend(outside.name.as_bytes());
        }
        if !self.learnt.is_empty() {
            packer.number(self.learnt.len() as u64);
        }
        for learnt in &self.learnt {
            packer.hashes(learnt.name, learnt.value);
            packer.mark(Mark { as_of_ms: learnt.as_of_ms, beyond: learnt.is_raced, doubt: false });
        }
        for (name, value) in &self.attributes {
            packer.hashes(*name, *value);
        }
        packer.bytes
    }
}

struct Packer {
    bytes: Vec<u8>,
    /// The time before.
    before: u64,
}

impl Packer {
    fn mark(&mut self, mark: Mark) {
        // Times are far below 2^60, so nothing is lost.
        let difference = mark.as_of_ms as i64 - self.before as i64;
        let zigzag = (difference << 1) ^ (difference >> 63);
        self.number((zigzag as u64) << 1 | u64::from(mark.beyond));
        self.before = mark.as_of_ms;
    }

    fn hashes(&mut self, name: u32, value: u64) {
        self.bytes.extend(name.to_le_bytes());
        self.bytes.extend(value.to_le_bytes());
    }

    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}
