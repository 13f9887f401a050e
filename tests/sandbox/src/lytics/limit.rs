//! What does Lytics allow at most?
//!
//! Each constant names the section of the contract that it comes from, and the page that the section cites, as read on
//! 2026-11-23. KB, MB and GB are read as powers of ten: what passes here passes under either reading.

/// Bytes of a request to api.lytics.io: "10 MB" (8, the upload API).
pub const BODY_BYTES: usize = 10_000_000;

/// Bytes of a batch to bulk.lytics.io: "1 GB" (8, platform limits).
pub const BULK_BYTES: usize = 1_000_000_000;

/// Bytes of a record that comes alone: "4 KB" (8, platform limits).
pub const RECORD_BYTES: usize = 4_000;

/// Bytes of a record in a batch: "16 KB" (8, platform limits).
pub const BATCHED_RECORD_BYTES: usize = 16_000;

/// Bytes of an identifier (8, platform limits).
pub const IDENTIFIER_BYTES: usize = 256;

/// Identifiers that are stitched into one profile (8, platform limits).
pub const IDENTIFIERS: usize = 50;
