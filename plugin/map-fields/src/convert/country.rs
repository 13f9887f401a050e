//! Which country is it? The answer is its ISO 3166-1 code of two letters.

use celes::Country;

use super::name::{find, key};
use super::scalar::is_digits;

/// What the library does not know: abbreviations, and names of CLDR and of ISO that differ from its own. They are looked at first.
const ALTERNATES: [(&str, &str); 52] = [
    ("uk", "GB"),
    ("britain", "GB"),
    ("wales", "GB"),
    ("uae", "AE"),
    ("eire", "IE"),
    ("bonairesinteustatiusandsaba", "BQ"),
    ("caribbeannetherlands", "BQ"),
    ("drc", "CD"),
    ("drcongo", "CD"),
    ("congokinshasa", "CD"),
    ("democraticrepublicofcongo", "CD"),
    ("congobrazzaville", "CG"),
    ("republicofcongo", "CG"),
    ("republicofthecongo", "CG"),
    ("mainlandchina", "CN"),
    ("peoplesrepublicofchina", "CN"),
    ("prc", "CN"),
    ("falklands", "FK"),
    ("heardandmcdonaldislands", "HM"),
    ("hongkongsar", "HK"),
    ("hongkongsarchina", "HK"),
    ("hongkongspecialadministrativeregionofchina", "HK"),
    ("kyrgyzrepublic", "KG"),
    ("dprk", "KP"),
    ("rok", "KR"),
    ("laopdr", "LA"),
    ("myanmarburma", "MM"),
    ("macaosar", "MO"),
    ("macaosarchina", "MO"),
    ("macaospecialadministrativeregionofchina", "MO"),
    ("macausar", "MO"),
    ("fyrom", "MK"),
    ("theformeryugoslavrepublicofmacedonia", "MK"),
    ("pitcairnislands", "PN"),
    ("occupiedpalestinianterritory", "PS"),
    ("palestinianterritories", "PS"),
    ("palestinianterritory", "PS"),
    ("sainthelenaascensionandtristandacunha", "SH"),
    ("saintbarts", "BL"),
    ("saintvincentandgrenadines", "VC"),
    ("sintmaarten", "SX"),
    ("slovakrepublic", "SK"),
    ("southgeorgiaandsouthsandwichislands", "GS"),
    ("swissconfederation", "CH"),
    ("usoutlyingislands", "UM"),
    ("unitedstatesvirginislands", "VI"),
    ("virginislandsoftheunitedstates", "VI"),
    ("taiwanprovinceofchina", "TW"),
    ("holyseevaticancitystate", "VA"),
    ("vaticancitystate", "VA"),
    ("antigua", "AG"),
    ("tristandacunha", "SH"),
];

/// What a state calls itself before its name.
const STATES: [&str; 9] =
    ["republic", "kingdom", "state", "commonwealth", "principality", "federation", "sultanate", "duchy", "union"];

/// Names that two states bear. Which one is meant, only the words before it say: what is shortened to one of these is nobody's.
const SHARED: [&str; 6] = ["CD", "CG", "CN", "KP", "KR", "TW"];

/// Kosovo's code, which the library knows: many use it, but it is not in ISO 3166-1.
const UNASSIGNED: &str = "XK";

/// The code of a country, by its name or another of its codes.
#[must_use]
pub fn country(text: &str) -> Option<&'static str> {
    by_code(text).filter(|code| *code != UNASSIGNED)
}

fn by_code(text: &str) -> Option<&'static str> {
    let key = key(text);
    match key.len() {
        _ if is_digits(&key) => Country::from_value(key.parse().ok()?).ok(),
        2 => Country::from_alpha2(&key).ok(),
        3 => Country::from_alpha3(&key).ok(),
        _ => None,
    }
    .map(|country| country.alpha2)
    .or_else(|| named(&key))
    .or_else(|| inverted(text))
    .or_else(|| official(text))
}

fn named(key: &str) -> Option<&'static str> {
    let short = key.strip_prefix("the").unwrap_or(key);
    let library = |name: &str| Country::from_name(name).or_else(|_| Country::from_alias(name)).ok();
    find(&ALTERNATES, key).or_else(|| {
        let country = library(key).or_else(|| library(short)).or_else(|| library(&format!("the{short}")))?;
        Some(country.alpha2)
    })
}

