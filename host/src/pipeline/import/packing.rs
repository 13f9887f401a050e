//! What is a file packed in: nothing, gzip, or a ZIP archive?
//!
//! Both packings prove only at their end that they are whole, so all of a file is read once before anything of it is used. A file is
//! known by its first bytes, not by its name, which is the sender's.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

/// More members than any export that we know has files; each costs a call of the component and a line in memory.
const MOST_MEMBERS: usize = 10_000;
/// Unpacked, a file may be as large as some hundred million rows.
const MOST_BYTES: u64 = 256 << 30;
/// Rows of text shrink to a tenth, very regular ones to a fiftieth. What shrinks more was made to fill disks and to keep machines busy.
const MOST_RATIO: u64 = 200;
/// Below so much, the ratio says nothing.
pub const RATIO_FROM: u64 = 64 << 20;

/// As how much a file of this size may unpack.
pub fn most_bytes(size: u64) -> u64 {
    size.saturating_mul(MOST_RATIO).clamp(RATIO_FROM, MOST_BYTES)
}

/// A file that can be unpacked.
pub struct Packing<R> {
    /// Its size as it lies there.
    bytes: u64,
    content: Content<R>,
    /// How large each entry is, unpacked: known once it is verified.
    sizes: Vec<u64>,
}

enum Content<R> {
    Plain(R),
    Gzip(R),
    Zip(Box<ZipArchive<BufReader<R>>>, Vec<Member>),
}

struct Member {
    name: String,
    /// Its number in the archive, folders included.
    number: usize,
}

/// What a file is packed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Plain,
    /// It shrinks a file.
    Gzip,
    /// It holds files.
    Zip,
}

/// An entry that does not unpack, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Which.
    pub entry: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl<R: Read + Seek> Packing<R> {
    /// Looks into a file.
    pub fn open(mut file: R) -> Result<Self, String> {
        let (magic, bytes) = magic(&mut file).map_err(|error| error.to_string())?;
        let content = match magic {
            [0x1f, 0x8b, ..] => Content::Gzip(file),
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => {
                let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())?;
                let members = members(&archive)?;
                Content::Zip(Box::new(archive), members)
            }
            _ => Content::Plain(file),
        };
        let sizes = match &content {
            Content::Plain(_) => vec![bytes],
            Content::Gzip(_) => vec![0],
            Content::Zip(_, members) => vec![0; members.len()],
        };
        Ok(Self { bytes, content, sizes })
    }

    /// What it is packed in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.content {
            Content::Plain(_) => Kind::Plain,
            Content::Gzip(_) => Kind::Gzip,
            Content::Zip(..) => Kind::Zip,
        }
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// How large each entry is, unpacked. Known once it is verified; 0 until then.
    #[must_use]
    pub fn sizes(&self) -> &[u64] {
        &self.sizes
    }

    /// What an archive calls one of its members.
    #[must_use]
    pub fn member(&self, entry: usize) -> Option<&str> {
        match &self.content {
            Content::Plain(_) | Content::Gzip(_) => None,
            Content::Zip(_, members) => Some(&members.get(entry)?.name),
        }
    }

    /// Reads all of it, so that its checksums are compared.
    pub fn verify(&mut self) -> Result<(), Damaged> {
        let (most, mut read) = (most_bytes(self.bytes), 0);
        // The bytes as they came are compared by their hash.
        let entries = if self.kind() == Kind::Plain { 0 } else { self.len() };
        for entry in 0..entries {
            match self.read(entry, 0).and_then(|content| io::copy(&mut content.take(most - read + 1), &mut io::sink()))
            {
                Ok(bytes) if read + bytes <= most => {
                    read += bytes;
                    self.sizes[entry] = bytes;
                }
                Ok(_) => {
                    let reason = format!("unpacked, the file is larger than {most} bytes");
                    return Err(Damaged { entry, reason });
                }
                Err(error) => return Err(Damaged { entry, reason: format!("it is damaged: {error}") }),
            }
        }
        Ok(())
    }

    /// An entry's bytes, unpacked, from this one on.
    pub fn read(&mut self, entry: usize, from: u64) -> io::Result<Box<dyn Read + '_>> {
        let mut unpacked: Box<dyn Read + '_> = match &mut self.content {
            Content::Plain(file) => {
                file.seek(SeekFrom::Start(from))?;
                return Ok(Box::new(file));
            }
            Content::Gzip(file) => {
                file.rewind()?;
                Box::new(MultiGzDecoder::new(BufReader::new(file)))
            }
            Content::Zip(archive, members) => {
                let member = members.get(entry).ok_or(io::ErrorKind::NotFound)?;
                Box::new(archive.by_index(member.number)?)
            }
        };
        io::copy(&mut unpacked.by_ref().take(from), &mut io::sink())?;
        Ok(unpacked)
    }
}

/// The first bytes of a file, and its size.
fn magic(file: &mut (impl Read + Seek)) -> io::Result<([u8; 4], u64)> {
    let bytes = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut magic = Vec::new();
    file.take(4).read_to_end(&mut magic)?;
    file.rewind()?;
    magic.resize(4, 0);
    Ok((magic.first_chunk().copied().unwrap_or_default(), bytes))
}

/// The files in an archive; folders are none.
fn members<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<Member>, String> {
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
            members.push(Member { name, number });
        }
    }
    Ok(members)
}
