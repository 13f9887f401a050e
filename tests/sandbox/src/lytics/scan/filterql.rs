//! Which audiences does a question include?
//!
//! Of FilterQL, this reads `FILTER OR (INCLUDE a, INCLUDE b) FROM user` and `FILTER INCLUDE a FROM user`: words in any letter case, names
//! of letters, digits and `_` that begin with a letter or `_`, others in backticks; `FROM user` may be left out. (The vendor's own reference
//! of the language, read 2026-11-23.)

/// The names that are included, or nothing if it cannot be read.
#[must_use]
pub fn included(text: &str) -> Option<Vec<String>> {
    let words = words(text)?;
    let (filter, rest) = words.split_first()?;
    if !filter.is("filter") {
        return None;
    }
    let rest = match rest {
        [rest @ .., from, user] if from.is("from") && user.is("user") => rest,
        rest => rest,
    };
    match rest {
        [or, open, list @ .., close] if or.is("or") && open.is("(") && close.is(")") => {
            list.split(|word| word.is(",")).map(include).collect()
        }
        one => Some(vec![include(one)?]),
    }
}

fn include(words: &[Word]) -> Option<String> {
    match words {
        [include, name] if include.is("include") => name.name(),
        _ => None,
    }
}

/// A word, and whether it stood in backticks.
#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    is_quoted: bool,
}

impl Word {
    /// Whether it is this word or sign of the language.
    fn is(&self, word: &str) -> bool {
        !self.is_quoted && self.text.eq_ignore_ascii_case(word)
    }

    fn name(&self) -> Option<String> {
        const WORDS: [&str; 7] = ["and", "filter", "from", "include", "in", "not", "or"];
        let is_name = self.text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && !WORDS.iter().any(|word| self.is(word));
        (self.is_quoted || is_name).then(|| self.text.clone())
    }
}

fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '(' | ')' | ',' => (Word { text: first.to_string(), is_quoted: false }, &rest[1..]),
            '`' => {
                let (name, after) = rest[1..].split_once('`')?;
                (Word { text: name.to_owned(), is_quoted: true }, after)
            }
            _ => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                (Word { text: rest[..end].to_owned(), is_quoted: false }, &rest[end..])
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::included;

    #[test]
    fn what_is_read() {
        let table = [
            ("FILTER OR (INCLUDE vip, INCLUDE lapsed) FROM user", Some("vip lapsed")),
            ("filter or(include vip,include `a-b`)", Some("vip a-b")),
            ("FILTER INCLUDE `2nd` FROM user", Some("2nd")),
            ("FILTER INCLUDE `from` FROM user", Some("from")),
            ("FILTER INCLUDE from FROM user", None),
            ("FILTER INCLUDE 2nd FROM user", None),
            ("FILTER INCLUDE a-b FROM user", None),
            ("FILTER OR () FROM user", None),
            ("FILTER OR (INCLUDE vip,) FROM user", None),
            ("FILTER AND (INCLUDE vip, INCLUDE lapsed) FROM user", None),
            ("FILTER OR (INCLUDE vip FROM user", None),
            ("FILTER INCLUDE `vip", None),
            ("SELECT *", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(included(text).map(|names| names.join(" ")).as_deref(), expected, "{text}");
        }
    }
}
