//! Which name was meant?

/// The known name that is nearest to what was written, if it is near enough to be a slip: a third of its letters.
#[must_use]
pub fn nearest<'n>(written: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, name)| name)
}

/// Help that begins with the nearest name, where there is one.
pub(super) fn did_you_mean<'n>(written: &str, known: impl IntoIterator<Item = &'n str>, or: &str) -> String {
    match nearest(written, known) {
        Some(name) => format!("did you mean `{name}`? Otherwise {or}"),
        None => or.to_owned(),
    }
}

/// Names in a line: `a, b, c`, or `none`.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let known = ["linger", "concurrency", "type"];
        let table = [
            ("lingr", Some("linger")),
            ("Linger", Some("linger")),
            ("concurency", Some("concurrency")),
            ("tpye", Some("type")),
            ("batch", None),
            ("", None),
        ];
        for (written, expected) in table {
            assert_eq!(nearest(written, known), expected, "{written}");
        }
    }
}
