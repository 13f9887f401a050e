//! Which of Braze's letters is it?
//!
//! Braze takes `M`, `F`, `O` (other), `N` (not applicable), `P` (prefer not to say) and null for unknown (user attributes object, read
//! 2026-11-23). `unknown` is converted to none of them: null would unset what a profile says, and nobody has said that it is wrong.

use super::name::{find, key};

const LETTERS: [(&str, &str); 33] = [
    ("m", "M"),
    ("male", "M"),
    ("man", "M"),
    ("boy", "M"),
    ("cismale", "M"),
    ("cisman", "M"),
    ("transmale", "M"),
    ("transman", "M"),
    ("f", "F"),
    ("female", "F"),
    ("woman", "F"),
    ("girl", "F"),
    ("cisfemale", "F"),
    ("ciswoman", "F"),
    ("transfemale", "F"),
    ("transwoman", "F"),
    ("w", "F"),
    ("o", "O"),
    ("other", "O"),
    ("x", "O"),
    ("diverse", "O"),
    ("nonbinary", "O"),
    ("genderqueer", "O"),
    ("intersex", "O"),
    ("n", "N"),
    ("na", "N"),
    ("notapplicable", "N"),
    ("p", "P"),
    ("prefernottosay", "P"),
    ("ratherprefernottosay", "P"),
    ("prefernottodisclose", "P"),
    ("undisclosed", "P"),
    ("notdisclosed", "P"),
];

/// The letter of a gender.
#[must_use]
pub fn gender(text: &str) -> Option<&'static str> {
    find(&LETTERS, &key(&text.replace('/', "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn genders() {
        let table = [
            ("male", Some("M")),
            ("Female", Some("F")),
            ("MALE", Some("M")),
            ("f", Some("F")),
            ("woman", Some("F")),
            ("Other", Some("O")),
            ("non-binary", Some("O")),
            ("Non Binary", Some("O")),
            ("X", Some("O")),
            ("N/A", Some("N")),
            ("not applicable", Some("N")),
            ("Prefer not to say", Some("P")),
            ("P", Some("P")),
            ("unknown", None),
            ("", None),
            ("1", None),
            ("males", None),
        ];
        for (text, expected) in table {
            assert_eq!(gender(text), expected, "{text}");
        }
    }
}
