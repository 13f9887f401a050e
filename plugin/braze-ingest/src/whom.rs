//! Whom is a row or an event about, if the settings do not say it?

use brazeline_kit::Problem;
use brazeline_kit::person::{IdentifierField, Source};

/// Braze's own id in this field.
pub fn braze_id(field: &str) -> Result<Source, Problem> {
    Source::new(IdentifierField { braze_id: Some(field.to_owned()), ..IdentifierField::default() })
}
