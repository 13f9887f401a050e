//! Which codes are known?

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
    FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
    KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU \
    MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB \
    SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY \
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de \
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it \
    iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd \
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su \
    sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// IANA's zones that are no area and place, and have digits. (A name of letters alone may be one of Rails', and passes.)
const ZONES: [&str; 7] = ["CST6CDT", "EST5EDT", "GMT+0", "GMT-0", "GMT0", "MST7MDT", "PST8PDT"];

/// Whether it is a country's code.
#[must_use]
pub fn is_country(text: &str) -> bool {
    static KNOWN: Pairs = Pairs::of(COUNTRIES, b'A');
    KNOWN.have(text)
}

/// Whether it is a language's code.
#[must_use]
pub fn is_language(text: &str) -> bool {
    static KNOWN: Pairs = Pairs::of(LANGUAGES, b'a');
    KNOWN.have(text)
}

/// Whether it has the form of an IANA zone, or of one of Rails' names, which Braze takes, too. `GMT+7` and `+07:00` have not.
#[must_use]
pub fn is_time_zone(text: &str) -> bool {
    match text.split_once('/') {
        Some((area, place)) => is_name(area, b"_") && is_name(place, b"_-+/"),
        None => ZONES.contains(&text) || is_name(text, b" .'&()-") && !text.bytes().any(|byte| byte.is_ascii_digit()),
    }
}

/// Whether it begins with a letter and goes on with letters, digits and these.
fn is_name(text: &str, more: &[u8]) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
}

/// Whether it has the form of an ISO 4217 code. (Which of them there are changes every few years, and Braze answers to one that it does
/// not know.)
#[must_use]
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Codes of two letters: for each first letter, a bit for each second one. Every profile has such codes, and the lists are long.
struct Pairs {
    seconds: [u32; 26],
    first_letter: u8,
}

impl Pairs {
    /// From codes with one space between. What is no letter does not compile.
    const fn of(codes: &str, first_letter: u8) -> Self {
        let (codes, mut seconds, mut at) = (codes.as_bytes(), [0; 26], 0);
        while at < codes.len() {
            seconds[(codes[at] - first_letter) as usize] |= 1 << (codes[at + 1] - first_letter);
            assert!(at + 2 == codes.len() || codes[at + 2] == b' ');
            at += 3;
        }
        Self { seconds, first_letter }
    }

    fn have(&self, text: &str) -> bool {
        let letter = |byte: u8| byte.checked_sub(self.first_letter).filter(|letter| *letter < 26);
        match text.as_bytes() {
            [first, second] => letter(*first)
                .zip(letter(*second))
                .is_some_and(|(first, second)| self.seconds[first as usize] >> second & 1 == 1),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_if_it_is_in_the_list() {
        let letters = || (0..=u8::MAX).map(char::from);
        let pairs = letters().flat_map(|first| letters().map(move |second| format!("{first}{second}")));
        for text in pairs.chain(["", "U", "USA", "U S", "de ", "ä"].map(ToOwned::to_owned)) {
            assert_eq!(is_country(&text), COUNTRIES.split(' ').any(|code| code == text), "{text:?}");
            assert_eq!(is_language(&text), LANGUAGES.split(' ').any(|code| code == text), "{text:?}");
        }
    }
}
