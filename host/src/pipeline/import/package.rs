//! A copy of a file: what are its entries called, before a component and in messages, and what is in them?

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::packing::{Damaged, Kind, Packing};
use super::position::{Place, Standing};
use crate::component::types::Entry;
use crate::connector::shelf::Item;

/// What encrypted files are called.
const ENCRYPTED: [&str; 3] = [".pgp", ".gpg", ".asc"];

/// An opened file.
pub struct Package {
    item: Item,
    packing: Packing<File>,
}

/// A file that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file, or the file and the member.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Broken {
    /// In a line about the file of this name.
    #[must_use]
    pub fn said(&self, file: &str) -> String {
        let Self { place, reason } = self;
        if place == file { reason.clone() } else { format!("{place}: {reason}") }
    }
}

impl Package {
    /// Opens a copy of the file, or its plain text.
    pub fn open(path: &Path, item: &Item) -> Result<Self, Broken> {
        let opened = File::open(path).map_err(|error| error.to_string()).and_then(Packing::open);
        let packing = opened.map_err(|reason| Broken { place: item.name.clone(), reason })?;
        Ok(Self { item: item.clone(), packing })
    }

    /// Whether files are in it.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.packing.kind() == Kind::Zip
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.packing.len()
    }

    /// What a component is told of an entry.
    #[must_use]
    pub fn entry(&self, entry: usize) -> Entry {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Entry {
            path: self.item.name.clone(),
            name: self.name(entry).to_owned(),
            index: count(entry),
            entries: count(self.len()),
            modified_at_ms: self.item.modified_ms,
        }
    }

    /// What an entry is called: a member as its archive has it, else the file without its folders and what packed it.
    fn name(&self, entry: usize) -> &str {
        let name = decrypted(self.item.name.rsplit('/').next().unwrap_or_default());
        match self.packing.kind() {
            Kind::Plain => name,
            Kind::Gzip => name.strip_suffix(".gz").unwrap_or(name),
            Kind::Zip => self.packing.member(entry).unwrap_or_default(),
        }
    }

    /// What messages call an entry.
    #[must_use]
    pub fn place(&self, entry: usize) -> String {
        match self.packing.member(entry) {
            Some(member) => format!("{}/{member}", self.item.name),
            None => self.item.name.clone(),
        }
    }

    /// How far it is read at a place. Known once it is verified.
    #[must_use]
    pub fn standing(&self, place: &Place) -> Standing {
        let sizes = self.packing.sizes();
        // Behind the last one is its end.
        let entry = place.entry.min(sizes.len().saturating_sub(1));
        let before = sizes.get(..place.entry).unwrap_or(sizes);
        let byte = if place.entry > entry { sizes.get(entry).copied().unwrap_or_default() } else { place.byte };
        Standing {
            entry: self.name(entry).to_owned(),
            number: (entry + 1).min(sizes.len()),
            entries: sizes.len(),
            byte,
            done: before.iter().sum::<u64>() + place.byte,
            of: sizes.iter().sum(),
        }
    }

    /// Reads all of it, so that its checksums are compared.
    pub fn verify(&mut self) -> Result<(), Broken> {
        let verified = self.packing.verify();
        verified.map_err(|Damaged { entry, reason }| Broken { place: self.place(entry), reason })
    }

    /// An entry's bytes, unpacked, from this one on.
    pub fn read(&mut self, entry: usize, from: u64) -> io::Result<Box<dyn Read + '_>> {
        self.packing.read(entry, from)
    }
}

/// A file's name without what its encryption put behind it.
fn decrypted(name: &str) -> &str {
    ENCRYPTED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::super::packing::{RATIO_FROM, most_bytes};
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.add_directory("folder", SimpleFileOptions::default()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    /// What is in a file: each entry with its bytes from the second one on, or what is wrong.
    fn shown(name: &str, bytes: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let item = Item { name: name.to_owned(), size: bytes.len() as u64, modified_ms: 7 };
        let opened = Package::open(file.path(), &item).and_then(|mut package| {
            package.verify()?;
            Ok(package)
        });
        let mut package = match opened {
            Ok(package) => package,
            Err(Broken { place, reason }) => return format!("{place} is broken: {reason}"),
        };
        let entries = package.len();
        let entry = |entry| {
            let (Entry { name, index, entries, .. }, place) = (package.entry(entry), package.place(entry));
            let mut text = String::new();
            package.read(entry, 1).unwrap().read_to_string(&mut text).unwrap();
            format!("{place} ({name} {index}/{entries}): {text}")
        };
        (0..entries).map(entry).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_in_a_file() {
        let two = [gzipped(b"abc"), gzipped(b"def")].concat();
        let table: [(&str, Vec<u8>, &str); 8] = [
            ("a.csv", b"abc".to_vec(), "a.csv (a.csv 0/1): bc"),
            ("a.csv.pgp", b"abc".to_vec(), "a.csv.pgp (a.csv 0/1): bc"),
            ("empty", Vec::new(), "empty (empty 0/1): "),
            ("PK", b"PK".to_vec(), "PK (PK 0/1): K"),
            ("a.csv.gz", gzipped(b"abc"), "a.csv.gz (a.csv 0/1): bc"),
            ("a.csv", two, "a.csv (a.csv 0/1): bcdef"),
            (
                "a.zip",
                zipped(&[("b.csv", b"abc"), ("c/d.csv", b"x")]),
                "a.zip/b.csv (b.csv 0/2): bc; a.zip/c/d.csv (c/d.csv 1/2): ",
            ),
            ("a.zip", zipped(&[]), ""),
        ];
        for (name, bytes, expected) in table {
            assert_eq!(shown(name, &bytes), expected);
        }
    }

    #[test]
    fn what_is_damaged_is_noticed_before_anything_of_it_is_used() {
        let rows = "row\n".repeat(1000);
        let zip = zipped(&[("a", b"abc"), ("b", rows.as_bytes())]);
        let mut wrong = zipped(&[("a", b"abc")]);
        // Of the member's bytes, which are stored behind a header of 30 bytes and the name; a short one is not made any shorter.
        let at = wrong.windows(3).position(|bytes| bytes == b"abc" || bytes == [0x4b, 0x4c, 0x4a]).unwrap();
        wrong[at] ^= 1;
        let gzip = gzipped(rows.as_bytes());
        let mut checksum = gzip.clone();
        let end = checksum.len();
        checksum[end - 8] ^= 1;
        let bomb = gzipped(&vec![0; RATIO_FROM as usize + 1]);
        let table = [
            ("cut.zip", &zip[..zip.len() - 30], "cut.zip is broken: "),
            ("half.zip", &zip[..40], "half.zip is broken: "),
            ("wrong.zip", &wrong, "wrong.zip/a is broken: it is damaged: "),
            ("cut.gz", &gzip[..end - 9], "cut.gz is broken: it is damaged: "),
            ("wrong.gz", &checksum, "wrong.gz is broken: it is damaged: "),
            ("bomb.gz", &bomb, "bomb.gz is broken: unpacked, the file is larger than 67108864 bytes"),
        ];
        for (name, bytes, expected) in table {
            let shown = shown(name, bytes);
            assert!(shown.starts_with(expected), "{shown}");
        }
    }

    #[test]
    fn how_large_a_file_may_become() {
        let table = [(0, 64 << 20), (1 << 20, 200 << 20), (1 << 40, 256 << 30), (u64::MAX, 256 << 30)];
        table.into_iter().for_each(|(size, most)| assert_eq!(most_bytes(size), most));
    }
}
