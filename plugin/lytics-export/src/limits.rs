//! What Lytics takes, as its pages said on 2026-11-23. KB and MB are read as powers of ten: the smaller reading is never refused.

/// A request to `api.lytics.io` ("Data Upload API"). `bulk.lytics.io` takes 1 GB ("Platform limits"), which nobody needs at once.
pub const REQUEST_BYTES: usize = 10_000_000;

/// A record in a batch ("Platform limits").
pub const RECORD_BYTES: usize = 16_000;

/// A record that is sent by itself ("Platform limits").
pub const SINGLE_RECORD_BYTES: usize = 4_000;

/// The value of an identifier ("Platform limits").
pub const IDENTIFIER_BYTES: usize = 256;
