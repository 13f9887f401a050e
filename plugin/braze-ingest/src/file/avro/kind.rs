//! Which type do a file's events have?

/// How every type's name begins.
const BEGIN: &str = "users.";

/// As it stands in a path that Currents writes (Braze, "Event delivery semantics", read 2026-11-23).
const FOLDER: &str = "event_type=";

/// What the settings say, or a folder of the path, or the name of the file or of the schema.
#[must_use]
pub fn event_type(said: Option<&str>, names: [&str; 2], schema: Option<&str>) -> Option<String> {
    let folder = || names.iter().flat_map(|name| name.split('/')).find_map(|part| part.strip_prefix(FOLDER));
    let file = || {
        names
            .iter()
            .find_map(|name| name.rsplit('/').next()?.strip_suffix(".avro").filter(|name| name.starts_with(BEGIN)))
    };
    let schema = || schema.and_then(|name| Some(&name[name.find(BEGIN)?..]));
    said.or_else(folder).or_else(file).or_else(schema).map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_says_the_type() {
        let path = "dataexport.US-06.S3.integration.1/event_type=users.canvas.Entry/date=2026-11-23-09/1/z/part.avro";
        let table = [
            (Some("said"), [path, path], Some("x.users.a"), Some("said")),
            (None, [path, "other"], Some("x.users.a"), Some("users.canvas.Entry")),
            (None, ["x/users.behaviors.CustomEvent.avro", ""], Some("users.a"), Some("users.behaviors.CustomEvent")),
            (None, ["part.avro", "part.avro"], Some("com.users.a.B"), Some("users.a.B")),
            (None, ["part.avro", "part.avro"], Some("event"), None),
            (None, ["part.avro", "part.avro"], None, None),
        ];
        for (said, names, schema, expected) in table {
            assert_eq!(event_type(said, names, schema).as_deref(), expected, "{names:?}");
        }
    }
}
