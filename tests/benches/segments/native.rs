//! The same work as one would write it by hand, and nothing else: no plugin, no host.
//!
//! With the crates that everybody takes for it. It gives up at the first row that is not the hoped-for one.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::ser::{Serialize, Serializer};

use crate::Vendor;
use crate::client::Client;

/// Columns that are called otherwise at the destination, and as what they come out of `braze-ingest`.
pub const RENAMED: [(&str, &str); 3] = [("phone_number", "phone"), ("date_of_birth", "dob"), ("city", "home_city")];

/// Columns that the destination is not told.
pub const DROPPED: [&str; 3] = ["braze_id", "user_id", "points"];

/// The most objects that a request to Braze may carry.
pub const OBJECTS: usize = 75;

/// So many records go to Lytics at once.
pub const RECORDS: usize = 2_000;

/// Sends everybody in the file.
#[tokio::main(flavor = "current_thread")]
pub async fn deliver(file: &Path, vendor: Vendor, origin: &str, key: &str) -> anyhow::Result<()> {
    let (url, authorization) = match vendor {
        Vendor::Braze => (format!("{origin}/users/track"), format!("Bearer {key}")),
        Vendor::Lytics => (format!("{origin}/collect/bulk/braze_users"), key.to_owned()),
    };
    let (mut client, mut body) = (Client::new(&url, authorization)?, Body::new(vendor));
    let mut content = BufReader::with_capacity(64 * 1024, File::open(file)?);
    if content.fill_buf()?.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(content)?;
        for index in 0..archive.len() {
            table(archive.by_index(index)?, &mut body, &mut client).await?;
        }
    } else {
        table(content, &mut body, &mut client).await?;
    }
    if body.objects > 0 {
        client.post(body.take()).await?;
    }
    client.finish().await
}

async fn table(content: impl Read, body: &mut Body, client: &mut Client) -> anyhow::Result<()> {
    let mut reader = csv::Reader::from_reader(content);
    let columns = Columns::new(reader.headers()?, body.vendor);
    let mut cells = csv::StringRecord::new();
    while reader.read_record(&mut cells)? {
        body.push(&Row { columns: &columns, cells: &cells })?;
        if body.objects == body.most() {
            client.post(body.take()).await?;
        }
    }
    Ok(())
}

/// For each column its name at the destination, if it has one.
pub struct Columns {
    pub names: Vec<Option<String>>,
}

impl Columns {
    pub fn new(header: &csv::StringRecord, vendor: Vendor) -> Self {
        let name = |column: &str| {
            let name = match column {
                "Appboy ID" => "braze_id",
                "timezone" => "time_zone",
                // Whom it is about.
                "user_id" => return Some(if vendor == Vendor::Braze { "external_id" } else { "user_id" }.to_owned()),
                other => other,
            };
            let renamed = RENAMED.iter().find(|(from, _)| *from == name).map_or(name, |(_, to)| to);
            (!DROPPED.contains(&name)).then(|| renamed.to_owned())
        };
        Self { names: header.iter().map(name).collect() }
    }
}

struct Row<'a> {
    columns: &'a Columns,
    cells: &'a csv::StringRecord,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let named = self.columns.names.iter().zip(self.cells);
        let filled = named.filter(|(_, cell)| !cell.is_empty());
        serializer.collect_map(filled.filter_map(|(name, cell)| Some((name.as_deref()?, plain(cell)))))
    }
}

/// Without the apostrophe that Braze puts in front of formulas.
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(['-', '=', '+', '@'])).unwrap_or(cell)
}

/// A request's body as it grows.
struct Body {
    vendor: Vendor,
    text: Vec<u8>,
    objects: usize,
}

impl Body {
    fn new(vendor: Vendor) -> Self {
        Self { vendor, text: Vec::new(), objects: 0 }
    }

    fn most(&self) -> usize {
        if self.vendor == Vendor::Braze { OBJECTS } else { RECORDS }
    }

    fn push(&mut self, row: &Row<'_>) -> serde_json::Result<()> {
        let before: &[u8] = match (self.vendor, self.objects) {
            (Vendor::Lytics, _) => b"",
            (Vendor::Braze, 0) => br#"{"attributes":["#,
            (Vendor::Braze, _) => b",",
        };
        self.text.extend_from_slice(before);
        self.objects += 1;
        serde_json::to_writer(&mut self.text, row)?;
        if self.vendor == Vendor::Lytics {
            self.text.push(b'\n');
        }
        Ok(())
    }

    fn take(&mut self) -> Vec<u8> {
        if self.vendor == Vendor::Braze {
            self.text.extend_from_slice(b"]}");
        }
        self.objects = 0;
        let room = self.text.len() + self.text.len() / 8;
        std::mem::replace(&mut self.text, Vec::with_capacity(room))
    }
}
