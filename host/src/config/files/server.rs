//! Where does our own SFTP server listen, and how much may be put there?

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde_json::{Map, Value as Json, json};

use super::shelf::{PATH, named};
use crate::config::fields::{Fields, wrong};
use crate::config::keys::Key;
use crate::config::pipeline::folder;
use crate::config::place::{Placed, Report};
use crate::config::units::Size;

/// An SFTP server of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SftpServer {
    /// Who may put files there.
    pub authorization: Placed<String>,
    /// Where it listens.
    pub address: Placed<SocketAddr>,
    /// The folder. A relative one begins at the pipeline file's folder; here that is done.
    pub path: PathBuf,
    /// How much may wait there.
    pub limits: UploadLimits,
}

/// How much may wait to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Files.
    pub files: usize,
    /// Bytes of one.
    pub file_bytes: u64,
    /// Bytes of all together.
    pub bytes: u64,
}

/// Loopback, so that nothing is open to a network before an operator says so.
const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 2022);
const ADDRESS_NAME: &str = "address";
const EXAMPLE: &str =
    "write `files: { type: sftp_server, authorization: ..., path: ./uploads, address: \"0.0.0.0:2022\" }`";

/// A few times the largest export that is known.
const MAX_FILE: Key<Size> = Key {
    name: "max_file",
    about: "The largest file that may be put there.",
    default: Size(2 << 30),
    bounds: Some((Size(1 << 10), Size(1 << 40))),
};

/// What a small disk can spare.
const MAX_SIZE: Key<Size> = Key {
    name: "max_size",
    about: "How much may wait there to be read, together.",
    default: Size(10 << 30),
    bounds: Some((Size(1 << 10), Size(16 << 40))),
};

/// A day of files, one a minute.
const MAX_FILES: Key<usize> = Key {
    name: "max_files",
    about: "How many files may wait there to be read.",
    default: 1_440,
    bounds: Some((1, 100_000)),
};

impl SftpServer {
    pub(super) fn read(inside: &mut Fields<'_>, report: &mut Report) -> Self {
        let path = inside.required(PATH, EXAMPLE, report).and_then(|path| inside.text_of(path, report));
        Self {
            authorization: named(inside, EXAMPLE, report),
            address: address(inside, report),
            path: path.map(|path| folder(&report.file).join(path.value)).unwrap_or_default(),
            limits: UploadLimits {
                files: inside.read(&MAX_FILES, report),
                file_bytes: inside.read(&MAX_FILE, report).0,
                bytes: inside.read(&MAX_SIZE, report).0,
            },
        }
    }

    /// Its own keys as properties of a JSON Schema.
    pub(super) fn properties() -> Map<String, Json> {
        let about = "Where it listens: an IP address and a port.";
        let address = json!({ "type": "string", "description": about, "default": ADDRESS.to_string() });
        let sizes = [MAX_FILE.property(), MAX_SIZE.property(), MAX_FILES.property()];
        sizes.into_iter().chain([(ADDRESS_NAME.to_owned(), address)]).collect()
    }
}

fn address(inside: &mut Fields<'_>, report: &mut Report) -> Placed<SocketAddr> {
    let Some(entry) = inside.get(ADDRESS_NAME) else { return Placed { value: ADDRESS, spot: inside.spot } };
    let value = entry.value.as_text().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let what = format!("`{ADDRESS_NAME}` of {}", inside.what);
        let help = format!("the default is `{ADDRESS_NAME}: {ADDRESS}`; a host's name is not enough");
        wrong(&what, &entry.value, "an IP address and a port", &help, report);
        ADDRESS
    });
    Placed { value, spot: entry.value.spot }
}
