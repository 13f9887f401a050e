//! Whom is something about, and what becomes of it if that cannot be told?

use brazeline_kit::event::{Members, NoEvent};
use brazeline_kit::person::{Identifier, Source};

/// The person that a profile is about.
pub fn of_profile<'a>(source: &'a Source, profile: &Members<'a>) -> Result<Identifier<'a>, NoEvent> {
    let value = profile.get(&source.field).filter(|value| !matches!(value.get(), "null" | r#""""#));
    let value = value.ok_or_else(|| nobody(source))?;
    let wrong = || NoEvent::unfit(source, "it must be a text or a whole number", None);
    source.fit(source.identifier(value.get()).ok_or_else(wrong)?)
}

/// The person that a cell of a table is about.
pub fn of_cell<'a>(source: &'a Source, cell: &'a str) -> Result<Identifier<'a>, NoEvent> {
    source.fit(source.named(cell).ok_or_else(|| nobody(source))?)
}

fn nobody(source: &Source) -> NoEvent {
    NoEvent::nobody(std::slice::from_ref(source))
}
