//! The same work with a map for each row, which is how most programs for it are written: a row becomes a JSON object, and a request is made of a
//! list of objects.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Vendor;
use crate::client::Client;
use crate::native::{Columns, OBJECTS, RECORDS, plain};

/// Sends everybody in the file.
#[tokio::main(flavor = "current_thread")]
pub async fn deliver(file: &Path, vendor: Vendor, origin: &str, key: &str) -> anyhow::Result<()> {
    let mut sender = Sender::new(vendor, origin, key)?;
    let mut content = BufReader::with_capacity(64 * 1024, File::open(file)?);
    if content.fill_buf()?.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(content)?;
        for index in 0..archive.len() {
            table(archive.by_index(index)?, &mut sender).await?;
        }
    } else {
        table(content, &mut sender).await?;
    }
    sender.send().await?;
    sender.client.finish().await
}

async fn table(content: impl Read, sender: &mut Sender) -> anyhow::Result<()> {
    let mut reader = csv::Reader::from_reader(content);
    let columns = Columns::new(reader.headers()?, sender.vendor);
    for row in reader.records() {
        sender.objects.push(object(&columns, &row?));
        if sender.objects.len() == sender.most {
            sender.send().await?;
        }
    }
    Ok(())
}

fn object(columns: &Columns, row: &csv::StringRecord) -> Map<String, Value> {
    let filled = columns.names.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    filled.filter_map(|(name, cell)| Some((name.clone()?, plain(cell).into()))).collect()
}

/// Where objects go.
struct Sender {
    vendor: Vendor,
    client: Client,
    objects: Vec<Map<String, Value>>,
    most: usize,
}

impl Sender {
    fn new(vendor: Vendor, origin: &str, key: &str) -> anyhow::Result<Self> {
        let (url, authorization, most) = match vendor {
            Vendor::Braze => (format!("{origin}/users/track"), format!("Bearer {key}"), OBJECTS),
            Vendor::Lytics => (format!("{origin}/collect/bulk/braze_users"), key.to_owned(), RECORDS),
        };
        Ok(Self { vendor, client: Client::new(&url, authorization)?, objects: Vec::new(), most })
    }

    async fn send(&mut self) -> anyhow::Result<()> {
        let objects = std::mem::take(&mut self.objects);
        if objects.is_empty() {
            return Ok(());
        }
        let body = match self.vendor {
            Vendor::Braze => serde_json::to_vec(&json!({ "attributes": objects }))?,
            Vendor::Lytics => {
                let mut lines = Vec::new();
                for object in &objects {
                    serde_json::to_writer(&mut lines, object)?;
                    lines.push(b'\n');
                }
                lines
            }
        };
        self.client.post(body).await
    }
}
