//! Which codes are known: countries, languages, currencies, time zones?

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

/// ISO 4217.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL \
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD \
    MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR \
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND \
    VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// Some of the names that become a code; the contract (2.4) says only that a name may.
const COUNTRY_NAMES: [(&str, &str); 12] = [
    ("australia", "AU"),
    ("brazil", "BR"),
    ("canada", "CA"),
    ("france", "FR"),
    ("germany", "DE"),
    ("india", "IN"),
    ("japan", "JP"),
    ("mexico", "MX"),
    ("south korea", "KR"),
    ("spain", "ES"),
    ("united kingdom", "GB"),
    ("united states", "US"),
];

/// The areas that an IANA zone's name begins with.
const AREAS: &str = "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific Etc";

/// Zones that are no area and place: some of IANA's, and the Rails names that a dashboard in English shows most.
const ZONES: [&str; 14] = [
    "UTC",
    "GMT",
    "Eastern Time (US & Canada)",
    "Central Time (US & Canada)",
    "Mountain Time (US & Canada)",
    "Pacific Time (US & Canada)",
    "Alaska",
    "Hawaii",
    "London",
    "Berlin",
    "Paris",
    "Tokyo",
    "Seoul",
    "Sydney",
];

/// A country's code, if it is one or the name of one.
pub fn country(text: &str) -> Option<&str> {
    if has(COUNTRIES, text) {
        return Some(text);
    }
    let named = |(name, _): &&(&str, &str)| name.eq_ignore_ascii_case(text);
    COUNTRY_NAMES.iter().find(named).map(|(_, code)| *code)
}

/// Whether this is a language's code.
pub fn is_language(text: &str) -> bool {
    has(LANGUAGES, text)
}

/// Whether this is a currency's code.
pub fn is_currency(text: &str) -> bool {
    has(CURRENCIES, text)
}

/// Whether this has the form of an IANA name, or is another name that Braze takes. (The form and not the whole list, which
/// differs from machine to machine.)
pub fn is_time_zone(text: &str) -> bool {
    let in_area = text.split_once('/').is_some_and(|(area, place)| {
        has(AREAS, area) && !place.is_empty() && place.chars().all(|c| c.is_ascii_alphanumeric() || "_-+/".contains(c))
    });
    in_area || ZONES.contains(&text)
}

fn has(list: &str, text: &str) -> bool {
    list.split_ascii_whitespace().any(|item| item == text)
}
