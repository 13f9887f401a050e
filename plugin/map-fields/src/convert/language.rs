//! Which language is it? The answer is its ISO 639-1 code.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use isolanguage_1::{LANGUAGE_CODES, LanguageCode};

use super::name::{find, key};

/// Other English names, which the library does not know.
const ALTERNATES: [(&str, &str); 38] = [
    ("bangla", "bn"),
    ("bihari", "bh"),
    ("cantonese", "zh"),
    ("castilian", "es"),
    ("catalanvalencian", "ca"),
    ("chewa", "ny"),
    ("dari", "fa"),
    ("farsi", "fa"),
    ("flemish", "nl"),
    ("frisian", "fy"),
    ("fula", "ff"),
    ("greenlandic", "kl"),
    ("gikuyu", "ki"),
    ("haitiancreole", "ht"),
    ("irishgaelic", "ga"),
    ("khmer", "km"),
    ("kyrgyz", "ky"),
    ("letzeburgesch", "lb"),
    ("limburgish", "li"),
    ("luganda", "lg"),
    ("maldivian", "dv"),
    ("mandarin", "zh"),
    ("mandarinchinese", "zh"),
    ("moldavian", "ro"),
    ("moldovan", "ro"),
    ("moderngreek", "el"),
    ("myanmar", "my"),
    ("nyanja", "ny"),
    ("odia", "or"),
    ("ossetic", "os"),
    ("panjabi", "pa"),
    ("pushto", "ps"),
    ("scottishgaelic", "gd"),
    ("sinhalese", "si"),
    ("sotho", "st"),
    ("tongan", "to"),
    ("uyghur", "ug"),
    ("valencian", "ca"),
];

/// Codes that were withdrawn, and that Java went on writing for years.
const OLD_CODES: [(&str, &str); 5] = [("in", "id"), ("iw", "he"), ("ji", "yi"), ("jw", "jv"), ("mo", "ro")];

/// Whose variety of a language it is, which ISO 639-1 does not tell apart: `Canadian French`, `Simplified Chinese`.
const VARIETIES: [&str; 12] = [
    "american",
    "australian",
    "austrian",
    "brazilian",
    "british",
    "canadian",
    "european",
    "latinamerican",
    "mexican",
    "simplified",
    "swiss",
    "traditional",
];

/// Every name, as a key.
static NAMES: LazyLock<BTreeMap<String, &str>> = LazyLock::new(|| {
    let known = LANGUAGE_CODES.into_iter().map(|language| (key(language.name()), language.code()));
    known.chain(ALTERNATES.map(|(name, code)| (name.to_owned(), code))).collect()
});

/// The code of a language, by its name, another of its codes or a locale.
#[must_use]
pub fn language(text: &str) -> Option<&'static str> {
    // `Chinese (Simplified)`, `Spanish; Castilian`, `Greek, Modern`.
    let name = key(text.split(['(', ';', ',']).next()?);
    // `en-US`, `zh_Hans_CN`, `de_DE.UTF-8`, `ca@valencia`.
    let tag = key(text.split(['-', '_', '.', '@']).next()?);
    let variety = || VARIETIES.iter().find_map(|variety| named(name.strip_prefix(variety)?));
    coded(&name).or_else(|| named(&name)).or_else(variety).or_else(|| coded(&tag))
}

fn named(key: &str) -> Option<&'static str> {
    NAMES.get(key).copied()
}

fn coded(key: &str) -> Option<&'static str> {
    let one = |is: &dyn Fn(&LanguageCode) -> bool| LANGUAGE_CODES.into_iter().find(is).map(LanguageCode::code);
    match key.len() {
        2 => one(&|language| language.code() == key).or_else(|| find(&OLD_CODES, key)),
        3 => one(&|language| language.code_t() == key || language.code_b() == key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        let table = [
            ("English", Some("en")),
            ("english", Some("en")),
            ("EN", Some("en")),
            ("eng", Some("en")),
            ("en-US", Some("en")),
            ("en_GB", Some("en")),
            ("eng-GB", Some("en")),
            ("de_DE.UTF-8", Some("de")),
            ("zh-Hans-CN", Some("zh")),
            ("Chinese (Simplified)", Some("zh")),
            ("Traditional Chinese", Some("zh")),
            ("Canadian French", Some("fr")),
            ("st", Some("st")),
            ("English (United States)", Some("en")),
            ("Spanish; Castilian", Some("es")),
            ("Greek, Modern (1453-)", Some("el")),
            ("ger", Some("de")),
            ("deu", Some("de")),
            ("fre", Some("fr")),
            ("fra", Some("fr")),
            ("Farsi", Some("fa")),
            ("Norwegian", Some("no")),
            ("Norwegian Bokmål", Some("nb")),
            ("Norwegian Bokmal", Some("nb")),
            ("nb-NO", Some("nb")),
            ("Haitian Creole", Some("ht")),
            ("Kyrgyz", Some("ky")),
            ("iw", Some("he")),
            ("in_ID", Some("id")),
            ("Flemish", Some("nl")),
            ("Klingon", None),
            ("fil", None),
            ("xx", None),
            ("xx-US", None),
            ("e", None),
            ("", None),
            ("-", None),
            ("US", None),
        ];
        for (text, expected) in table {
            assert_eq!(language(text), expected, "{text}");
        }
    }

    #[test]
    fn the_alternates_are_keys_and_codes() {
        for (name, code) in ALTERNATES {
            assert_eq!(key(name), name);
            assert_eq!(language(name), Some(code), "{name}");
            assert!(LanguageCode::try_from(code).is_ok(), "{name}");
        }
    }
}
