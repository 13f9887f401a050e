//! Is there an array of objects or of arrays in a value? Lytics takes objects in objects and arrays of scalars, and refuses those.

/// Whether an array in this value has an object or an array in it, at any depth. The value is JSON; it is gone through once, without
/// recursion, so that no depth is too deep.
#[must_use]
pub fn has_nested_array(json: &str) -> bool {
    // Most values are scalars, and most of the others have no array in them.
    if !json.starts_with(['{', '[']) || !json.contains('[') {
        return false;
    }
    let mut within = Vec::new();
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' if within.last() == Some(&b'[') => return true,
            b'{' | b'[' => within.push(byte),
            b'}' | b']' => drop(within.pop()),
            b'"' => skip_string(&mut bytes),
            _ => {}
        }
    }
    false
}

fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_arrays_are_found() {
        let table = [
            (r#""[{}]""#, false),
            ("1.5", false),
            ("[]", false),
            ("[1, 2, \"{\"]", false),
            ("[1, [2]]", true),
            (r#"{"a":{"b":[1,null]},"c":"[{"}"#, false),
            (r#"["\\",{}]"#, true),
            (r#"["\",{}",1]"#, false),
            ("[{}]", true),
            ("[1, { }]", true),
            ("[[[{}]]]", true),
            (r#"{"a":{"b":[1,{"c":2}]}}"#, true),
        ];
        let deep = "[".repeat(100_000);
        assert!(has_nested_array(&deep));
        assert!(!has_nested_array(&r#"{"a":"#.repeat(100_000)));
        for (json, expected) in table {
            assert_eq!(has_nested_array(json), expected, "{json}");
        }
    }
}
