//! What JSON has itself: numbers, text, booleans and lists.

use super::quoted;
use super::scalar::Scalar;

/// A number. Text that is a number in JSON, too, keeps each of its digits.
#[must_use]
pub fn number(scalar: &Scalar<'_>) -> Option<String> {
    let text = scalar.written()?;
    let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
    let is_json = serde_json::from_str::<serde_json::Number>(text).is_ok();
    let shorter = || text.parse::<i64>().map_or_else(|_| number.to_string(), |whole| whole.to_string());
    Some(if is_json { text.to_owned() } else { shorter() })
}

/// Text. A number keeps each of its digits.
#[must_use]
pub fn string(scalar: &Scalar<'_>) -> String {
    match scalar {
        Scalar::Text(text) => quoted(text),
        Scalar::Number(number) => quoted(number),
        Scalar::Boolean(boolean) => quoted(if *boolean { "true" } else { "false" }),
    }
}

/// `true` or `false`.
#[must_use]
pub fn boolean(scalar: &Scalar<'_>) -> Option<bool> {
    if let Scalar::Boolean(boolean) = scalar {
        return Some(*boolean);
    }
    match scalar.written()?.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A list of what stands between the separators, without white space around the items and without empty ones.
#[must_use]
pub fn list(text: &str, separator: &str) -> String {
    let items: Vec<_> = text.split(separator).map(str::trim).filter(|item| !item.is_empty()).map(quoted).collect();
    format!("[{}]", items.join(","))
}
