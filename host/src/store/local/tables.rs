//! Which keyspaces does a store consist of?
//!
//! `facts` (positions, cursors, segments, the epoch), `states`, `letters`, and one for each segment of a log. It refuses to keep
//! anything that is not in them: what is not stored is found out by reading.

use super::{fault, keys, log::Log, log::Segment, repair};
use crate::store::{Result, StoreError};
use fjall::config::{CompressionPolicy, HashRatioPolicy, PartitioningPolicy, PinningPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

/// What fjall's own journal may take before it writes tables. Its lowest value: it is read whole at every start.
const JOURNALS_BYTES: u64 = 64 * 1024 * 1024;
/// What was read of tables and may be read again: the blocks of the states that come up most.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// States are written to a table when there are so many bytes of them: what is not in tables yet is searched first, by every look-up.
const STATES_BYTES: u64 = 8 * 1024 * 1024;
/// What the names of the segments' keyspaces begin with.
const SEGMENT: &str = "segment-";

/// An open store.
pub struct Tables {
    /// Everything.
    pub db: Database,
    /// Positions, cursors, segments, the epoch.
    pub facts: Keyspace,
    /// What keyed transforms keep.
    pub states: Keyspace,
    /// Dead letters.
    pub letters: Keyspace,
    /// Where they lie.
    folder: PathBuf,
}

impl Tables {
    /// Opens or creates them. The caller has made sure that nobody else does.
    pub fn open(folder: &Path) -> Result<Self> {
        let open = || {
            // Nothing is synced on the way: the committer does that once for all that it wrote.
            let db = Database::builder(folder)
                .manual_journal_persist(true)
                .max_journaling_size(JOURNALS_BYTES)
                .cache_size(CACHE_BYTES)
                .open()?;
            let table = |name| db.keyspace(name, options);
            let (facts, states, letters) = (table("facts")?, db.keyspace("states", states)?, table("letters")?);
            Ok(Self { db, facts, states, letters, folder: folder.to_owned() })
        };
        repair::opened(folder, open).map_err(|error| fault::access(folder, &error))
    }

    /// What an error that was met while reading or writing them means.
    pub fn unread(&self, error: &fjall::Error) -> StoreError {
        fault::access(&self.folder, error)
    }

    /// The keyspace of a segment, made if there is none.
    pub fn segment(&self, number: u64) -> Result<Keyspace> {
        self.db.keyspace(&format!("{SEGMENT}{number}"), options).map_err(|error| self.unread(&error))
    }

    /// Deletes a segment that no record names any more.
    pub fn drop_segment(&self, table: Keyspace) -> Result<()> {
        self.db.delete_keyspace(table).map_err(|error| self.unread(&error))
    }

    /// All logs, as their records and entries say.
    pub fn logs(&self) -> Result<BTreeMap<String, Log>> {
        let mut logs = BTreeMap::new();
        for record in self.facts.prefix(keys::SEGMENTS) {
            let (key, value) = record.into_inner().map_err(|error| self.unread(&error))?;
            let (log, number) = keys::read_segment(&key).ok_or(SEGMENT_RECORD)?;
            let (segment, next) = self.read_segment(number, &value)?;
            let log = logs.entry(log).or_insert_with(|| Log { next: 0, segments: VecDeque::new() });
            log.next = next;
            log.segments.push_back(segment);
        }
        Ok(logs)
    }

    fn read_segment(&self, number: u64, record: &[u8]) -> Result<(Segment, u64)> {
        if !self.db.keyspace_exists(&format!("{SEGMENT}{number}")) {
            return Err(SEGMENT_RECORD);
        }
        let (first, sealed) = record.split_at_checked(8).ok_or(SEGMENT_RECORD)?;
        let first = keys::number(first).ok_or(SEGMENT_RECORD)?;
        let mut segment = Segment { number, first, bytes: 0, table: self.segment(number)? };
        // A sealed one need not be read: the next one says where it ends.
        let (bytes, next) = match keys::number(sealed) {
            Some(bytes) => (bytes, first),
            None => segment.measure(self)?,
        };
        segment.bytes = bytes;
        Ok((segment, next))
    }

    /// Deletes segments that no log has: a crash came between making one and naming it, or between forgetting one and
    /// deleting it. The answer is the number of the next segment.
    pub fn sweep(&self, logs: &BTreeMap<String, Log>) -> Result<u64> {
        let known: BTreeSet<u64> =
            logs.values().flat_map(|log| log.segments.iter().map(|segment| segment.number)).collect();
        let mut next = known.last().map_or(0, |last| last + 1);
        for name in self.db.list_keyspace_names() {
            let Some(number) = name.strip_prefix(SEGMENT).and_then(|number| number.parse().ok()) else {
                continue;
            };
            next = next.max(number + 1);
            if !known.contains(&number) {
                self.drop_segment(self.segment(number)?)?;
            }
        }
        Ok(next)
    }
}

const SEGMENT_RECORD: StoreError = StoreError::Unreadable { what: "a segment of a journal" };

fn options() -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default().manual_journal_persist(true)
}

/// States are looked up in thousands, each in another block. So what says in which block one is, and whether it is there at all, stays in
/// memory (2 bytes a state), and blocks are neither unpacked nor searched by halves.
fn states() -> KeyspaceCreateOptions {
    options()
        .max_memtable_size(STATES_BYTES)
        .index_block_pinning_policy(PinningPolicy::all(true))
        .index_block_partitioning_policy(PartitioningPolicy::all(false))
        .filter_block_pinning_policy(PinningPolicy::all(true))
        .filter_block_partitioning_policy(PartitioningPolicy::all(false))
        .data_block_hash_ratio_policy(HashRatioPolicy::all(1.0))
        .data_block_compression_policy(CompressionPolicy::disabled())
}

/// The value of a segment's record. How many bytes it holds is said when it is sealed.
pub fn segment_record(first: u64, sealed_bytes: Option<u64>) -> Vec<u8> {
    [Some(first), sealed_bytes].into_iter().flatten().flat_map(u64::to_be_bytes).collect()
}
