//! What is a file, as the settings or its names say?

use brazeline_kit::decoder::Form;

use crate::settings::Format;

/// The form that the settings or one of the names say.
#[must_use]
pub fn by_name(format: Format, names: [&str; 2]) -> Option<Form> {
    match format {
        Format::Auto => names.into_iter().find_map(Form::of_name),
        Format::Csv => Some(Form::Csv),
        Format::JsonLines => Some(Form::Lines),
        Format::Avro => Some(Form::Avro),
    }
}
