use super::*;

fn check(dates: &Dates, table: &[(&str, Option<&str>)]) {
    for (text, expected) in table {
        assert_eq!(dates.date(text).as_deref(), *expected, "{text}");
    }
}

fn dates(from: &[&str], to: DateForm) -> Result<Dates, Wrong> {
    Dates::new(&from.iter().map(|form| (*form).to_owned()).collect::<Vec<_>>(), to)
}

#[test]
fn days() {
    let table = [
        ("19820101", Some("1982-01-01")),
        ("1982-01-01", Some("1982-01-01")),
        ("1982/01/01", Some("1982-01-01")),
        ("1982-01-01T10:00:00Z", Some("1982-01-01")),
        ("1982-01-01 10:00:00", Some("1982-01-01")),
        ("January 2, 1982", Some("1982-01-02")),
        ("Jan 2, 1982", Some("1982-01-02")),
        ("2 January 1982", Some("1982-01-02")),
        ("02 Jan 1982", Some("1982-01-02")),
        ("Sat, 02 Jan 1982 10:00:00 +0000", Some("1982-01-02")),
        // The day as it was written, not as it was in Greenwich.
        ("1982-01-01T00:30:00+09:00", Some("1982-01-01")),
        ("378691200", Some("1982-01-01")),
        ("378691200000", Some("1982-01-01")),
        ("1700000000.5", Some("2023-11-14")),
        ("1.7e+09", Some("2023-11-14")),
        ("-378691200", Some("1958-01-01")),
        // Seconds of 1970, or what else?
        ("17280000", None),
        ("0", None),
        ("1982", None),
        ("19821301", None),
        ("01/02/1982", None),
        ("1982-02-30", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31", None),
        ("99999999999999999999", None),
        ("soon", None),
        ("-", None),
        (".", None),
        ("", None),
    ];
    check(&dates(&[], DateForm::Date).unwrap(), &table);
}

#[test]
fn moments() {
    let table = [
        ("2026-11-23T09:00:00.123456789Z", Some("2026-11-23T09:00:00.123456789Z")),
        ("2026-11-23T09:00:00+02:00", Some("2026-11-23T07:00:00Z")),
        ("2026-11-23t09:00:00z", Some("2026-11-23T09:00:00Z")),
        ("20261123T090000Z", Some("2026-11-23T09:00:00Z")),
        ("20261123090000", Some("2026-11-23T09:00:00Z")),
        ("2026-11-23 09:00:00", Some("2026-11-23T09:00:00Z")),
        ("2026-11-23", Some("2026-11-23T00:00:00Z")),
        ("2026-11-23 09:00:00 +0000 UTC", Some("2026-11-23T09:00:00Z")),
        ("2026-11-23 09:00:00.5 +0200", Some("2026-11-23T07:00:00.5Z")),
        ("2026-11-23 09:00:00 UTC", Some("2026-11-23T09:00:00Z")),
        ("Mon, 23 Nov 2026 09:00:00 GMT", Some("2026-11-23T09:00:00Z")),
        ("2026-11-23T09:00:00+02:00[Europe/Berlin]", Some("2026-11-23T07:00:00Z")),
        ("2026-11-23T09:00:00[Europe/Berlin]", None),
        ("1700000000", Some("2023-11-14T22:13:20Z")),
        ("1700000000.25", Some("2023-11-14T22:13:20.25Z")),
        ("1700000000123", Some("2023-11-14T22:13:20.123Z")),
        ("2026-11-23T25:00:00Z", None),
    ];
    check(&dates(&[], DateForm::Timestamp).unwrap(), &table);
}

#[test]
fn forms_that_are_told() {
    let table = [
        ("31/01/1982", Some("1982-01-31")),
        ("17280000", Some("1970-07-20")),
        ("01.31.82", Some("1982-01-31")),
        ("1982-01-31", None),
        ("31/13/1982", None),
    ];
    check(&dates(&["%d/%m/%Y", "%m.%d.%y", "seconds"], DateForm::Date).unwrap(), &table);
    let table = [
        ("86400000", Some("1970-01-02T00:00:00Z")),
        ("-1.5", Some("1969-12-31T23:59:59.9985Z")),
        ("1e30", None),
        ("x", None),
    ];
    check(&dates(&["milliseconds"], DateForm::Timestamp).unwrap(), &table);
    check(&dates(&["%s"], DateForm::Timestamp).unwrap(), &[("86400", Some("1970-01-02T00:00:00Z"))]);
    check(
        &dates(&["%d.%m.%Y %H:%M %z"], DateForm::Timestamp).unwrap(),
        &[("23.11.2026 09:00 +0200", Some("2026-11-23T07:00:00Z"))],
    );
}

#[test]
fn forms_that_are_none() {
    for form in ["%H:%M", "%Y-%m", "%Q%", "day", "", "%Y-%m-%d %Z"] {
        assert!(dates(&["%Y", form], DateForm::Date).is_err(), "{form}");
        assert!(dates(&["%Y-%m-%d", form], DateForm::Date).is_err(), "{form}");
    }
}
