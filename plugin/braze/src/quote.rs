//! What may be repeated of Braze's own words?
//!
//! They can hold a person's data. So what stands in quotation marks, what looks like an address and what has a long number is left
//! out, unless it is one of Braze's own names, and the rest is cut short.

/// Characters of Braze's words that are repeated.
const LONGEST: usize = 200;

/// What stands in the place of what was left out.
const LEFT_OUT: &str = "…";

/// Names in quotation marks that are no data.
const NAMES: [&str; 19] = [
    "alias_label",
    "alias_name",
    "app_id",
    "attributes",
    "braze_id",
    "currency",
    "device_id",
    "email",
    "events",
    "external_id",
    "name",
    "phone",
    "price",
    "product_id",
    "properties",
    "purchases",
    "quantity",
    "time",
    "user_alias",
];

/// Braze's words without data.
#[must_use]
pub fn quote(words: &str) -> String {
    let unquoted = without_quotations(words);
    let words = unquoted.split_whitespace().map(|word| if is_data(word) { LEFT_OUT } else { word });
    let text = words.collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}{LEFT_OUT}", &text[..end]),
        None => text,
    }
}

fn without_quotations(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((start, mark)) = quotation(rest) {
        let (before, quoted) = (&rest[..start], &rest[start + mark.len_utf8()..]);
        // One that is never closed goes on to the end.
        let (inside, behind) = quoted.split_once(mark).unwrap_or((quoted, ""));
        out.push_str(before);
        out.push_str(if NAMES.contains(&inside) { inside } else { LEFT_OUT });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Where a quotation begins. The apostrophe of `doesn't` begins none.
fn quotation(text: &str) -> Option<(usize, char)> {
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if matches!(c, '"' | '`') || (c == '\'' && !before.is_alphanumeric()) {
            return Some((at, c));
        }
        before = c;
    }
    None
}

fn is_data(word: &str) -> bool {
    word.contains('@') || word.chars().filter(char::is_ascii_digit).count() > 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_left_out() {
        let long = "word ".repeat(60);
        let table = [
            ("EMAIL_BAD_FORMAT", "EMAIL_BAD_FORMAT"),
            ("'external_id' must be fewer than 988 bytes", "external_id must be fewer than 988 bytes"),
            ("'u-1' is no \"name\"", "… is no name"),
            ("the value \"a b\" of `x` isn't valid, nor's 'y", "the value … of … isn't valid, nor's …"),
            ("a@example.com and +15551231234\nare bad", "… and … are bad"),
            ("", ""),
        ];
        for (words, expected) in table {
            assert_eq!(quote(words), expected);
        }
        assert_eq!(quote(&long).chars().count(), LONGEST + 1);
    }
}
