//! What of a group goes to the dead letters, and which of them are none any more?

use super::Draft;
use crate::store::local::letters::{self, Count};
use crate::store::local::{keys, letters::decode};
use crate::store::{Counter, DeadLetter, Result};

impl Draft<'_> {
    pub(super) fn bury(&mut self, letter: &DeadLetter) -> Result<()> {
        let digest = letters::digest(letter);
        let known = match self.numbers.get(&digest) {
            Some(known) => *known,
            None => self.view.letter(&keys::digest(&digest))?.and_then(|number| keys::number(&number)),
        };
        let number = match known {
            Some(number) => number,
            None => self.store(digest, letter)?,
        };
        self.numbers.insert(digest, Some(number));
        let count = match self.counts.get(&number) {
            Some(count) => count.unwrap_or_default(),
            None => self.view.count(number)?,
        };
        self.counts.insert(number, Some(count.with(letter)));
        Ok(())
    }

    fn store(&mut self, digest: [u8; 32], letter: &DeadLetter) -> Result<u64> {
        let number = self.next_letter;
        self.next_letter += 1;
        self.letters.insert(keys::letter(number), Some(letters::encode(letter)?));
        self.letters.insert(keys::digest(&digest), Some(number.to_be_bytes().to_vec()));
        self.count(&letter.node, "", Counter::Letters, |letters| letters.saturating_add(1))?;
        Ok(number)
    }

    pub(super) fn resolve(&mut self, number: u64) -> Result<()> {
        let key = keys::letter(number);
        let stored = match self.letters.get(&key) {
            Some(letter) => letter.clone(),
            None => self.view.letter(&key)?.map(|letter| letter.to_vec()),
        };
        let Some(stored) = stored else { return Ok(()) };
        let letter = decode(number, &stored, Count::default())?.letter;
        let digest = letters::digest(&letter);
        self.letters.insert(key, None);
        self.letters.insert(keys::digest(&digest), None);
        self.numbers.insert(digest, None);
        self.counts.insert(number, None);
        // The last one may be gone now, and its number must not be given again: somebody may have written it down.
        self.facts.insert(keys::NEXT_LETTER.to_vec(), Some(self.next_letter.to_be_bytes().to_vec()));
        self.count(&letter.node, "", Counter::Letters, |letters| letters.saturating_sub(1))
    }
}