/// `Korea, Republic of` and `Korea (Republic of)`.
fn inverted(text: &str) -> Option<&'static str> {
    let (name, before) = text.split_once([',', '('])?;
    let written = format!("{} {name}", before.trim_end_matches(')'));
    named(&key(&written)).or_else(|| official(&written))
}

/// `Kingdom of the Netherlands`.
fn official(text: &str) -> Option<&'static str> {
    let text = text.to_lowercase();
    let (before, name) = text.rsplit_once(" of ")?;
    let is_state = before.split_whitespace().next_back().is_some_and(|word| STATES.contains(&word));
    named(&key(name)).filter(|code| is_state && !SHARED.contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries() {
        let table = [
            ("United States", Some("US")),
            ("united states of america", Some("US")),
            ("The United States", Some("US")),
            ("USA", Some("US")),
            ("U.S.", Some("US")),
            ("us", Some("US")),
            ("840", Some("US")),
            ("036", Some("AU")),
            ("4", Some("AF")),
            ("UK", Some("GB")),
            ("Great Britain", Some("GB")),
            ("England", Some("GB")),
            ("Czech Republic", Some("CZ")),
            ("Czechia", Some("CZ")),
            ("The Netherlands", Some("NL")),
            ("Holland", Some("NL")),
            ("Kingdom of the Netherlands", Some("NL")),
            ("Netherlands (Kingdom of the)", Some("NL")),
            ("South Korea", Some("KR")),
            ("Korea, Republic of", Some("KR")),
            ("Korea (the Republic of)", Some("KR")),
            ("Korea, Democratic People's Republic of", Some("KP")),
            ("Korea", None),
            ("Iran, Islamic Republic of", Some("IR")),
            ("Bolivia (Plurinational State of)", Some("BO")),
            ("Tanzania, United Republic of", Some("TZ")),
            ("Russia", Some("RU")),
            ("Viet Nam", Some("VN")),
            ("Vietnam", Some("VN")),
            ("Turkey", Some("TR")),
            ("Türkiye", Some("TR")),
            ("Côte d'Ivoire", Some("CI")),
            ("Côte d’Ivoire", Some("CI")),
            ("Ivory Coast", Some("CI")),
            ("Curaçao", Some("CW")),
            ("Åland Islands", Some("AX")),
            ("São Tomé & Príncipe", Some("ST")),
            ("Bosnia & Herzegovina", Some("BA")),
            ("St. Kitts and Nevis", Some("KN")),
            ("Trinidad & Tobago", Some("TT")),
            ("Hong Kong SAR China", Some("HK")),
            ("Macau", Some("MO")),
            ("Taiwan, Province of China", Some("TW")),
            ("China", Some("CN")),
            ("People's Republic of China", Some("CN")),
            ("Congo", Some("CG")),
            ("Republic of the Congo", Some("CG")),
            ("Congo - Kinshasa", Some("CD")),
            ("Congo, The Democratic Republic of the", Some("CD")),
            ("Democratic Republic of Congo", Some("CD")),
            ("Former Republic of Congo", None),
            ("Republic of Ireland", Some("IE")),
            ("Northern Ireland", Some("GB")),
            ("Samoa", Some("WS")),
            ("American Samoa", Some("AS")),
            ("Niger", Some("NE")),
            ("Nigeria", Some("NG")),
            ("Guinea", Some("GN")),
            ("Guinea-Bissau", Some("GW")),
            ("Dominica", Some("DM")),
            ("Dominican Republic", Some("DO")),
            ("UAE", Some("AE")),
            ("Vatican City", Some("VA")),
            ("Myanmar (Burma)", Some("MM")),
            ("Kosovo", None),
            ("Utopia", None),
            ("ZZ", None),
            ("999", None),
            ("99999999999999999999999999", None),
            ("", None),
            (",", None),
            ("(", None),
            (" of ", None),
        ];
        for (text, expected) in table {
            assert_eq!(country(text), expected, "{text}");
        }
    }

    #[test]
    fn the_alternates_are_keys_and_codes() {
        for (name, code) in ALTERNATES {
            assert_eq!(key(name), name);
            assert_eq!(country(name), Some(code), "{name}");
            assert_eq!(country(code), Some(code), "{name}");
        }
    }
}
