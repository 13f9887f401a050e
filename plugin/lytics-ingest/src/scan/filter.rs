//! How is everybody who is in any of the audiences asked for?
//!
//! In FilterQL, as `FILTER OR (INCLUDE vip, INCLUDE lapsed) FROM user`.

use crate::audiences::Audiences;

/// The question.
#[must_use]
pub fn union(audiences: &Audiences) -> String {
    let include = |audience: &crate::audiences::Audience| format!("INCLUDE {}", name(audience.asked()));
    let included: Vec<_> = audiences.0.iter().map(include).collect();
    format!("FILTER OR ({}) FROM user", included.join(", "))
}

/// A name that could be read as anything else stands in backticks: one with a hyphen, one that begins with a digit, a word of the language.
fn name(name: &str) -> String {
    const WORDS: [&str; 13] = [
        "alias",
        "and",
        "contains",
        "exists",
        "filter",
        "from",
        "in",
        "include",
        "intersects",
        "like",
        "limit",
        "not",
        "or",
    ];
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !WORDS.contains(&name.to_ascii_lowercase().as_str());
    if is_plain { name.to_owned() } else { format!("`{name}`") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audiences::Audience;

    #[test]
    fn the_question() {
        let table = [
            (&["vip"][..], "FILTER OR (INCLUDE vip) FROM user"),
            (&["vip", "lapsed_2026"], "FILTER OR (INCLUDE vip, INCLUDE lapsed_2026) FROM user"),
            (
                &["a-b", "2nd", "From", "_x"],
                "FILTER OR (INCLUDE `a-b`, INCLUDE `2nd`, INCLUDE `From`, INCLUDE _x) FROM user",
            ),
        ];
        for (slugs, expected) in table {
            let audience = |slug: &&str| Audience { id: None, slug: (*slug).to_owned() };
            assert_eq!(union(&Audiences(slugs.iter().map(audience).collect())), expected);
        }
    }
}
