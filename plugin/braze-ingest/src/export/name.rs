//! What is a fetched file called, and is it one of ours?
//!
//! Its name ends in a mark of what was asked for. What was fetched and not yet read when the settings changed is of other people or has other fields:
//! read as if it had been asked for, it would be put down to the wrong segment.

/// Behind the mark.
const ENDING: &str = ".zip";

/// The name of the file of an export.
#[must_use]
pub fn of(segment: &str, export: &str, mark: &str) -> String {
    format!("segment-{segment}-{export}-{mark}{ENDING}")
}

/// Whether a file is one that was asked for under this mark; if not, why it is not read.
pub fn check(name: &str, mark: &str) -> Result<(), String> {
    let is_ours =
        name.strip_suffix(ENDING).and_then(|name| name.strip_suffix(mark)).is_some_and(|name| name.ends_with('-'));
    match is_ours {
        true => Ok(()),
        false => Err("it was exported under other settings (another segment, instance or fields), so it is not read under these: what is wanted of it \
                      can be read with `mode: file`"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_was_asked_for() {
        let (ours, other) = ("0123456789abcdef", "fedcba9876543210");
        let longest = of(&"s".repeat(48), &"e".repeat(48), ours);
        assert!(longest.len() <= 128, "{longest}");
        assert_eq!(check(&longest, ours), Ok(()));
        for name in [&of("s", "e", other), "segment-s-e.zip", "0123456789abcdef.zip", "segment-s-e-0123456789abcdef"] {
            assert!(check(name, ours).is_err(), "{name}");
        }
    }
}
