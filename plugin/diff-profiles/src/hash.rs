//! Attributes in a few bytes: XXH3, 64 bits, which never changes. State holds these hashes, so neither may they.

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// What stands for an attribute's name and its value, as the JSON text it came in. The name's whole hash goes into that of the value:
/// attributes whose names share their short hash, the low half, are told too often, but never taken for unchanged.
#[must_use]
pub fn attribute(name: &str, value: &str) -> (u32, u64) {
    let name = xxh3_64(name.as_bytes());
    (name as u32, xxh3_64_with_seed(value.as_bytes(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_never_change() {
        assert_eq!(attribute("plan", r#""gold""#), (0xc52a_313c, 0x0579_e067_dce0_09a0));
        assert_eq!(attribute("note", &"x".repeat(1000)), (0x4d6a_048e, 0xfda5_dfb3_47da_baca));
    }
}
