//! Who is in what the contenders read?
//!
//! People of 20 fields in about 460 bytes of JSON each, with text beyond ASCII and escapes among them, since those are where a
//! reader of JSON slows down. A person follows from the number alone, so they are the same on every machine.

use std::io::Write;

use fastrand::Rng;

/// Fields that are called otherwise at the destination.
pub const RENAMED: [(&str, &str); 2] = [("firstname", "first_name"), ("surname", "last_name")];

/// A field that the destination is not told.
pub const DROPPED: &str = "row_hash";

/// The field that says who it is.
pub const ID: &str = "id";

/// What every id begins with; the person's number follows.
const ID_PREFIX: &str = "u-";

/// Writes a person as one line.
pub fn write_person(out: &mut impl Write, number: u64) -> std::io::Result<()> {
    let mut random = Rng::with_seed(number);
    let random = &mut random;
    let (first, last) = (pick(random, &FIRST_NAMES), pick(random, &LAST_NAMES));
    let (city, country, language, zone) = pick(random, &PLACES);
    write!(out, r#"{{"{ID}":"{ID_PREFIX}{number}","firstname":"{first}","surname":"{last}","#)?;
    write!(out, r#""email":"p.{number}@mail.example","phone":"+4930{:07}","#, random.u32(..10_000_000))?;
    write!(out, r#""home_city":"{city}","country":"{country}","language":"{language}","time_zone":"{zone}","#)?;
    write!(out, r#""gender":"{}","dob":"{}","#, pick(random, &["F", "M", "O"]), date(random, 1950..2006))?;
    write!(out, r#""plan":"{}","visits":{},"#, pick(random, &["free", "team", "enterprise"]), random.u32(..5000))?;
    write!(out, r#""lifetime_value":{}.{:02},"#, random.u32(..20_000), random.u32(..100))?;
    write!(out, r#""churn_risk":0.{:04},"newsletter":{},"#, random.u32(..10_000), random.bool())?;
    write!(out, r#""app_installed":{},"last_seen":"{}T09:30:00Z","#, random.bool(), date(random, 2024..2027))?;
    writeln!(out, r#""note":"{}","{DROPPED}":"{:08x}"}}"#, pick(random, &NOTES), random.u32(..))
}

/// A segment's CSV of so many people, with the columns that Braze exports and some of a company's own.
pub fn segment(people: usize) -> Vec<u8> {
    let mut csv = Vec::from(SEGMENT);
    // Writing to memory does not fail.
    (0..people as u64).for_each(|number| drop(write_row(&mut csv, number)));
    csv
}

/// Writes a person as a row of it.
pub fn write_row(out: &mut impl Write, number: u64) -> std::io::Result<()> {
    let mut random = Rng::with_seed(number);
    let random = &mut random;
    let (first, last) = (pick(random, &FIRST_NAMES), pick(random, &LAST_NAMES));
    let (city, country, language, zone) = pick(random, &PLACES);
    writeln!(
        out,
        "64f0c5a6e0d0e4a559{number:06x},{country},{} 09:46:40,{},p.{number}@mail.example,u-{number},{first},{},{city},{language},{last},{} 10:00:00,'+4930{:07},{},{},{zone},{}.{:02},{},{},{}",
        date(random, 2024..2027),
        date(random, 1950..2006),
        pick(random, &["F", "M", "O"]),
        date(random, 2024..2027),
        random.u32(..10_000_000),
        random.u32(..10_000),
        random.u32(..5000),
        random.u32(..20_000),
        random.u32(..100),
        pick(random, &["free", "team", "enterprise"]),
        random.u32(..5000),
        pick(random, &CELLS),
    )
}

/// The header of a segment.
pub const SEGMENT: &[u8] =
    b"Appboy ID,country,created_at,date_of_birth,email,user_id,first_name,gender,city,language,last_name,last_session,\
    phone_number,random_bucket,session_count,timezone,in_app_purchase_total,plan,points,note\n";

/// As cells: one of four with quotes.
const CELLS: [&str; 4] = [
    "",
    "asked for a copy on paper",
    "second door on the left",
    "\"said \"\"call me back\"\" twice, and left no number\"",
];

fn pick<T: Copy>(random: &mut Rng, among: &[T]) -> T {
    among[random.usize(..among.len())]
}

fn date(random: &mut Rng, years: std::ops::Range<u32>) -> String {
    format!("{}-{:02}-{:02}", random.u32(years), random.u32(1..13), random.u32(1..29))
}

const FIRST_NAMES: [&str; 8] = ["Ann", "Björn", "Chloé", "Dmitri", "Esra", "지우", "Renée", "Walter"];

const LAST_NAMES: [&str; 8] = ["Adams", "Brânză", "García Márquez", "Kim", "Nguyễn", "O'Brien", "Schröder", "Yılmaz"];

/// City, country, language and time zone.
const PLACES: [(&str, &str, &str, &str); 5] = [
    ("Zürich", "CH", "de", "Europe/Zurich"),
    ("São Paulo", "BR", "pt", "America/Sao_Paulo"),
    ("서울", "KR", "ko", "Asia/Seoul"),
    ("Portland", "US", "en", "America/Los_Angeles"),
    ("Lyon", "FR", "fr", "Europe/Paris"),
];

/// As JSON text: three of four with escapes.
const NOTES: [&str; 4] = [
    r"Called about the invoice of March; asked for a copy on paper",
    r#"Said \"call me back\" twice\nand left no number at all"#,
    r"Lives above the caf\u00e9, second door on the left\tafter five",
    r"C:\\import\\old\\customers, row merged by hand \ud83d\ude80",
];
