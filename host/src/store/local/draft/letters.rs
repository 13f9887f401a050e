//! What of a group goes to the dead letters?

use super::Draft;
use crate::store::local::{keys, letters};
use crate::store::{DeadLetter, Result};

impl Draft<'_> {
    pub(super) fn bury(&mut self, letter: &DeadLetter) -> Result<()> {
        let digest = letters::digest(letter);
        let number = match self.numbers.get(&digest) {
            Some(number) => *number,
            None => self.number(digest, letter)?,
        };
        let count = match self.counts.get(&number) {
            Some(count) => *count,
            None => self.view.count(number)?,
        };
        self.counts.insert(number, count.with(letter));
        Ok(())
    }

    fn number(&mut self, digest: [u8; 32], letter: &DeadLetter) -> Result<u64> {
        let known = self.view.letter(&keys::digest(&digest))?.and_then(|number| keys::number(&number));
        let number = known.unwrap_or(self.next_letter);
        if known.is_none() {
            self.next_letter += 1;
            self.letters.insert(keys::letter(number), letters::encode(letter)?);
            self.letters.insert(keys::digest(&digest), number.to_be_bytes().to_vec());
        }
        self.numbers.insert(digest, number);
        Ok(number)
    }
}
