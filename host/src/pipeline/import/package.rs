//! What is in a file: itself, what gzip made of it, or the members of a ZIP archive.
//!
//! Both packings prove only at their end that they are whole, so all of a file is read once before anything of it is used. A file is
//! known by its first bytes, not by its name, which is the sender's.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::position::{Place, Standing};
use crate::component::types::Entry;
use crate::connector::shelf::Item;

/// More members than any export that we know has files; each costs a call of the component and a line in memory.
const MOST_MEMBERS: usize = 10_000;
/// Unpacked, a file may be as large as some hundred million rows.
const MOST_BYTES: u64 = 256 << 30;
/// Rows of text shrink to a tenth, very regular ones to a fiftieth. What shrinks more was made to fill disks and to keep machines busy.
const MOST_RATIO: u64 = 200;
/// Below so much, the ratio says nothing.
const RATIO_FROM: u64 = 64 << 20;

/// What encrypted files are called.
const ENCRYPTED: [&str; 3] = [".pgp", ".gpg", ".asc"];

/// An opened file.
pub struct Package {
    item: Item,
    /// Its size as it was opened: decrypted.
    bytes: u64,
    content: Content,
    members: Vec<Member>,
}

enum Content {
    Plain(File),
    Gzip(File),
    Zip(Box<ZipArchive<BufReader<File>>>),
}

struct Member {
    name: String,
    /// Its number in the archive, folders included.
    number: usize,
    /// How large it is, unpacked, as far as that is known.
    bytes: u64,
}

/// A file that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file, or the file and the member.
    pub place: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Package {
    /// Opens a copy of the file, or its plain text.
    pub fn open(path: &Path, item: &Item) -> Result<Self, Broken> {
        let broken = |reason: String| Broken { place: item.name.clone(), reason };
        let opened = File::open(path).and_then(|mut file| Ok((magic(&mut file)?, file)));
        let (magic, file) = opened.map_err(|error| broken(error.to_string()))?;
        let bytes = file.metadata().map_err(|error| broken(error.to_string()))?.len();
        let name = decrypted(item.name.rsplit('/').next().unwrap_or_default());
        let lone = |name: &str| vec![Member { name: name.to_owned(), number: 0, bytes }];
        let (content, members) = match magic {
            [0x1f, 0x8b, ..] => (Content::Gzip(file), lone(name.strip_suffix(".gz").unwrap_or(name))),
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => {
                let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(error.to_string()))?;
                let members = members(&archive).map_err(broken)?;
                (Content::Zip(Box::new(archive)), members)
            }
            _ => (Content::Plain(file), lone(name)),
        };
        Ok(Self { item: item.clone(), bytes, content, members })
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// What a component is told of an entry.
    #[must_use]
    pub fn entry(&self, entry: usize) -> Entry {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Entry {
            path: self.item.name.clone(),
            name: self.members.get(entry).map(|member| member.name.clone()).unwrap_or_default(),
            index: count(entry),
            entries: count(self.members.len()),
            modified_at_ms: self.item.modified_ms,
        }
    }

    /// What messages call an entry.
    #[must_use]
    pub fn place(&self, entry: usize) -> String {
        match (&self.content, self.members.get(entry)) {
            (Content::Zip(_), Some(member)) => format!("{}/{}", self.item.name, member.name),
            _ => self.item.name.clone(),
        }
    }

    /// How far it is read at a place. Known once it is verified.
    #[must_use]
    pub fn standing(&self, place: &Place) -> Standing {
        let bytes = |members: &[Member]| members.iter().map(|member| member.bytes).sum::<u64>();
        // Behind the last one is its end.
        let entry = place.entry.min(self.members.len().saturating_sub(1));
        let (before, current) = (self.members.get(..place.entry).unwrap_or(&self.members), self.members.get(entry));
        let byte = if place.entry > entry { current.map_or(0, |member| member.bytes) } else { place.byte };
        Standing {
            entry: current.map(|member| member.name.clone()).unwrap_or_default(),
            number: (entry + 1).min(self.members.len()),
            entries: self.members.len(),
            byte,
            done: bytes(before) + place.byte,
            of: bytes(&self.members),
        }
    }

    /// Reads all of it, so that its checksums are compared.
    pub fn verify(&mut self) -> Result<(), Broken> {
        let (most, mut read) = (most_bytes(self.bytes), 0);
        // The bytes as they came are compared by their hash.
        let entries = if matches!(self.content, Content::Plain(_)) { 0 } else { self.members.len() };
        for entry in 0..entries {
            let place = self.place(entry);
            let broken = |reason: String| Broken { place, reason };
            match self.read(entry, 0).and_then(|content| io::copy(&mut content.take(most - read + 1), &mut io::sink()))
            {
                Ok(bytes) if read + bytes <= most => {
                    read += bytes;
                    self.members[entry].bytes = bytes;
                }
                Ok(_) => return Err(broken(format!("unpacked, the file is larger than {most} bytes"))),
                Err(error) => return Err(broken(format!("it is damaged: {error}"))),
            }
        }
        Ok(())
    }

    /// An entry's bytes, unpacked, from this one on.
    pub fn read(&mut self, entry: usize, from: u64) -> io::Result<Box<dyn Read + '_>> {
        let member = self.members.get(entry).ok_or(io::ErrorKind::NotFound)?;
        let mut unpacked: Box<dyn Read + '_> = match &mut self.content {
            Content::Plain(file) => {
                file.seek(SeekFrom::Start(from))?;
                return Ok(Box::new(file));
            }
            Content::Gzip(file) => {
                file.rewind()?;
                Box::new(MultiGzDecoder::new(BufReader::new(file)))
            }
            Content::Zip(archive) => Box::new(archive.by_index(member.number)?),
        };
        io::copy(&mut unpacked.by_ref().take(from), &mut io::sink())?;
        Ok(unpacked)
    }
}

/// A file's name without what its encryption put behind it.
fn decrypted(name: &str) -> &str {
    ENCRYPTED.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// As how much a file of this size may unpack.
pub fn most_bytes(size: u64) -> u64 {
    size.saturating_mul(MOST_RATIO).clamp(RATIO_FROM, MOST_BYTES)
}

fn magic(file: &mut File) -> io::Result<[u8; 4]> {
    let mut magic = Vec::new();
    file.take(4).read_to_end(&mut magic)?;
    file.rewind()?;
    magic.resize(4, 0);
    Ok(magic.first_chunk().copied().unwrap_or_default())
}

/// The files in an archive; folders are none.
fn members(archive: &ZipArchive<BufReader<File>>) -> Result<Vec<Member>, String> {
    if archive.len() > MOST_MEMBERS {
        return Err(format!("it has {} members; at most {MOST_MEMBERS} are read", archive.len()));
    }
    let mut members = Vec::new();
    for number in 0..archive.len() {
        let member = archive.by_index_data(number).map_err(|error| error.to_string())?;
        let name = member.name().map_err(|error| error.to_string())?.into_owned();
        if member.encrypted() {
            return Err(format!("its member {} is encrypted: nobody here knows the password", name.escape_debug()));
        }
        if !member.is_dir() {
            members.push(Member { name, number, bytes: 0 });
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
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
