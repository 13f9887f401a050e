//! What does Braze allow?
//!
//! Each limit names the page it comes from and the day it was read. The settings can lower the first three.

/// Objects in a request, attributes, events and purchases counted together. `braze.com/docs/api/api_limits`, 2026-09-02.
/// (Customers with "legacy rate limits" may send as many in each array.)
pub const OBJECTS: usize = 75;

/// Bytes of a body: the page says 4 MB and not which kind, so the smaller. `braze.com/docs/api/api_limits`, 2026-09-02.
pub const BODY_BYTES: usize = 4_000_000;

/// Accepted is only queued, and separate requests are applied in any order; the advice is a delay of a few seconds.
/// `braze.com/docs/api/endpoints/user_data/post_user_track`, 2026.
pub const REST_MS: u32 = 5_000;

/// Bytes of an external id. `braze.com/docs/api/endpoints/user_data/post_user_track`, 2026.
pub const EXTERNAL_ID_BYTES: usize = 987;

/// Characters of an attribute's name. Braze's developer guide, 2026.
pub const NAME_CHARACTERS: usize = 255;

/// Its longest window is a clock hour (`braze.com/docs/api/api_limits`, 2026-09-02), so no wish to wait longer is meant so.
pub const LONGEST_WAIT_MS: u64 = 3_600_000;
