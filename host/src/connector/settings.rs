//! Reading a connector's settings as a component's are read: a mistake has a pointer, so that it gets a line and a column.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::component::types::Problem;
use crate::problem;

/// What every reading comes to.
pub type Checked<T> = Result<T, Vec<Problem>>;

/// Reads settings.
pub fn read<T: DeserializeOwned>(settings: &Value) -> Checked<T> {
    serde_path_to_error::deserialize(settings).map_err(|error| {
        let pointer = error.path().iter().map(segment).collect();
        vec![Problem { pointer, message: error.inner().to_string() }]
    })
}

/// One mistake.
pub fn wrong<T>(pointer: &str, message: impl Into<String>) -> Checked<T> {
    Err(vec![Problem { pointer: pointer.to_owned(), message: message.into() }])
}

/// Why a file cannot be used.
pub fn unusable(path: &Path, error: &std::io::Error) -> problem::Problem {
    let what = format!("`{}` cannot be opened", path.display());
    problem::Problem::error(what, "mend `path`, or what it names").fact(error.to_string())
}

fn segment(segment: &serde_path_to_error::Segment) -> String {
    use serde_path_to_error::Segment;
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => String::new(),
    }
}
