//! The components that are part of the program.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The bytes of one.
pub fn find(name: &str) -> Option<&'static [u8]> {
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The names of all, sorted.
pub fn names() -> Vec<&'static str> {
    EMBEDDED.iter().map(|(name, _)| *name).collect()
}
